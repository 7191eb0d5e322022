"""A meter: asks its readers from time to time while something runs."""

import time
from collections.abc import Sequence
from threading import Event, Thread
from typing import NamedTuple, Self

from ecocli.measure.reader import Reader

INTERVAL_S = 0.5
"""Often enough for power that changes with each call, and long before a counter has wrapped twice."""
J_PER_WH = 3600.0


class Span(NamedTuple):
    """The reading of a meter."""

    joules: float
    seconds: float

    @property
    def wh(self) -> float:
        return self.joules / J_PER_WH

    @property
    def watts(self) -> float:
        """Mean power; 0 for a span of no length."""
        return self.joules / self.seconds if self.seconds else 0.0


class Meter:
    """Energy of all readers together, from the begin of a `with` block to its end."""

    def __init__(self, readers: Sequence[Reader]) -> None:
        self._readers, self._stop = readers, Event()
        self._thread = Thread(target=self._follow, daemon=True)
        self.fault: OSError | None = None
        """Why the energy is not known."""
        self.span = Span(0.0, 0.0)
        """The reading, once the block has ended."""

    def __enter__(self) -> Self:
        self._first_s, self._first_j = self._ask()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        last_s, last_j = self._ask()
        self.span = Span(last_j - self._first_j, last_s - self._first_s)
        if self.fault is None and self.span.joules <= 0:
            self.fault = OSError(f"{', '.join(reader.name for reader in self._readers)}: no energy was counted")

    def _follow(self) -> None:
        while not self._stop.wait(INTERVAL_S) and self.fault is None:
            self._ask()

    def _ask(self) -> tuple[float, float]:
        now_s, joules = time.monotonic(), 0.0
        try:
            joules = sum(reader.joules(now_s) for reader in self._readers)
        except (OSError, ValueError) as error:
            self.fault = self.fault or OSError(str(error))
        return now_s, joules
