"""RAPL: the processor packages' own counters, as Linux shows them."""

from pathlib import Path
from typing import Self

from ecocli.core.usage import SOC
from ecocli.measure.reader import Counted, Unreadable

ROOT = Path("/sys/class/powercap")
J_PER_UJ = 1e-6


class Rapl:
    """
    All processor packages of a machine. A core's or an integrated GPU's share is in its package, memory's is not.

    Zones of other names are left out: psys holds the packages once more.
    """

    boundary = SOC

    def __init__(self, zones: list[Path]) -> None:
        self.name = f"RAPL {', '.join(_text(zone / 'name') for zone in zones)}"
        self._counters = [(zone / "energy_uj", Counted(_number(zone / "max_energy_range_uj"))) for zone in zones]
        self.joules(0.0)

    @classmethod
    def open(cls, root: Path = ROOT) -> Self:
        """The packages below `root`. Unreadable where there are none, or only root may read them."""
        zones = [zone for zone in sorted(root.glob("intel-rapl:*")) if (zone / "name").is_file() and _text(zone / "name").startswith("package")]
        if not zones:
            raise Unreadable("RAPL: no processor package is shown")
        try:
            return cls(zones)
        except PermissionError as error:
            raise Unreadable(f"RAPL: only root may read {error.filename}") from error
        except (OSError, ValueError) as error:
            raise Unreadable(f"RAPL: {error}") from error

    def joules(self, now_s: float) -> float:  # noqa: ARG002 - as every reader is asked
        return J_PER_UJ * sum(counted.add(_number(path)) for path, counted in self._counters)

    def close(self) -> None:
        """Nothing is held open."""


def _text(path: Path) -> str:
    return path.read_text("ascii", "replace").strip()


def _number(path: Path) -> int:
    return int(_text(path))
