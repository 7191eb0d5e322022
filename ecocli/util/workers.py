"""Work that other processes share: portions go out, what was made of them comes back in their order."""

import gc
import io
import os
import pickle
import select
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, suppress
from functools import cached_property
from itertools import islice
from types import TracebackType
from typing import Any, BinaryIO, Self, TypeVar

PROTOCOL = pickle.HIGHEST_PROTOCOL
SIZE_BYTES = 8
"""How long what follows is, before each thing that is passed."""

PIPE_BYTES, WIDE_PIPE_BYTES = 4 * 1024, 1024 * 1024
"""What every pipe holds, and what one may hold on Linux."""
MOST = 4
"""One process stores what the others made, and cannot keep up with more."""
Work = Callable[[Any], Any]
Pipe = io.RawIOBase | io.BufferedIOBase
"""The end of one that is read."""
Key = TypeVar("Key")


def useful() -> int:
    """How many processes to share with, this one being busy storing what they make: none where there is no way to divide."""
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(processors - 1, MOST) if hasattr(os, "fork") else 0


class Workers:
    """
    Processes that do the same work, each on a portion at a time.

    They are copies of this one, made by `fork`, and speak to nobody else: tasks and results are pickled.

    Args:
        make: Called in each process; gives the work, a function of what is passed to it.
        count: How many; fewer where the system refuses more.
        own: Gives the same work for this process, which then takes a task itself where it could only wait: called once that
            happens, when all workers are made. Without it and without workers nothing is ever done.
        ahead: Tasks that each is given before the first is back: as many as it can do while the caller does something else.
    """

    def __init__(self, make: Callable[[], Work], count: int, own: Callable[[], Work] | None = None, ahead: int = 3) -> None:
        self._make_own, self._ahead = own, ahead
        gc.freeze()  # what is there now is shared as long as nobody touches it
        with suppress(ValueError, AttributeError):  # which only the main thread may change, and not every system has
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # ignored, as some supervisors leave it, a worker's number may soon be another's
        self._workers: list[_Worker] = []
        with suppress(OSError):
            for _ in range(count):
                self._workers.append(_Worker.start(make, self._workers))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.end()

    def end(self) -> None:
        for worker in self._workers:
            worker.end()

    def done(self, tasks: Iterable[tuple[Key, Any]]) -> Iterator[tuple[Key, Any]]:
        """
        For each (key, task) in its order the key and what was made of the task: None where a worker could not.

        The first tasks are given at once. A worker is given its next task before what it made of an earlier one is
        handed on: all are busy while the caller is, who may meanwhile ask for something else to be done.
        """
        coming = iter(tasks)
        given = zip(self._workers * self._ahead, coming, strict=False)
        out = deque[_Out[Key]]((worker, worker.give(task), key) for worker, (key, task) in given)
        return self._made(out, coming)

    def _made(self, out: "deque[_Out[Key]]", coming: Iterator[tuple[Key, Any]]) -> Iterator[tuple[Key, Any]]:
        if not self._workers:
            yield from ((key, self._own and self._own(task)) for key, task in coming)
        most = 2 * len(out)  # what this process did ahead of its turn has to be kept
        while out:
            worker, ticket, key = out[0]
            while worker and len(out) < most and not worker.has_done(ticket) and self._own:
                following = list(islice(coming, 1))
                out += ((None, _Ticket.of(self._own(task)), next_key) for next_key, task in following)
                if not following:
                    break
            out.popleft()
            if worker:
                worker.wait_for(ticket)
                for next_key, task in islice(coming, 1):
                    out.append((worker, worker.give(task), next_key))
            yield key, ticket.made

    @cached_property
    def _own(self) -> Work | None:
        return self._make_own and self._make_own()


class _Ticket:
    """A task that is out, and what was made of it."""

    def __init__(self, size_bytes: int) -> None:
        self.size_bytes = size_bytes
        self.is_done = False
        self.made: Any = None

    @classmethod
    def of(cls, made: Any) -> Self:
        """One that was never out."""
        ticket = cls(0)
        ticket.made, ticket.is_done = made, True
        return ticket


_Out = tuple["_Worker | None", _Ticket, Key]
"""Who has a task, its ticket, and the caller's key."""


