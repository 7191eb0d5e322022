"""
Where the time goes: what each stage takes of an event, of a line of a log, and of a single command.

    python -m benchmarks.stages         measures, and writes benchmarks/STAGES.md

CPU time of one process, best of several runs; each stage is the difference to the run that stops before it.
"""

import gc
import json
import marshal
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.processes import cost, eco, python
from benchmarks.run import BULK, EVENT, FLAGS, MESSAGES, write_events, write_log
from ecocli import recording
from ecocli.assessment import Assessor
from ecocli.catalog.compiled import open_entries
from ecocli.ingest import portions
from ecocli.ingest.input import Input
from ecocli.ingest.logs import claude_code, files
from ecocli.ingest.logs.found import LogCall, lines_of
from ecocli.ingest.logs.lines import load
from ecocli.ingest.reading import Fill
from ecocli.ingest.recognition import read_native
from ecocli.preparing import Preparer
from ecocli.recording import Recorded
from ecocli.snapshots import Snapshots
from ecocli.store import Store, rows

Stages = Iterator[tuple[str, float]]
"""Name, and what it takes of one thing. [s]"""
RUNS = 5
TOGETHER = 400
"""Rows that are packed, and stored, together."""
START = (
    ("a bare interpreter", "pass"),
    ("importing Typer and the program's commands", "import ecocli.cli.main"),
    ("importing what `record` needs", "import ecocli.cli.main, ecocli.cli.record, ecocli.cli.call_run, ecocli.store, ecocli.catalog.compiled"),
)


def main() -> None:
    gc.disable()  # as in the program, which looks for cycles in next to nothing
    with TemporaryDirectory() as name:
        folder = Path(name)
        sections = (
            ("One event of 100,000 that are stored at once", "µs", 1e6, event_stages(folder)),
            ("One line of a Claude Code log, and one call in it", "µs", 1e6, log_stages(folder)),
            ("`eco record` from flags", "ms", 1e3, start_stages(folder)),
        )
        text = "\n".join(_section(*section) for section in sections)
    head = "# Where the time goes\n\nWritten by `python -m benchmarks.stages`: CPU time of one process, best of several runs.\n\n"
    Path(__file__).with_name("STAGES.md").write_text(head + text, "utf-8")


def event_stages(folder: Path) -> Stages:
    """Those of `ecocli/preparing.py`, one after the other, and those of the process that stores."""
    events = folder / "events.ndjson"
    write_events(events)
    assessor, fill = Assessor(open_entries(None, folder / "cache")), Fill()
    with events.open("rb") as stream:
        found = list(Input(stream).portions())

    def until(last: int) -> None:
        for portion in found:
            for document in portions.parse_lines(portion):
                if last == 0:
                    continue
                reading: Any = read_native(document, None)  # type: ignore[arg-type]  # each line is an event
                if last == 1:
                    continue
                usage = recording.to_usage(reading, assessor, fill)
                if last == 2:
                    continue
                assessed = assessor.assess(usage, 1)
                if last > 3:
                    rows.call_row(recording.new_call(Recorded(assessed, str(usage.id)), None, 1))

    names = ("reading its line and JSON", "recognising it", "validating it", "estimating", "making its row")
    yield from _differences(names, [partial(until, last) for last in range(len(names))], BULK)
    preparer = Preparer(assessor, fill, 1, None)
    yield from _stored([preparer.portion((portion.data, portion.number), None) for portion in found], folder)
    yield "for comparison: the standard library reading it", _best(partial(_read_plainly, events)) / BULK


