"""Counters that add up over a thread, or a process, of which each report holds all that came before: every call is a difference."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from ecocli.ingest.reading import Reading, Running

Totals = Mapping[str, int]


class RunningTotals:
    """The last totals of each thread in an input."""

    def __init__(self) -> None:
        self._last: dict[str, Running] = {}

    def settle(self, reading: Reading) -> Reading | None:
        """The reading with its own part of the totals; None where it has none. Without earlier totals it keeps them all."""
        running = reading.running
        if running is None:
            return reading
        before, self._last[running.thread] = self._last.get(running.thread), running
        if before is None or running.is_fresh or not _holds(running.totals, before.totals):
            return reading
        if running.of_all is not None and running.of_all == before.of_all:
            return reading  # nothing grew: another process, which counted the same
        return None if running.totals == before.totals else less(reading, running, before.totals)


def less(reading: Reading, running: Running, before: Totals) -> Reading:
    """The reading without what came before, and without the note that something might have."""
    own = {name: total - before.get(name, 0) for name, total in running.totals.items()}
    notes = [note for note in reading.assumptions if note != running.note]
    return replace(reading, fields=reading.fields | own, assumptions=notes, running=None)


def latest(running: Running, earlier: Iterable[Totals]) -> Totals | None:
    """The largest of some totals that are smaller than those of a call; None where there are none."""
    smaller = [totals for totals in earlier if totals != running.totals and _holds(running.totals, totals)]
    return max(smaller, key=lambda totals: sum(totals.values()), default=None)


def _holds(totals: Totals, before: Totals) -> bool:
    return all(totals.get(name, 0) >= value for name, value in before.items())
