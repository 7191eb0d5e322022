"""How many calls each log held: none at all, or fewer than before, may mean that its tool keeps them elsewhere now."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ecocli.core.numbers import counted
from ecocli.errors import shorten
from ecocli.imports.log_file import LogFile
from ecocli.ingest.reading import Notice

CALLS = "calls"
"""The key in the state of a position: calls found in a log so far, snapshots and copies included."""
NONE = "no call was found in {}: its tool may keep them elsewhere, or in another form, by now"
FEWER = "{} was written anew and holds fewer calls than before, {:,} of {:,}: those that were imported stay"
LONGEST = 200


class Yields:
    """Counts the calls of the logs that changed, one log after another."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._before = 0
        self._total = 0
        self._silent: list[Path] = []

    def begin(self, saved: Mapping[str, Any]) -> None:
        """The next log, with the state that it was left with."""
        self._before = saved.get(CALLS, 0)

    def end(self, file: LogFile, calls: int, is_whole: bool) -> Iterator[Notice]:
        """
        A log was read to its end.

        Args:
            calls: All that it holds, as far as they were ever counted.
            is_whole: They were all counted now.
        """
        self._total += calls
        if not calls:
            self._silent.append(file.path)
        if is_whole and calls < self._before:
            yield Notice(f"{self._source}: " + FEWER.format(shorten(str(file.path), LONGEST), calls, self._before))

    def summary(self) -> Iterator[Notice]:
        """Notices at the end, when all logs have been read."""
        if self._silent and not self._total:
            more = f" and {counted(len(self._silent) - 1, 'more log')} that changed" if len(self._silent) > 1 else ", which changed"
            yield Notice(f"{self._source}: " + NONE.format(shorten(str(self._silent[0]), LONGEST) + more))
