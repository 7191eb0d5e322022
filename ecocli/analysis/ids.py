"""Ids as people type them: whole, the end that a table shows, or "last"."""

from ecocli.errors import UsageError, quoted
from ecocli.store import Store, short_ids

LAST = ("last", "latest")
SHOWN = 3


def resolved(store: Store, text: str, *, everywhere: bool = False) -> str:
    """
    The id that `text` names: one that somebody gave first, then that of the call recorded last, then the one that ends so.

    `text` itself where no call is named.

    Args:
        everywhere: An end must be that of no other call at all, and marked with "…" or "...".

    Raises:
        UsageError: Several calls' ids end in it.
    """
    if not text or store.find(text):
        return text
    if len(found := store.reports.calls_of(text)) == 1:
        return found[0]  # another signal told of it under this id
    if text.lower() in LAST:
        return next(iter(store.newest_ids(1)), text)
    end = short_ids.end_of(text) or (None if everywhere or not _looks_like_an_end(text) else text)
    ending = store.ids_ending(end, everywhere) if end else []
    if len(ending) > 1:
        raise UsageError(f"several calls' ids end in {quoted(end)}", f"more of it tells them apart: {', '.join(map(quoted, ending[:SHOWN]))}")
    return ending[0] if ending else text


def _looks_like_an_end(text: str) -> bool:
    """True for as much of a UUID as is copied by a double click."""
    return short_ids.LEAST <= len(text) <= short_ids.WHOLE and all(c in "0123456789abcdef" for c in text)
