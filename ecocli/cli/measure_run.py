"""One run of `eco measure`: measure at rest, run the command, share its energy among the calls that it printed, record them."""

import sys
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, NamedTuple

from ecocli.cli.call_files import KEPT_IN_MEMORY_BYTES, pass_on
from ecocli.cli.call_input import fill
from ecocli.cli.call_output import Answers
from ecocli.cli.measure_calls import Measurement, with_energy
from ecocli.cli.session import Session
from ecocli.core.numbers import counted, significant
from ecocli.core.usage import BOUNDARIES
from ecocli.errors import EcoError, NoInput, UsageError, quoted
from ecocli.ingest.input import Input
from ecocli.ingest.reading import Fill, Reading
from ecocli.measure import command as process
from ecocli.measure import instruments
from ecocli.measure.meter import Meter
from ecocli.measure.reader import Reader
from ecocli.pipeline.assessment import Assessor
from ecocli.pipeline.recording import Recorded
from ecocli.pipeline.run import Run

Find = Callable[[], tuple[list[Reader], list[str]]]


class Taken(NamedTuple):
    """The outcome of a command."""

    code: int
    started_at_ms: int
    measurement: Measurement


def run(session: Session, command: Sequence[str], options: Mapping[str, Any], find: Find = instruments.opened) -> int:
    """
    Measure and record.

    Args:
        find: Opens the instruments, and says why others cannot be read.

    Returns:
        The exit code of the command.
    """
    key_id = session.authorize("record")
    if options["boundary"] not in (None, *BOUNDARIES):
        raise UsageError(f"--boundary: must be one of {', '.join(BOUNDARIES)}, not {quoted(options['boundary'])}")
    given = fill(defaultdict(lambda: None, options), session.settings)
    with SpooledTemporaryFile(max_size=KEPT_IN_MEMORY_BYTES) as kept:
        input = Input(kept, options["from_format"])  # type: ignore[arg-type]  # a binary file in all but its base class
        taken = _measured(session, command, options, kept, find)  # type: ignore[arg-type]  # as above
        kept.seek(0)
        readings = _calls(session, input)
    if readings:
        _record(session, readings, given, taken, key_id)
    return taken.code


def _measured(session: Session, command: Sequence[str], options: Mapping[str, Any], kept: BinaryIO, find: Find) -> Taken:
    readers, reasons = find()
    try:
        boundary, used = instruments.chosen(readers, options["boundary"])
        idle = Meter(used)
        if used and options["idle_s"]:
            with idle:
                time.sleep(options["idle_s"])
        started_at_ms = session.now_ms()
        with Meter(used) as meter:
            code = process.run(command, kept, pass_on)
    finally:
        for reader in readers:
            reader.close()
    idle_w = idle.span.watts if idle.span.seconds and idle.fault is None else None
    names = ", ".join(reader.name for reader in used)
    found = Measurement(meter.span, idle_w, boundary, None if meter.fault else names)
    session.say(_sentence(found, [*reasons, str(meter.fault)] if used else reasons))
    return Taken(code, started_at_ms, found)


def _sentence(found: Measurement, reasons: Sequence[str]) -> str:
    seconds = significant(found.run.seconds)
    if found.by is None:
        return f"eco: warning: nothing was measured in {seconds} s, so its calls count by their time and the hardware profile: {'; '.join(reasons) or 'nothing is at that boundary'}"
    text = f"eco: measured {significant(found.run.wh)} Wh in {seconds} s at {found.boundary}, by {found.by}"
    if found.idle_w is None:
        return text
    net = found.run.wh - found.idle_w * found.run.seconds / 3600
    return f"{text}; at rest {significant(found.idle_w)} W, net of that {significant(net)} Wh"


def _calls(session: Session, input: Input) -> list[Reading]:
    """The calls in what was printed; what else stood there is counted on standard error."""
    try:
        found = [each for portion in input.portions() for each in input.read(portion)] + list(input.end())
    except NoInput:
        session.say("eco: the command printed no call, and none is recorded")
        return []
    except EcoError as error:
        session.say(f"eco: warning: no call is recorded: {error}")
        return []
    readings = [each for each in found if isinstance(each, Reading)]
    others = [each for each in found if not isinstance(each, Reading)]
    if others:
        session.say(f"eco: {len(others)} {'parts' if len(others) > 1 else 'part'} of the output {'are' if len(others) > 1 else 'is'} no call: {others[0].error}")
    return readings


def _record(session: Session, readings: list[Reading], given: Fill, taken: Taken, key_id: int | None) -> None:
    settings = session.settings
    assessor = Assessor(session.catalog, strict=settings.strict, region_fallback=settings.region_fallback, preferences=settings.preferences)
    elsewhere = with_energy(readings, assessor, given, session.now_ms(), taken.started_at_ms, taken.measurement)
    if elsewhere:
        session.say(f"eco: warning: {elsewhere} of {counted(len(readings), 'call')} {'was' if elsewhere == 1 else 'were'} computed elsewhere, as far as the answers say, and estimated: --hosting own where that was here")
    with Answers(session, stored=True, explain=False, prices=None, out=sys.stderr) as answers:
        with Run(lambda: assessor, given, session.now_ms, key_id=key_id, answer=answers.encoder()).recorded(readings, session.open_store) as outcomes:
            for outcome in outcomes:
                if isinstance(outcome, Recorded):
                    answers.add(outcome)
                else:
                    answers.warn([f"{outcome.error}; the call is left out"])  # type: ignore[union-attr]  # batches are of long inputs
        answers.print()
