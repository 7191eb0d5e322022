"""Tables of a format's counters, and the numbers in a usage object that no table knows."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from ecocli.core.usage import NOT_UNDERSTOOD, WARNINGS
from ecocli.ingest import fields as f

MOST_NAMED = 5
NO_COUNTS = ("cost", "price", "time", "duration", "latency", "ms", "seconds", "credits", "rate", "speed", "second", "sec")
"""Words of names that hold no tokens: money and time."""
_DEEPEST = 4

Table = Mapping[str, tuple[str, ...]]
"""Fields of a call with all the paths that a format writes each under, the most telling one first."""


def read(document: dict[str, Any], table: Table) -> dict[str, int | None]:
    """The counts of a document; one that no path holds is None."""
    return {name: f.count(document, *paths) for name, paths in table.items()}


def unread(document: dict[str, Any], holder: str, table: Table, also: Iterable[str] = ()) -> list[str]:
    """
    A warning, in a list, that names the numbers below `holder` that neither the table nor `also` knows; none where all are known.

    Args:
        holder: Path of the usage object.
        also: Paths, or ends of paths, of numbers that are known to add nothing: sums, and parts of other counters.
    """
    known = {path for paths in table.values() for path in paths}
    ends = tuple(f".{end}" for end in also)
    return warning(path for path in _numbers(f.at(document, holder), holder, 0) if path not in known and not path.endswith(ends))


def warning(names: Iterable[str]) -> list[str]:
    """The warning about some names, shown with what kind of name they are."""
    found = sorted(set(names))
    more = f" and {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else ""
    return [NOT_UNDERSTOOD + ", ".join(f.shortened(name) for name in found[:MOST_NAMED]) + more] if found else []


def numbers(usage: Mapping[str, Any], known: Collection[str], holder: str) -> list[str]:
    """The warning, in a list, about the numbers in a usage object, and in objects inside it, that are not known by name; none where all are."""
    return warning(_unknown(usage, known, holder))


def warnings(assumptions: Iterable[str]) -> tuple[str, ...]:
    """Those of a call's assumptions that are warnings as well."""
    return tuple(text for text in assumptions if text.startswith(WARNINGS))


def is_counter(name: str, value: Any) -> bool:
    """True for a number above 0 that is neither money nor a time, by its name."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
        return False
    words = name.replace("-", "_").replace(".", "_").lower().split("_")
    return not any(word in NO_COUNTS for word in words)


def _unknown(usage: Mapping[str, Any], known: Collection[str], path: str) -> Iterator[str]:
    for name, value in usage.items():
        if name in known:
            continue
        if isinstance(value, dict):
            yield from _unknown(value, known, f"{path}.{name}")
        elif type(value) in (int, float) and value > 0:
            yield f"{path}.{name}"


def _numbers(value: Any, path: str, depth: int) -> Iterator[str]:
    if isinstance(value, dict) and depth < _DEEPEST:
        for name, inner in value.items():
            if is_counter(name, inner):
                yield f"{path}.{name}"
            else:
                yield from _numbers(inner, f"{path}.{name}", depth + 1)
