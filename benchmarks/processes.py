"""Timing whole processes: CPU time of the best of several runs, wall time, and peak memory."""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

SAMPLE_S = 0.02


@dataclass(frozen=True)
class Cost:
    """What a process took at its best, with those that it shared with. CPU and wall time in seconds, peak memory in MiB."""

    cpu_s: float
    wall_s: float
    peak_mib: float


def cost(command: Sequence[str], folder: Path, runs: int = 12, input: bytes = b"", **variables: str) -> Cost:
    """The cheapest of `runs` runs: what else the machine does can only add."""
    env = _environment(folder) | variables
    return min((_run(command, input, env) for _ in range(runs)), key=lambda c: c.cpu_s)


def eco(*arguments: str) -> list[str]:
    """`eco` as it is installed beside this interpreter."""
    return [str(Path(sys.executable).with_name("eco")), *arguments]


def python(code: str) -> list[str]:
    """A bare interpreter that runs `code`."""
    return [sys.executable, "-c", code]


def _environment(folder: Path) -> dict[str, str]:
    """That of a user: what is set for development would have modules that changed compiled anew in each run."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ECO_", "XDG_")) and name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {f"XDG_{name}_HOME": str(folder / name.lower()) for name in ("DATA", "CONFIG", "CACHE")}


def long_cost(command: Sequence[str], folder: Path, runs: int = 3, before: Callable[[], object] = lambda: None, **variables: str) -> Cost:
    """
    The quickest run of a long job, which may use more than one processor.

    Args:
        before: Called before each run, to make it a first one.
    """
    env = _environment(folder) | variables
    costs = []
    for _ in range(runs):
        before()
        costs.append(_run_long(command, env))
    return min(costs, key=lambda c: c.wall_s)


def _run(command: Sequence[str], input: bytes, env: dict[str, str]) -> Cost:
    begin = time.perf_counter()
    process = subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    assert process.stdin is not None
    process.stdin.write(input)
    process.stdin.close()
    _, status, usage = os.wait4(process.pid, 0)
    return _cost(process, command, status, usage, begin, _mib(usage))


def _run_long(command: Sequence[str], env: dict[str, str]) -> Cost:
    begin, peak_mib = time.perf_counter(), 0.0
    process = subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    while True:
        ended, status, usage = os.wait4(process.pid, os.WNOHANG)
        if ended:
            return _cost(process, command, status, usage, begin, peak_mib or _mib(usage))
        peak_mib = max(peak_mib, sum(map(_share_mib, _with_children(process.pid))))
        time.sleep(SAMPLE_S)


def _cost(
    process: "subprocess.Popen[bytes]", command: Sequence[str], status: int, usage: resource.struct_rusage, begin: float, peak_mib: float
) -> Cost:
    wall_s = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command[:3]} ended with {process.returncode}")
    return Cost(usage.ru_utime + usage.ru_stime, wall_s, peak_mib)


def _with_children(process_id: int) -> list[int]:
    """Where the system lists them."""
    try:
        children = Path(f"/proc/{process_id}/task/{process_id}/children").read_text()
    except OSError:
        return [process_id]
    return [process_id, *map(int, children.split())]


def _share_mib(process_id: int) -> float:
    """A process's memory, of which what several share is counted in parts; 0 where the system does not tell. [MiB]"""
    try:
        rollup = Path(f"/proc/{process_id}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")) / 1024


def _mib(usage: resource.struct_rusage) -> float:
    return usage.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
