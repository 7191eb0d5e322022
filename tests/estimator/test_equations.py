"""An equation's text and its function say the same, and what is printed of it is made from that text."""

import inspect
import re
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecocli.core.factors import Factor
from ecocli.core.footprint import ESTIMATES
from ecocli.core.quantity import Estimate
from ecocli.core.specs import ModelSpec, SiteSpec
from ecocli.estimator import figures, site, waiting
from ecocli.estimator.call import Call
from ecocli.estimator.eco1 import laws as eco1
from ecocli.estimator.eco2 import fleet, wall
from ecocli.estimator.eco2 import laws as eco2
from ecocli.estimator.eco2.steps import shares
from ecocli.estimator.equations import EQUATIONS, right_side, with_numbers
from ecocli.estimator.footprint import footprint
from ecocli.estimator.methods import package
from tests.calculator import calculated
from tests.estimator_helpers import ECO_1, NOW_MS, Method, eco_2, models, positive, sites
from tests.estimator_helpers import tokens as counts

DAY_MS = 86_400_000
SHOWN_DIGITS = 2e-5
"""Six digits are shown, and a power may lose one of them."""


def exactly(value: float) -> Estimate:
    return Estimate.exactly(value)


def e5(c: dict[str, float]) -> float:
    amounts = c["N_fresh"], c["N_fresh"] * c["pos"], c["N_cached"], c["N_out"], c["N_out"] * c["ctx"]
    return figures.accelerator_energy(amounts, [(c["e_p"], c["e_p"] / c["L0"], c["r"] * c["e_p"], c["e_d"], c["k"] * c["kv"])])[0]


def prefill(c: dict[str, float]) -> float:
    values = {"prefill_coefficient": c["c_p"], "bytes_exponent": c["theta"], "prefill_sparsity": c["delta"]}
    return eco2.prefill_energy(c["P_act"], c["P_tot"], c["a"], c["g_c"], values)


def decode(c: dict[str, float]) -> float:
    reading, waiting = c["omega"] * c["W"], c["sigma"] * c["W"] + c["step"]
    return eco2.decode_energy(c["touch"], reading, waiting, c["B"], c["floor"], c["g_m"], c["chi"] * prefill(c))


