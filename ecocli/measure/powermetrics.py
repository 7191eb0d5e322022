"""powermetrics, which comes with macOS and only root may run: what an Apple chip draws."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from threading import Thread
from typing import Self

from ecocli.core.usage import SOC
from ecocli.measure.reader import Unreadable

COMMAND = ("/usr/bin/sudo", "-n", "/usr/bin/powermetrics", "--samplers", "cpu_power,gpu_power", "-i", "500", "-b", "1")
ELAPSED = re.compile(r"\((\d+(?:\.\d+)?)ms elapsed\)")
POWER = re.compile(r"Combined Power \(CPU \+ GPU \+ ANE\): (\d+(?:\.\d+)?) mW")
S_PER_MS = W_PER_MW = 1e-3


class Powermetrics:
    """
    Processor, GPU and neural engine of an Apple chip together.

    Args:
        lines: The text that powermetrics prints, as it comes.
        stop: Ends it.
    """

    name, boundary = "powermetrics", SOC

    def __init__(self, lines: Iterable[str], stop: Callable[[], None]) -> None:
        self._lines, self._stop, self._total_j = lines, stop, 0.0
        self._follower = Thread(target=self._follow, daemon=True)
        self._follower.start()

    @classmethod
    def open(cls, platform: str = sys.platform) -> Self:
        """Start it. Unreadable elsewhere than on macOS, and without a right to it."""
        if platform != "darwin":
            raise Unreadable("powermetrics: only macOS has it")
        try:
            process = subprocess.Popen(COMMAND, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, text=True)  # noqa: S603 - a command of our own
        except OSError as error:
            raise Unreadable(f"powermetrics: {error}") from error
        if process.stdout is None or not process.stdout.readline():
            raise Unreadable("powermetrics: it needs root; after sudo -v it may be run for some minutes")
        return cls(process.stdout, lambda: _end(process))

    def joules(self, now_s: float) -> float:  # noqa: ARG002 - as every reader is asked
        if not self._follower.is_alive():
            raise Unreadable("powermetrics: it has ended")
        return self._total_j

    def close(self) -> None:
        self._stop()

    def _follow(self) -> None:
        seconds = 0.0
        for line in self._lines:
            if found := ELAPSED.search(line):
                seconds = S_PER_MS * float(found[1])
            elif found := POWER.search(line):
                self._total_j += W_PER_MW * float(found[1]) * seconds


def _end(process: "subprocess.Popen[str]") -> None:
    with suppress(PermissionError):  # sudo is root's; powermetrics ends with its reader
        process.terminate()
