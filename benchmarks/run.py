"""
How long eco takes, as ratios to a bare interpreter or to the standard library doing the same reading.

    python -m benchmarks.run            measures, and writes benchmarks/RESULTS.md

Ratios are of CPU time, best of several runs, all in this run and on this machine.
"""

import json
import platform
import random
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.processes import Cost, cost, eco, python

FLAGS = ("--provider", "Google", "--model", "gemini-3-pro", "--prompt-tokens", "788", "--completion-tokens", "312")
EVENT = b'{"provider":"Google","model":"gemini-3-pro","prompt_tokens":788,"completion_tokens":312}'
ONE_COMMAND = """
import sqlite3, typer
from typing import Annotated
app = typer.Typer(add_completion=False, rich_markup_mode=None)
@app.command()
def record(provider: str, prompt_tokens: Annotated[int, typer.Option()] = 0):
    db = sqlite3.connect({path!r})
    with db:
        db.execute("CREATE TABLE IF NOT EXISTS t (a, b)")
        db.execute("INSERT INTO t VALUES (?, ?)", (provider, prompt_tokens))
app(["Google", "--prompt-tokens", "788"], standalone_mode=False)
"""
READ_AND_INSERT = """
import json, sqlite3
db = sqlite3.connect({path!r})
db.execute("PRAGMA journal_mode = WAL")
db.execute("CREATE TABLE t (provider, model, prompt, completion, cached, start, id)")
names = ("provider", "model", "prompt_tokens", "completion_tokens", "cached_tokens", "startTimeMs", "id")
with db:
    rows = ([event[name] for name in names] for event in map(json.loads, open({events!r})))
    db.executemany("INSERT INTO t VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
"""
COUNT = 'from ecocli import tokens; tokens.count("one kilobyte of text, " * 46, "o200k_base")'
BULK = 100_000
MODELS = (("OpenAI", "gpt-4o"), ("Google", "gemini-3-pro"), ("Anthropic", "claude-sonnet-4.5"), ("AWS", "llama-3.1-8b-instruct"))


def main() -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        bare = cost(python("pass"), folder)
        rows = [*single(folder, bare), *bulk(folder)]
    Path(__file__).with_name("RESULTS.md").write_text(table(rows, bare), "utf-8")


def single(folder: Path, bare: Cost) -> Iterator[tuple[str, str, str]]:
    """Commands that people and hooks run all day."""
    record = eco("record", *FLAGS)
    cost(record, folder, runs=2)  # makes the store and compiles the catalogue
    flags = cost(record, folder)
    typer = cost(python(ONE_COMMAND.format(path=str(folder / "one.db"))), folder)
    yield "`eco record` from flags ÷ bare interpreter", "≤ 9", f"{flags.cpu_s / bare.cpu_s:.1f}"
    yield "the same ÷ a one-command Typer program that inserts a row", "≤ 1.3", f"{flags.cpu_s / typer.cpu_s:.2f}"
    for what, target, command, input, variables in (
        ("`eco record` of one JSON event from a pipe", "≤ 11", eco("record"), EVENT, {}),
        ("`eco history --limit 20`", "≤ 10", eco("history", "--limit", "20"), b"", {}),
        ("`eco --version`", "≤ 8", eco("--version"), b"", {}),
        ("one TAB", "≤ 9", eco(), b"", {"COMP_WORDS": "eco record --model gpt-4", "COMP_CWORD": "3", "_ECO_COMPLETE": "complete_bash"}),
    ):
        yield f"{what} ÷ bare interpreter", target, f"{cost(command, folder, input=input, **variables).cpu_s / bare.cpu_s:.1f}"
    yield "counting 1 kB with o200k_base in a fresh process", "≤ 0.35 s", f"{cost(python(COUNT), folder, runs=5).wall_s:.2f} s"


def bulk(folder: Path) -> Iterator[tuple[str, str, str]]:
    """A hundred thousand events at once, and looking back at them."""
    events = folder / "events.ndjson"
    write_events(events)
    plain = cost(python(READ_AND_INSERT.format(path=str(folder / "plain.db"), events=str(events))), folder, runs=1)
    stored = cost(eco("record", "--db", str(folder / "bulk.db"), "--input", str(events)), folder, runs=1)
    yield f"{BULK:,} native events stored ÷ standard library reading and inserting", "≤ 2.5", f"{stored.cpu_s / plain.cpu_s:.1f}"
    yield "memory of the same", "≤ 80 MiB", f"{stored.peak_mib:.0f} MiB"
    first, last = (
        cost(eco("history", "--db", str(folder / "bulk.db"), "--page", page), folder, runs=5) for page in ("1", str(BULK // 100))
    )
    yield f"last page of 100 in {BULK:,} rows ÷ first page", "≤ 1.3", f"{last.cpu_s / first.cpu_s:.2f}"


def write_events(path: Path) -> None:
    """Events with made-up counts over a year."""
    draw = random.Random(1)
    with path.open("w") as file:
        for number in range(BULK):
            provider, model = draw.choice(MODELS)
            counts = {"prompt_tokens": draw.randint(100, 20_000), "completion_tokens": draw.randint(1, 2_000), "cached_tokens": draw.randint(0, 100)}
            when = {"startTimeMs": 1_735_689_600_000 + draw.randint(0, 365 * 86_400_000), "id": f"call-{number}"}
            file.write(json.dumps({"provider": provider, "model": model} | counts | when) + "\n")


def table(rows: list[tuple[str, str, str]], bare: Cost) -> str:
    """RESULTS.md."""
    machine = f"{platform.machine()}, {platform.system()}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    head = f"# Results\n\n{machine}; a bare interpreter takes {bare.cpu_s * 1000:.0f} ms of CPU.\nWritten by `python -m benchmarks.run`.\n"
    lines = "\n".join(f"| {what} | {target} | {measured} |" for what, target, measured in rows)
    print(lines, file=sys.stderr)
    return f"{head}\n| work | target | measured |\n|---|---|---|\n{lines}\n"


if __name__ == "__main__":
    main()
