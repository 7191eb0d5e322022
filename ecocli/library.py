"""The Python interface: `estimate` returns the answer of `eco estimate`, without a process or a network."""

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from threading import Lock
from typing import Any

from ecocli.catalog.compiled import open_for
from ecocli.config.settings import own_aliases
from ecocli.contract.answer import answer, given_id
from ecocli.core.footprint import Footprint
from ecocli.core.preferences import Preferences
from ecocli.core.usage import Usage
from ecocli.ingest.native import ATTRIBUTES
from ecocli.ingest.reading import Fill, Reading
from ecocli.pipeline import recording
from ecocli.pipeline.assessment import Assessed, Assessor

FIELDS = {attribute: name for name, attribute in ATTRIBUTES.items()}
"""Attribute of a Usage to the field of the native event whose rules apply to it."""

_lock = Lock()
"""An Assessor caches lookups and is not thread-safe."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The footprint of one call and the audit of the estimate."""

    footprint: Footprint
    """Every figure as an Estimate(low, value, high): the 5th, 50th and 95th percentile."""
    warnings: tuple[str, ...]
    """Sentences about names that were not known, or only in part."""
    body: Mapping[str, Any]
    """The JSON that `eco estimate` prints, described by ecocli/contract/schemas/answer.json."""

    @property
    def audit(self) -> Mapping[str, Any]:
        """Matches of names, counts, assumptions, method and data edition."""
        return self.body["audit"]  # type: ignore[no-any-return]  # as its schema says


def estimate(
    usage: Usage,
    *,
    strict: bool = False,
    model_fallback: bool = False,  # noqa: ARG001 - accepted, and changes nothing
    region_fallback: bool = False,
) -> Answer:
    """
    Estimate the footprint of a call. Nothing is stored.

    The catalogue is that of the commands: the shipped one merged with the user's own models.yaml and
    regions.yaml, and with `[aliases]` of config.toml, read once per process. Defaults in config.toml and ECO_REGION are
    ignored.

    Args:
        usage: The call. Without `started_at_ms` its time is now.
        strict: Refuse an unknown model, as --strict does. Otherwise it counts as its family or class, with a warning.
        model_fallback: Accepted, and changes nothing.
        region_fallback: Use the provider's average for an unknown region, as --region-fallback does. Otherwise an
            unknown name is an error unless the provider reported it (`region_reported`).

    Raises:
        UnknownModel: `strict`, and the catalogue does not have the model; the hint lists similar names.
        UnknownRegion: The catalogue does not have the region; the hint lists similar names.
        BadField, BadData: The usage breaks the rules of the native event; the error has its field names.
        BadCatalog: The user's own models.yaml or regions.yaml is not valid.
        BadConfig: config.toml cannot be read, or has an alias of a model that is not known.
    """
    now_ms = max(0, time.time_ns() // 1_000_000)
    with _lock:
        assessor = _assessor(strict, region_fallback)
        assessed = assessor.assess(_checked(usage, assessor), now_ms)
    return Answer(assessed.assessment.footprint, assessed.warnings, _body(assessed))


def _checked(usage: Usage, assessor: Assessor) -> Usage:
    """Validate a usage by the rules of an event."""
    fields = {name: value for field, name in FIELDS.items() if (value := getattr(usage, field)) is not None}
    found = recording.to_usage(Reading(fields, usage.format, assumptions=list(usage.assumptions)), assessor, Fill())
    return replace(
        found,
        encoding=usage.encoding,
        model_reported=usage.model_reported or found.model_reported,
        region_reported=usage.region_reported or found.region_reported,
    )


def _body(assessed: Assessed) -> dict[str, Any]:
    found = assessed.assessment
    return answer(given_id(assessed.usage), assessed.usage, found.footprint, found.basis.content, found.assumptions, duplicate=False)


@cache
def _assessor(strict: bool, region_fallback: bool) -> Assessor:
    own_names = Preferences(aliases=own_aliases(os.environ))
    return Assessor(open_for(os.environ), strict=strict, region_fallback=region_fallback, preferences=own_names)

