"""Timing whole processes: CPU time of the best of several runs, wall time, and peak memory."""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Cost:
    """What a process took at its best. CPU and wall time in seconds, peak memory in MiB."""

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
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ECO_", "XDG_"))}
    return kept | {f"XDG_{name}_HOME": str(folder / name.lower()) for name in ("DATA", "CONFIG", "CACHE")}


def _run(command: Sequence[str], input: bytes, env: dict[str, str]) -> Cost:
    begin = time.perf_counter()
    process = subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    assert process.stdin is not None
    process.stdin.write(input)
    process.stdin.close()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command[:3]} ended with {process.returncode}")
    return Cost(usage.ru_utime + usage.ru_stime, time.perf_counter() - begin, _mib(usage))


def _mib(usage: resource.struct_rusage) -> float:
    return usage.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
