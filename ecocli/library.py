"""eco for Python programs: what `eco estimate` answers, without a process, a file or a network."""

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from threading import Lock
from typing import Any

from ecocli.catalog.compiled import open_for
from ecocli.contract.answer import answer
from ecocli.core.footprint import Footprint
from ecocli.core.usage import Usage
from ecocli.ingest.native import ATTRIBUTES
from ecocli.ingest.reading import Fill, Reading
from ecocli.pipeline import recording
from ecocli.pipeline.assessment import Assessed, Assessor
from ecocli.util import uuids as ids

FIELDS = {attribute: name for name, attribute in ATTRIBUTES.items()}
"""Each reported field of a Usage to its name in the native event, whose rules it has to keep."""

_one_at_a_time = Lock()
"""An Assessor keeps what calls have in common, and is made for one thread."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one call cost, and how that was reached."""

    footprint: Footprint
    """Every figure as an Estimate(low, value, high): the 5th, 50th and 95th percentile."""
    warnings: tuple[str, ...]
    """Sentences about names that were not known, or known only in part."""
    body: Mapping[str, Any]
    """The JSON that `eco estimate` prints, described by ecocli/contract/schemas/answer.json."""

    @property
    def audit(self) -> Mapping[str, Any]:
        """How names were resolved, what was counted, what was assumed, method and data edition."""
        return self.body["audit"]  # type: ignore[no-any-return]  # as its schema says


def estimate(usage: Usage, *, model_fallback: bool = False, region_fallback: bool = False) -> Answer:
    """
    What a call costs. Nothing is stored.

    The catalogue is the one that the commands use: the shipped one with the user's own models.yaml and
    regions.yaml worked in, read once in the life of the process. Defaults of config.toml and ECO_REGION
    fill in nothing: what is estimated stands in the usage.

    Args:
        usage: The call. Without `started_at_ms` it is made now.
        model_fallback: Take an unknown model for its family or class, as --model-fallback does. Without it
            only a model that the provider itself named (`model_reported`) goes on.
        region_fallback: Take an unknown region for the provider's average, as --region-fallback does. Without
            it only one that the provider itself named (`region_reported`) goes on.

    Raises:
        UnknownModel, UnknownRegion: A name that the catalogue does not have; the hint has near ones.
        BadField, BadData: A usage that the native event's rules do not allow; fields are named as there.
        BadCatalog: The user's own models.yaml or regions.yaml is not valid.
    """
    now_ms = time.time_ns() // 1_000_000
    with _one_at_a_time:
        assessor = _assessor(model_fallback, region_fallback)
        assessed = assessor.assess(_checked(usage, assessor), now_ms)
    return Answer(assessed.assessment.footprint, assessed.warnings, _body(assessed, usage.id or ids.uuid7(now_ms)))


def _checked(usage: Usage, assessor: Assessor) -> Usage:
    """The same by the way that every event takes: a program's slip is an error, not a figure."""
    fields = {name: value for field, name in FIELDS.items() if (value := getattr(usage, field)) is not None}
    found = recording.to_usage(Reading(fields, usage.format, assumptions=list(usage.assumptions)), assessor, Fill())
    return replace(
        found,
        encoding=usage.encoding,
        model_reported=usage.model_reported or found.model_reported,
        region_reported=usage.region_reported or found.region_reported,
    )


def _body(assessed: Assessed, call_id: str) -> dict[str, Any]:
    found = assessed.assessment
    return answer(call_id, assessed.usage, found.footprint, found.basis.content, found.assumptions, duplicate=False)


@cache
def _assessor(model_fallback: bool, region_fallback: bool) -> Assessor:
    return Assessor(open_for(os.environ), model_fallback=model_fallback, region_fallback=region_fallback)