def _stored(prepared: Sequence[Any], folder: Path) -> Stages:
    made, bases = [row for parts in prepared for row in parts[0]], {digest: text for parts in prepared for digest, text in parts[3].items()}
    together = [made[at : at + TOGETHER] for at in range(0, len(made), TOGETHER)]
    packed = [marshal.dumps(each) for each in together]
    unpacking_s = _best(partial(_unpack, packed))
    yield "packing the row for another process", _best(lambda: [marshal.dumps(each) for each in together]) / len(made)
    yield "unpacking it there", unpacking_s / len(made)
    stores = iter(range(RUNS))

    def store() -> None:
        with Store.open(folder / f"{next(stores)}.db") as kept, kept.transaction():
            kept.keep_bases(bases)
            _unpack(packed, kept.add_rows)

    yield "SQLite: insert and commit", (_best(store) - unpacking_s) / len(made)


def _unpack(packed: Sequence[bytes], take: Callable[[Any], object] = len) -> None:
    for each in packed:
        take(marshal.loads(each))  # noqa: S302 - packed here


def _read_plainly(events: Path) -> None:
    with events.open() as lines:
        for line in lines:
            json.loads(line)


def log_stages(folder: Path) -> Stages:
    """Those of `ecocli/ingest/logs/lines.py` and `ecocli/importing.py`."""
    log = folder / "projects" / "p" / "session.jsonl"
    write_log(log)
    size = log.stat().st_size
    with log.open("rb") as stream:
        lines = lines_of(stream, 0, size)
    told = [claude_code.told(line) for line in lines]
    calls = _taken(log, told)
    kept = _kept(calls)
    preparer = Preparer(Assessor(open_entries(None, folder / "cache")), Fill(), 1, None)
    count = len(lines)
    yield from _differences(
        (f"a line ({size // count:,} bytes): its JSON", "what it tells"), (partial(_each, load, lines), partial(_each, claude_code.told, lines)), count
    )
    yield "making a call of it", _best(lambda: _taken(log, told)) / count
    yield "which snapshots are one call", _best(lambda: _kept(calls)) / count
    yield f"a call (of {MESSAGES:,} in {count:,} lines): validating, estimating, its row", _best(lambda: preparer.readings(kept)) / len(kept)
    yield "for comparison: the standard library reading a line", _best(partial(_each, json.loads, lines)) / count


def _each(work: Callable[[bytes], object], lines: Sequence[bytes]) -> None:
    for line in lines:
        work(line)


def _taken(log: Path, told: Sequence[Any]) -> list[LogCall]:
    reader = claude_code.Reader(files.look(log, "host", ()), {})
    return [call for number, said in enumerate(told, 1) if said is not None for call in reader.feed(number, said) if isinstance(call, LogCall)]


def _kept(calls: Sequence[LogCall]) -> list[LogCall]:
    snapshots = Snapshots(many_providers=False)
    for call in calls:
        snapshots.add(call)
    return snapshots.take()


def start_stages(folder: Path) -> Stages:
    """The same process with more and more of it, from whole processes."""
    cost(eco("record", *FLAGS), folder, runs=2)  # makes the store and compiles the catalogue
    before_s = 0.0
    for name, code in START:
        spent_s = cost(python(f"{code}; import gc; gc.freeze()"), folder).cpu_s  # as the program ends
        yield name, spent_s - before_s
        before_s = spent_s
    yield "parsing options, estimating, storing, answering", cost(eco("record", *FLAGS), folder, input=EVENT).cpu_s - before_s


def _differences(names: Sequence[str], each: Sequence[Callable[[], object]], count: int) -> Stages:
    before_s = 0.0
    for name, work in zip(names, each, strict=True):
        spent_s = _best(work) / count
        yield name, spent_s - before_s
        before_s = spent_s


def _best(work: Callable[[], object]) -> float:
    """CPU time of the quickest of some runs. [s]"""
    times = []
    for _ in range(RUNS):
        begin = time.process_time()
        work()
        times.append(time.process_time() - begin)
    return min(times)


def _section(title: str, unit: str, factor: float, stages: Stages) -> str:
    lines = "\n".join(f"| {name} | {spent_s * factor:.1f} |" for name, spent_s in stages)
    print(f"{title}\n{lines}")
    return f"## {title}\n\n| stage | {unit} |\n|---|---|\n{lines}\n"


if __name__ == "__main__":
    main()
