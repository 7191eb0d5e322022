"""
The parts of README.md and METHODOLOGY.md that are made from the code.

    python -m cogapp -r README.md METHODOLOGY.md docs/eco-1.md docs/views.md docs/report.md         writes them
    python -m cogapp --check README.md METHODOLOGY.md docs/eco-1.md docs/views.md docs/report.md    fails when they are not current
"""

import inspect
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType

from ecocli import errors
from ecocli.analysis.equivalences import EQUIVALENCES
from ecocli.core.factors import Factor
from ecocli.core.numbers import factor_number
from ecocli.core.quantity import Estimate
from ecocli.estimator import eco1, eco2, figures, methods, site, waiting
from ecocli.estimator.eco2 import accelerators, formats, home, wall
from ecocli.estimator.eco2.operators import OPERATORS
from ecocli.estimator.methods import METHOD
from ecocli.reports.texts import TEXTS
from ecocli.store.views import VIEWS, View

EQUATION = re.compile(r"^ *(E\d+[a-z]?): {1,3}(.+(?:\n {4,}.+)*)", re.MULTILINE)
MODULES = {"eco-1": (eco1.laws,), "eco-2": (eco2.laws, eco2.fleet, wall)}
"""Where the equations are that a method does not share with others."""
WIDTH = 100


def equations(method: str = METHOD) -> str:
    """Every numbered equation of a method with the sentence that its function opens with, in order."""
    found = sorted({e for module in (figures, site, waiting, *MODULES[method]) for e in _equations(module)})
    return "\n".join(f"- **E{number}{part}** {sentence}\n\n      {body}\n" for number, part, sentence, body in found)


def _equations(module: ModuleType) -> Iterator[tuple[int, str, str, str]]:
    for _, function in inspect.getmembers(module, inspect.isfunction):
        text = inspect.getdoc(function) or ""
        for number, body in EQUATION.findall(text):
            sentence, digits = " ".join(text.split("\n\n")[0].split()), number[1:].rstrip("abc")
            yield int(digits), number[1:].removeprefix(digits), sentence, "\n      ".join(line.strip() for line in body.splitlines())


def constants_table(method: str = METHOD) -> str:
    """Every constant of a method's equations with its papers."""
    return _factors("constant", {f"`{name}`": factor for name, factor in methods.package(method).CONSTANTS.items()})


def operators_table() -> str:
    """How each class of operator serves, where a call states nothing."""
    factors = {f"`{name}`, {part.replace('_', ' ')}": getattr(each, part) for name, each in OPERATORS.items() for part in ("batch", "prefill_load", "idle")}
    return _factors("operator", factors)


def home_table() -> str:
    """Every constant of a machine of one's own that nobody described."""
    return _factors("constant", {f"`{name}`": factor for name, factor in (home.HOME | home.ON_HOPPER).items()})


def accelerators_table() -> str:
    """Every accelerator that a call may state, over an H100."""
    lines = ["| accelerator | arithmetic | reading | basis | source |", "|---|---|---|---|---|"]
    for name in accelerators.DATASHEETS:
        found = accelerators.accelerator(name)
        lines.append(f"| {name} | {_ranged(found.compute)} | {_ranged(found.reading)} | {found.basis} | {accelerators.source_of(found)} |")
    return "\n".join(lines) + "\n"


def formats_table() -> str:
    """Every weight precision that a call may state."""
    lines = ["| weight precision | stored bits | multiplied in | source |", "|---|---|---|---|"]
    same: dict[tuple[float, float | None, str], list[str]] = {}
    for name, found in formats.FORMATS.items():
        same.setdefault((found.stored_bits, found.arithmetic_bits, found.source + ("" if found.checked else " (recalled, not read)")), []).append(name)
    for (stored, arithmetic, source), names in same.items():
        bits = f"{arithmetic:g} bits where the hardware can" if arithmetic and arithmetic < 16 else f"{arithmetic or 16:g} bits"
        lines.append(f"| {', '.join(f'`{name}`' for name in names)} | {stored:g} | {bits} | {source} |")
    return "\n".join(lines) + "\n"


def _ranged(estimate: Estimate) -> str:
    return f"{estimate.value:.2f} ({estimate.low:.2f} to {estimate.high:.2f})"


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


def texts() -> str:
    """Every text of a standard that the report names, and how it was read."""
    rows = "\n".join(f"| [{text.title}]({text.url}) | {text.read_on or '–'} | {text.read} |" for text in TEXTS.values())
    return f"| text | read on | how |\n|---|---|---|\n{rows}\n"


def views() -> str:
    """Every view that `eco db query` reads, with its columns and their units."""
    return "\n".join(f"## `{name}`\n\n{view.meaning}\n\n{_columns(view)}" for name, view in VIEWS.items())


def _columns(view: View) -> str:
    rows = "".join(f"| `{column.name}` | {column.unit} | {column.meaning} |\n" for column in view.columns)
    return f"| column | unit | meaning |\n|---|---|---|\n{rows}"


def section(path: str) -> str:
    """A document of its own as a section of this one: its title goes, its headings move down a level."""
    lines = Path(path).read_text("utf-8").splitlines()
    body = [f"#{line}" if line.startswith("#") else line for line in lines if not line.startswith("# ")]
    return "\n".join(body).strip().replace("](fit.svg)", "](docs/fit.svg)").replace("[[[", "[ [[") + "\n"


def run(*commands: str, files: Mapping[str, str] | None = None) -> str:
    """The output of commands one after another, as a code block; in a folder of their own, which has these files, without colour."""
    with TemporaryDirectory() as folder:
        for name, text in (files or {}).items():
            Path(folder, name).write_text(text, "utf-8")
        printed = (f"$ eco {command}\n{_output('-m', 'ecocli', *_split(command), folder=folder)}".rstrip() for command in commands)
        return "```console\n" + "\n".join(printed) + "\n```\n"


OLLAMA = """{"model": "llama3.2:3b", "created_at": "2025-11-22T08:53:20Z", "done": true, "prompt_eval_count": 26, "eval_count": 300,
 "total_duration": 1290000000, "load_duration": 60000000, "prompt_eval_duration": 30000000, "eval_duration": 1200000000}
"""
"""An answer of Ollama as it ends, with the nanoseconds that each part of it took."""

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
        f"| {s['number']} | {s['name']} | `{s['numbers']}` | {_bounds(s)} | {s['unit']} |"
        for s in answer["audit"]["steps"]
    )
    return head + "\n".join(rows) + "\n"


def _bounds(step: Mapping[str, float]) -> str:
    """Result, low and high; a result without a range has all of its digits."""
    low, value, high = step["low"], step["value"], step["high"]
    return f"{format(value, '.10g' if low == high else '.5g')} | {low:.4g} | {high:.4g}"


def _output(*arguments: str, folder: str | None = None) -> str:
    if folder is None:
        with TemporaryDirectory() as found:
            return _output(*arguments, folder=found)
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    env = {"PATH": os.environ["PATH"], "HOME": folder, "XDG_CACHE_HOME": cache, "COLUMNS": str(WIDTH), "PYTHONPATH": os.getcwd()}
    command = [sys.executable, *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=env, stdin=subprocess.DEVNULL, check=True, cwd=folder).stdout


def _split(command: str) -> list[str]:
    import shlex

    return shlex.split(command)
