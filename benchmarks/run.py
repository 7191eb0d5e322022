"""
How long eco takes, as ratios to a bare interpreter or to the standard library doing the same reading.

    python -m benchmarks.run            measures, and writes benchmarks/RESULTS.md

Ratios of single commands are of CPU time, those of long jobs, which share with other processors, of wall time
with CPU time behind it; best of several runs, all in this run and on this machine.
"""

import json
import os
import platform
import random
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import which
from tempfile import TemporaryDirectory
from uuid import UUID

from benchmarks.processes import Cost, cost, eco, long_cost, python

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
names = {names!r}
db.execute(f"CREATE TABLE t ({{', '.join(names)}})")
with db:
    rows = ([event[name] for name in names] for event in map(json.loads, open({events!r})))
    db.executemany(f"INSERT INTO t VALUES ({{', '.join('?' * len(names))}})", rows)
"""
TEXT = "one kilobyte of text, " * 46
BULK, MANY = 100_000, 1_000_000
MODELS = (
    ("OpenAI", "gpt-4o", "us-east-1"),
    ("Google", "gemini-3-pro", "us-central1"),
    ("Anthropic", "claude-sonnet-4.5", "us-west-2"),
    ("AWS", "llama-3.1-8b-instruct", "eu-west-1"),
)
SHORT = ("provider", "model", "prompt_tokens", "completion_tokens", "cached_tokens", "startTimeMs", "id")
FULL = (*SHORT, "reasoning_tokens", "detected_region", "firstTokenTimeMs", "endTimeMs", "source")
"""What events tell: the least that says who, what and when, and all that a gateway knows."""


PARSE_AND_DEDUPLICATE = """
import json
best = {{}}
for line in open({log!r}):
    body = json.loads(line)
    message = body.get("message")
    if isinstance(message, dict) and "usage" in message:
        key = message.get("id"), body.get("requestId")
        if key not in best or message["usage"]["output_tokens"] > best[key]["output_tokens"]:
            best[key] = message["usage"]
