"""Ids as people type them: whole, the end that a table shows, or "last"."""

from ecocli.errors import UsageError, quoted
from ecocli.store import Store, short_ids

LAST = "last"
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
    if text == LAST:
        return next(iter(store.newest_ids(1)), text)
    end = short_ids.end_of(text) or (None if everywhere or not _looks_like_an_end(text) else text)
    found = store.ids_ending(end, everywhere) if end else []
    if len(found) > 1:
        raise UsageError(f"several calls' ids end in {quoted(end)}", f"more of it tells them apart: {', '.join(map(quoted, found[:SHOWN]))}")
    return found[0] if found else text


def _looks_like_an_end(text: str) -> bool:
    """True for as much of a UUID as is copied by a double click."""
    return short_ids.LEAST <= len(text) <= short_ids.WHOLE and all(c in "0123456789abcdef" for c in text)
