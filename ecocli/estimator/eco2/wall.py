"""
Energy at the wall of the machine that computed a call: by the time that it took, E16, or as it was measured, E17.

On a machine that nobody described, time alone says little and so does the law: together, E18, they say more.
"""

from collections.abc import Mapping
from math import exp, sqrt
from operator import itemgetter
from typing import NamedTuple

from ecocli.core.factors import Factor
from ecocli.core.quantity import Estimate
from ecocli.estimator.call import Call
from ecocli.estimator.equations import equation

S_PER_HOUR, G_PER_KG = 3600.0, 1000.0
AT_GPU, AT_SOC, AT_WALL = "gpu", "soc", "wall"
LAW, HOST = "law", "host"
Constants = Mapping[str, Factor]


class Wall(NamedTuple):
    """A call's energy at the machine, however it was found."""

    energy: Estimate
    """At the wall of the machine, before the losses of a data centre. [Wh]"""
    accelerator: Estimate
    """At its accelerators. [Wh]"""
    embodied: Estimate | None
    """By time; None where no time is known. [g]"""
    dominant: str
    """Name of the factor that is widest."""
    width: float
    """Its log-width."""
    rests_on: str | None = None
    """LAW where what tokens cost is in it as well, HOST where only servers over accelerators are."""


@equation("E16", "at the wall, timed", "E_wall = (active_s * watts + load_s * watts_loading) / calls / 3600", "Wh")
def timed_energy(active_s: float, watts: Estimate, load_s: float, watts_loading: Estimate, calls: Estimate) -> Estimate:
    """
    Energy that a machine drew while it computed a call, its idle draw included.

    Args:
        active_s: Time of reading the prompt and writing the answer. [s]
        watts: At the wall while it computes. [W]
        load_s: Time of loading the model. [s]
        watts_loading: At the wall while it loads. [W]
        calls: Calls that shared the machine. [1]

    >>> timed_energy(3600, Estimate(50, 100, 200), 0, Estimate(0, 0, 0), Estimate(1, 1, 1))
    Estimate(low=50.0, value=100.0, high=200.0)
    """
    return (watts * active_s + watts_loading * load_s) / calls / S_PER_HOUR


@equation("E17", "at the wall, measured", "E_wall = measured * wall_over_boundary", "Wh")
def measured_energy(measured_wh: float, wall_over_boundary: Estimate) -> Estimate:
    """
    Measured energy, scaled up to the wall where it was measured below.

    Args:
        measured_wh: As measured. [Wh]
        wall_over_boundary: Wall over what was measured; 1 at the wall. [1]

    >>> measured_energy(2.0, Estimate(1.0, 1.5, 2.0))
    Estimate(low=2.0, value=3.0, high=4.0)
    """
    return wall_over_boundary * measured_wh


@equation("E18", "time and law together", "E_wall = E_timed^w * E_law^(1 - w)", "Wh")
def together(timed: float, by_law: float, weight: float) -> float:
    """
    Geometric mean of two estimates of one call, each weighted by the square of how well it is known toward the other.

    Args:
        timed: By the time and the watts of an unknown machine, E16. [Wh]
        by_law: By the law and the home factor, E6. [Wh]
        weight: w, of the first. [1]

    >>> together(1.0, 4.0, 0.5)
    2.0
    """
    energy: float = timed**weight * by_law ** (1 - weight)
    return energy


@equation("E9a", "embodied carbon, by time", "embodied = seconds / calls * 1000 * embodied_kg / (life_years * hours_per_year * 3600)", "g")
def embodied_by_time(seconds: float, calls: Estimate, embodied_kg: Estimate, life_years: Estimate, hours_per_year: Estimate) -> Estimate:
    """
    Making the machine, spread over the seconds of its use.

    Args:
        seconds: That the call took. [s]
        calls: That shared the machine. [1]
        embodied_kg: Making it. [kgCO2e]
        life_years, hours_per_year: Its use. [year], [h/year]

    >>> embodied_by_time(3600, Estimate(1, 1, 1), Estimate(100, 100, 100), Estimate(5, 5, 5), Estimate(1000, 1000, 1000))
    Estimate(low=20.0, value=20.0, high=20.0)
    """
    return embodied_kg * (G_PER_KG * seconds / S_PER_HOUR) / calls / (life_years * hours_per_year)