"""
COLUMNS = (
    "call_id, started_at_ms, key_id, provider_name, model, input_tokens, output_tokens, reasoning_tokens, cached_tokens, "
    "facility_energy_wh, co2_g, water_ml, tree_days, final_region, calculation_method, source, is_estimated, tags"
)
MESSAGES = 100_000
WORDS = ["over", "the", "lazy", "dog", "and", "quick", "brown", "foxes", "jump", "while", '"quoted"', "lines\nof", "parsing", "go", "on", "in", "long", "sessions"]


def main() -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        bare = cost(python("pass"), folder)
        rows = [*single(folder, bare), *bulk(folder), *history(folder), *logs(folder)]
    Path(__file__).with_name("RESULTS.md").write_text(table(rows, bare), "utf-8")


def single(folder: Path, bare: Cost) -> Iterator[tuple[str, str, str]]:
    """Commands that people and hooks run all day."""
    record = eco("record", *FLAGS)
    cost(record, folder, runs=2)  # makes the store and compiles the catalogue
    flags = cost(record, folder)
    typer = cost(python(ONE_COMMAND.format(path=str(folder / "one.db"))), folder)
    yield "`eco record` from flags ÷ bare interpreter", "≤ 7.5", f"{flags.cpu_s / bare.cpu_s:.1f}"
    yield "the same ÷ a one-command Typer program that inserts a row", "≤ 1.3", f"{flags.cpu_s / typer.cpu_s:.2f}"
    for what, target, command, input, variables in (
        ("`eco record` of one JSON event from a pipe", "≤ 11", eco("record"), EVENT, {}),
        ("`eco statusline`", "≤ 9", eco("statusline"), b"", {}),
        ("`eco history --limit 20`", "≤ 10", eco("history", "--limit", "20"), b"", {}),
        ("`eco --version`", "≤ 8", eco("--version"), b"", {}),
        ("one TAB", "≤ 9", eco(), b"", {"COMP_WORDS": "eco record --model gpt-4", "COMP_CWORD": "3", "_ECO_COMPLETE": "complete_bash"}),
    ):
        yield f"{what} ÷ bare interpreter", target, f"{cost(command, folder, input=input, **variables).cpu_s / bare.cpu_s:.1f}"
    counts, text = (eco("estimate", "--model", "gpt-4o", "--completion-tokens", "100", *prompt) for prompt in (("--prompt-tokens", "231"), ("--prompt-text", TEXT)))
    yield "`eco estimate` of 1 kB of text ÷ the same with counts", "≤ 4.5", f"{cost(text, folder).cpu_s / cost(counts, folder).cpu_s:.2f}"


def bulk(folder: Path) -> Iterator[tuple[str, str, str]]:
    """A hundred thousand events at once."""
    events, made, db = folder / "events.ndjson", folder / "plain.db", folder / "bulk.db"

    def record(*options: str) -> Cost:
        return long_cost(eco("record", "--db", str(db), "--input", str(events), *options), folder, before=lambda: drop(db))

    def insert(names: Sequence[str]) -> Cost:
        code = READ_AND_INSERT.format(path=str(made), events=str(events), names=tuple(names))
        return long_cost(python(code), folder, before=lambda: drop(made))

    write_events(events, BULK, SHORT)
    short = ratios(record("--quiet"), insert(SHORT))
    write_events(events, BULK)
    plain, stored, answered = insert(FULL), record("--quiet"), record()
    named = long_cost([sys.executable, "-m", "sqlite_utils", "insert", str(made), "t", str(events), "--nl"], folder, before=lambda: drop(made))
    yield f"{BULK:,} native events estimated and stored ÷ standard library reading and inserting", "≤ 2.5 (CPU ≤ 4.5)", ratios(stored, plain)
    yield f"the same where events have {len(SHORT)} fields instead of {len(FULL)}", "", short
    yield "the same with an answer printed for each", "", ratios(answered, plain)
    yield "`sqlite-utils insert --nl`, which estimates nothing, ÷ standard library", "", ratios(named, plain)
    yield "memory of both, all processes together", "≤ 80 MiB", f"{stored.peak_mib:.0f}, {answered.peak_mib:.0f} MiB"


def history(folder: Path) -> Iterator[tuple[str, str, str]]:
    """A million events, and looking back at them."""
    events = folder / "many.ndjson"
    write_events(events, MANY)
    db = ("--db", str(folder / "many.db"))
    stored = long_cost(eco("record", *db, "--quiet", "--input", str(events)), folder, runs=1)
    yield f"memory of storing {MANY:,} events, all processes together", "≤ 80 MiB", f"{stored.peak_mib:.0f} MiB"
    dated = ("--start-date", "2025-03-01", "--end-date", "2025-03-31")
    first, last, filtered = (cost(eco("history", *db, *page), folder) for page in ((), ("--page", str(MANY // 100)), dated))
    yield f"last page of 100 in {MANY:,} rows ÷ first page", "≤ 1.3", f"{last.cpu_s / first.cpu_s:.2f}"
    yield "page of one month ÷ first page", "≤ 1.3", f"{filtered.cpu_s / first.cpu_s:.2f}"
    if sqlite := which("sqlite3"):
        query = f"SELECT {COLUMNS} FROM calls ORDER BY started_at_ms DESC, id DESC"
        theirs = cost([sqlite, "-csv", "-header", db[1], query], folder, runs=2)
        ours = cost(eco("history", *db, "--all", "--format", "csv"), folder, runs=2)
        yield f"CSV of {MANY:,} rows ÷ `sqlite3 -csv`", "≤ 4", f"{ours.cpu_s / theirs.cpu_s:.1f}"
        yield "memory of the same", "flat", f"{ours.peak_mib:.0f} MiB"


def logs(folder: Path) -> Iterator[tuple[str, str, str]]:
    """A year of Claude Code sessions, read for the first time and once more."""
    log = folder / "projects" / "p" / "session.jsonl"
    write_log(log)
    plain = long_cost(python(PARSE_AND_DEDUPLICATE.format(log=str(log))), folder)
    db = folder / "log.db"
    command = eco("import", "--db", str(db), "claude-code", str(folder / "projects"))
    first, again = long_cost(command, folder, before=lambda: drop(db)), cost(command, folder, runs=3)
    size = f"{log.stat().st_size >> 20} MiB"
    yield f"first import of {MESSAGES:,} Claude Code messages ({size}) ÷ standard library parsing and deduplicating", "≤ 2.5", ratios(first, plain)
    yield "memory of the same", "", f"{first.peak_mib:.0f} MiB"
    yield "the same import again with nothing new", "≤ 0.3 s", f"{again.wall_s:.2f} s"


def drop(db: Path) -> None:
    """A store, with what lies beside it."""
    for file in db.parent.glob(f"{db.name}*"):
        file.unlink()


def ratios(ours: Cost, theirs: Cost) -> str:
    return f"{ours.wall_s / theirs.wall_s:.1f} (CPU {ours.cpu_s / theirs.cpu_s:.1f})"


def write_log(path: Path) -> None:
    """Messages of a year with made-up text and counts, in the words of Claude Code; three in ten are written twice, as a stream that goes on."""
    path.parent.mkdir(parents=True)
    draw = random.Random(1)
    start = datetime(2025, 1, 1, tzinfo=UTC)
    with path.open("w") as file:
        for number in range(MESSAGES):
            time = (start + number * timedelta(minutes=5, milliseconds=137)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
            written = draw.randint(0, 9_000)
            usage = {"input_tokens": draw.randint(1, 200), "cache_creation_input_tokens": written, "cache_read_input_tokens": draw.randint(0, 90_000)}
            usage |= {"cache_creation": {"ephemeral_5m_input_tokens": written, "ephemeral_1h_input_tokens": 0}, "service_tier": "standard"}
            message = {"id": f"msg_01{number:022}", "type": "message", "role": "assistant", "model": "claude-opus-4-6", "stop_reason": None, "stop_sequence": None}
            message["content"] = [{"type": "text", "text": " ".join(draw.choices(WORDS, k=194))}]
            line = {"parentUuid": str(UUID(int=number)), "isSidechain": False, "userType": "external", "cwd": f"/home/u/proj{number // 20_000}"}
            line |= {"sessionId": str(UUID(int=number // 500)), "version": "2.0.1", "gitBranch": "main", "type": "assistant", "requestId": f"req_01{number:022}"}
            for output in [draw.randint(1, 50), draw.randint(50, 2_000)][number % 10 > 2 :]:
                line |= {"message": message | {"usage": usage | {"output_tokens": output}}, "uuid": str(UUID(int=draw.getrandbits(128))), "timestamp": time}
                file.write(json.dumps(line, separators=(",", ":")) + "\n")


def write_events(path: Path, count: int, names: Sequence[str] = FULL) -> None:
    """Events with made-up counts over a year."""
    draw = random.Random(1)
    with path.open("w") as file:
        for number in range(count):
            provider, model, region = draw.choice(MODELS)
            start, output = 1_735_689_600_000 + draw.randint(0, 365 * 86_400_000), draw.randint(1, 2_000)
            event = {"provider": provider, "model": model, "detected_region": region, "source": "gateway", "id": f"call-{number}"}
            event |= {"prompt_tokens": draw.randint(100, 20_000), "completion_tokens": output, "reasoning_tokens": draw.randint(0, output)}
            event |= {"cached_tokens": draw.randint(0, 100), "startTimeMs": start, "firstTokenTimeMs": start + 700, "endTimeMs": start + 700 + 30 * output}
            file.write(json.dumps({name: event[name] for name in names}) + "\n")


def table(rows: list[tuple[str, str, str]], bare: Cost) -> str:
    """RESULTS.md."""
    machine = f"{platform.machine()}, {os.cpu_count()} processors, {platform.system()}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    head = f"# Results\n\n{machine}; a bare interpreter takes {bare.cpu_s * 1000:.0f} ms of CPU.\nWritten by `python -m benchmarks.run`.\n"
    lines = "\n".join(f"| {what} | {target} | {measured} |" for what, target, measured in rows)
    print(lines, file=sys.stderr)
    return f"{head}\n| work | target | measured |\n|---|---|---|\n{lines}\n"


if __name__ == "__main__":
    main()
