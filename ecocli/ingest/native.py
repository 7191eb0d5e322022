"""The native event: its fields, their spellings and rules, and the one validator that every call passes."""

import itertools
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from itertools import repeat
from operator import add, contains, gt, le
from typing import Any

from ecocli.core import keys
from ecocli.core.usage import CIRCUMSTANCES, MEASURED, PHASES, Usage, Usages
from ecocli.errors import BadData, BadField, did_you_mean, quoted
from ecocli.ingest import event_texts, rules
from ecocli.ingest.rules import Rule

MAX_TOKENS, MAX_TIME_MS, MAX_CHARACTERS = rules.MAX_TOKENS, rules.MAX_TIME_MS, rules.MAX_CHARACTERS
Columns = dict[str, Sequence[Any]]
"""The fields of calls that have the same ones: for each field its value in the first call, in the second, and so on."""

SPELLINGS = {
    spelling: names[0]
    for names in (
        ("provider",),
        ("model",),
        ("prompt_tokens", "inputTokens", "input_tokens"),
        ("completion_tokens", "outputTokens", "output_tokens"),
        ("reasoning_tokens", "reasoningTokens"),
        ("cached_tokens", "cachedTokens"),
        ("cache_write_tokens", "cacheWriteTokens"),
        ("detected_region", "detectedRegion", "region"),
        ("startTimeMs", "start_time_ms"),
        ("firstTokenTimeMs", "first_token_time_ms"),
        ("endTimeMs", "end_time_ms"),
        ("source",),
        ("is_estimated", "isEstimated"),
        ("estimation_method", "estimationMethod"),
        ("id", "requestId", "request_id"),
        ("tags", "metadata"),
        ("concurrency",),
        ("accelerator",),
        ("weight_precision", "weightPrecision"),
        ("hosting",),
        ("control",),
        ("host",),
        ("hardware",),
        ("load_ms", "loadMs"),
        ("prompt_ms", "promptMs"),
        ("generation_ms", "generationMs"),
        ("measured_wh", "measuredWh"),
        ("measured_boundary", "measuredBoundary"),
        ("measured_by", "measuredBy"),
        ("service_tier", "serviceTier"),
        ("server_tool_calls", "serverToolCalls"),
    )
    for spelling in names
}
"""Every accepted spelling to the field's canonical name."""

FIELDS = tuple(dict.fromkeys(SPELLINGS.values()))
TOKEN_FIELDS = ("prompt_tokens", "completion_tokens", "reasoning_tokens", "cached_tokens", "cache_write_tokens")
TIME_FIELDS = ("startTimeMs", "firstTokenTimeMs", "endTimeMs")
ATTRIBUTES = {
    "provider": "provider",
    "model": "model",
    "prompt_tokens": "input_tokens",
    "completion_tokens": "output_tokens",
    "reasoning_tokens": "reasoning_tokens",
    "cached_tokens": "cached_tokens",
    "cache_write_tokens": "cache_write_tokens",
    "detected_region": "region",
    "startTimeMs": "started_at_ms",
    "firstTokenTimeMs": "first_token_at_ms",
    "endTimeMs": "ended_at_ms",
    "source": "source",
    "is_estimated": "is_estimated",
    "estimation_method": "estimation_method",
    "id": "id",
    "tags": "tags",
    **{name: name for name in CIRCUMSTANCES},
    "server_tool_calls": "server_tool_calls",
}
"""Their names in a `Usage`."""
NAMES = ("provider", "model", "detected_region", "source", "estimation_method", "accelerator", "weight_precision", "host", "hardware", "measured_by", "service_tier")
"""Fields that are shown and grouped by: a secret that was given there by mistake is masked. An id is not, by which calls are told apart."""
TOKEN_SPELLINGS = frozenset(spelling for spelling, name in SPELLINGS.items() if name in TOKEN_FIELDS)
_TEXTS = frozenset(event_texts.FIELDS)
ANSWERS = frozenset(("choices", "response"))
"""Keys of payloads that hold the messages of a request as well."""
NUMBERS = ("concurrency", *PHASES, "measured_wh")
"""Fields that hold a float, also where a whole number is given."""
VERY_CLOSE = 0.8
"""`promptTokens` is to `prompt_tokens`, by difflib's measure of likeness, from 0 to 1."""
EXAMPLE = '{"provider":"Google","model":"gemini-3-pro","prompt_tokens":788,"completion_tokens":312}'

