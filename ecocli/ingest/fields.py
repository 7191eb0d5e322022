"""Safe ways into JSON of any shape, for readers of payloads and logs: counts, times, names and ids."""

import json
import math
from datetime import UTC, datetime
from typing import Any

from ecocli.core.hosting import host_name
from ecocli.errors import BadField
from ecocli.ingest import native
from ecocli.ingest.reading import Reading
from ecocli.util.digests import sha256

CACHE_APART = "cached tokens exceeded prompt_tokens: they were counted apart, so the prompt became their sum"
HASHED = "sha256:"
"""Begins an id that was made here."""

DIGEST_CHARACTERS = 16


def at(document: Any, path: str) -> Any:
    """The value under a dotted path, or None when any step is missing or not an object."""
    for key in path.split("."):
        document = document.get(key) if isinstance(document, dict) else None
    return document


def first(document: Any, *paths: str) -> tuple[str, Any]:
    """The first path that holds something (null and empty text are nothing), with its value."""
    for path in paths:
        value = at(document, path)
        if value is not None and value != "":
            return path, value
    return paths[-1], None


def section(document: Any, path: str) -> dict[str, Any]:
    """The object under a path; empty when there is none."""
    value = at(document, path)
    return value if isinstance(value, dict) else {}


def objects(value: Any) -> list[dict[str, Any]]:
    """The objects of a list; empty when it is not a list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def has(document: Any, *paths: str) -> bool:
    """True when one of the paths holds something."""
    return first(document, *paths)[1] is not None


def count(document: Any, *paths: str) -> int | None:
    """
    A token counter under the first path that holds one; BadField, naming that path, when it cannot be one.

    A 0 gives way to a count under another name: gateways fill in the names that a provider did not use.
    """
    path, value = first(document, *paths)
    if value == 0:
        path, value = next(((other, more) for other in paths if _is_positive(more := at(document, other))), (path, value))
    return None if value is None else counter(path, value)


def _is_positive(value: Any) -> bool:
    return type(value) in (int, float) and value > 0


def counter(name: str, value: Any) -> int:
    """A token counter; BadField, naming it, when it cannot be one."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # some gateways write 12.0
    checked: int = native.CHECKS["prompt_tokens"](name, value)
    return checked


def total(base: int | None, *parts: int | None) -> int | None:
    """`base` and the parts that are known; unknown when the base is."""
    return None if base is None else base + sum(part or 0 for part in parts)


def text(document: Any, *paths: str) -> str | None:
    """A name or id under the first path that holds one, at most 256 characters."""
    path, value = first(document, *paths)
    if value is None:
        return None
    if type(value) is int and value.bit_length() < 64:
        value = str(value)
    if not isinstance(value, str):
        raise BadField(path, value, "must be a string")
    return shortened(value)


def shortened(value: str) -> str:
    """At most 256 characters: what is cut off is replaced by a hash of the whole, so that two names stay two."""
    if len(value) <= native.MAX_CHARACTERS:
        return value
    digest = sha256(value.encode(errors="surrogatepass")).hexdigest()[:DIGEST_CHARACTERS]
    return f"{value[: native.MAX_CHARACTERS - DIGEST_CHARACTERS - 1]}~{digest}"


def host(document: Any, *paths: str) -> str | None:
    """The host name under the first path that holds a URL or address with one; None for anything else, for no call is refused for its sake."""
    values = (at(document, path) for path in paths)
    return next((name for value in values if isinstance(value, str) and (name := host_name(value))), None)


def tags(**values: str | None) -> dict[str, str] | None:
    """The tags that are known, without what a tag cannot hold."""
    plain = {name: "".join(c for c in value if c.isprintable()) for name, value in values.items() if value}
    return {name: shortened(value) for name, value in plain.items() if value} or None


def number(document: Any, *paths: str) -> float | None:
    """A finite number that is not negative, or None."""
    value = first(document, *paths)[1]
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if 0 <= value <= native.MAX_TIME_MS * 1_000_000 and math.isfinite(value) else None


