"""An equation's text and its function say the same, and what is printed of it is made from that text."""

import inspect
import re
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecocli.core.quantity import Estimate
from ecocli.core.specs import ModelSpec, SiteSpec
from ecocli.estimator import figures, site, waiting
from ecocli.estimator.call import Call
from ecocli.estimator.eco1 import laws
from ecocli.estimator.eco1.steps import steps
from ecocli.estimator.equations import EQUATIONS, right_side, with_numbers
from ecocli.estimator.footprint import footprint
from tests.calculator import calculated
from tests.estimator_helpers import NOW_MS, make, models, sites
from tests.estimator_helpers import tokens as counts

DAY_MS = 86_400_000
SHOWN_DIGITS = 2e-5
"""Six digits are shown, and a power may lose one of them."""


def exactly(value: float) -> Estimate:
    return Estimate.exactly(value)


def e5(c: dict[str, float]) -> float:
    amounts = c["N_fresh"], c["N_fresh"] * c["pos"], c["N_cached"], c["N_out"], c["N_out"] * c["ctx"]
    return figures.accelerator_energy(amounts, [(c["e_p"], c["e_p"] / c["L0"], c["r"] * c["e_p"], c["e_d"], c["k"] * c["kv"])])[0]


SHARES = ("s(t; t_s)", "s(t; t_a)", "s(t; t_b)")
BY_SYMBOLS = {
    figures.split: lambda c: figures.split(c["prompt"], c["cached reads"], 0)[0],
    laws.prefill_energy: lambda c: laws.prefill_energy(*map(exactly, (c["P_act"], c["P_tot"], 8 * c["bytes"], c["c_p"])), c["delta"]),
    laws.cached_energy: lambda c: laws.cached_energy(exactly(c["e_p"]), exactly(c["r"])),
    laws.decode_energy: lambda c: laws.decode_energy(
        *map(exactly, (c["P_act"], c["P_tot"], c["bits"], c["floor"])), c["c_d"], c["alpha"], c["beta"], c["gamma"], exactly(c["serving"])
    ),
    laws.context_energy: lambda c: laws.context_energy(exactly(c["KV"]), exactly(c["k"])),
    laws.fleet_energy: lambda c: laws.fleet_energy((c["software"], c["ampere"], c["blackwell"]), tuple(c[share] for share in SHARES)),
    waiting.decode_rate: lambda c: waiting.decode_rate(c["P_act"], exactly(c["rate_50"]), c["exponent"]),
    figures.accelerator_energy: e5,
    site.it_energy: lambda c: site.it_energy(*map(exactly, (c["E_acc"], c["host"], c["idle"]))),
    site.facility_energy: lambda c: site.facility_energy(exactly(c["E_it"]), exactly(c["PUE"])),
    site.operational_carbon: lambda c: site.operational_carbon(exactly(c["E_facility"]), exactly(c["intensity"])),
    site.embodied_carbon: lambda c: site.embodied_carbon(exactly(c["E_it"]), exactly(c["embodied_per_wh"])),
    site.onsite_water: lambda c: site.onsite_water(exactly(c["E_it"]), exactly(c["WUE_site"])),
    site.offsite_water: lambda c: site.offsite_water(exactly(c["E_facility"]), exactly(c["WUE_source"])),
    site.total_water: lambda c: site.total_water(c["on site"], c["off site"]),
    site.tree_days: lambda c: site.tree_days(c["co2"], c["uptake"]),
    waiting.hidden_reasoning_tokens: lambda c: waiting.hidden_reasoning_tokens(
        1000 * c["TTFT"], c["N_fresh"], c["queue"], c["prefill_rate"], c["rate"], c["room"]
    ),
}
"""Each equation as a function of the symbols in its text."""
PHRASES = (*SHARES, "on site", "off site", "cached reads")
SYMBOL = re.compile("|".join((*map(re.escape, PHRASES), r"[A-Za-z_]\w*")))


class Drawn(dict[str, float]):
    """A random number for each symbol that is asked for, the same each time."""

    def __init__(self, random: Random) -> None:
        self._random = random

    def __missing__(self, symbol: str) -> float:
        self[symbol] = self._random.uniform(0.1, 3)
        return self[symbol]


def test_every_equation_is_compared() -> None:
    numbers = {EQUATIONS[function].number for function in BY_SYMBOLS}
    assert numbers == {f"E{number}" for number in range(16)} == {each.number for each in EQUATIONS.values()}


@pytest.mark.parametrize("function", BY_SYMBOLS, ids=lambda function: function.__name__)
def test_text_and_function_are_one(function: Any) -> None:
    text = right_side(EQUATIONS[function].text)
    for seed in range(50):
        numbers = Drawn(Random(seed))
        result = BY_SYMBOLS[function](numbers)
        symbols = {symbol: numbers[symbol] for symbol in SYMBOL.findall(text) if symbol not in ("min", "max")}
        assert calculated(with_numbers(text, symbols, ".17g")) == pytest.approx(getattr(result, "value", result), rel=1e-12)


@pytest.mark.parametrize("function", BY_SYMBOLS, ids=lambda function: function.__name__)
def test_the_documentation_of_an_equation_shows_it(function: Any) -> None:
    number, name, text, unit = EQUATIONS[function]
    lines = [line.strip() for line in inspect.getdoc(function).splitlines()]
    assert all(any(shown.endswith(line) for shown in lines) for line in text.splitlines())
    assert any(line.startswith(number) for line in lines)
    assert name and unit


def test_a_symbol_is_a_whole_word() -> None:
    assert with_numbers("min(e, e_p) * s(t; t_s) * e_p2", {"e": 1, "e_p": 2, "s(t; t_s)": 0.5}) == "min(1, 2) * 0.5 * e_p2"


@given(models(), sites(), counts, counts, st.none() | st.integers(0, 100_000))
def test_the_steps_of_any_call_are_sums_that_come_out(model: ModelSpec, site: SiteSpec, input: int, output: int, wait_ms: int | None) -> None:
    at_ms = NOW_MS // DAY_MS * DAY_MS
    plan, call = make(model, site, at_ms), Call(input, output, input // 2, wait_ms=wait_ms, is_estimated=True)
    found = list(steps(plan, call, footprint(plan, call), at_ms))
    for step in found:
        assert calculated(step["numbers"]) == pytest.approx(step["value"], rel=SHOWN_DIGITS, abs=1e-3 if step["number"] == "E15" else 0), step
    numbers = [step["number"] for step in found]
    assert numbers == ["E14", "E15"] * (wait_ms is not None) + ["E4", "E1", "E1", "E2", "E3"] + [f"E{number}" for number in range(5, 14)]
