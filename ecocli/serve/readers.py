"""Threads that read: each look at the store is short, so that none of them keeps the write-ahead log from shrinking."""

from asyncio import get_running_loop
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeVar

from ecocli.serve.refusals import Refused
from ecocli.serve.stores import OpenStore, PerThread
from ecocli.store import Store

T = TypeVar("T")

THREADS = 3
MOST_WAITING = 200
"""Readers in the queue, before further ones are told to come again."""


class Readers:
    """A few threads with a store each. Nothing is made where there is no store."""

    def __init__(self, path: Path) -> None:
        self._stores = PerThread(lambda: OpenStore(path, create=False))
        self._threads = ThreadPoolExecutor(THREADS, "eco-read")
        self._waiting = 0

    async def read(self, look: Callable[[Store], T]) -> T:
        """What `look` finds, in a thread. Refused where too many wait already."""
        if self._waiting >= MOST_WAITING:
            raise Refused("busy", "too many are reading")
        self._waiting += 1
        try:
            return await get_running_loop().run_in_executor(self._threads, partial(self._look, look))
        finally:
            self._waiting -= 1

    def _look(self, look: Callable[[Store], T]) -> T:
        return look(self._stores.get())

    def close(self) -> None:
        self._threads.shutdown(cancel_futures=True)
