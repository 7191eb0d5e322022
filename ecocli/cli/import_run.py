"""One run of `eco import`: find the logs, import their calls, print a summary."""

import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecocli import imports as logs
from ecocli.cli import outputs, progress
from ecocli.cli.import_summary import Summary, Unusable
from ecocli.cli.session import Session
from ecocli.errors import MissingFile, SkippedLines, quoted, shorten
from ecocli.ingest.reading import Notice, Rejected
from ecocli.store import Caller

if TYPE_CHECKING:
    from ecocli.core.preferences import Preferences
    from ecocli.imports.importer import Outcome
    from ecocli.imports.source import LogSource
    from ecocli.pipeline.assessment import Assessor
    from ecocli.store import Store

OTHER_ECO = "eco"
CSV = "csv"


def run(meta: dict[str, Any], source: str | None, path: Path | None, tags: list[str], rejects: Path | None, again: bool, columns: list[str]) -> None:
    """Run the command. SkippedLines when lines could not be used."""
    session = Session(meta)
    format = session.format("text", "json")
    key_id = session.authorize("record")
    fill = _fill(session, tags)
    plan = [] if source == OTHER_ECO else _plan_csv(path, columns) if source == CSV else _plan(source, path)
    outputs.check("--rejects", rejects, session, [path, *(root for _, roots in plan for root in roots)])
    with Unusable(rejects, session.quiet) as unusable, session.open_store() as store:
        store.caller = Caller(key_id, again=again)
        summaries = [_import(session, store, key_id, unusable, fill, each, roots) for each, roots in plan]
        if source == OTHER_ECO:
            summaries = [_import_eco(session, store, unusable, path)]
    _print(summaries, format, session, source)
    if path and not any(count for summary in summaries for count in summary.counts.values()):
        session.say(f"eco: nothing in {quoted(str(path), 200)} that eco import {source} reads")
    if unusable.count:
        raise SkippedLines("1 line could not be used" if unusable.count == 1 else f"{unusable.count:,} lines could not be used", unusable.hint)


def _plan(name: str | None, path: Path | None) -> list[tuple["LogSource", list[Path]]]:
    """(source, existing files or folders to read) pairs; none where a tool left no logs. MissingFile for a path that is not there."""
    env = dict(os.environ)
    if name is None:
        found = [(logs.by_name(each), _existing(logs.by_name(each).roots(env))) for each in logs.names()]
        return [(source, roots) for source, roots in found if roots]
    source = logs.by_name(name)
    wanted = [path] if path else source.roots(env)
    roots = _existing(wanted)
    if not roots and (path or not wanted):
        raise _nothing_there(source, path)
    return [(source, roots)] if roots else []


def _plan_csv(path: Path | None, columns: list[str]) -> list[tuple["LogSource", list[Path]]]:
    from ecocli.imports import csv_columns, csv_file

    if path is None:
        raise MissingFile("eco import csv needs a file", "eco history --format csv --full > FILE makes one")
    source = csv_file.source(csv_columns.parse_map(columns) if columns else {})
    if not path.exists():
        raise _nothing_there(source, path)
    return [(source, [path])]


def _existing(paths: list[Path]) -> list[Path]:
    return [path for path in paths if path.exists()]


def _nothing_there(source: "LogSource", path: Path | None) -> MissingFile:
    if path:
        return MissingFile(f"no file or folder {quoted(str(path), 200)}", "give the path of a log, or of a folder of logs")
    return MissingFile(f"{source.name} has no fixed place for its logs", f"eco import {source.name} PATH")


def _no_logs(name: str | None) -> str:
    """The note where nothing was found to read: of one tool where it was looked for."""
    if name is None:
        return "no logs were found: eco import SOURCE PATH reads them from elsewhere"
    places = " and ".join(shorten(str(place), 80) for place in logs.by_name(name).roots(dict(os.environ)))
    return f"no logs of {name}: looked for {places}; eco import {name} PATH reads them from elsewhere"


def _import(
    session: Session, store: "Store", key_id: int | None, unusable: Unusable, fill: Any,
    source: "LogSource", roots: list[Path],
) -> Summary:  # fmt: skip
    import socket

    from ecocli.imports.importer import Importer

    now_ms, host = session.now_ms(), socket.gethostname()
    importer = Importer(source, store, partial(_assessor, session.settings.preferences), fill, key_id, now_ms, host)
    summary = Summary(source.name)
    for outcome in progress.counted(importer.run(roots), f"calls and logs of {source.name}", session.quiet, _size):
        summary.add(outcome, unusable)
    return summary


def _size(outcome: "Outcome") -> int:
    """Number of calls and logs in an outcome."""
    if isinstance(outcome, Notice):
        return 0
    return 1 if isinstance(outcome, Rejected) else sum(outcome.values())


def _import_eco(session: Session, store: "Store", unusable: Unusable, path: Path | None) -> Summary:
    from ecocli.exchange.merging import import_history
    from ecocli.imports.files import unreadable

    if path is None:
        raise MissingFile("eco import eco needs a file", "eco history --all --format ndjson --full > FILE makes one")
    summary = Summary(OTHER_ECO)
    try:
        with sys.stdin.buffer if str(path) == "-" else path.open("rb") as stream:
            outcomes = import_history(stream, str(path), store, session.now_ms())
            for outcome in progress.counted(outcomes, "calls", session.quiet):
                summary.add(outcome if isinstance(outcome, Rejected) else {outcome: 1}, unusable)
    except OSError as error:
        raise unreadable(path, error) from error
    return summary


def _assessor(preferences: "Preferences") -> "Assessor":
    """Accepts unknown names, whatever the settings say: the calls in a log were served, and what is read of it is not read again."""
    from ecocli.catalog.compiled import open_for
    from ecocli.pipeline.assessment import Assessor

    return Assessor(open_for(os.environ), region_fallback=True, preferences=preferences)


def _fill(session: Session, tags: list[str]) -> Any:
    from ecocli.cli import call_input
    from ecocli.ingest.reading import Fill

    return Fill({"tags": call_input.tags(tags)} if tags else {}, session.settings.event_defaults)


def _print(summaries: list[Summary], format: str, session: Session, source: str | None) -> None:
    if session.quiet:
        return
    if format == "json":
        session.show_json({"sources": [summary.body() for summary in summaries]})
    else:
        print("\n".join(summary.text() for summary in summaries) or _no_logs(source))
