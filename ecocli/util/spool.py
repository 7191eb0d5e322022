"""Things that wait for their turn: the first in memory, the others in a file that has no name and that only this process can read."""

import pickle
from collections.abc import Callable, Hashable, Iterator
from tempfile import TemporaryFile
from typing import IO, Any, Generic, Self, TypeVar

T = TypeVar("T")


class Spool(Generic[T]):
    """
    A queue that is filled first and then emptied.

    Args:
        identity: The identity of an object that many of the things have in common, which is kept once and in memory; None for any other.
        held: Things in memory, before they go to the file together.
    """

    def __init__(self, identity: Callable[[Any], Hashable | None], held: int) -> None:
        self._identity, self._most_held = identity, held
        self._shared: dict[Hashable, Any] = {}
        self._held: list[T] = []
        self._file: IO[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        if self._file is not None:
            self._file.close()

    def add(self, thing: T) -> None:
        self._held.append(thing)
        if len(self._held) >= self._most_held:
            if self._file is None:
                self._file = TemporaryFile()  # noqa: SIM115 - closed by __exit__
            _Pickler(self._file, self._name).dump(self._held)
            self._held = []

    def take(self) -> Iterator[T]:
        """All of them, in their order."""
        if self._file is not None:
            end = self._file.tell()
            self._file.seek(0)
            while self._file.tell() < end:
                yield from _Unpickler(self._file, self._shared).load()
        yield from self._held

    def _name(self, thing: Any) -> Hashable | None:
        name = self._identity(thing)
        if name is not None:
            self._shared.setdefault(name, thing)
        return name


class _Pickler(pickle.Pickler):
    def __init__(self, file: IO[bytes], name: Callable[[Any], Hashable | None]) -> None:
        super().__init__(file, pickle.HIGHEST_PROTOCOL)
        self._name = name

    def persistent_id(self, thing: Any) -> Hashable | None:
        return self._name(thing)


class _Unpickler(pickle.Unpickler):
    """Reads what this process wrote into a file that nobody else can open."""

    def __init__(self, file: IO[bytes], shared: dict[Hashable, Any]) -> None:
        super().__init__(file)
        self._shared = shared

    def persistent_load(self, name: Any) -> Any:
        return self._shared[name]
