"""From the options of a call to its printed answer: the straight line behind `eco record` and `eco estimate`."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, BinaryIO

from ecocli import ingest, recording
from ecocli.assessment import Assessor
from ecocli.cli import call_input, progress
from ecocli.cli.call_output import Answers, Rejects
from ecocli.cli.session import Session
from ecocli.errors import SkippedLines
from ecocli.ingest.reading import Reading, Rejected
from ecocli.recording import Recorded


def run(meta: dict[str, Any], options: Mapping[str, Any], keep: bool) -> None:
    """
    Read, assess, keep or not, answer.

    With `keep`, answers are printed only after the commit: what was printed is on the disk.
    """
    session = Session(meta)
    tee = call_input.pass_through() if options["tee"] else None
    key_id = session.authorize("record")
    fill = call_input.fill(options, session.settings)
    stream = call_input.open_stream(options, fill, tee)
    answers = Answers(session, stored=keep, explain=options["explain"], out=sys.stderr if options["tee"] else sys.stdout)
    assessor = Assessor(
        session.catalog,
        model_fallback=options["model_fallback"] or session.settings.model_fallback,
        region_fallback=options["region_fallback"] or session.settings.region_fallback,
    )
    with Rejects(options["rejects"], skip=options["skip_invalid"]) as rejects:
        readings = _readings(stream, options["from_format"])
        if keep:
            with session.open_store() as store:
                with store.transaction():
                    outcomes = recording.record(readings, assessor, fill, session.now_ms(), store, key_id)
                    _collect(outcomes, answers, rejects, session, store)
                answers.print()
        else:
            outcomes = recording.assess(readings, assessor, fill, session.now_ms())
            _collect(outcomes, answers, rejects, session, None)
            answers.print()
    if rejects.count:
        good = answers.totals.calls
        raise SkippedLines(f"{rejects.count} of {rejects.count + good} events could not be used", rejects.hint)


def _readings(stream: BinaryIO | None, format: str | None) -> Iterator[Reading | Rejected]:
    """What the stream holds; without one, the flags are the call."""
    if stream is None:
        return iter([Reading({})])
    return ingest.read(stream, format)


def _collect(outcomes: Iterable[Recorded | Rejected], answers: Answers, rejects: Rejects, session: Session, store: Any) -> None:
    for outcome in progress.counted(outcomes, "calls", session.quiet):
        if isinstance(outcome, Rejected):
            rejects.add(outcome)
        elif outcome.duplicate:
            stored = store.call(outcome.row_id)
            answers.add_stored(stored, store.basis(stored.basis_id).content)
        else:
            answers.add(outcome)
