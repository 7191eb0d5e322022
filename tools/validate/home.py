"""Home machines at a wall meter beside estimates of the same calls: a table of docs/validation.md."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from math import exp, log
from statistics import median

from ecocli.catalog.machines import find_machine, profile_of
from ecocli.core.factors import Factor
from ecocli.core.hardware import Hardware
from ecocli.core.preferences import Preferences
from ecocli.core.quantity import Estimate
from ecocli.core.usage import Usage
from ecocli.pipeline.assessment import Assessor
from tools.validate.figures import read
from tools.validate.tables import table

WRITTEN = 300
"""Tokens of the call that each machine answers."""
J_PER_WH, MS_PER_S = 3600.0, 1000.0
TIMED, LAW, PROFILE, TABLE = WAYS = ("time, no profile", "neither", "profile", "profile of the table")
USUAL = {
    "M4 Mac mini": "Mac mini M4",
    "Mac Studio (M3 Ultra": "Mac Studio M3 Ultra",
    "Dell Pro Max with GB10": "DGX Spark",
    "Framework Mainboard": "Strix Halo",
    "Framework Desktop Mainboard": "Strix Halo",
    "Framework 13": "laptop",
    "Dell Optiplex": "desktop",
    "GMKtec G3 Plus": "N150",
    "Pi 5 - 16GB [CPU]": "Raspberry Pi 5",
    "Pi 5 - 8GB [CPU]": "Raspberry Pi 5",
    "Pi 500+ - 16GB [CPU]": "Raspberry Pi 5",
    "System76 Thelio Astra (Nvidia A4000)": "RTX A4000",
}
"""How the names of measured machines begin, and what eco's table calls them; a PC is called by its card. Cards beside board computers are not in it."""
PC = re.compile(r"Intel 265K Custom PC \((.*)\)")


@dataclass(frozen=True)
class Machine:
    """A machine at a wall meter while it runs a model, one request at a time."""

    name: str
    model: str
    tokens_per_s: float
    watts: float
    """At their peak, so that the energy is an upper bound."""

    @property
    def joules_per_token(self) -> float:
        return self.watts / self.tokens_per_s


@cache
def machines() -> tuple[Machine, ...]:
    """Every measured machine."""
    return tuple(Machine(row["machine"], row["model"], row["tokens_per_s"], row["watts"]) for row in read("home_machines.yaml"))


def estimated(eco: Assessor, machine: Machine, way: str) -> Estimate:
    """The energy of an output token at the wall, by one of WAYS. [J/token]"""
    milliseconds = WRITTEN / machine.tokens_per_s * MS_PER_S if way != LAW else None
    own = usual(eco, machine) if way == TABLE else profile(machine) if way == PROFILE else None
    if own:
        eco = Assessor(eco._catalog, preferences=Preferences(hardware={own.name: own}))
    usage = Usage(1, WRITTEN, "Ollama", machine.model, started_at_ms=0, format="ollama", generation_ms=milliseconds, hardware=own and own.name)
    found = eco.assess(usage, now_ms=0).assessment.footprint.facility_energy_wh
    return found * (J_PER_WH / WRITTEN)


def profile(machine: Machine) -> Hardware:
    """As an owner writes it who read the meter's peak: the mean lies a little below."""
    watts = Factor(0.9 * machine.watts, 0.7 * machine.watts, machine.watts, "W", "the machine's own meter", 2026, "measured")
    return Hardware(machine.name, watts)


def usual(eco: Assessor, machine: Machine) -> Hardware | None:
    """The profile of eco's table; None for a machine that it does not have."""
    card = PC.match(machine.name)
    name = card[1] if card else next((name for start, name in USUAL.items() if machine.name.startswith(start)), None)
    found = find_machine(eco._catalog, name) if name else None
    return profile_of(found) if found else None


def compared(eco: Assessor, way: str) -> list[tuple[float, Estimate]]:
    """Measured and estimated, of every machine that this way knows. [J/token]"""
    known = (machine for machine in machines() if way != TABLE or usual(eco, machine))
    return [(machine.joules_per_token, estimated(eco, machine, way)) for machine in known]


def home_table(eco: Assessor) -> str:
    """How far off, and how many inside of the range, by what is known of the call."""
    lines = []
    for way in WAYS:
        each = compared(eco, way)
        errors = sorted(exp(abs(log(found.value / measured))) for measured, found in each)
        inside = sum(found.low <= measured <= found.high for measured, found in each)
        width = median(exp(found.width / 2) for _, found in each)
        lines.append((way, f"{median(errors):.2f}x", f"{errors[int(len(errors) * 0.9)]:.2f}x", f"{inside} of {len(each)}", f"x/÷{width:.1f}"))
    return table(("known of the call", "median error", "90th percentile", "in the range", "half-width"), lines) + "\n" + table(
        ("machine", "model", "measured J/token", *WAYS), list(_some(eco))
    )  # fmt: skip


SHOWN = ("M4 Mac mini", "Mac Studio (M3 Ultra", "Intel 265K Custom PC (Nvidia RTX 4090", "Framework 13", "Framework Desktop", "Pi 5 - 16GB", "GMKtec")


def _some(eco: Assessor) -> Iterator[tuple[str, ...]]:
    for machine in machines():
        if machine.name.startswith(SHOWN):
            found = (estimated(eco, machine, way) if way != TABLE or usual(eco, machine) else None for way in WAYS)
            cells = (f"{one.value:.3g} ({one.low:.3g}–{one.high:.3g})" if one else "" for one in found)
            yield (machine.name, machine.model, f"{machine.joules_per_token:.3g}", *cells)
