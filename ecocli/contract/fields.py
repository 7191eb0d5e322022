"""Some fields of a JSON answer: those of each element where it is a list, or of the one object."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ecocli.errors import UsageError, did_you_mean, quoted

LISTS = ("data", "sources")
"""Names under which an answer keeps its elements."""
OPTIONAL = ("pricedCalls", "costUsd", "price", "cost_usd", "duplicate", "forgotten", "voided")
"""Fields that an element may lack."""


def picked(body: Any, names: Sequence[str], known: Iterable[str] = ()) -> Any:
    """
    A list of the elements, or the one object, with these fields alone; one that an element lacks is null there.

    >>> picked({"data": [{"id": 1, "model": "a"}], "limit": 5}, ["model"])
    [{'model': 'a'}]

    Args:
        known: Fields that elements have, for an answer without any; and the OPTIONAL ones among them.

    Raises:
        UsageError: There is no such field.
    """
    if isinstance(body, Mapping):
        rows = next((body[name] for name in LISTS if isinstance(body.get(name), list)), None)
        if rows is None:
            return next(picked_each([body], names, known))
        body = rows
    rows = list(body)
    check(names, _there({field: None for row in rows for field in row}, known))
    return [{name: row.get(name) for name in names} for row in rows]


def picked_each(rows: Iterable[Mapping[str, Any]], names: Sequence[str], known: Iterable[str] = ()) -> Iterator[dict[str, Any]]:
    """The same of rows that come one by one, of which the first says what fields there are."""
    for at, row in enumerate(rows):
        if at == 0:
            check(names, _there(row, known))
        yield {name: row.get(name) for name in names}


def _there(shown: Iterable[str], known: Iterable[str]) -> list[str]:
    found = list(shown)
    return found + [name for name in known if name not in found and (name in OPTIONAL or not found)]


def check(names: Iterable[str], fields: Iterable[str]) -> None:
    """UsageError for a name that is none of the fields; without any field nothing is known of them."""
    every = list(fields)
    for name in names:
        if every and name not in every:
            from difflib import get_close_matches

            listed = f"the fields are {', '.join(every)}"
            close = get_close_matches(name, every, n=1)
            raise UsageError(f"--json: no field {quoted(name)}", f"{did_you_mean(close, '')} {listed}".strip())
