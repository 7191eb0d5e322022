"""A laptop's battery, as Linux shows it: while it discharges, it feeds the whole machine."""

from pathlib import Path
from typing import Self

from ecocli.core.usage import WALL
from ecocli.measure.reader import Integrated, Unreadable

ROOT = Path("/sys/class/power_supply")
W_PER_UW = 1e-6
J_PER_UWH = 3.6e-3


class Battery:
    """All batteries of a machine, by their power where they state it, else by the energy that is left. The loss of charging them is not in it."""

    boundary = WALL

    def __init__(self, folders: list[Path]) -> None:
        self.name = f"battery {', '.join(folder.name for folder in folders)}, without the loss of charging it"
        self._folders, self._integrated = folders, Integrated()
        self._states_power = all((folder / "power_now").is_file() for folder in folders)
        self._full_j = 0.0 if self._states_power else self._left_j()

    @classmethod
    def open(cls, root: Path = ROOT) -> Self:
        """The batteries below `root`. Unreadable where there are none, or none feeds the machine."""
        folders = [folder for folder in sorted(root.glob("BAT*")) if _states_anything(folder)]
        if not folders:
            raise Unreadable("battery: none is shown")
        try:
            _require_discharging(folders)
            return cls(folders)
        except ValueError as error:
            raise Unreadable(f"battery: {error}") from error

    def joules(self, now_s: float) -> float:
        _require_discharging(self._folders)
        if not self._states_power:
            return self._full_j - self._left_j()
        return self._integrated.add(W_PER_UW * sum(_number(folder / "power_now") for folder in self._folders), now_s)

    def close(self) -> None:
        """Nothing is held open."""

    def _left_j(self) -> float:
        return J_PER_UWH * sum(_number(folder / "energy_now") for folder in self._folders)


def _states_anything(folder: Path) -> bool:
    return (folder / "power_now").is_file() or (folder / "energy_now").is_file()


def _require_discharging(folders: list[Path]) -> None:
    """Unreadable while the machine is plugged in: its battery then says nothing of what it draws."""
    states = {(folder / "status").read_text("ascii", "replace").strip() for folder in folders}
    if "Discharging" not in states or states & {"Charging", "Full"}:
        raise Unreadable("battery: it does not feed the machine while that is plugged in")


def _number(path: Path) -> int:
    return abs(int(path.read_text("ascii")))  # some drivers give a discharging battery's power a minus
