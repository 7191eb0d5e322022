"""Worker processes: tasks go out to copies of this process, results come back in the order of the tasks."""

import gc
import os
import pickle
import select
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, suppress
from functools import cached_property
from io import BufferedIOBase, FileIO
from itertools import islice
from types import TracebackType
from typing import Any, BinaryIO, Self, TypeVar

from ecocli.util.pipes import SIZE_BYTES, open_pipe, receive, send, widen

PROTOCOL = pickle.HIGHEST_PROTOCOL
MAX_WORKERS = 4
"""One process stores what the others make, and cannot keep up with more."""
Work = Callable[[Any], Any]
Key = TypeVar("Key")


def default_count() -> int:
    """Number of workers worth starting beside this process, which is busy storing their results; 0 where `fork` does not exist."""
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(processors - 1, MAX_WORKERS) if hasattr(os, "fork") else 0


class Workers:
    """
    A pool of processes that do the same work, each on one task at a time.

    They are copies of this process, made by `fork`; tasks and results are pickled.

    Args:
        make: Called in each worker; returns its work, a function from task to result.
        count: Number of workers; fewer are started where the system refuses more.
        own: Returns the work of this process, which then takes a task itself instead of waiting. Called when that
            first happens, after all workers were made. Without it and without workers every result is None.
        ahead: Tasks that each worker gets before its first result is awaited.
    """

    def __init__(self, make: Callable[[], Work], count: int, own: Callable[[], Work] | None = None, ahead: int = 3) -> None:
        self._make_own, self._ahead = own, ahead
        gc.freeze()  # memory stays shared with the workers as long as nobody writes to it, and a collection writes
        with suppress(ValueError, AttributeError):  # only the main thread may change it, and not every system has it
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # if ignored, as some supervisors leave it, a worker's id may soon be another process's
        self._workers: list[_Worker] = []
        with suppress(OSError):
            for _ in range(count):
                self._workers.append(_Worker.start(make, self._workers))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for worker in self._workers:
            worker.end()

    def done(self, tasks: Iterable[tuple[Key, Any]]) -> Iterator[tuple[Key, Any]]:
        """
        For each (key, task), in order, the pair (key, result); the result is None where a worker failed.

        The first tasks are handed out at once, and a worker gets its next task before an earlier result is yielded:
        all of them are busy while the caller is.
        """
        coming = iter(tasks)
        first = zip(self._workers * self._ahead, coming, strict=False)
        out = deque[_Out[Key]]((worker, worker.submit(task), key) for worker, (key, task) in first)
        return self._results(out, coming)

    def _results(self, out: "deque[_Out[Key]]", coming: Iterator[tuple[Key, Any]]) -> Iterator[tuple[Key, Any]]:
        if not self._workers:
            yield from ((key, self._own and self._own(task)) for key, task in coming)
        limit = 2 * len(out)  # results that this process makes ahead of their turn have to be kept
        while out:
            worker, future, key = out[0]
            while worker and len(out) < limit and not worker.has_done(future) and self._own:
                following = list(islice(coming, 1))
                out += ((None, _Future.of(self._own(task)), next_key) for next_key, task in following)
                if not following:
                    break
            out.popleft()
            if worker:
                worker.wait_for(future)
                for next_key, task in islice(coming, 1):
                    out.append((worker, worker.submit(task), next_key))
            yield key, future.result

    @cached_property
    def _own(self) -> Work | None:
        return self._make_own and self._make_own()


class _Future:
    """A task that was handed out, and its result."""

    def __init__(self, size_bytes: int) -> None:
        self.size_bytes = size_bytes
        self.is_done = False
        self.result: Any = None

    @classmethod
    def of(cls, result: Any) -> Self:
        """A task that this process did itself."""
        future = cls(0)
        future.result, future.is_done = result, True
        return future


_Out = tuple["_Worker | None", _Future, Key]
"""(the worker that has the task or None for this process, its future, the caller's key)"""


class _Worker:
    """One worker, as seen by the process that started it. After it has died it accepts tasks, and their results are None."""

    def __init__(self, process_id: int, tasks: BinaryIO, results: FileIO, capacity_bytes: int) -> None:
        self._process_id, self._tasks, self._results, self._capacity_bytes = process_id, tasks, results, capacity_bytes
        self._out: deque[_Future] = deque()
        self._out_bytes = 0
        self._readable = select.poll()
        self._readable.register(results, select.POLLIN)

    @classmethod
    def start(cls, make: Callable[[], Work], others: "list[_Worker]") -> Self:
        """Fork a worker; OSError where the system has no room for another process."""
        with ExitStack() as undo:
            tasks_read, tasks_write = open_pipe(undo)
            results_read, results_write = open_pipe(undo)
            capacity_bytes, _ = widen(tasks_write), widen(results_write)
            process_id = os.fork()
            undo.pop_all()
        if process_id == 0:
            try:
                for other in others:
                    other._close()  # else they would not notice when this program ends
                os.close(tasks_write)
                os.close(results_read)
                tasks, results = os.fdopen(tasks_read, "rb"), os.fdopen(results_write, "wb")
                _serve(make, tasks, results)
            finally:
                os._exit(0)  # the exit handlers belong to the program that this is a copy of
        os.close(tasks_read)
        os.close(results_write)
        # unbuffered, so that poll sees every result that has come
        return cls(process_id, os.fdopen(tasks_write, "wb"), os.fdopen(results_read, "rb", buffering=0), capacity_bytes)

    def submit(self, task: Any) -> _Future:
        """Hand out a task. All that are out fit into the pipe, or there is only one: else both ends could wait for the other to read."""
        data = pickle.dumps(task, PROTOCOL)
        future = _Future(SIZE_BYTES + len(data))
        while self._out and self._out_bytes + future.size_bytes > self._capacity_bytes:
            self._collect()
        self._out.append(future)
        self._out_bytes += future.size_bytes
        with suppress(BrokenPipeError):
            send(self._tasks, data)
        return future

    def has_done(self, future: _Future) -> bool:
        """True when the result is there, without waiting for it."""
        while not future.is_done and self._readable.poll(0):
            self._collect()
        return future.is_done

    def wait_for(self, future: _Future) -> None:
        while not future.is_done:
            self._collect()

    def _collect(self) -> None:
        """Wait for the result of the oldest task."""
        future = self._out.popleft()
        self._out_bytes -= future.size_bytes
        with suppress(EOFError):
            future.result = pickle.loads(receive(self._results))  # noqa: S301 - written by a copy of this process
        future.is_done = True

    def end(self) -> None:
        with suppress(ProcessLookupError, ChildProcessError):
            os.kill(self._process_id, signal.SIGKILL)  # it holds nothing that could be lost
            os.waitpid(self._process_id, 0)
        self._close()  # afterwards: what an interrupted write left behind cannot wait for its reader

    def _close(self) -> None:
        for pipe in (self._tasks, self._results):
            with suppress(BrokenPipeError):
                pipe.close()


def _serve(make: Callable[[], Work], tasks: BufferedIOBase, results: BinaryIO) -> None:
    """Run a worker until nobody is left to give it tasks."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that prints
    work = make()
    while True:
        try:
            send(results, pickle.dumps(work(pickle.loads(receive(tasks))), PROTOCOL))  # noqa: S301 - written by the process that forked this one
        except (EOFError, BrokenPipeError):
            return
