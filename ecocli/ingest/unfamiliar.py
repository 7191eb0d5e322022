"""What a reader meets and does not know: an assumption of the call, which is shown as a warning, too."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from ecocli.errors import shorten

NUMBER = "a number that eco does not understand was not counted: "
KIND = "a kind that eco does not know: "
MOST_NAMED = 5
_BEGINNINGS = (NUMBER, KIND)


def numbers(usage: Mapping[str, Any], known: Collection[str], holder: str) -> list[str]:
    """An assumption, in a list, that names the numbers in a usage object, and in objects inside it, that are not known; none where all are."""
    names = sorted(_unknown(usage, known, holder))
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return [NUMBER + ", ".join(shorten(name) for name in names[:MOST_NAMED]) + more] if names else []


def warnings(assumptions: Iterable[str]) -> tuple[str, ...]:
    """Those of a call's assumptions that are warnings as well."""
    return tuple(text for text in assumptions if text.startswith(_BEGINNINGS))


def _unknown(usage: Mapping[str, Any], known: Collection[str], path: str) -> Iterator[str]:
    for name, value in usage.items():
        if name in known:
            continue
        if isinstance(value, dict):
            yield from _unknown(value, known, f"{path}.{name}")
        elif type(value) in (int, float) and value > 0:
            yield f"{path}.{name}"
