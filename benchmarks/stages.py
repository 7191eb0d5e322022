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
from ecocli.catalog.compiled import open_entries
from ecocli.imports import claude_code, files, lines, stretches
from ecocli.imports.deduplication import Snapshots
from ecocli.imports.found import LogCall, lines_of
from ecocli.ingest import documents, sheets
from ecocli.ingest.input import Input
from ecocli.ingest.reading import Fill
from ecocli.pipeline import recording
from ecocli.pipeline.assessment import Assessor
from ecocli.pipeline.builder import Prepared, Preparer
from ecocli.store import Store

Stages = Iterator[tuple[str, float]]
"""Name, and what it takes of one thing. [s]"""
RUNS = 5
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
    """Those of `ecocli/pipeline/builder.py`, one after the other, and those of the process that stores."""
    events = folder / "events.ndjson"
    write_events(events, BULK)
    assessor, fill = Assessor(open_entries(None, folder / "cache")), Fill()
    with events.open("rb") as stream:
        found = [portion.data for portion in Input(stream).portions()]

    def until(last: int) -> None:
        preparer = Preparer(assessor, fill, 1, None)
        for data in found:
            if last == 0:
                documents.parse_lines(data)
            elif last == len(names) - 1:
                preparer.portion((data, 1), None)
            else:
                _sheets(data, last, assessor, fill)

    names = ("reading its line and JSON", "putting it beside its like", "validating it", "estimating", "making its row")
    yield from _differences(names, [partial(until, last) for last in range(len(names))], BULK)
    preparer = Preparer(assessor, fill, 1, None)
    yield from _stored([preparer.portion((data, 1), None) for data in found], folder)
    yield "for comparison: the standard library reading it", _best(partial(_read_plainly, events)) / BULK


def _sheets(data: bytes, last: int, assessor: Assessor, fill: Fill) -> None:
    for sheet in sheets.of_lines(data, None) or ():
        if last == 1:
            continue
        usages = recording.to_usages(sheet, fill)
        if usages and last > 2:
            assessor.assess_counted(usages, usages.column("started_at_ms"))


def _stored(prepared: Sequence[Any], folder: Path) -> Stages:
    packed = list(map(marshal.dumps, prepared))
    unpacking_s = _best(partial(_unpack, packed))
    yield "packing the row for another process", _best(lambda: list(map(marshal.dumps, prepared))) / BULK
    yield "unpacking it there", unpacking_s / BULK

    def store() -> None:
        with TemporaryDirectory(dir=folder) as name, Store.open(Path(name) / "eco.db") as kept, kept.loading():
            _unpack(packed, partial(_store_portion, kept))

    yield "SQLite: insert and commit", (_best(store) - unpacking_s) / BULK


def _store_portion(store: Store, parts: Any) -> None:
    made = Prepared.of(parts)
    store.keep_bases(made.bases)
    store.add_rows(made.rows)


def _unpack(packed: Sequence[bytes], take: Callable[[Any], object] = len) -> None:
    for each in packed:
        take(marshal.loads(each))  # noqa: S302 - packed here


def _read_plainly(events: Path) -> None:
    with events.open() as lines:
        for line in lines:
            json.loads(line)


def log_stages(folder: Path) -> Stages:
    """Those of `ecocli/imports/stretches.py`, and those of the process that stores."""
    log = folder / "projects" / "p" / "session.jsonl"
    write_log(log)
    file, load = files.look(log, "host", ()), lines.quick_load()
    with log.open("rb") as stream:
        chunks = [lines_of(stream, chunk.begin, chunk.end) for chunk in lines.chunks(stream, 0)]
    count, size = sum(map(len, chunks)), log.stat().st_size
    tell = partial(claude_code.told, load=load)
    works = (partial(_each, load, chunks), partial(_each, tell, chunks))
    yield from _differences((f"a line ({size // count:,} bytes): its JSON", "what it tells"), works, count)
    said = [list(map(tell, chunk)) for chunk in chunks]
    assessor = Assessor(open_entries(None, folder / "cache"))

    def calls() -> None:
        for chunk in said:
            _once(claude_code.Reader(file, {}), chunk)

    def read() -> list[Any]:
        preparer = Preparer(assessor, Fill(), 1, None)
        return [stretches.read(chunk, claude_code.Reader(file, {}), preparer, False) for chunk in said]

    of_a_call = f"a call (of {MESSAGES:,} in {count:,} lines): "
    names = (f"{of_a_call}the lines that tell of it, as one", "validating, estimating, its row")
    yield from _differences(names, (calls, lambda: [None for _ in map(bool, read())]), MESSAGES)
    yield from _stored([parts[-1] for parts in read()], folder)
    yield "for comparison: the standard library reading a line", _best(partial(_each, json.loads, chunks)) / count


def _each(work: Callable[[bytes], object], chunks: Sequence[Sequence[bytes]]) -> None:
    for chunk in chunks:
        for line in chunk:
            work(line)


def _once(reader: claude_code.Reader, said: Sequence[Any]) -> None:
    snapshots = Snapshots()
    for number, one in enumerate(said, 1):
        for call in reader.feed(number, one):
            if isinstance(call, LogCall):
                snapshots.add(call)


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
