"""From the options of a call to its printed answer: the straight line behind `eco record` and `eco estimate`."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import nullcontext
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, BinaryIO

from ecocli import ingest, recording
from ecocli.assessment import Assessor
from ecocli.cli import progress
from ecocli.cli.call_files import passed_through
from ecocli.cli.call_input import fill, flag_error, open_stream
from ecocli.cli.call_output import Answers
from ecocli.cli.call_rejects import Rejects
from ecocli.cli.session import Session
from ecocli.errors import BadField, UsageError
from ecocli.ingest.reading import Fill, Reading, Rejected
from ecocli.recording import Recorded

if TYPE_CHECKING:
    from ecocli.store import Store

READ_AHEAD = 1000
"""Calls read before the store is locked: a slow pipe must not keep other writers waiting."""


def run(meta: dict[str, Any], options: Mapping[str, Any], keep: bool) -> None:
    """
    Read, assess, keep or not, answer.

    With `keep`, answers are printed only after the commit: what was printed is on the disk.
    """
    with passed_through() if options["tee"] else nullcontext() as tee:
        _run(Session(meta), options, keep, tee)


def _run(session: Session, options: Mapping[str, Any], keep: bool, tee: BinaryIO | None) -> None:
    """The same, once what was to be passed on has passed."""
    key_id = session.authorize("record")
    said = fill(options, session.settings)
    out = sys.stderr if tee else sys.stdout
    with (
        open_stream(options, said, tee) or nullcontext() as stream,
        Rejects(options["rejects"], skip=options["skip_invalid"]) as rejects,
        Answers(session, stored=keep, explain=options["explain"], prices=session.prices(options["cost"]), out=out) as answers,
    ):
        readings = _readings(stream, options["from_format"])
        if options["id"] is not None:
            readings = _only_one(readings)
        try:
            if keep:
                _record(readings, _assessor(session, options), said, session, key_id, answers, rejects)
            else:
                outcomes = recording.assess(readings, _assessor(session, options), said, session.now_ms())
                _collect(outcomes, answers, rejects, session)
        except BadField as error:
            if stream:
                raise
            raise flag_error(error) from error
        answers.print()
        rejects.report(answers.calls)


def _readings(stream: BinaryIO | None, format: str | None) -> Iterator[Reading | Rejected]:
    """What the stream holds; without one, the flags are the call."""
    if stream is None:
        return iter([Reading({})])
    return ingest.read(stream, format)


def _only_one(readings: Iterator[Reading | Rejected]) -> Iterator[Reading | Rejected]:
    """One id names one call: a second one would be taken for the first delivered again, and lost."""
    yield next(readings)
    for _ in readings:
        raise UsageError("--id is given, and the input holds more than one call", "leave --id out, or give each event its own id")


def _assessor(session: Session, options: Mapping[str, Any]) -> Assessor:
    return Assessor(
        session.catalog,
        model_fallback=options["model_fallback"] or session.settings.model_fallback,
        region_fallback=options["region_fallback"] or session.settings.region_fallback,
    )


def _record(
    readings: Iterator[Reading | Rejected], assessor: Assessor, said: Fill, session: Session, key_id: int | None,
    answers: Answers, rejects: Rejects,
) -> None:  # fmt: skip
    ahead = list(islice(readings, READ_AHEAD))
    with session.open_store() as store, store.transaction():
        outcomes = recording.record(chain(ahead, readings), assessor, said, session.now_ms(), store, key_id)
        _collect(outcomes, answers, rejects, session, store)


def _collect(
    outcomes: Iterable[Recorded | Rejected], answers: Answers, rejects: Rejects, session: Session, store: "Store | None" = None
) -> None:
    for outcome in progress.counted(outcomes, "calls", session.quiet):
        if isinstance(outcome, Rejected):
            rejects.add(outcome)
        elif store and outcome.duplicate and outcome.row_id is not None:
            stored = store.call(outcome.row_id)
            answers.add_stored(stored, store.basis(stored.basis_id).content)
        else:
            answers.add(outcome)
