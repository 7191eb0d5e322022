"""One call by eco-1, worked on paper."""

import pytest

from ecocli.core.factors import Factor
from ecocli.core.footprint import Footprint
from ecocli.core.specs import ModelSpec, SiteSpec
from ecocli.estimator.call import Call
from ecocli.estimator.eco1 import plan as plans
from ecocli.estimator.eco1.constants import CONSTANTS
from ecocli.estimator.footprint import footprint
from tests.estimator_helpers import NOW_MS, bounds


def simple(value: float, low: float | None = None, high: float | None = None) -> Factor:
    return Factor(value, value if low is None else low, value if high is None else high, "1", "paper", 2026)


PAPER = {
    "prefill_coefficient": 0.002, "prefill_sparsity": 0.5, "prefill_doubling_position": 40_000, "cached_read_ratio": 0.02,
    "decode_floor": 0.1, "decode_coefficient": 0.01, "decode_active_exponent": 0.5, "decode_total_exponent": 0.5,
    "decode_bits_exponent": 1, "context_coefficient": 0.25, "reference_context": 500, "serving_configuration": 1,
    "software_ratio": 1, "ampere_ratio": 1, "blackwell_ratio": 1, "host": 1.25, "idle": 1.2, "embodied_per_it_wh": 0.04, "tree_uptake": 60,
}  # fmt: skip


def on_paper(**changed: Factor) -> Footprint:
    """100 of 400 B active at 16 bits, 100 kB of cache a token; PUE 1.2, 400 g/kWh, 0.5 and 3 L/kWh."""
    constants = dict(CONSTANTS) | {name: simple(value) for name, value in PAPER.items()} | changed
    model = ModelSpec("paper", "paper", "moe", simple(400), simple(100), simple(100_000), simple(16), reasoning="no")
    site = SiteSpec("paper", "paper", simple(400), simple(1.2), simple(0.5), simple(3))
    return footprint(plans.make(model, site, constants, 1.0, NOW_MS), Call(5000, 1000, cached_tokens=1000))


def test_one_call_worked_on_paper() -> None:
    # E1   a fresh token      0.002 * 2 bytes * sqrt(100) * sqrt(400) = 0.004 * 10 * 20 = 0.8 J
    # E2   an output token    0.1 + 0.01 * sqrt(100) * sqrt(400 * 16/16) = 0.1 + 0.01 * 10 * 20 = 2.1 J
    # E3   of context         0.25 * 100 000 / 10^9 = 0.000 025 J
    # E5   4 000 fresh after 1 000 cached: mean position 3 000, 4 000 * 0.8 * (1 + 3 000/40 000) = 3 440 J
    #      1 000 cached: 1 000 * 0.02 * 0.8 = 16 J
    #      1 000 out at a context of 5 000 + 500 - 500 = 5 000: 1 000 * (2.1 + 0.125) = 2 225 J
    #      3 440 + 16 + 2 225 = 5 681 J = 1.578 056 Wh
    # E6   * 1.25 * 1.2 = 2.367 083 Wh       E7   * 1.2 = 2.8405 Wh
    # E8   2.8405 * 400 / 1000 = 1.1362 g    E9   2.367 083 * 0.04 = 0.094 683 g
    # E10  2.367 083 * 0.5 = 1.183 542 mL    E11  2.8405 * 3 = 8.5215 mL    E12  9.705 042 mL
    # E13  1.1362 / 60 = 0.018 937 days
    found = on_paper()
    assert found.accelerator_energy_wh.value == pytest.approx(1.578056, rel=1e-6)
    assert found.it_energy_wh.value == pytest.approx(2.367083, rel=1e-6)
    assert found.facility_energy_wh.value == pytest.approx(2.8405)
    assert found.co2_g.value == pytest.approx(1.1362)
    assert found.embodied_co2_g.value == pytest.approx(0.094683, rel=1e-5)
    assert found.water_onsite_ml.value == pytest.approx(1.183542, rel=1e-6)
    assert found.water_offsite_ml.value == pytest.approx(8.5215)
    assert found.water_ml.value == pytest.approx(9.705042, rel=1e-6)
    assert found.tree_days.value == pytest.approx(0.018937, rel=1e-4)


def test_its_range_worked_on_paper() -> None:
    # serving x/÷2 moves only the 2.1 J of an output token:
    #   high 3 440 + 16 + 1 000 * (4.2 + 0.125) = 7 781 J, low 3 440 + 16 + 1 000 * (1.05 + 0.125) = 4 631 J
    #   times 1.25 * 1.2 * 1.2 / 3600 = 0.0005: 3.8905 and 2.3155 Wh
    found = on_paper(serving_configuration=simple(1, 0.5, 2))
    assert bounds(found.facility_energy_wh) == pytest.approx((2.3155, 2.8405, 3.8905))
    assert found.dominant_factor == "serving configuration"