APART = "reasoning_tokens exceeded completion_tokens: they were counted apart, so completion became their sum"


def is_native(keys: Collection[str]) -> bool:
    """True for an event with a provider or a model and token counts or texts at its top level, and nothing inside that makes it a payload."""
    if "usage" in keys or not ("provider" in keys or "model" in keys):
        return False
    if TOKEN_SPELLINGS.isdisjoint(keys):
        return not _TEXTS.isdisjoint(keys) and ANSWERS.isdisjoint(keys)
    return True


def canonical(document: Mapping[str, Any]) -> dict[str, Any]:
    """The event under its canonical names. Unknown and doubled fields are errors."""
    spellings = tuple(document)
    names = canonical_names(spellings)
    return dict(document) if names == spellings else dict(zip(names, document.values(), strict=True))


@lru_cache(maxsize=64)
def canonical_names(spellings: tuple[str, ...]) -> tuple[str, ...]:
    """Looked up once: the events of one source have the same fields in the same order."""
    names: dict[str, None] = {}
    for spelling in spellings:
        name = SPELLINGS.get(spelling)
        if name is None:
            raise BadData(f"unknown field {quoted(spelling)}", _suggestion(spelling))
        if name in names:
            raise BadData(f"{name} is given twice, under two spellings", "keep one of them")
        names[name] = None
    return tuple(names)


def to_usage(
    fields: Mapping[str, Any],
    *,
    format: str = "native",
    encoding: str | None = None,
    assumptions: tuple[str, ...] = (),
    model_reported: bool = False,
    region_reported: bool = False,
) -> Usage:
    """
    Validate the fields of one event and freeze them.

    Raises BadField, naming the field and its value, for anything that the contract does not allow.
    """
    given = dict(fields)
    given |= {name: dict(given[name]) for name in ("tags", "server_tool_calls") if isinstance(given.get(name), Mapping)}  # whoever gave them may change them
    columns: Columns = {name: (value,) for name, value in given.items()}
    return to_usages(
        columns, 1, format=format, encoding=encoding, assumptions=assumptions, model_reported=model_reported, region_reported=region_reported
    ).one(0)


def to_usages(
    columns: Columns,
    count: int,
    *,
    format: str = "native",
    encoding: str | None = None,
    assumptions: tuple[str, ...] = (),
    model_reported: bool = False,
    region_reported: bool = False,
) -> Usages:
    """Validate and freeze many events that have the same fields. Raises as `to_usage` does, for the first that is wrong."""
    _validate(columns)
    for name in NAMES:
        if name in columns and any(map(contains, columns[name], repeat(keys.PREFIX))):
            columns = columns | {name: list(map(keys.without_secrets, columns[name]))}
    outputs, are_apart = _completions(columns)
    told = {ATTRIBUTES[name]: values for name, values in columns.items()} | {"output_tokens": outputs}
    for name in NUMBERS:
        if name in told:
            told[name] = list(map(float, told[name]))
    if are_apart or assumptions:
        told["assumptions"] = [(*assumptions, APART) if apart else assumptions for apart in are_apart or [False] * count]
    return Usages(told, count, format, encoding, model_reported, region_reported)


def _validate(columns: Columns) -> None:
    """
    Check the fields of one call, or of many that have the same ones, against the contract.

    Raises BadField, naming the field and its value, for the first that are not.
    """
    for name, values in columns.items():
        rule = CHECKS[name]
        if not rule.hold(values):
            for value in values:
                rule(name, value)
    if "provider" not in columns and "model" not in columns:
        raise BadData("a provider or a model is needed", f"an event looks like {EXAMPLE}")
    for name in ("prompt_tokens", "completion_tokens"):
        if name not in columns:
            raise BadData(f"{name} is missing", f"an event looks like {EXAMPLE}", code="missing-count")
    _check_cache(columns)
    _check_times(columns)
    if "measured_wh" not in columns and (stray := next((name for name in MEASURED if name in columns), None)):
        raise BadData(f"{stray} says how measured_wh was measured, which is missing")


