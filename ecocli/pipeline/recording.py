"""The use case: readings in, assessed and stored calls out, in one transaction."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from ecocli.core.usage import Usage, Usages
from ecocli.errors import EcoError
from ecocli.ingest import native
from ecocli.ingest.documents import at
from ecocli.ingest.native import Columns
from ecocli.ingest.reading import Fill, Reading, Rejected
from ecocli.pipeline.assessment import Assessed, Assessor
from ecocli.store import Outcome, Store
from ecocli.store.rows import NewCall
from ecocli.util import uuids as ids
from ecocli.util.valueclass import value_class

if TYPE_CHECKING:
    from ecocli.ingest.sheets import Sheet  # only a long input has a use for them

BATCH = 100
"""Calls that are inserted together: few enough to stay in a processor's cache."""


@value_class(frozen=True, slots=True)
class Recorded:
    """One call and what became of it. `row_id` is None when nothing is stored."""

    assessed: Assessed
    call_id: str
    row_id: int | None = None
    duplicate: bool = False
    forgotten: bool = False
    """Removed for good by `eco forget`: not stored again."""


def assess(readings: Iterable[Reading | Rejected], assessor: Assessor, fill: Fill, now_ms: int) -> Iterator[Recorded | Rejected]:
    """
    Each reading with its footprint; nothing is stored.

    What one event has wrong comes as a Rejected in its place, so that the caller decides whether to stop.
    """
    for reading in readings:
        yield reading if isinstance(reading, Rejected) else assess_one(reading, assessor, fill, now_ms)


def record(
    readings: Iterable[Reading | Rejected], assessor: Assessor, fill: Fill, now_ms: int, store: Store, key_id: int | None
) -> Iterator[Recorded | Rejected]:
    """The same, added to the store. The caller holds the transaction: leaving it by an exception keeps nothing."""
    outcomes = assess(readings, assessor, fill, now_ms)
    while batch := list(islice(outcomes, BATCH)):
        stored = iter(store.add_all(new_call(one, key_id, now_ms) for one in batch if isinstance(one, Recorded)))
        for one in batch:
            yield one if isinstance(one, Rejected) else _stored(one, next(stored))


def assess_one(reading: Reading, assessor: Assessor, fill: Fill, now_ms: int) -> Recorded | Rejected:
    """A reading with its footprint."""
    try:
        usage = to_usage(reading, assessor, fill)
        assessed = assessor.assess(usage, now_ms)
    except EcoError as error:
        return Rejected(at(error, reading.where), reading.where, reading.raw)
    return Recorded(assessed, usage.id or ids.uuid7(now_ms))


def to_usage(reading: Reading, assessor: Assessor, fill: Fill) -> Usage:
    """
    The reading, filled up and overridden by flags and settings, its text counted, and validated.

    Raises BadField and its like for what the contract does not allow.
    """
    columns = _merged({name: (value,) for name, value in reading.fields.items()}, fill, 1)
    fields = {name: value for name, (value,) in columns.items()}
    named = "detected_region" in reading.fields or "detected_region" in fill.over
    hinted = () if named else _take_hint(fields, fill)
    encoding: str | None = None
    counted: tuple[str, ...] = ()
    if has_text(reading, fill, fields):
        from ecocli.pipeline.counting import count_text

        encoding, counted = count_text(fields, reading, fill, assessor)
    model_reported, region_reported = _reported(reading.fields, reading.format, fill)
    return native.to_usage(
        fields,
        format=reading.format,
        encoding=encoding,
        assumptions=(*reading.assumptions, *hinted, *counted),
        model_reported=model_reported,
        region_reported=bool(hinted) or region_reported,
    )


