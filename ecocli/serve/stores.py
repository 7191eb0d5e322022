"""Stores that stay open while the server runs, each for one thread, and are opened anew when another file takes their place."""

from collections.abc import Callable
from threading import local
from typing import TYPE_CHECKING

from ecocli.store import Store

if TYPE_CHECKING:
    from pathlib import Path

PATIENCE_S = 0.5
"""How long one look at the store waits for a lock: who asks over HTTP is told instead."""


class OpenStore:
    """
    One store for one thread, which `get` gives as it is now: restored, vacuumed, or made since the last time.

    Args:
        create: Make one where there is none.
        trusts_references: For who does nothing but add calls, see `Store.trust_references`.
    """

    def __init__(self, path: "Path", *, create: bool, busy_timeout_s: float = PATIENCE_S, trusts_references: bool = False) -> None:
        self.path = path
        self._create, self._busy_timeout_s, self._trusts_references = create, busy_timeout_s, trusts_references
        self._store: Store | None = None

    def get(self) -> Store:
        """The store. StoreError where it cannot be used, such as one that a newer eco has changed."""
        if self._store is not None and not self._store.is_current():
            self.close()
        if self._store is None:
            self._store = Store.open(self.path, busy_timeout_s=self._busy_timeout_s, create=self._create)
            if self._trusts_references:
                self._store.trust_references()
        return self._store

    def close(self) -> None:
        if self._store is not None:
            self._store.close()
            self._store = None


class PerThread:
    """An `OpenStore` for each thread that asks."""

    def __init__(self, make: Callable[[], OpenStore]) -> None:
        self._make, self._own = make, local()

    def get(self) -> Store:
        if not hasattr(self._own, "store"):
            self._own.store = self._make()
        store: Store = self._own.store.get()
        return store
