"""The energy and the times of the calls that a measured command printed."""

from collections.abc import Sequence
from typing import NamedTuple

from ecocli.core.hosting import API, CLOUD
from ecocli.core.usage import MS_PER_S
from ecocli.errors import shorten
from ecocli.ingest.reading import Fill, Reading
from ecocli.ingest.rules import LEAST_WH
from ecocli.measure.meter import Span
from ecocli.measure.sharing import of_calls_wh, shared
from ecocli.pipeline import recording
from ecocli.pipeline.assessment import Assessed, Assessor

MOST_CHARACTERS = 256


class Measurement(NamedTuple):
    """A measurement taken while a command ran."""

    run: Span
    idle_w: float | None
    """Of the machine at rest; None where that was not measured. [W]"""
    boundary: str
    by: str | None
    """The instruments; None where none could be read."""


def with_energy(readings: Sequence[Reading], assessor: Assessor, fill: Fill, now_ms: int, started_at_ms: int, measurement: Measurement) -> int:
    """
    Add to each reading of a call that was computed here its share of the measured energy, and to one without times its share of the run's.

    Args:
        started_at_ms: When the command was started. [ms since 1970, UTC]

    Returns:
        How many calls were computed elsewhere: this machine's draw says nothing of them.
    """
    found = [(reading, recording.assess_one(reading, assessor, fill, now_ms)) for reading in readings]
    valid = [(reading, assessed) for reading, assessed in found if isinstance(assessed, Assessed)]
    here = [(reading, _seconds(assessed)) for reading, assessed in valid if _hosting(assessed) not in (API, CLOUD)]
    if here:
        _share([reading for reading, _ in here], [seconds for _, seconds in here], started_at_ms, measurement)
    return len(valid) - len(here)


def _share(readings: Sequence[Reading], seconds: Sequence[float | None], started_at_ms: int, measurement: Measurement) -> None:
    slot_ms = measurement.run.seconds * MS_PER_S / len(readings)
    energies_wh = shared(of_calls_wh(measurement.run, measurement.idle_w, seconds), seconds)
    for number, (reading, known_s, energy_wh) in enumerate(zip(readings, seconds, energies_wh, strict=True)):
        if known_s is None:
            start = reading.fields.setdefault("startTimeMs", started_at_ms + round(number * slot_ms))
            reading.fields.setdefault("endTimeMs", max(start, reading.fields.get("firstTokenTimeMs", start)) + max(1, round(slot_ms)))
        if measurement.by is not None and energy_wh >= LEAST_WH and "measured_wh" not in reading.fields:
            by = shorten(f"eco measure: {measurement.by}", MOST_CHARACTERS)
            reading.fields |= {"measured_wh": energy_wh, "measured_boundary": measurement.boundary, "measured_by": by}


def _hosting(assessed: Assessed) -> str:
    return str(assessed.assessment.basis.content["serving"]["hosting"])


def _seconds(assessed: Assessed) -> float | None:
    """Time that a call took, loading included; None where nobody knows. [s]"""
    active_s = assessed.usage.active_s
    return None if active_s is None else active_s + assessed.usage.load_s
