"""A count on standard error while long work goes on, at a terminal only."""

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from rich.progress import Progress

T = TypeVar("T")
QUIET_FOR_S = 1.0
EVERY = 256


def counted(items: Iterable[T], what: str, quiet: bool, size: Callable[[T], int] = lambda _: 1) -> Iterator[T]:
    """The items, unchanged; after a second of work their number is shown and kept up to date. `size` is how many an item is."""
    if quiet or not (sys.stderr and sys.stderr.isatty()):
        yield from items
        return
    begin, bar, number, shown = time.monotonic(), None, 0, 0
    try:
        for item in items:
            yield item
            number += size(item)
            if number - shown >= EVERY and time.monotonic() - begin > QUIET_FOR_S:
                bar = bar or _bar(what)
                bar.update(bar.task_ids[0], completed=number, refresh=True)
                shown = number
    finally:
        if bar:
            bar.stop()


def _bar(what: str) -> "Progress":
    # rich is imported only when there is something to show
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.completed:,.0f}"), TextColumn(what), TimeElapsedColumn())
    # without a thread of its own: the process may still divide
    bar = Progress(*columns, console=Console(stderr=True), transient=True, auto_refresh=False)
    bar.add_task(what, total=None)
    bar.start()
    return bar
