"""One call after another: a reading becomes a usage, is assessed, and is stored."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any, Self

from ecocli.core.footprint import Footprint
from ecocli.core.usage import Usage, Usages
from ecocli.errors import EcoError, UnsupportedModality
from ecocli.ingest import native, times
from ecocli.ingest.documents import at
from ecocli.ingest.native import Columns
from ecocli.ingest.reading import NO_USAGE, PROMPT_UNSEEN, Fill, Reading, Rejected, Running
from ecocli.pipeline.assessment import Assessed, Assessor
from ecocli.store import Outcome, Store
from ecocli.store.rows import NewCall, StoredCall
from ecocli.util.uuids import uuid7
from ecocli.util.valueclass import value_class

if TYPE_CHECKING:
    from ecocli.ingest.batches import Batch  # only a long input has a use for them

BATCH = 100
"""Calls that are inserted together: few enough to stay in a processor's cache."""
REGION_MARKS = ("azure", "bedrock", "vertex", "sagemaker", "/locations/")
"""Parts of names that may carry a region."""


@value_class(frozen=True, slots=True)
class Recorded:
    """One call with its result: a new one, or the first result of one that was stored before."""

    provider_id: str
    call_id: str
    usage: Usage
    started_at_ms: int
    footprint: Footprint
    basis: Mapping[str, Any]
    """Content of the basis that the footprint rests on."""
    assumptions: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    duplicate: bool = False
    """It was stored before."""
    forgotten: bool = False
    """It was removed for good by `eco forget`, or undone, and is not stored again."""
    voided: bool = False
    """It was undone by `eco undo`."""

    @classmethod
    def of(cls, assessed: Assessed, call_id: str, forgotten: bool = False, voided: bool = False) -> Self:
        """A call that was just assessed."""
        found = assessed.assessment
        result = (found.footprint, found.basis.content, found.assumptions)
        return cls(assessed.site.provider_id, call_id, assessed.usage, assessed.started_at_ms, *result, assessed.warnings, forgotten=forgotten, voided=voided)

    @classmethod
    def stored(cls, call: StoredCall, basis: Mapping[str, Any], duplicate: bool) -> Self:
        """A call as it is stored."""
        return cls(call.provider, call.call_id, call.usage, call.started_at_ms, call.footprint, basis, call.assumptions, duplicate=duplicate)


def assessed(readings: Iterable[Reading | Rejected], assessor: Assessor, fill: Fill, now_ms: int) -> Iterator[list[Assessed | Rejected]]:
    """
    The readings with their footprints, some at a time.

    An event that cannot be used comes as a Rejected in its place, so that the caller decides whether to stop.
    """
    found = (reading if isinstance(reading, Rejected) else assess_one(reading, assessor, fill, now_ms) for reading in readings)
    while batch := list(islice(found, BATCH)):
        yield batch


def stored(batch: Iterable[Assessed | Rejected], store: Store, key_id: int | None, now_ms: int) -> Iterator[Recorded | Rejected]:
    """Some calls, added to the store inside its transaction."""
    some = list(batch)
    new = [new_call(one, key_id, now_ms) for one in some if isinstance(one, Assessed)]
    outcomes = zip(new, store.add_all(new), strict=True)
    for one in some:
        yield one if isinstance(one, Rejected) else recorded(one, *next(outcomes), store)


def record(
    readings: Iterable[Reading | Rejected], assessor: Assessor, fill: Fill, now_ms: int, store: Store, key_id: int | None
) -> Iterator[Recorded | Rejected]:
    """Each reading with its footprint, added to the store. The caller holds the transaction: leaving it by an exception keeps nothing."""
    for batch in assessed(readings, assessor, fill, now_ms):
        yield from stored(batch, store, key_id, now_ms)


def recorded(assessed: Assessed, new: NewCall, outcome: Outcome, store: Store) -> Recorded:
    """What became of a call in the store."""
    if outcome.row_id is not None and (outcome.duplicate or outcome.renamed):
        return first_result(outcome.row_id, store, outcome.duplicate)
    return Recorded.of(assessed, new.call_id, outcome.forgotten, outcome.voided)


