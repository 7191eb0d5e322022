"""A progress counter on standard error, at a terminal only."""

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

QUIET_FOR_S = 1.0
EVERY = 256
T = TypeVar("T")


class Progress:
    """A counter that appears after QUIET_FOR_S."""

    def __init__(self, what: str, quiet: bool) -> None:
        self._what = what
        self._is_shown = not quiet and bool(sys.stderr and sys.stderr.isatty())
        self._begin = time.monotonic()
        self._bar: Bar | None = None
        self._count = self._last = 0

    def add(self, count: int) -> None:
        """Count that many more."""
        self._count += count
        if self._is_shown and self._count - self._last >= EVERY and time.monotonic() - self._begin > QUIET_FOR_S:
            self._bar = self._bar or _bar(self._what)
            self._bar.update(self._bar.task_ids[0], completed=self._count, refresh=True)
            self._last = self._count

    @contextmanager
    def shown(self, work: AbstractContextManager[T]) -> Iterator[T]:
        """Enter `work`, and clear the counter when it ends."""
        try:
            with work as found:
                yield found
        finally:
            if self._bar:
                self._bar.stop()


def counted(items: Iterable[T], what: str, quiet: bool, size: Callable[[T], int] = lambda _: 1) -> Iterator[T]:
    """Yield the items while counting them; `size` returns the number that an item counts for."""
    progress = Progress(what, quiet)
    with progress.shown(nullcontext()):
        for item in items:
            yield item
            progress.add(size(item))


def _bar(what: str) -> "Bar":
    # rich is imported only when there is something to show
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.completed:,.0f}"), TextColumn(what), TimeElapsedColumn())
    # without a thread, since the process may still fork
    bar = Progress(*columns, console=Console(stderr=True), transient=True, auto_refresh=False)
    bar.add_task(what, total=None)
    bar.start()
    return bar
