"""The one writer: what waits together is stored in one transaction, and each caller hears of it after the commit."""

from asyncio import AbstractEventLoop, Future
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Condition, Thread
from time import monotonic
from typing import Any

from ecocli.errors import EcoError, NotPermitted, StoreError
from ecocli.pipeline.authorization import require_still
from ecocli.pipeline.together import Prepared, store_together
from ecocli.pipeline.writing import Outcome
from ecocli.serve import bugs
from ecocli.serve.refusals import Refused
from ecocli.serve.stores import OpenStore
from ecocli.store import Store

MOST_WAITING = 20_000
"""Calls in the queue, before further ones are told to come again."""
MOST_TOGETHER = 2_000
"""Calls in one transaction: others wait for it to end."""
LONGEST_WAIT_S = 7.0
"""A caller who waited this long for a locked store is told so: many clients give up after ten seconds."""
EACH_TRY_S = 0.25
QUIET_S = 2.0
"""After so long without a call the write-ahead log is emptied."""
LOCKED = ("store-locked",)
GONE = ("store-gone",)


@dataclass(slots=True)
class Job:
    """The calls of one request on their way into the store."""

    prepared: Prepared
    secret: str | None
    """Of the key that they are recorded under, which may have been revoked since it was checked."""
    future: "Future[list[Outcome]]"
    since_s: float


class Writer:
    """
    A thread that stores calls.

    Nothing that was answered is lost: an answer is sent after the commit, which SQLite has synced to the disk.
    """

    def __init__(self, path: Path, loop: AbstractEventLoop, clock: Callable[[], int]) -> None:
        self._stores = OpenStore(path, create=True, busy_timeout_s=EACH_TRY_S, trusts_references=True)
        self._loop, self._clock = loop, clock
        self._changed = Condition()
        self._jobs: deque[Job] = deque()
        self._waiting_calls = self._unanswered = 0
        self.when_free: Callable[[], None] | None = None
        """Called in the event loop once everything is stored."""
        self._is_closing = False
        self._is_clean = True
        """Nothing was written since the log was emptied."""
        self.commits = self.stored_calls = 0
        self._thread = Thread(target=self._run, name="eco-write")

    def start(self) -> None:
        self._thread.start()

    def store(self, prepared: Prepared, secret: str | None) -> "Future[list[Outcome]]":
        """The outcomes of the calls, once they are on the disk. Refused where too many wait already."""
        count = len(prepared)
        future: Future[list[Outcome]] = self._loop.create_future()
        with self._changed:
            if self._is_closing or (self._waiting_calls and self._waiting_calls + count > MOST_WAITING):
                raise Refused("busy", "more calls are waiting to be stored than the disk can take", "send them again")
            self._jobs.append(Job(prepared, secret, future, monotonic()))
            self._waiting_calls += count
            self._changed.notify()
        self._unanswered += 1
        return future

    def _settle(self, results: "Sequence[tuple[Future[list[Outcome]], Any]]") -> None:
        for future, result in results:
            if future.done():
                continue
            if isinstance(result, Exception):
                future.set_exception(result)
            else:
                future.set_result(result)
        self._unanswered -= len(results)
        if self.when_free and not self._unanswered:
            self.when_free()

    @property
    def is_busy(self) -> bool:
        """True while calls are on their way to the disk."""
        return self._unanswered > 0

    def close(self) -> None:
        """Store what was accepted, and end."""
        with self._changed:
            self._is_closing = True
            self._changed.notify()
        self._thread.join()

    # in the thread

    def _run(self) -> None:
        while jobs := self._next():
            self._store(jobs)
        self._stores.close()

    def _next(self) -> list[Job]:
        """What waits, as far as it fits into one transaction; none when the server ends."""
        while True:
            with self._changed:
                if not self._jobs and not self._is_closing:
                    self._changed.wait(None if self._is_clean else QUIET_S)
                if self._jobs:
                    return self._taken()
                if self._is_closing:
                    return []
            self._empty_log()

    def _taken(self) -> list[Job]:
        jobs, count = [self._jobs.popleft()], 0
        while self._jobs and (count := count + len(jobs[-1].prepared)) < MOST_TOGETHER:
            jobs.append(self._jobs.popleft())
        self._waiting_calls -= sum(len(job.prepared) for job in jobs)
        return jobs

    def _store(self, jobs: list[Job]) -> None:
        """Store the calls of some requests, with as many tries as their callers wait for."""
        while jobs:
            try:
                results = self._committed(jobs)
            except EcoError as error:
                if error.code in LOCKED:
                    jobs = self._without_impatient(jobs, error)
                elif error.code in GONE:  # they went into a file that nobody reads any more
                    self._stores.close()
                    jobs = self._without_impatient(jobs, error)
                else:
                    return self._alone(jobs, error)
            except Exception as error:  # noqa: BLE001 - each answer that waits has to end, and the writer goes on
                bugs.report(error)
                return self._alone(jobs, error)
            else:
                self.commits += 1
                self.stored_calls += sum(len(job.prepared) for job in jobs)
                self._is_clean = False
                return self._tell([(job.future, result) for job, result in zip(jobs, results, strict=True)])
        return None

    def _committed(self, jobs: Sequence[Job]) -> "list[list[Outcome] | NotPermitted]":
        store = self._stores.get()
        with store.transaction():
            allowed = self._allowed({job.secret for job in jobs}, store)
            mine = [job for job in jobs if allowed[job.secret] is None]
            stored = iter(store_together([job.prepared for job in mine], store))
            return [allowed[job.secret] or next(stored) for job in jobs]

    def _allowed(self, secrets: set[str | None], store: Store) -> dict[str | None, NotPermitted | None]:
        """For each key why its calls are not stored: inside the transaction nobody can revoke one."""
        found: dict[str | None, NotPermitted | None] = dict.fromkeys(secrets)
        for secret in secrets - {None}:
            try:
                require_still(secret or "", store, self._clock())
            except NotPermitted as error:
                found[secret] = error
        return found

    def _without_impatient(self, jobs: list[Job], error: EcoError) -> list[Job]:
        """Those that go on waiting."""
        now_s = monotonic()
        self._tell([(job.future, error) for job in jobs if now_s - job.since_s >= LONGEST_WAIT_S])
        return [job for job in jobs if now_s - job.since_s < LONGEST_WAIT_S]

    def _alone(self, jobs: list[Job], error: Exception) -> None:
        """What is wrong with one caller's calls is no reason to refuse the others'."""
        if len(jobs) == 1 or isinstance(error, StoreError):
            self._tell([(job.future, error) for job in jobs])
            return
        for job in jobs:
            self._store([job])

    def _empty_log(self) -> None:
        with suppress(EcoError):  # the next call tells its caller
            self._stores.get().checkpoint()
        self._is_clean = True

    def _tell(self, results: "Sequence[tuple[Future[list[Outcome]], Any]]") -> None:
        if results:
            self._loop.call_soon_threadsafe(self._settle, results)