def first_result(row_id: int, store: Store, duplicate: bool = True) -> Recorded:
    """A stored call, for a caller who delivers it again, or by another id than its own."""
    call = store.call(row_id)
    return Recorded.stored(call, store.basis(call.basis_id).content, duplicate)


def assess_one(reading: Reading, assessor: Assessor, fill: Fill, now_ms: int) -> Assessed | Rejected:
    """A reading with its footprint, or what is wrong with it."""
    try:
        usage = to_usage(reading, assessor, fill)
        doubts = (*_uncounted(usage.assumptions), *filter(None, (times.doubt(usage, now_ms),)))
        found = assessor.assess(usage, now_ms)
        return replace(found, doubts=doubts) if doubts else found
    except UnsupportedModality as error:
        is_fault = not _reported(reading.fields, reading.format, fill)[0]
        return Rejected(at(error, reading.where) if is_fault else error, reading.where, reading.raw, is_fault)
    except EcoError as error:
        return Rejected(at(error, reading.where), reading.where, reading.raw)


def _uncounted(assumptions: Sequence[str]) -> list[str]:
    """Warnings for counts that the payload lacks."""
    doubts = ["the answer has no token counts: its text was counted instead"] * (NO_USAGE in assumptions)
    return doubts + ["the prompt is unknown, and counts as 0 tokens: give it with --prompt-tokens or --prompt-file"] * (PROMPT_UNSEEN in assumptions)


def _in_place(reading: Reading, fields: Mapping[str, Any], fill: Fill) -> list[str]:
    """The reading's assumptions, without those for counts that flags give."""
    dropped = {NO_USAGE} if "completion_tokens" in fields or fill.completion_text is not None else set()
    if "prompt_tokens" in fields or fill.prompt_text is not None or fill.messages is not None:
        dropped.add(PROMPT_UNSEEN)
    return [text for text in reading.assumptions if text not in dropped]


def id_of(assessed: Assessed, now_ms: int) -> str:
    """The caller's own id, or a new UUID."""
    return assessed.usage.id or uuid7(now_ms)


def to_usage(reading: Reading, assessor: Assessor, fill: Fill) -> Usage:
    """
    The reading, filled up and overridden by flags and settings, its text counted, and validated.

    Raises BadField and its like for what the contract does not allow.
    """
    if reading.running and fill.earlier:
        reading = _less_than_stored(reading, reading.running, fill.earlier)
    columns = _merged({name: (value,) for name, value in reading.fields.items()}, fill, 1)
    fields = {name: value for name, (value,) in columns.items()}
    named = "detected_region" in reading.fields or "detected_region" in fill.overrides
    hinted = () if named else _take_hint(fields, fill)
    if assessor.defaults is not None:
        fields |= assessor.defaults.added(fields)
    encoding: str | None = None
    counted: tuple[str, ...] = ()
    assumed = _in_place(reading, fields, fill)
    if has_text(reading, fill, fields):
        from ecocli.pipeline.counting import count_text

        encoding, counted = count_text(fields, reading, fill, assessor)
    model_reported, region_reported = _reported(reading.fields, reading.format, fill)
    return native.to_usage(
        fields,
        format=reading.format,
        encoding=encoding,
        assumptions=(*assumed, *hinted, *counted),
        model_reported=model_reported,
        region_reported=bool(hinted) or region_reported,
    )


def _less_than_stored(reading: Reading, running: Running, earlier: Callable[[str], Iterable[Mapping[str, int]]]) -> Reading:
    """The reading without what is stored of its thread."""
    from ecocli.ingest.running import latest, less

    before = None if running.is_fresh or running.note is None else latest(running, earlier(running.thread))
    return reading if before is None else less(reading, running, before)