def measured(call: Call, constants: Constants, host: Estimate) -> Wall:
    """
    E17 of a call.

    Args:
        host: Server over accelerator power, for a server that is no home machine. [1]
    """
    over_gpu = constants["wall_over_gpu"].estimate if "wall_over_gpu" in constants else host
    over_soc = constants["wall_over_soc"].estimate if "wall_over_soc" in constants else host
    over = {AT_GPU: over_gpu, AT_SOC: over_soc}.get(call.measured_boundary or AT_WALL, Estimate.exactly(1.0))
    measured_wh = call.measured_wh or 0.0
    energy = measured_energy(measured_wh, over)
    accelerator = energy / over_gpu if over.high == 1 else Estimate.exactly(measured_wh)
    return Wall(energy, accelerator, embodied(call, constants), "measured boundary", over.width, rests_on=HOST if over is host else None)


def timed(call: Call, constants: Constants) -> Wall | None:
    """E16 of a call on a machine whose watts are known; None where its time is not."""
    if call.active_s is None:
        return None
    watts = constants["active_w" if "active_w" in constants else "machine_w"].estimate
    shared = calls_at_once(call, constants)
    energy = timed_energy(call.active_s, watts, call.load_s, watts_loading(constants), shared)
    name, width = max({"machine power": watts.width, "calls at once": shared.width}.items(), key=itemgetter(1))
    return Wall(energy, energy / constants["wall_over_gpu"].estimate, embodied(call, constants), name, width)


def weighed(by_time: Wall, by_law: Estimate, constants: Constants) -> Wall:
    """
    E18 of a call on a machine that nobody described; by time alone where the two cannot both be right.

    Args:
        by_law: E6 with the home factor. [Wh]
    """
    if disagree(by_time.energy, by_law):
        return by_time
    energy, margin = by_time.energy, constants["together_margin"].value
    centre = together(energy.value, by_law.value, weight_of_time(energy, by_law))
    down, up = (margin * _joint(*pair) for pair in ((energy.log_down, by_law.log_down), (energy.log_up, by_law.log_up)))
    energy = Estimate(centre * exp(-down), centre, centre * exp(up))
    return by_time._replace(energy=energy, accelerator=energy / constants["wall_over_gpu"].estimate, dominant="home machine", width=down + up, rests_on=LAW)


def disagree(timed: Estimate, by_law: Estimate) -> bool:
    """True where the ranges of both have nothing in common."""
    return timed.low > by_law.high or by_law.low > timed.high


def weight_of_time(timed: Estimate, by_law: Estimate) -> float:
    """w of E18, from the log-widths that face each other. [1]"""
    below = timed.value <= by_law.value
    facing = (timed.log_up, by_law.log_down) if below else (timed.log_down, by_law.log_up)
    own, other = (1 / max(width, 1e-9) ** 2 for width in facing)
    return own / (own + other)


def calls_at_once(call: Call, constants: Constants) -> Estimate:
    """Calls that share the machine. [1]"""
    if call.concurrency is None:
        return constants["calls_at_once"].estimate
    return Estimate.exactly(call.concurrency * (constants["copies"].value if "copies" in constants else 1.0))


def watts_loading(constants: Constants) -> Estimate:
    """Between idle and active power. [W]"""
    active = constants["active_w" if "active_w" in constants else "machine_w"]
    idle = constants.get("idle_w")
    least, most = (idle.low if idle else 0.0), active.high
    share = constants["loading_share"].value
    centre = (1 - share) * (idle.value if idle else 0.0) + share * active.value
    return Estimate(least, centre, most)


def embodied(call: Call, constants: Constants) -> Estimate | None:
    """E9a of a call; None where its time or its machine is not known."""
    if call.active_s is None or "embodied_kg" not in constants:
        return None
    kilograms, years, hours = (constants[name].estimate for name in ("embodied_kg", "life_years", "hours_per_year"))
    return embodied_by_time(call.active_s + call.load_s, calls_at_once(call, constants), kilograms, years, hours)


def idle_wh(call: Call, constants: Constants) -> float | None:
    """Memo: energy that the machine would have drawn in that time anyway; None where that is not known. [Wh]"""
    idle = constants.get("idle_w")
    if idle is None or call.active_s is None:
        return None
    return idle.value * (call.active_s + call.load_s) / calls_at_once(call, constants).value / S_PER_HOUR


def implied_w(wall: Estimate, call: Call, constants: Constants) -> float | None:
    """Power at the wall that an energy means; None where the time is not known. [W]"""
    if not call.active_s:
        return None
    return wall.value * S_PER_HOUR * calls_at_once(call, constants).value / (call.active_s + call.load_s)


def _joint(one: float, other: float) -> float:
    """Log-width of two independent estimates together."""
    return 1 / sqrt(1 / max(one, 1e-9) ** 2 + 1 / max(other, 1e-9) ** 2)
