"""Constants of a machine of one's own, which draws what its socket gives: for the law, for the time, for what was measured, and for its making."""

from collections.abc import Mapping
from functools import cache

from ecocli.core.factors import Factor
from ecocli.core.hardware import Hardware

_WALL = "50 home machines at a wall meter, peak watts over mean decoding rate: J. Geerling, github.com/geerlingguy/ai-benchmarks at bdf9441"
_JUDGED, _ASSUMED = "Judgment", "assumed"


def _exactly(value: float, unit: str, source: str) -> Factor:
    return Factor(value, value, value, unit, source, 2026, _ASSUMED)


HOME: dict[str, Factor] = {
    "home_factor": Factor(2.7, 1.0, 8.5, "1", f"Wall over E2 at one request on H100 with 16-bit arithmetic: {_WALL}. Machines that people use lie "
                          "around 2.7 (Apple 1.4 to 2.8, PC with a GPU 1.5 to 3.6, shared memory 2.5 to 3.3, processor alone 4 to 6); low and high "
                          "hold 45 of all 50, whose peak watts are an upper bound", 2026, "derived"),
    "machine_w": Factor(100.0, 12.0, 400.0, "W", f"{_WALL}: 46 of 50 draw 12 to 400 W. The centre is judgment: laptops draw less, PCs with a GPU more", 2026, "derived"),
    "together_margin": Factor(1.4, 1.4, 1.4, "1", f"Judgment: time and law are not independent. With 1.3 the range holds 47 of {_WALL}", 2026, _ASSUMED),
    "loading_share": Factor(0.5, 0.0, 1.0, "1", f"{_JUDGED}: while it loads, a machine draws between its idle and its active power", 2026, _ASSUMED),
    "calls_at_once": Factor(1.0, 1.0, 1.5, "1", f"{_JUDGED}: calls that share a machine, where no concurrency is stated", 2026, _ASSUMED),
    "wall_over_gpu": Factor(1.6, 1.2, 2.8, "1", f"{_JUDGED}: a PC around its GPU, power supply included", 2026, _ASSUMED),
    "wall_over_soc": Factor(1.35, 1.1, 2.0, "1", f"{_JUDGED}: memory, storage, screen and power supply around the chip", 2026, _ASSUMED),
    "embodied_kg": Factor(300.0, 120.0, 900.0, "kgCO2e", f"{_JUDGED} on makers' product reports: laptops 150 to 350, desktops and workstations 300 to 900", 2026, _ASSUMED),
    "life_years": Factor(5.0, 3.0, 8.0, "year", f"{_JUDGED}: years that a machine is used", 2026, _ASSUMED),
    "hours_per_year": Factor(1500.0, 400.0, 4000.0, "h/year", f"{_JUDGED}: hours of use, over which its making is spread", 2026, _ASSUMED),
    "embodied_per_it_wh": Factor(0.4, 0.05, 3.0, "g/Wh", f"{_JUDGED}: 300 kg over 7 500 hours of use at 100 W", 2026, _ASSUMED),
}  # fmt: skip
"""Of a machine that nobody described. A hardware profile takes the place of those that it has."""

ON_HOPPER: dict[str, Factor] = {
    "accelerator_compute": _exactly(1.0, "1", "The home factor was found over H100"),
    "accelerator_reading": _exactly(1.0, "1", "The home factor was found over H100"),
    "accelerator_fp4": _exactly(0.0, "1", "The home factor was found over H100"),
    "home_software": _exactly(1.0, "1", "The home factor was found over late 2025's software"),
    "stored_bits": Factor(4.85, 4.25, 8.5, "bit", "Ollama's library: Q4_K_M unless a tag says otherwise; people also run Q8 and MLX's 4 bits", 2026, "derived"),
    "arithmetic_bytes": _exactly(2.0, "byte", "Home machines multiply in 16 bits"),
}
"""The basis of the home factor."""


@cache
def constants_at_home(stored: Factor | None = None) -> Mapping[str, Factor]:
    """HOME and ON_HOPPER, with the bits of a weight that are known, if they are. [bit]"""
    return {**HOME, **ON_HOPPER, **({"stored_bits": stored} if stored else {})}


def described(constants: Mapping[str, Factor], profile: Hardware) -> dict[str, Factor]:
    """The constants of a call on a machine that its owner described."""
    own = profile.factors
    idle = own.get("idle_w") or Factor(0.35, 0.1, 0.7, "1", f"{_JUDGED}: idle over active power", 2026, _ASSUMED)
    if "idle_w" not in own:
        watts = own["active_w"].estimate * idle.estimate
        own["idle_w"] = Factor(watts.value, watts.low, watts.high, "W", idle.source, idle.year, idle.basis)
    copies = _exactly(float(profile.copies), "1", f"hardware profile {profile.name}")
    return {**constants, **own, "copies": copies}