def to_usages(batch: "Batch", assessor: Assessor, fill: Fill) -> Usages | None:
    """
    The usages of a batch, by column. None where each reading has to be looked at alone: text to count, a region to find out,
    settings that give something to some of them.

    Raises BadField and its like for the first that the contract does not allow.
    """
    count = len(batch)
    columns = _merged(batch.columns, fill, count)
    if fill.headers or not {"prompt_tokens", "completion_tokens"} <= columns.keys():
        return None
    named = "detected_region" in batch.columns or "detected_region" in fill.overrides
    if assessor.defaults is not None:
        added = assessor.defaults.columns(columns)
        if added is None:
            return None
        columns = {**columns, **added}  # not in place: they may be the batch's own, which is then looked at one by one
    model_reported, region_reported = _reported(batch.columns, batch.format, fill)
    usages = native.to_usages(
        columns, count, format=batch.format, assumptions=batch.assumptions, model_reported=model_reported, region_reported=region_reported
    )
    return None if not named and any(map(_names_a_region, set(usages.column("model")))) else usages


def _merged(reported: Columns, fill: Fill, count: int) -> Columns:
    """Fields of readings with those of flags over them and those of settings under them; the tags of all three together."""
    if not fill.overrides and not fill.defaults:
        return reported
    layers = (_each(fill.defaults, count), reported, _each(fill.overrides, count))
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


def _reported(names: Collection[str], format: str, fill: Fill) -> tuple[bool, bool]:
    """True for the model, and for the region, where the provider itself named it: the payload did, and no flag contradicts it."""
    reported = format != "native"
    return reported and "model" not in fill.overrides, reported and "detected_region" in names and "detected_region" not in fill.overrides


def _take_hint(fields: dict[str, Any], fill: Fill) -> tuple[str, ...]:
    """Fill in the region, and the provider if nobody named one, that headers or the model's name tell of."""
    if not fill.headers and not _may_name_a_region(fields.get("model")):
        return ()
    from ecocli.catalog.hints import region_hint

    hint = region_hint(fields, fill.headers)
    if hint is None:
        return ()
    fields["detected_region"] = hint.region
    if hint.provider is not None:
        fields.setdefault("provider", hint.provider)
    return (f"region {hint.region}, from {hint.evidence}",)


def _names_a_region(model: Any) -> bool:
    """True for a name with a region in it."""
    if not _may_name_a_region(model):
        return False
    from ecocli.catalog.hints import region_in_model_name

    return region_in_model_name(model) is not None


def _may_name_a_region(model: Any) -> bool:
    """True for a name that needs a closer look: Bedrock's ids and ARNs, and paths through a cloud's name. Most names need none."""
    if not isinstance(model, str):
        return False
    name = model.lower()
    return "." in name.partition("-")[0] or name.startswith(("arn:", "us-gov.")) or any(mark in name for mark in REGION_MARKS)


def has_text(reading: Reading, fill: Fill, fields: Mapping[str, Any]) -> bool:
    """True when a count is missing and there is text to count for it."""
    if "prompt_tokens" in fields and "completion_tokens" in fields:
        return False
    prompts = (reading.prompt_text, reading.messages, fill.prompt_text, fill.messages)
    completions = (reading.completion_text, fill.completion_text)
    wanted = ("prompt_tokens" not in fields, prompts), ("completion_tokens" not in fields, completions)
    return any(missing and any(text is not None for text in texts) for missing, texts in wanted)


def new_call(assessed: Assessed, key_id: int | None, now_ms: int) -> NewCall:
    """An assessed call, ready to be stored."""
    return NewCall(
        usage=assessed.usage,
        provider=assessed.site.provider_id,
        provider_name=assessed.site.provider_name,
        call_id=id_of(assessed, now_ms),
        model_id=assessed.model.spec.id,
        final_region=assessed.site.spec.region,
        calculation_method=assessed.site.calculation_method,
        started_at_ms=assessed.started_at_ms,
        recorded_at_ms=now_ms,
        key_id=key_id,
        assessment=assessed.assessment,
    )
