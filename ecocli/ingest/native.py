"""The native event: its fields, their spellings and rules, and the one validator that every call passes."""

import itertools
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from ecocli.errors import BadData, BadField, did_you_mean, quoted, shorten
from ecocli.usage import Usage

MAX_TOKENS = 10**12
MAX_TIME_MS = 253_402_300_799_999  # 9999-12-31T23:59:59.999Z
MAX_CHARACTERS = 256
TEXT_RULE = f"must be a string of 1 to {MAX_CHARACTERS} characters without control characters"

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
}
"""What a `Usage` calls them."""
TOKEN_SPELLINGS = frozenset(spelling for spelling, name in SPELLINGS.items() if name in TOKEN_FIELDS)
VERY_CLOSE = 0.8
"""`promptTokens` is to `prompt_tokens`, by difflib's measure of likeness, from 0 to 1."""
EXAMPLE = '{"provider":"Google","model":"gemini-3-pro","prompt_tokens":788,"completion_tokens":312}'

APART = "reasoning_tokens exceeded completion_tokens: they were counted apart, so completion became their sum"


def is_native(document: Mapping[str, Any]) -> bool:
    """True for an event with a provider or a model and token counts at its top level, and no usage object inside."""
    if "usage" in document or not ("provider" in document or "model" in document):
        return False
    return not TOKEN_SPELLINGS.isdisjoint(document)


def canonical(document: Mapping[str, Any]) -> dict[str, Any]:
    """The event under its canonical names. Unknown and doubled fields are errors."""
    spellings = tuple(document)
    names = _canonical_names(spellings)
    return dict(document) if names == spellings else dict(zip(names, document.values(), strict=True))


@lru_cache(maxsize=64)
def _canonical_names(spellings: tuple[str, ...]) -> tuple[str, ...]:
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
    checked = {name: CHECKS[name](name, value) for name, value in fields.items()}
    if "provider" not in checked and "model" not in checked:
        raise BadData("a provider or a model is needed", f"an event looks like {EXAMPLE}")
    for name in ("prompt_tokens", "completion_tokens"):
        if name not in checked:
            raise BadData(f"{name} is missing", f"an event looks like {EXAMPLE}; text can be counted with --prompt-text")
    output, reasoning = checked["completion_tokens"], checked.get("reasoning_tokens")
    if reasoning is not None and reasoning > output:
        output, assumptions = output + reasoning, (*assumptions, APART)
    _check_cache(checked)
    _check_times(checked)
    given = {ATTRIBUTES[name]: value for name, value in checked.items()} | {"output_tokens": output}
    return Usage(
        **given,
        format=format,
        encoding=encoding,
        assumptions=assumptions,
        model_reported=model_reported,
        region_reported=region_reported,
    )


def _tokens(name: str, value: Any) -> int:
    if type(value) is not int or not 0 <= value <= MAX_TOKENS:  # bool is an int: type() tells them apart
        raise BadField(name, value, "must be an integer from 0 to 10^12")
    return value


def _time(name: str, value: Any) -> int:
    if type(value) is not int or not 0 <= value <= MAX_TIME_MS:
        raise BadField(name, value, f"must be milliseconds since 1970 (UTC), 0 to {MAX_TIME_MS}")
    return value


def _text(name: str, value: Any) -> str:
    if not _is_text(value):
        raise BadField(name, value, TEXT_RULE)
    return value  # type: ignore[no-any-return]  # told just above


def _is_text(value: Any) -> bool:
    """Without a control character or a lone surrogate, which could not be stored."""
    if not isinstance(value, str) or not 1 <= len(value) <= MAX_CHARACTERS:
        return False
    return value.isprintable() or not any(map(_is_control, value))


def _is_control(character: str) -> bool:
    code = ord(character)
    return code < 0x20 or 0x7F <= code < 0xA0 or 0xD800 <= code < 0xE000


def _flag(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise BadField(name, value, "must be true or false")
    return value


def _tags(name: str, value: Any) -> Mapping[str, str]:
    if not isinstance(value, Mapping):
        raise BadField(name, value, "must be an object of strings")
    for key, text in value.items():
        if not _is_text(key):
            raise BadField(f"{name} key", key, TEXT_RULE)
        if not _is_text(text):
            raise BadField(f"{name}.{shorten(key, 20)}", text, TEXT_RULE)
    return dict(value)


CHECKS: Mapping[str, Callable[[str, Any], Any]] = {
    "provider": _text,
    "model": _text,
    "prompt_tokens": _tokens,
    "completion_tokens": _tokens,
    "reasoning_tokens": _tokens,
    "cached_tokens": _tokens,
    "cache_write_tokens": _tokens,
    "detected_region": _text,
    "startTimeMs": _time,
    "firstTokenTimeMs": _time,
    "endTimeMs": _time,
    "source": _text,
    "is_estimated": _flag,
    "estimation_method": _text,
    "id": _text,
    "tags": _tags,
}


def _check_cache(checked: Mapping[str, Any]) -> None:
    cached = checked.get("cached_tokens", 0) + checked.get("cache_write_tokens", 0)
    if cached > checked["prompt_tokens"]:
        name = "cached_tokens" if checked.get("cached_tokens") else "cache_write_tokens"
        rule = f"must be at most prompt_tokens ({checked['prompt_tokens']}), cache writes included"
        raise BadField(name, cached, rule)


def _check_times(checked: Mapping[str, Any]) -> None:
    order = [(name, checked[name]) for name in TIME_FIELDS if name in checked]
    if len(order) < 2:
        return
    for (earlier, before), (later, after) in itertools.pairwise(order):
        if after < before:
            raise BadField(later, after, f"must be at least {earlier} ({before})")


def misspelt(document: Mapping[str, Any]) -> BadData | None:
    """Why something that no format knows is no event either, where a field of it looks much like one of an event."""
    if "usage" in document or not ("provider" in document or "model" in document):
        return None
    unknown = (key for key in document if key not in SPELLINGS)
    return next((BadData(f"unknown field {quoted(key)}", _suggestion(key)) for key in unknown if _close(key, VERY_CLOSE)), None)


def _suggestion(key: str) -> str:
    return did_you_mean(_close(key), f"the fields are {', '.join(FIELDS)}")


def _close(key: str, cutoff: float = 0.6) -> list[str]:
    from difflib import get_close_matches

    return get_close_matches(key, SPELLINGS, n=1, cutoff=cutoff)
