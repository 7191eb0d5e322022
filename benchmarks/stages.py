"""
Where the time goes: what each stage takes of an event, of a line of a log, and of a single command.

    python -m benchmarks.stages         measures, and writes benchmarks/STAGES.md

CPU time of one process, best of several runs; each stage is the difference to the run that stops before it.
"""

import gc
import json
import pickle
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

from benchmarks.processes import cost, eco, python
from benchmarks.run import BULK, EVENT, FLAGS, MESSAGES, write_events, write_log
from ecocli import imports
from ecocli.catalog.compiled import open_entries
from ecocli.imports import files, lines
from ecocli.imports.deduplication import Deduplicator
from ecocli.imports.json_lines import load_quickly
from ecocli.imports.lines import Portion
from ecocli.imports.reading import read_portion
from ecocli.imports.source import LogSource, Memory
from ecocli.ingest import batches, documents
from ecocli.ingest.input import Input
from ecocli.ingest.reading import Fill, Rejected
from ecocli.pipeline import recording
from ecocli.pipeline.assessment import Assessor
from ecocli.pipeline.builder import Built, RowBuilder
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
        builder = RowBuilder(assessor, fill, 1, None)
        for data in found:
            if last == 0:
                documents.parse_lines(data)
            elif last == len(names) - 1:
                builder.from_lines((data, 1), None)
            else:
                _batches(data, last, assessor, fill)

    names = ("reading its line and JSON", "putting it into a batch", "validating it", "estimating", "making its row")
    yield from _differences(names, [partial(until, last) for last in range(len(names))], BULK)
    builder = RowBuilder(assessor, fill, 1, None)
    yield from _stored([built for data in found if (built := builder.from_lines((data, 1), None))], folder)
    yield "for comparison: the standard library reading it", _best(partial(_read_plainly, events)) / BULK


def _batches(data: bytes, last: int, assessor: Assessor, fill: Fill) -> None:
    for batch in batches.of_lines(data, None) or ():
        if last == 1:
            continue
        usages = recording.to_usages(batch, fill)
        if usages and last > 2:
            assessor.assess_many(usages, usages.column("started_at_ms"))


def _stored(built: Sequence[Built], folder: Path) -> Stages:
    packed = list(map(pickle.dumps, built))
    unpacking_s = _best(partial(_unpack, packed))
    yield "packing the row for another process", _best(lambda: list(map(pickle.dumps, built))) / BULK
    yield "unpacking it there", unpacking_s / BULK

    def store() -> None:
        with TemporaryDirectory(dir=folder) as name, Store.open(Path(name) / "eco.db") as kept, kept.loading():
            _unpack(packed, partial(_store_portion, kept))

    yield "SQLite: insert and commit", (_best(store) - unpacking_s) / BULK


def _store_portion(store: Store, built: Built) -> None:
    store.keep_bases(built.bases)
    store.add_rows(built.rows)


def _unpack(packed: Sequence[bytes], take: Callable[[Any], object] = id) -> None:
    for each in packed:
        take(pickle.loads(each))  # noqa: S301 - packed here


def _read_plainly(events: Path) -> None:
    with events.open() as lines:
        for line in lines:
            json.loads(line)


def log_stages(folder: Path) -> Stages:
    """Those of `ecocli/imports/reading.py`, and those of the process that stores."""
    log = folder / "projects" / "p" / "session.jsonl"
    write_log(log)
    file, source = replace(files.look(log, "host", ()), load=load_quickly), imports.by_name("claude-code")
    with log.open("rb") as stream:
        portions = list(lines.portions(stream, file, 0, lines.PORTION_BYTES))
        count, size = log.read_bytes().count(b"\n"), log.stat().st_size
        each = partial(_each_line, stream, portions)
        works = (partial(each, load_quickly), partial(_calls, source, stream, portions), partial(_unique, source, stream, portions))
        names = (f"a line ({size // count:,} bytes): its JSON", "its call", "which lines are of one call")
        yield from _differences(names, works, count)
        unique_s = _best(works[-1])
        assessor = Assessor(open_entries(None, folder / "cache"))

        def read() -> list[Built]:
            builder = RowBuilder(assessor, Fill(), 1, None)
            return [found.table.built for portion in portions if (found := read_portion(source, portion, {}, builder))]

        yield f"a call (of {MESSAGES:,} in {count:,} lines): validating, estimating, its row", (_best(lambda: len(read())) - unique_s) / MESSAGES
        yield from _stored(read(), folder)
        yield "for comparison: the standard library reading a line", _best(partial(each, json.loads)) / count


def _each_line(stream: BinaryIO, portions: Sequence[Portion], work: Callable[[bytes], object]) -> None:
    for portion in portions:
        stream.seek(portion.begin)
        for line in stream.read(portion.end - portion.begin).split(b"\n")[:-1]:
            work(line)


def _calls(source: LogSource, stream: BinaryIO, portions: Sequence[Portion]) -> None:
    for portion in portions:
        lines.read(source, stream, portion, Memory())


def _unique(source: LogSource, stream: BinaryIO, portions: Sequence[Portion]) -> None:
    for portion in portions:
        unique = Deduplicator()
        for call in lines.read(source, stream, portion, Memory()).found:
            if not isinstance(call, Rejected):
                unique.add(call)


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
