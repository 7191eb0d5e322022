"""Events that arrive together are estimated together: under load one of many costs a fraction of one by itself."""

from asyncio import AbstractEventLoop, Future, Handle
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from ecocli.errors import BadData, EcoError, NotPermitted, StoreError
from ecocli.ingest import batches, documents
from ecocli.pipeline.builder import FEW, Built, RowBuilder
from ecocli.pipeline.together import Prepared
from ecocli.serve import answers, bugs, calls
from ecocli.serve.refusals import Refused

if TYPE_CHECKING:
    from ecocli.pipeline.writing import Outcome
    from ecocli.serve.access import Visitor
    from ecocli.serve.services import Configured
    from ecocli.serve.writer import Writer

MOST_TOGETHER = 256
"""They are estimated in one go, for which everybody else waits."""
SOON_S = 0.001
"""Once others are stored, for their senders to send the next ones. [s]"""
LONGEST_S = 0.02
"""Events that come while others are being stored wait for these, but no longer: a fault is told even if the store stays locked. [s]"""
FOR_ALL = (StoreError, NotPermitted, Refused)
"""Errors that are no fault of one event among others."""

Answer = Future[bytes | None]


@dataclass(slots=True)
class Waiting:
    """An event whose sender waits."""

    body: bytes
    sender: tuple[int | None, str | None]
    """Id of the key that it is recorded under, and the key itself."""
    answer: Answer
    is_handed_over: bool = False


class Gathering:
    """
    Takes events, and estimates by column those that have the same fields.

    Those are together that came in one turn of the event loop, or while the ones before them were stored.
    """

    def __init__(self, configured: "Callable[[], Configured]", writer: "Writer", clock: Callable[[], int], loop: AbstractEventLoop) -> None:
        self._configured, self._writer, self._clock, self._loop = configured, writer, clock, loop
        self._waiting: list[Waiting] = []
        self._begins: Handle | None = None
        writer.when_free = lambda: self._begin_in(SOON_S)

    def answer(self, body: bytes, visitor: "Visitor") -> Answer:
        """The answer to an event, once it is stored; None for what has to go its own way: one of few, one with text or a fault, a payload."""
        future: Answer = self._loop.create_future()
        self._waiting.append(Waiting(body, (visitor.key_id, visitor.secret), future))
        if len(self._waiting) == MOST_TOGETHER:
            self._begin_in(0)
        elif self._begins is None:
            self._begins = self._loop.call_later(LONGEST_S, self._begin) if self._writer.is_busy else self._loop.call_soon(self._begin)
        return future

    def _begin_in(self, delay_s: float) -> None:
        """Begin with those that wait, if there are any."""
        if self._begins is not None:
            self._begins.cancel()
            self._begins = self._loop.call_later(delay_s, self._begin)

    def _begin(self) -> None:
        taken, self._waiting = self._waiting[:MOST_TOGETHER], self._waiting[MOST_TOGETHER:]
        self._begins = self._loop.call_soon(self._begin) if self._waiting else None
        by_sender: dict[tuple[int | None, str | None], list[Waiting]] = {}
        for one in taken:
            by_sender.setdefault(one.sender, []).append(one)
        for some in by_sender.values():
            try:
                rest = self._rest(some) if len(some) >= FEW else some
            except Exception as error:  # noqa: BLE001 - each answer that waits has to end
                bugs.report(error)
                rest = [one for one in some if not one.is_handed_over]
            _tell([one.answer for one in rest])

    def _rest(self, some: Sequence[Waiting]) -> Iterable[Waiting]:
        """Estimate and store events of one sender; those that have to go their own way."""
        events = [(one, event) for one, event in zip(some, _parsed([one.body for one in some]), strict=True) if isinstance(event, dict)]
        now, now_ms, (key_id, _) = self._configured(), self._clock(), some[0].sender
        for batch in batches.of_events([event for _, event in events]):
            builder = RowBuilder(now.assessor, now.fill, now_ms, key_id, calls.line, answers.alike)  # names each basis: batches may go into transactions of their own
            built = builder.by_column(batch) if len(batch) >= FEW else None
            if built is not None:
                self._store(built, [events[position][0] for position in batch.positions], now_ms)
        return [one for one in some if not one.is_handed_over]

    def _store(self, built: Built, some: Sequence[Waiting], now_ms: int) -> None:
        """Hand events over to the writer; each sender hears of its own once all are on the disk."""
        (key_id, secret), waiting = some[0].sender, [one.answer for one in some]
        for one in some:
            one.is_handed_over = True
        try:
            self._writer.store(Prepared([built], key_id, now_ms), secret).add_done_callback(partial(_stored, waiting))
        except Refused as error:
            _tell(waiting, error)


def _parsed(bodies: Sequence[bytes]) -> Sequence[Any]:
    """The document of each body; None for what is not JSON."""
    found = documents.parse_lines(b"\n".join(bodies))  # most bodies are one line
    return found if found is not None and len(found) == len(bodies) else list(map(_document, bodies))


def _document(body: bytes) -> Any:
    try:
        return documents.parse(body)
    except BadData:
        return None


def _stored(waiting: Sequence[Answer], outcomes: "Future[list[Outcome]]") -> None:
    try:
        found = outcomes.result()
    except FOR_ALL as error:
        return _tell(waiting, error)
    except Exception:  # noqa: BLE001 - nothing was stored: one has a fault that only the store finds, and by themselves the others are
        return _tell(waiting)
    for future, line in zip(waiting, calls.lines(found), strict=True):
        if not future.done():
            future.set_result(line)
    return None


def _tell(waiting: Iterable[Answer], error: EcoError | None = None) -> None:
    for future in waiting:
        if future.done():
            continue
        if error is None:
            future.set_result(None)
        else:
            future.set_exception(error)
