"""Where the calls of a run come from, and how they are looked at: one by one, or many at once by whoever has time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING, BinaryIO

from ecocli.errors import UsageError
from ecocli.ingest.input import Input
from ecocli.ingest.reading import Reading, Rejected
from ecocli.pipeline.recording import Recorded

if TYPE_CHECKING:
    from ecocli.pipeline.builder import General, Prepared
    from ecocli.util.workers import Work

    Calls = Callable[[General], Iterator[Recorded | Rejected | Prepared]]
    """All of them, with what is to be done with a reading."""

READ_AHEAD = 1000
"""Calls read before the store is locked: a slow pipe must not keep other writers waiting."""
PORTIONS_AHEAD = 8
"""The same in portions. What has less is looked at one by one: workers would cost more than they bring."""


@contextmanager
def opened(
    stream: BinaryIO, format: str | None, is_one: bool, share: "Callable[[], Callable[[], Work]] | None"
) -> "Iterator[Calls]":
    """
    The calls of a stream, the first of them read already.

    Args:
        format: Of the payloads, when it is forced.
        is_one: A second call is wrong use of `--id`.
        share: Called when there is work for several; gives what makes each one's own. None where all calls have to be seen one by one.
    """
    input = Input(stream, format)
    portions = input.portions()
    ahead = list(islice(portions, PORTIONS_AHEAD))
    found = chain(ahead, portions)
    if share and len(ahead) == PORTIONS_AHEAD and not is_one:
        from ecocli.pipeline.builder import outcomes
        from ecocli.util import workers  # only a long input has a use for it

        make = share()
        with workers.Workers(make, workers.useful(), make) as pool:
            yield partial(outcomes, input, pool.done((portion, (portion.data, portion.number)) for portion in found))
    else:
        readings = chain(chain.from_iterable(map(input.read, found)), input.end())
        yield alone(_only_one(readings) if is_one else readings)


def alone(readings: Iterator[Reading | Rejected]) -> "Calls":
    """Calls that this process looks at itself."""
    ahead = list(islice(readings, READ_AHEAD))
    return lambda general: general(chain(ahead, readings))


def _only_one(readings: Iterator[Reading | Rejected]) -> Iterator[Reading | Rejected]:
    """One id names one call: a second one would be taken for the first delivered again, and lost."""
    yield next(readings)
    for _ in readings:
        raise UsageError("--id is given, and the input holds more than one call", "leave --id out, or give each event its own id")
