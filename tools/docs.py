"""
The parts of README.md and METHODOLOGY.md that are made from the code.

    python -m cogapp -r README.md METHODOLOGY.md         writes them
    python -m cogapp --check README.md METHODOLOGY.md    fails when they are not current
"""

import inspect
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType

from ecocli import errors
from ecocli.analysis.equivalences import EQUIVALENCES
from ecocli.core.factors import Factor
from ecocli.core.numbers import factor_number
from ecocli.estimator import figures, site, waiting
from ecocli.estimator.eco1 import laws
from ecocli.estimator.eco1.constants import CONSTANTS

EQUATION = re.compile(r"^ *(E\d+): {1,3}(.+(?:\n {4,}.+)*)", re.MULTILINE)
WIDTH = 100


def equations() -> str:
    """Every numbered equation with the sentence that its function opens with, in order."""
    found = sorted({e for module in (figures, laws, site, waiting) for e in _equations(module)})
    return "\n".join(f"- **E{number}** {sentence}\n\n      {body}\n" for number, sentence, body in found)


def _equations(module: ModuleType) -> Iterator[tuple[int, str, str]]:
    for _, function in inspect.getmembers(module, inspect.isfunction):
        text = inspect.getdoc(function) or ""
        for number, body in EQUATION.findall(text):
            sentence = " ".join(text.split("\n\n")[0].split())
            yield int(number[1:]), sentence, "\n      ".join(line.strip() for line in body.splitlines())


def constants_table() -> str:
    """Every constant of the equations with its papers."""
    return _factors("constant", {f"`{name}`": factor for name, factor in CONSTANTS.items()})


def equivalences_table() -> str:
    """What a figure is compared with, with its papers."""
    return _factors("one", {each.one: each.factor for each in EQUIVALENCES})


def _factors(head: str, factors: dict[str, Factor]) -> str:
    lines = [f"| {head} | value | low | high | unit | basis | year | source |", "|---|---|---|---|---|---|---|---|"]
    for name, f in factors.items():
        lines.append(f"| {name} | {factor_number(f.value)} | {factor_number(f.low)} | {factor_number(f.high)} | {f.unit} | {f.basis} | {f.year} | {f.source} |")
    return "\n".join(lines) + "\n"


def exit_codes() -> str:
    """Every exit code with what it means."""
    rows = "\n".join(f"| {code} | {text} |" for code, text in errors.EXIT_CODES.items())
    return f"| exit | meaning |\n|---|---|\n{rows}\n"


def section(path: str) -> str:
    """A document of its own as a section of this one: its title goes, its headings move down a level."""
    lines = Path(path).read_text("utf-8").splitlines()
    body = [f"#{line}" if line.startswith("#") else line for line in lines if not line.startswith("# ")]
    return "\n".join(body).strip().replace("](fit.svg)", "](docs/fit.svg)").replace("[[[", "[ [[") + "\n"


def run(command: str) -> str:
    """What a command prints, as a code block; in a folder of its own, without colour."""
    printed = _output("-m", "ecocli", *_split(command))
    return f"```console\n$ eco {command}\n{printed.rstrip()}\n```\n"


SHELL = """
import code, sys
for line in sys.argv[1].splitlines():
    print(">>>", line, flush=True)
    exec(code.compile_command(line, "README", "single"), globals())
"""


def session(lines: str) -> str:
    """What a Python session of one-line statements shows, as a code block."""
    return f"```pycon\n{_output('-c', SHELL, lines.strip()).rstrip()}\n```\n"


def worked(command: str) -> str:
    """Each step of a call as a table: the equation with its numbers put in, and what comes out."""
    answer = json.loads(_output("-m", "ecocli", *_split(command), "--explain", "--json"))
    head = "| | step | sum | result | low | high | unit |\n|---|---|---|---|---|---|---|\n"
    rows = (
        f"| {s['number']} | {s['name']} | `{s['numbers']}` | {s['value']:.5g} | {s['low']:.4g} | {s['high']:.4g} | {s['unit']} |"
        for s in answer["audit"]["steps"]
    )
    return head + "\n".join(rows) + "\n"


def _output(*arguments: str) -> str:
    with TemporaryDirectory() as folder:
        cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
        env = {"PATH": os.environ["PATH"], "HOME": folder, "XDG_CACHE_HOME": cache, "COLUMNS": str(WIDTH), "PYTHONPATH": os.getcwd()}
        command = [sys.executable, *arguments]
        return subprocess.run(command, capture_output=True, text=True, env=env, stdin=subprocess.DEVNULL, check=True).stdout


def _split(command: str) -> list[str]:
    import shlex

    return shlex.split(command)
