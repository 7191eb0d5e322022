"""Hardware and software of a day, E4: the mix of generations that serves a call whose accelerator nobody states."""

from collections.abc import Mapping
from math import exp, hypot, log, sqrt
from typing import NamedTuple

from ecocli.core.factors import Factor
from ecocli.core.quantity import Estimate
from ecocli.estimator.equations import equation

Constants = Mapping[str, Factor]
MS_PER_YEAR, YEAR_ZERO, HALF_A_YEAR = 365.25 * 86_400_000, 1970.0, 0.5
TO_THE_95TH = 1.645
"""Standard deviations from the centre to the 95th percentile of a normal distribution."""


def older_share(at_ms: float, name: str, constants: Constants, shift_years: float = 0.0) -> float:
    """
    Share of tokens that are not yet on newer software or hardware, s(t; m) of E4a and E4b. [1]

    Held still before the first and after the last year that anything is known of.

    Args:
        at_ms: When the call was made. [ms since 1970, UTC]
        name: software, ampere or blackwell.
    """
    year = YEAR_ZERO + at_ms / MS_PER_YEAR + shift_years
    year = min(max(year, constants["vintage_first"].value), constants["vintage_last"].value)
    return 1 / (1 + exp((year - constants[f"{name}_middle"].value) / constants[f"{name}_span"].value))


@equation("E4a", "software of the time", "software = software_ratio^s(t; t_s)\ns(t; m) = 1 / (1 + exp((t - m) / tau))", "1")
def software_energy(ratio: float, share: float) -> float:
    """
    Energy with the day's software over late 2025's.

    Args:
        ratio: 2024's software over 2025's on the same GPU. [1]
        share: s, of tokens that the older software still serves. [1]

    Returns:
        Factor on all accelerator energy. [1]

    Sources:
        Ratio fitted, dates assumed: docs/eco-2-study.md

    >>> software_energy(4.0, 0.5)
    2.0
    """
    factor: float = ratio**share
    return factor


@equation("E4b", "hardware of the time", "g = ampere^s(t; t_a) * blackwell^(1 - s(t; t_b))", "1")
def hardware_energy(ampere: float, blackwell: float, older: float, newest: float) -> float:
    """
    Energy of arithmetic, or of reading memory, on the day's mix of accelerators over Hopper's.

    Args:
        ampere, blackwell: Ampere's and Blackwell's over Hopper's, of arithmetic or of reading. [1]
        older: s(t; t_a), share of tokens on Ampere. [1]
        newest: 1 - s(t; t_b), share of tokens on Blackwell. [1]

    Returns:
        Factor, g_c or g_m. [1]

    Sources:
        Ratios fitted, dates assumed: docs/eco-2-study.md

    >>> hardware_energy(4.0, 0.25, 0.5, 0.5)
    1.0
    """
    factor: float = ampere**older * blackwell**newest
    return factor


def software(at_ms: float, constants: Constants) -> Estimate:
    """E4a with half a year of doubt either way. [1]"""
    ratio = constants["software_ratio"]
    bounds = ((max(1.0, ratio.low), HALF_A_YEAR), (ratio.value, 0.0), (ratio.high, -HALF_A_YEAR))
    return Estimate(*(software_energy(bound, older_share(at_ms, "software", constants, shift)) for bound, shift in bounds))


class Fleet(NamedTuple):
    """Hardware and software of a day over Hopper's with late 2025's software. [1]"""

    software: Estimate
    compute: Estimate
    """g_c of E4b: energy of arithmetic."""
    reading: Estimate
    """g_m of E4b: energy of reading memory."""
    newest: float
    """Share of tokens on hardware that multiplies in FP4: Blackwell, or all or none where the call states its accelerator."""

    def with_stated(self, constants: Constants) -> "Fleet":
        """A fleet of the accelerator that a call states, if it does."""
        if "accelerator_compute" not in constants:
            return self
        compute, reading = (constants[f"accelerator_{kind}"].estimate for kind in ("compute", "reading"))
        stated = self._replace(compute=compute, reading=reading, newest=constants["accelerator_fp4"].value)
        return stated._replace(software=constants["home_software"].estimate) if "home_software" in constants else stated


def vintage(at_ms: float, constants: Constants) -> Fleet:
    """
    E4 at a time.

    Args:
        at_ms: When the call was made. [ms since 1970, UTC]
        constants: The ratios [1], their middles and spans [year].
    """
    return Fleet(software(at_ms, constants), hardware("compute", at_ms, constants), hardware("reading", at_ms, constants), newest_share(at_ms, constants))


def hardware(kind: str, at_ms: float, constants: Constants) -> Estimate:
    """
    E4b of "compute" or "reading". [1]

    A mix is uncertain by the range of its ratios and, a call being served by one generation, by the spread of the mix.
    """
    older, newest = older_share(at_ms, "ampere", constants), newest_share(at_ms, constants)
    ampere, blackwell = constants[f"ampere_{kind}"], constants[f"blackwell_{kind}"]
    value = hardware_energy(ampere.value, blackwell.value, older, newest)
    (older_down, older_up), (newest_down, newest_up) = _doubt(older, ampere), _doubt(newest, blackwell)
    down, up = hypot(older_down, newest_down), hypot(older_up, newest_up)
    return Estimate(value * exp(-down), value, value * exp(up))


def newest_share(at_ms: float, constants: Constants) -> float:
    """Share of tokens on Blackwell. [1]"""
    return 1 - older_share(at_ms, "blackwell", constants)


def _doubt(share: float, ratio: Factor) -> tuple[float, float]:
    """Log-widths down and up of a ratio of which a share of the tokens has the whole and the rest nothing; never beyond either."""
    spread, whole = TO_THE_95TH * sqrt(share * (1 - share)), log(ratio.value)
    toward, away = min(spread, 1 - share) * abs(whole), min(spread, share) * abs(whole)
    grow, fall = (toward, away) if whole > 0 else (away, toward)
    return hypot(fall, share * log(ratio.value / ratio.low)), hypot(grow, share * log(ratio.high / ratio.value))