def _completions(columns: Columns) -> tuple[Sequence[int], Sequence[bool] | None]:
    """Output tokens with reasoning in them; and where these were counted apart, which calls they were."""
    outputs, reasoning = columns["completion_tokens"], columns.get("reasoning_tokens")
    if reasoning is None or all(map(le, reasoning, outputs)):
        return outputs, None
    are_apart = list(map(gt, reasoning, outputs))
    return [output + inside if apart else output for output, inside, apart in zip(outputs, reasoning, are_apart, strict=True)], are_apart


CHECKS: Mapping[str, Rule] = {
    "provider": rules.TEXT,
    "model": rules.TEXT,
    "prompt_tokens": rules.TOKENS,
    "completion_tokens": rules.TOKENS,
    "reasoning_tokens": rules.TOKENS,
    "cached_tokens": rules.TOKENS,
    "cache_write_tokens": rules.TOKENS,
    "detected_region": rules.TEXT,
    "startTimeMs": rules.TIME,
    "firstTokenTimeMs": rules.TIME,
    "endTimeMs": rules.TIME,
    "source": rules.TEXT,
    "is_estimated": rules.FLAG,
    "estimation_method": rules.TEXT,
    "id": rules.TEXT,
    "tags": rules.TAGS,
    "concurrency": rules.CONCURRENCY,
    "accelerator": rules.ACCELERATOR,
    "weight_precision": rules.PRECISION,
    "hosting": rules.HOSTING,
    "control": rules.FLAG,
    "host": rules.TEXT,
    "hardware": rules.PROFILE,
    **dict.fromkeys(PHASES, rules.MILLISECONDS),
    "measured_wh": rules.MEASURED_WH,
    "measured_boundary": rules.BOUNDARY,
    "measured_by": rules.TEXT,
    "service_tier": rules.TEXT,
    "server_tool_calls": rules.TOOL_CALLS,
}


def _check_cache(columns: Columns) -> None:
    prompts, reads, writes = (columns.get(name) for name in ("prompt_tokens", "cached_tokens", "cache_write_tokens"))
    caches = list(map(add, reads, writes)) if reads and writes else reads or writes
    if prompts is None or caches is None or all(map(le, caches, prompts)):
        return
    for at, (cached, prompt) in enumerate(zip(caches, prompts, strict=True)):
        if cached > prompt:
            name = "cached_tokens" if reads and reads[at] else "cache_write_tokens"
            raise BadField(name, cached, f"must be at most prompt_tokens ({prompt}), cache writes included")


def _check_times(columns: Columns) -> None:
    for earlier, later in itertools.pairwise(name for name in TIME_FIELDS if name in columns):
        if not all(map(le, columns[earlier], columns[later])):
            before, after = next(pair for pair in zip(columns[earlier], columns[later], strict=True) if pair[1] < pair[0])
            raise BadField(later, after, f"must be at least {earlier} ({before})")


def misspelt(document: Mapping[str, Any]) -> BadData | None:
    """Why something that no format knows is no event either, where a field of it looks much like one of an event."""
    if "usage" in document or not ("provider" in document or "model" in document):
        return None
    unknown = (key for key in document if key not in SPELLINGS and key not in _TEXTS)
    return next((BadData(f"unknown field {quoted(key)}", _suggestion(key)) for key in unknown if _close(key, VERY_CLOSE)), None)


def _suggestion(key: str) -> str | None:
    return did_you_mean(_close(key), f"the fields are {', '.join((*FIELDS, *event_texts.FIELDS))}")


def _close(key: str, cutoff: float = 0.6) -> list[str]:
    from difflib import get_close_matches

    return get_close_matches(key, (*SPELLINGS, *event_texts.FIELDS), n=1, cutoff=cutoff)
