"""Calls of one thread of a tool that counts on: their ids hold the totals behind each."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ecocli.store import Store

IDS = "SELECT call_id FROM calls WHERE call_id >= ? AND call_id < ?"


def ids(store: "Store", thread: str) -> list[str]:
    """The ids of stored calls that begin with a thread's."""
    with store.snapshot():
        return [call_id for (call_id,) in store.connection.execute(IDS, (f"{thread}:", f"{thread};"))]