def to_usages(sheet: "Sheet", fill: Fill) -> Usages | None:
    """
    The same for calls that tell the same fields. None where each has to be looked at alone: text to count, a region to find out.

    Raises BadField and its like for the first that the contract does not allow.
    """
    count = len(sheet.places)
    columns = _merged(sheet.columns, fill, count)
    if fill.headers or not {"prompt_tokens", "completion_tokens"} <= columns.keys():
        return None
    model_reported, region_reported = _reported(sheet.columns, sheet.format, fill)
    usages = native.to_usages(
        columns, count, format=sheet.format, assumptions=sheet.assumptions, model_reported=model_reported, region_reported=region_reported
    )
    named = "detected_region" in sheet.columns or "detected_region" in fill.over
    return None if not named and any(map(_may_be_bedrock, set(usages.column("model")))) else usages


def _merged(told: Columns, fill: Fill, count: int) -> Columns:
    """What flags say, then the payload, then settings; their tags together."""
    if not fill.over and not fill.under:
        return told
    layers = (_each(fill.under, count), told, _each(fill.over, count))
    columns = {name: values for layer in layers for name, values in layer.items()}
    tags = [layer["tags"] for layer in layers if "tags" in layer]
    if len(tags) > 1:
        columns["tags"] = list(map(_together, zip(*tags, strict=True)))
    return columns


def _together(tags: Sequence[Any]) -> Any:
    """The tags of one call from all layers; where one of them is none the last, of which the validator says what is wrong."""
    if not all(isinstance(some, Mapping) for some in tags):
        return tags[-1]
    return {name: value for some in tags for name, value in some.items()}


def _each(fields: Mapping[str, Any], count: int) -> Columns:
    """Fields that all of some calls have in common."""
    return {name: (value,) * count for name, value in fields.items()}


def _reported(told: Collection[str], format: str, fill: Fill) -> tuple[bool, bool]:
    """Whether the provider itself named the model, and the region: the payload did, and no flag contradicts it."""
    reported = format != "native"
    return reported and "model" not in fill.over, reported and "detected_region" in told and "detected_region" not in fill.over


def _take_hint(fields: dict[str, Any], fill: Fill) -> tuple[str, ...]:
    """Fill in the region, and the provider if nobody named one, that headers or a Bedrock id tell of."""
    if not fill.headers and not _may_be_bedrock(fields.get("model")):
        return ()
    from ecocli.pipeline.region_hints import region_hint

    hint = region_hint(fields, fill.headers)
    if hint is None:
        return ()
    fields["detected_region"] = hint.region
    if hint.provider is not None:
        fields.setdefault("provider", hint.provider)
    return (f"region {hint.region}, from {hint.evidence}",)


def _may_be_bedrock(model: Any) -> bool:
    """Bedrock's ids have a dot before their maker's model, or are an ARN: most names need no closer look."""
    return isinstance(model, str) and (model.startswith("arn:") or "." in model.partition("-")[0])


def has_text(reading: Reading, fill: Fill, fields: Mapping[str, Any]) -> bool:
    """True when a count is missing and there is text to count for it."""
    if "prompt_tokens" in fields and "completion_tokens" in fields:
        return False
    prompts = (reading.prompt_text, reading.messages, fill.prompt_text, fill.messages)
    completions = (reading.completion_text, fill.completion_text)
    wanted = ("prompt_tokens" not in fields, prompts), ("completion_tokens" not in fields, completions)
    return any(missing and any(text is not None for text in texts) for missing, texts in wanted)


def _stored(recorded: Recorded, outcome: Outcome) -> Recorded:
    return Recorded(recorded.assessed, recorded.call_id, outcome.row_id, outcome.duplicate, outcome.forgotten)


def new_call(recorded: Recorded, key_id: int | None, now_ms: int) -> NewCall:
    """The row that a recorded call becomes."""
    assessed = recorded.assessed
    return NewCall(
        usage=assessed.usage,
        provider=assessed.site.provider_id,
        provider_name=assessed.site.provider_name,
        call_id=recorded.call_id,
        model_id=assessed.model.spec.id,
        final_region=assessed.site.spec.region,
        calculation_method=assessed.site.calculation_method,
        started_at_ms=assessed.started_at_ms,
        recorded_at_ms=now_ms,
        key_id=key_id,
        assessment=assessed.assessment,
    )
