"""A pool of worker processes returns every result, in the order of the tasks, and leaves no process behind."""

import os
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from ecocli.util import pipes, workers
from ecocli.util.workers import Workers

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot divide a process")


def doubled(tasks: list[Any], count: int) -> list[tuple[Any, Any]]:
    with Workers(lambda: lambda task: [task, task], count) as pool:
        return list(pool.done((number, task) for number, task in enumerate(tasks)))


@pytest.mark.parametrize("count", [1, 2, 3, 7])
@pytest.mark.parametrize("many", [0, 1, 2, 6, 50])
def test_what_comes_out_is_in_the_order_of_what_went_in(count: int, many: int) -> None:
    tasks = [f"task {number}\ud800" for number in range(many)]
    assert doubled(tasks, count) == [(number, [task, task]) for number, task in enumerate(tasks)]


def test_tasks_and_results_far_larger_than_a_pipe() -> None:
    tasks = [bytes([number]) * 3_000_000 for number in range(6)]
    assert [made for _, made in doubled(tasks, 2)] == [[task, task] for task in tasks]


def test_a_worker_that_dies_leaves_its_tasks_and_only_these() -> None:
    def make() -> Callable[[int], int]:
        return lambda task: os._exit(1) if task == 3 else task * 10

    with Workers(make, 2) as pool:
        made = dict(pool.done((number, number) for number in range(9)))
    assert list(made) == list(range(9))
    assert [made[number] for number in (0, 2, 4, 6, 8)] == [0, 20, 40, 60, 80]
    assert made[3] is None


def test_an_error_in_a_worker_is_left_to_the_one_who_asked() -> None:
    with Workers(lambda: lambda task: 1 // task, 1) as pool:
        assert list(pool.done([("a", 1), ("b", 0), ("c", 1)])) == [("a", 1), ("b", None), ("c", None)]


def test_nobody_is_left_over() -> None:
    with Workers(lambda: lambda task: os.getpid(), 3) as pool:
        helpers = [made for _, made in pool.done((number, number) for number in range(3))]
    assert len(set(helpers)) == 3 and os.getpid() not in helpers
    for process_id in helpers:
        with pytest.raises(ProcessLookupError):
            os.kill(process_id, 0)


def test_a_system_without_room_for_another_process(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused() -> int:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    opened = set(os.listdir("/dev/fd"))
    monkeypatch.setattr(os, "fork", refused)
    assert doubled(["a", "b"], 2) == [(0, None), (1, None)]
    assert set(os.listdir("/dev/fd")) == opened


def test_a_system_without_another_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    opened, pipe, made = set(os.listdir("/dev/fd")), os.pipe, []

    def last() -> tuple[int, int]:
        if made:
            raise OSError(24, "Too many open files")
        made.append(pipe())
        return made[0]

    monkeypatch.setattr(os, "pipe", last)
    assert doubled(["a", "b"], 2) == [(0, None), (1, None)]
    assert set(os.listdir("/dev/fd")) == opened


def test_pipes_that_hold_next_to_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "widen", lambda pipe: pipes.DEFAULT_BYTES)
    tasks = [str(number) * 50_000 for number in range(20)]
    assert [made for _, made in doubled(tasks, 3)] == [[task, task] for task in tasks]


class TestWhoWouldWaitWorks:
    def test_without_anybody_to_share_with(self) -> None:
        with Workers(lambda: lambda task: "never", 0, lambda: lambda task: task + 1) as pool:
            assert list(pool.done([("a", 1), ("b", 2)])) == [("a", 2), ("b", 3)]

    def test_beside_a_worker_that_takes_its_time(self) -> None:
        def slow() -> Any:
            return lambda task: time.sleep(0.2) or [task, "worker"]

        with Workers(slow, 1, lambda: lambda task: [task, threading.current_thread().name]) as pool:
            made = list(pool.done((number, number) for number in range(8)))
        assert [key for key, _ in made] == [task for _, (task, _) in made] == list(range(8))
        assert {who for _, (_, who) in made} == {"worker", "MainThread"}

    def test_but_not_far_ahead_of_it(self) -> None:
        done: list[int] = []

        def slow() -> Any:
            return lambda task: time.sleep(0.5) or task

        with Workers(slow, 1, lambda: lambda task: done.append(task) or task) as pool:
            coming = pool.done((number, number) for number in range(1_000))
            next(coming)
            assert len(done) < 10