def instant(document: Any, *paths: str) -> int | None:
    """A moment as milliseconds since 1970: seconds, milliseconds, finer, or ISO 8601 text (UTC without a zone)."""
    path, value = first(document, *paths)
    try:
        return milliseconds(value)
    except (ValueError, OverflowError, TypeError):
        raise BadField(path, value, "must be a time: seconds or milliseconds since 1970, or ISO 8601") from None


def milliseconds(value: Any) -> int | None:
    """A moment as `instant` gives it, of a value; ValueError, OverflowError or TypeError when it cannot be one."""
    if value is None or value == "":
        return None
    ms = _from_iso(value) if isinstance(value, str) else _from_number(value)
    return min(ms, native.MAX_TIME_MS) if ms > 0 else None  # 0 is unknown, as in the first chunk of some streams


def elapsed(start_ms: int | None, milliseconds: float | None) -> int | None:
    """The moment some milliseconds after (or, when negative, before) another; None when either is unknown, and before 1970."""
    if start_ms is None or milliseconds is None:
        return None
    ms = round(start_ms + milliseconds)
    return min(ms, native.MAX_TIME_MS) if ms > 0 else None


def canonical(document: Any) -> bytes:
    """Bytes that are equal for equal JSON, however it was printed."""
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()


def digest(data: bytes) -> str:
    """The id of a payload that has none."""
    return HASHED + sha256(data).hexdigest()


def fingerprint(document: Any) -> str:
    """A short hash of canonical JSON."""
    return sha256(canonical(document)).hexdigest()[:DIGEST_CHARACTERS]


def body_id(document: Any) -> str:
    """The id of a document that has none: the hash of its canonical JSON."""
    return digest(canonical(document))


def reading(format: str, assumptions: list[str] | None = None, /, **fields: Any) -> Reading:
    """A reading of what is known. Times out of order are left out, cache counted apart joins the prompt."""
    known = {name: value for name, value in fields.items() if value is not None}
    notes = list(assumptions or ())
    put_right(known, notes)
    return Reading(known, format=format, assumptions=notes)


def put_right(known: dict[str, Any], assumptions: list[str]) -> None:
    """Leave out times out of order, add cache counted apart to the prompt, and say so."""
    _order_times(known, assumptions)
    _include_cache(known, assumptions)


def _order_times(fields: dict[str, Any], assumptions: list[str]) -> None:
    if "firstTokenTimeMs" not in fields and "endTimeMs" not in fields:
        return
    earliest = 0
    for name in ("startTimeMs", "firstTokenTimeMs", "endTimeMs"):
        if name not in fields:
            continue
        if fields[name] < earliest:
            del fields[name]
            assumptions.append(f"{name} was before the call's start and was left out")
        else:
            earliest = fields[name]
    if "startTimeMs" not in fields:
        fields.pop("firstTokenTimeMs", None)  # says nothing without a start


def _include_cache(fields: dict[str, Any], assumptions: list[str]) -> None:
    cache = fields.get("cached_tokens", 0) + fields.get("cache_write_tokens", 0)
    if "prompt_tokens" in fields and cache > fields["prompt_tokens"]:
        fields["prompt_tokens"] += cache
        assumptions.append(CACHE_APART)


def _from_number(value: float) -> int:
    """Milliseconds, told from seconds and finer units by size: 10^11 s is the year 5138, 10^11 ms is 1973."""
    if isinstance(value, bool):
        raise ValueError(value)  # noqa: TRY004 - caught with the other bad values
    if not -1e20 < value < 1e20:  # no clock counts as finely as that; NaN is unknown
        return native.MAX_TIME_MS if value > 0 else 0
    if value < 1e11:
        return round(value * 1000)
    per_millisecond = 1 if value < 1e14 else 1_000 if value < 1e17 else 1_000_000
    return round(value / per_millisecond)


def _from_iso(value: str) -> int:
    if value.isdecimal():
        return _from_number(int(value[:32]))
    moment = datetime.fromisoformat(value.strip())
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return round(aware.timestamp() * 1000)


def as_object(value: Any) -> dict[str, Any]:
    """An object, also when it was written as JSON inside a string; empty when it is neither."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return {}
    return value if isinstance(value, dict) else {}