class _Worker:
    """One of them, as the process that made it sees it. When it has died it takes everything and makes nothing of it."""

    def __init__(self, process_id: int, tasks: BinaryIO, results: io.FileIO, room_bytes: int) -> None:
        self._process_id, self._tasks, self._results, self._room_bytes = process_id, tasks, results, room_bytes
        self._out: deque[_Ticket] = deque()
        self._out_bytes = 0
        self._coming = select.poll()
        self._coming.register(results, select.POLLIN)

    @classmethod
    def start(cls, make: Callable[[], Work], others: "list[_Worker]") -> Self:
        """OSError where the system has no room for another process."""
        with ExitStack() as undone:
            tasks_read, tasks_write = _pipe(undone)
            results_read, results_write = _pipe(undone)
            room_bytes, _ = _widened(tasks_write), _widened(results_write)
            process_id = os.fork()
            undone.pop_all()
        if process_id == 0:
            try:
                for other in others:
                    other._close()  # else they would not notice when this program ends
                os.close(tasks_write)
                os.close(results_read)
                tasks, results = os.fdopen(tasks_read, "rb"), os.fdopen(results_write, "wb")
                _serve(make, tasks, results)
            finally:
                os._exit(0)  # nothing of the program that it is a copy of may be ended twice
        os.close(tasks_read)
        os.close(results_write)
        # nothing is read ahead: what the pipe holds is all that has come
        return cls(process_id, os.fdopen(tasks_write, "wb"), os.fdopen(results_read, "rb", buffering=0), room_bytes)

    def give(self, task: Any) -> _Ticket:
        """What is out fits into the pipe, or is alone: else both could wait for the other one to read."""
        data = pickle.dumps(task, PROTOCOL)
        ticket = _Ticket(SIZE_BYTES + len(data))
        while self._out and self._out_bytes + ticket.size_bytes > self._room_bytes:
            self._collect()
        self._out.append(ticket)
        self._out_bytes += ticket.size_bytes
        with suppress(BrokenPipeError):
            _write(self._tasks, data)
        return ticket

    def has_done(self, ticket: _Ticket) -> bool:
        """Whether it is done, without waiting for it."""
        while not ticket.is_done and self._coming.poll(0):
            self._collect()
        return ticket.is_done

    def wait_for(self, ticket: _Ticket) -> None:
        while not ticket.is_done:
            self._collect()

    def _collect(self) -> None:
        """What was made of the oldest task."""
        ticket = self._out.popleft()
        self._out_bytes -= ticket.size_bytes
        with suppress(EOFError):
            ticket.made = _read(self._results)
        ticket.is_done = True

    def end(self) -> None:
        self._close()
        with suppress(ProcessLookupError, ChildProcessError):
            os.kill(self._process_id, signal.SIGKILL)  # it holds nothing that could be lost
            os.waitpid(self._process_id, 0)

    def _close(self) -> None:
        for pipe in (self._tasks, self._results):
            with suppress(BrokenPipeError):
                pipe.close()


def _pipe(undone: ExitStack) -> tuple[int, int]:
    """Both ends of a new one, closed where what they were made for fails."""
    ends = os.pipe()
    for end in ends:
        undone.callback(os.close, end)
    return ends


def _widened(pipe: int) -> int:
    """How much a pipe holds, now that it was made to hold as much as it can. [byte]"""
    try:
        import fcntl

        return fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, WIDE_PIPE_BYTES)
    except (ImportError, AttributeError, OSError):
        return PIPE_BYTES


def _serve(make: Callable[[], Work], tasks: Pipe, results: BinaryIO) -> None:
    """The life of a worker: it ends when there is nobody to give it tasks."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who prints
    work = make()
    while True:
        try:
            _write(results, pickle.dumps(work(_read(tasks)), PROTOCOL))
        except (EOFError, BrokenPipeError):
            return


def _write(pipe: BinaryIO, data: bytes) -> None:
    pipe.write(len(data).to_bytes(SIZE_BYTES))
    pipe.write(data)
    pipe.flush()


def _read(pipe: Pipe) -> Any:
    size = int.from_bytes(_exactly(pipe, SIZE_BYTES))
    return pickle.loads(_exactly(pipe, size))  # noqa: S301 - written by a copy of this process


def _exactly(pipe: Pipe, size: int) -> bytearray:
    data = bytearray(size)
    view = memoryview(data)
    while view:
        count = pipe.readinto(view)
        if not count:
            raise EOFError
        view = view[count:]
    return data