SHARES = ("s(t; t_s)", "s(t; t_a)", "s(t; t_b)")
OF_EVERY_METHOD = {
    figures.split: lambda c: figures.split(c["prompt"], c["cached reads"], 0)[0],
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
OF_METHODS = {
    "eco-1": {
        eco1.prefill_energy: lambda c: eco1.prefill_energy(*map(exactly, (c["P_act"], c["P_tot"], 8 * c["bytes"], c["c_p"])), c["delta"]),
        eco1.cached_energy: lambda c: eco1.cached_energy(exactly(c["e_p"]), exactly(c["r"])),
        eco1.decode_energy: lambda c: eco1.decode_energy(
            *map(exactly, (c["P_act"], c["P_tot"], c["bits"], c["floor"])), c["c_d"], c["alpha"], c["beta"], c["gamma"], exactly(c["serving"])
        ),
        eco1.context_energy: lambda c: eco1.context_energy(exactly(c["KV"]), exactly(c["k"])),
        eco1.fleet_energy: lambda c: eco1.fleet_energy((c["software"], c["ampere"], c["blackwell"]), tuple(c[share] for share in SHARES)),
    },
    "eco-2": {
        eco2.prefill_energy: prefill,
        eco2.cached_energy: lambda c: eco2.cached_energy(c["e_p"], c["r"]),
        eco2.prefill_waiting: lambda c: eco2.prefill_waiting(c["C"], c["ell"], c["offset"]),
        eco2.decode_energy: decode,
        eco2.touch: lambda c: eco2.touch(c["P_act"] / c["P_tot"], c["B"]),
        eco2.decoding_at_once: lambda c: eco2.decoding_at_once(c["C"], c["P"], lambda _: c["D(B)"]),
        eco2.context_energy: lambda c: eco2.context_energy(c["KV"], c["k"], c["g_m"]),
        fleet.software_energy: lambda c: fleet.software_energy(c["software_ratio"], c["s(t; t_s)"]),
        fleet.hardware_energy: lambda c: fleet.hardware_energy(c["ampere"], c["blackwell"], c["s(t; t_a)"], 1 - c["s(t; t_b)"]),
        eco2.board_power: lambda c: eco2.board_power(c["n"], c["u_1"], c["u_rise"], c["n_half"]),
        eco2.host_factor: lambda c: eco2.host_factor(c["h"], c["u"]),
        wall.timed_energy: lambda c: wall.timed_energy(c["active_s"], exactly(c["watts"]), c["load_s"], exactly(c["watts_loading"]), exactly(c["calls"])),
        wall.measured_energy: lambda c: wall.measured_energy(c["measured"], exactly(c["wall_over_boundary"])),
        wall.together: lambda c: wall.together(c["E_timed"], c["E_law"], c["w"]),
        wall.embodied_by_time: lambda c: wall.embodied_by_time(
            c["seconds"], *map(exactly, (c["calls"], c["embodied_kg"], c["life_years"], c["hours_per_year"]))
        ),
    },
}
BY_SYMBOLS: dict[Any, Any] = OF_EVERY_METHOD | OF_METHODS["eco-1"] | OF_METHODS["eco-2"]
NUMBERS = {
    "eco-1": {f"E{number}" for number in range(16)},
    "eco-2": {f"E{number}" for number in range(16)} - {"E4", "E6"} | {"E1a", "E2a", "E2b", "E4a", "E4b", "E6", "E6a", "E6b", "E9a", "E16", "E17", "E18"},
}
PHRASES = (*SHARES, "on site", "off site", "cached reads", "D(B)")
SYMBOL = re.compile("|".join((*map(re.escape, PHRASES), r"[A-Za-z_]\w*")))


class Drawn(dict[str, float]):
    """A random number for each symbol that is asked for, the same each time."""

    def __init__(self, random: Random) -> None:
        self._random = random

    def __missing__(self, symbol: str) -> float:
        within = {"P_act": (0.1, 1), "P_tot": (1, 3), "C": (1, 3)}  # active of all parameters; a request at least
        self[symbol] = self._random.uniform(*within.get(symbol, (0.1, 3)))
        return self[symbol]


@pytest.mark.parametrize("method", OF_METHODS)
def test_every_equation_is_compared(method: str) -> None:
    assert {EQUATIONS[function].number for function in OF_EVERY_METHOD | OF_METHODS[method]} == NUMBERS[method]


def test_no_equation_is_left_out() -> None:
    compared = {EQUATIONS[function] for function in BY_SYMBOLS}
    assert compared == set(EQUATIONS.values())  # those over arrays have the same texts


@pytest.mark.parametrize("function", BY_SYMBOLS, ids=lambda function: function.__name__)
def test_text_and_function_are_one(function: Any) -> None:
    text = right_side(EQUATIONS[function].text)
    for seed in range(50):
        numbers = Drawn(Random(seed))
        result = BY_SYMBOLS[function](numbers)
        symbols = {symbol: numbers[symbol] for symbol in SYMBOL.findall(text) if symbol not in ("min", "max")}
        assert calculated(with_numbers(text, symbols, ".17g")) == pytest.approx(getattr(result, "value", result), rel=1e-11)


@pytest.mark.parametrize("function", BY_SYMBOLS, ids=lambda function: function.__name__)
def test_the_documentation_of_an_equation_shows_it(function: Any) -> None:
    number, name, text, unit = EQUATIONS[function]
    lines = [line.strip() for line in inspect.getdoc(function).splitlines()]
    assert all(any(shown.endswith(line) for shown in lines) for line in text.splitlines())
    assert any(line.startswith(number) for line in lines)
    assert name and unit


def test_a_symbol_is_a_whole_word() -> None:
    assert with_numbers("min(e, e_p) * s(t; t_s) * e_p2", {"e": 1, "e_p": 2, "s(t; t_s)": 0.5}) == "min(1, 2) * 0.5 * e_p2"


AT_THE_WALL = ["E7", "E8", "E9a", "E10", "E11", "E12", "E13"]
SERVED = (eco_2(), eco_2("rare"), eco_2("own_server", "H100", "fp8"), eco_2("frontier", "RTX 4090"), eco_2("one_user", None, "q4_k_m"))


def of_law(method: Method, concurrency: float | None, writes: bool) -> list[str]:
    """What tokens cost."""
    software, hardware = ["E4a"] * ("home_factor" not in method.constants), ["E4b", "E4b"] * ("accelerator_compute" not in method.constants)
    batch = ["E1a"] * (concurrency is not None) + ["E2b"] * (concurrency is not None and writes)
    return [*software, *hardware, *batch, "E1", "E1", "E2a", "E2", "E3"]


def servers(method: Method) -> list[str]:
    return ["E6a", "E6b"] * ("home_factor" not in method.constants)


@given(models(), sites(), counts, counts, st.none() | st.integers(0, 100_000))
def test_the_steps_of_any_call_by_eco_1_are_sums_that_come_out(model: ModelSpec, site: SiteSpec, input: int, output: int, wait_ms: int | None) -> None:
    found = worked(ECO_1, model, site, Call(input, output, input // 2, wait_ms=wait_ms, is_estimated=True))
    assert numbers(found) == ["E14", "E15"] * (wait_ms is not None) + ["E4", "E1", "E1", "E2", "E3"] + [f"E{number}" for number in range(5, 14)]


@given(models(), sites(), st.sampled_from(SERVED), counts, counts, st.none() | st.integers(0, 100_000), st.none() | positive(1, 5000))
def test_the_steps_of_any_call_by_eco_2_are_sums_that_come_out(
    model: ModelSpec, site: SiteSpec, method: Method, input: int, output: int, wait_ms: int | None, concurrency: float | None
) -> None:
    call = Call(input, output, input // 2, wait_ms=wait_ms, is_estimated=True, concurrency=concurrency)
    found = worked(method, model, site, call)
    writes = output > 0 or any(step["value"] > 0 for step in equations(found) if step["number"] == "E15")
    reasoning = ["E14", "E15"] * (wait_ms is not None)
    assert numbers(found) == [*reasoning, *of_law(method, concurrency, writes), *servers(method), *[f"E{number}" for number in range(5, 14)]]


@given(models(), sites(), counts, counts, positive(0.1, 5000), st.floats(0, 500), st.none() | positive(1, 50), st.booleans())
def test_the_steps_of_any_timed_call_are_sums_that_come_out(
    model: ModelSpec, site: SiteSpec, input: int, output: int, active_s: float, load_s: float, concurrency: float | None, is_described: bool
) -> None:
    method = eco_2("one_user")
    if is_described:
        method = method.changed(active_w=Factor(90, 60, 120, "W", "a test", 2026), idle_w=Factor(10, 5, 15, "W", "a test", 2026))
    found = worked(method, model, site, Call(input, output, active_s=active_s, load_s=load_s, concurrency=concurrency), 6)
    assert numbers(found) in (["E16", *AT_THE_WALL], [*of_law(method, concurrency, output > 0), *servers(method), "E16", "E5", "E6", "E18", *AT_THE_WALL])
    assert not is_described or numbers(found) == ["E16", *AT_THE_WALL]


@given(models(), sites(), st.sampled_from(SERVED), counts, counts, positive(1e-6, 1000), st.sampled_from(["gpu", "soc", "wall", None]))
def test_the_steps_of_any_measured_call_are_sums_that_come_out(
    model: ModelSpec, site: SiteSpec, method: Method, input: int, output: int, measured_wh: float, boundary: str | None
) -> None:
    found = worked(method, model, site, Call(input, output, measured_wh=measured_wh, measured_boundary=boundary), 7)
    below = boundary in ("gpu", "soc") and f"wall_over_{boundary}" not in method.constants
    assert numbers(found) == [*(servers(method) if below else []), "E17", "E7", "E8", "E9", "E10", "E11", "E12", "E13"]


@given(models(), sites(), st.sampled_from(SERVED), counts, counts, st.none() | positive(1, 5000))
def test_the_shares_of_a_range_add_up(model: ModelSpec, site: SiteSpec, method: Method, input: int, output: int, concurrency: float | None) -> None:
    plan = method.make(model, site)
    found = shares(plan, Call(input, output, concurrency=concurrency))
    for side in ("upward", "downward"):
        assert sum(each[side] for each in found) == pytest.approx(1)
        assert all(each[side] >= 0 for each in found)


def worked(method: Method, model: ModelSpec, site: SiteSpec, call: Call, figures: int = 9) -> list[dict[str, Any]]:
    """The steps of a call, each of which a pocket calculator has found to come out, the last so many in the footprint as stored."""
    at_ms = NOW_MS // DAY_MS * DAY_MS
    plan = method.make(model, site, at_ms)
    stored = footprint(plan, call)
    found = list(package(method.id, ".steps").steps(plan, call, stored, at_ms))
    for step in found:
        assert calculated(step["numbers"]) == pytest.approx(step["value"], rel=SHOWN_DIGITS, abs=1e-3 if step["number"] == "E15" else 0), step
    assert [(step["low"], step["value"], step["high"]) for step in found[-figures:]] == [
        (each.low, each.value, each.high) for each in (getattr(stored, name) for name in ESTIMATES[-figures:])
    ]
    return found


def equations(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The steps that are equations; the others prepare them."""
    names = {equation.name for equation in EQUATIONS.values()}
    return [step for step in steps if step["name"] in names]


def numbers(steps: list[dict[str, Any]]) -> list[str]:
    return [step["number"] for step in equations(steps)]
