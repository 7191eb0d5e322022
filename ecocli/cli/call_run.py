"""One run of `eco record` or `eco estimate`: read, estimate, store, print."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO

from ecocli.cli import outputs
from ecocli.cli.call_files import passed_through
from ecocli.cli.call_input import check_times, dated, fill, flag_error, open_stream
from ecocli.cli.call_output import Answers
from ecocli.cli.call_rejects import Rejects
from ecocli.cli.progress import Progress
from ecocli.cli.session import Session
from ecocli.errors import BadField, UnknownRegion, UsageError
from ecocli.ingest.reading import Fill, Reading, Rejected
from ecocli.pipeline.assessment import Assessor
from ecocli.pipeline.recording import Recorded
from ecocli.pipeline.run import Outcome, Run
from ecocli.store import Caller, Store

if TYPE_CHECKING:
    from ecocli.ingest.input import Input

READ = ("input", "prompt_file", "completion_file", "messages")
"""Options that name a file to read."""


def run(meta: dict[str, Any], options: Mapping[str, Any], keep: bool) -> None:
    """
    Run a command with its options by name.

    With `keep`, calls are stored, and answers are printed only after the commit: a printed answer is on disk.
    """
    with passed_through() if options["tee"] else nullcontext() as tee:
        _run(Session(meta), options, keep, tee)


def _run(session: Session, options: Mapping[str, Any], keep: bool, tee: BinaryIO | None) -> None:
    if not keep and (options["replace"] or options["again"]):
        raise UsageError("--replace and --again are for eco record", "eco estimate stores nothing")
    key_id = session.authorize("record")
    options, began_at_ms = dated(options, session), session.now_ms()
    check_times(options, began_at_ms)
    given = fill(options, session.settings)
    outputs.check("--rejects", options["rejects"], session, map(options.get, READ))
    out = sys.stderr if tee else sys.stdout
    with (
        open_stream(options, given, tee) or nullcontext() as stream,
        Rejects(options["rejects"], skip=options["skip_invalid"]) as rejects,
        Answers(session, stored=keep, explain=options["explain"], prices=session.prices(options["cost"]), out=out) as answers,
    ):
        try:
            with _outcomes(session, options, given, key_id, stream, answers, keep) as outcomes:
                _collect(outcomes, answers, rejects)
        except BadField as error:
            if stream:
                raise
            raise flag_error(error) from error
        except UnknownRegion as error:
            session.name_setting(error, options["region"])
            raise
        answers.print()
        if options["replace"]:
            _say_locked(session, began_at_ms)
        rejects.report(answers.calls)


def _say_locked(session: Session, began_at_ms: int) -> None:
    """A line where a call of a locked period was replaced."""
    from ecocli.cli import locked

    with session.open_store(create=False) as store:
        locked.say(session, store.locked_reports.withdrawn_since(began_at_ms))


def _outcomes(
    session: Session, options: Mapping[str, Any], given: Fill, key_id: int | None, stream: BinaryIO | None, answers: Answers, keep: bool
) -> AbstractContextManager[Iterator[Outcome]]:
    calls = _calls(stream, options, answers) if stream else [Reading({})]
    progress = Progress("calls", session.quiet)
    if keep:
        given = replace(given, earlier=partial(_earlier, session))
    run = Run(lambda: _assessor(session, options), given, session.now_ms, key_id=key_id, answer=answers.encoder(), progress=progress.add)
    if not keep:
        return progress.shown(run.estimated(calls))

    def open_store() -> Store:
        store = session.open_store()
        store.caller = Caller(key_id, replaces=options["replace"], again=options["again"])
        return store

    return progress.shown(run.recorded(calls, open_store, in_batches=options["skip_invalid"]))


def _earlier(session: Session, thread: str) -> list[dict[str, int]]:
    """Totals of a thread of codex exec that are stored."""
    from ecocli.pipeline.threads import earlier

    with session.open_store(create=False) as store:
        return earlier(store, thread)


def _calls(stream: BinaryIO, options: Mapping[str, Any], answers: Answers) -> "Input | Iterable[Reading | Rejected]":
    """The input as a whole, which several processes may read, or its readings one by one where prices or --id require it."""
    from ecocli import ingest
    from ecocli.ingest.input import Input

    if options["id"] is not None:
        return _only_one(ingest.read(stream, options["from_format"]))
    return ingest.read(stream, options["from_format"]) if answers.are_priced else Input(stream, options["from_format"])


def _only_one(readings: Iterator[Reading | Rejected]) -> Iterator[Reading | Rejected]:
    """UsageError for a second call: with the same id it would be dropped as a duplicate."""
    yield next(readings)
    for _ in readings:
        raise UsageError("--id is given, and the input holds more than one call", "leave --id out, or give each event its own id")


def _assessor(session: Session, options: Mapping[str, Any]) -> Assessor:
    settings = session.settings
    return Assessor(
        session.catalog,
        strict=options["strict"] or settings.strict,
        region_fallback=options["region_fallback"] or settings.region_fallback,
        preferences=settings.preferences,
    )


def _collect(outcomes: Iterable[Outcome], answers: Answers, rejects: Rejects) -> None:
    for outcome in outcomes:
        if isinstance(outcome, Recorded):
            answers.add(outcome)
        elif not isinstance(outcome, Rejected):
            answers.add_batch(outcome)
        elif outcome.is_fault:
            rejects.add(outcome)
        else:
            answers.warn([f"{outcome.error}; the call is left out"])
