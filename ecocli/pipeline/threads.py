"""Totals of calls that count on from those before them, as the store has them."""

from typing import TYPE_CHECKING

from ecocli.ingest.formats import codex_exec
from ecocli.store import threads

if TYPE_CHECKING:
    from ecocli.store import Store


def earlier(store: "Store", thread: str) -> list[dict[str, int]]:
    """The totals of a thread of codex exec that are stored."""
    return [found for call_id in threads.ids(store, thread) if (found := codex_exec.totals(call_id))]
