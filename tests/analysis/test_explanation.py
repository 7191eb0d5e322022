"""What `eco explain` shows can be redone with a pocket calculator."""

from typing import Any

import pytest

from ecocli.analysis.explanation import explanation
from ecocli.core.numbers import significant
from ecocli.core.usage import Usage
from ecocli.pipeline.assessment import Assessor
from tests.calculator import calculated
from tests.estimator_helpers import shipped

NOON_MS = 1_763_812_800_000
RESULTS = {
    "E5": "accelerator_energy_wh", "E6": "it_energy_wh", "E7": "facility_energy_wh", "E8": "co2_g", "E9": "embodied_co2_g",
    "E10": "water_onsite_ml", "E11": "water_offsite_ml", "E12": "water_ml", "E13": "tree_days", "E15": "inferred_reasoning_tokens",
}  # fmt: skip
"""The step that ends with a figure of the footprint."""
SHOWN_DIGITS = 2e-5
"""Six digits are shown, and a power may lose one of them."""


def thought(model: str, wait_ms: int) -> Usage:
    """Counted from visible text, with a wait before it."""
    return Usage(1000, 200, model=model, is_estimated=True, encoding="o200k_base", started_at_ms=NOON_MS, first_token_at_ms=NOON_MS + wait_ms)


CALLS = {
    "closed": Usage(1000, 500, "openai", "gpt-4o", started_at_ms=NOON_MS),
    "cached": Usage(100_000, 1000, "anthropic", "claude-sonnet-4.5", cached_tokens=95_000, started_at_ms=NOON_MS),
    "open": Usage(200_000, 8, "aws", "llama-3.1-8b-instruct", region="eu-north-1", started_at_ms=NOON_MS),
    "several passes": Usage(1234, 567, "openai", "gpt-5-pro", started_at_ms=NOON_MS),
    "old": Usage(300, 100, "openai", "gpt-4", started_at_ms=1_690_000_000_000),
    "nothing": Usage(0, 0, "openai", "gpt-4o", started_at_ms=NOON_MS),
    "text": Usage(100, 50, None, "deepseek-v3", is_estimated=True, encoding="o200k_base", started_at_ms=NOON_MS),
    "unknown": Usage(100, 50, None, "something-13b", model_reported=True, started_at_ms=NOON_MS),
    "stated": Usage(1000, 500, "aws", "llama-3.1-70b", concurrency=32.0, accelerator="B200", weight_precision="fp8", started_at_ms=NOON_MS),
    "stated, nothing written": Usage(1000, 0, "openai", "gpt-4o", concurrency=4.0, started_at_ms=NOON_MS),
    "own machine": Usage(500, 300, "ollama", "llama-3.1-8b", region="DE", started_at_ms=NOON_MS),
    "own machine, timed": Usage(500, 300, "ollama", "llama3.2:3b", started_at_ms=NOON_MS, load_ms=300.0, prompt_ms=400.0, generation_ms=4400.0),
    "own machine, measured": Usage(500, 300, "ollama", "llama3.2:3b", started_at_ms=NOON_MS, measured_wh=0.125, measured_boundary="soc"),
    "hidden": thought("deepseek-r1", 30_000),
    "no wait": thought("deepseek-r1", 10),
    "capped": thought("deepseek-r1", 100_000_000),
    "hidden passes": thought("gpt-5-pro", 60_000),
}


@pytest.fixture(params=CALLS, scope="module")
def explained(request: pytest.FixtureRequest) -> tuple[Any, dict[str, Any]]:
    usage = CALLS[request.param]
    found = Assessor(shipped()).assess(usage, now_ms=NOON_MS)
    made = found.assessment
    return made.footprint, explanation(usage, made.footprint, made.basis.content, found.started_at_ms)


def test_a_pocket_calculator_gets_the_same(explained: tuple[Any, dict[str, Any]]) -> None:
    for step in explained[1]["steps"]:
        assert calculated(step["numbers"]) == pytest.approx(step["value"], rel=SHOWN_DIGITS), step


def test_the_last_steps_are_the_footprint(explained: tuple[Any, dict[str, Any]]) -> None:
    footprint, found = explained
    steps = {step["number"]: step for step in found["steps"]}
    for number, name in RESULTS.items():
        estimate = getattr(footprint, name)
        if steps.keys() & {"E16", "E17"}:  # from the wall on, and made by time
            if number in ("E5", "E6"):
                continue
            number = "E9a" if "E9a" in steps and number == "E9" else number
        if estimate is not None:
            assert [steps[number][key] for key in ("low", "value", "high")] == [estimate.low, estimate.value, estimate.high]


@pytest.mark.parametrize("concurrency", [None, 4.0])
def test_the_sentence_about_time_and_law_has_the_numbers_of_the_steps(concurrency: float | None) -> None:
    usage = Usage(500, 300, "ollama", "llama3.2:3b", started_at_ms=NOON_MS, generation_ms=6000.0, concurrency=concurrency)
    made = Assessor(shipped()).assess(usage, now_ms=NOON_MS).assessment
    steps = {step["number"]: step["value"] for step in explanation(usage, made.footprint, made.basis.content, NOON_MS)["steps"]}
    [sentence] = made.assumptions
    assert f"are {significant(steps['E16'])} Wh" in sentence
    assert f"gives {significant(steps['E6'])} Wh" in sentence


def test_every_step_says_what_it_is(explained: tuple[Any, dict[str, Any]]) -> None:
    for step in explained[1]["steps"]:
        assert step["number"].startswith("E") and step["name"] and step["equation"] and step["unit"]
        assert step["low"] <= step["value"] <= step["high"]


def test_every_factor_has_its_papers(explained: tuple[Any, dict[str, Any]]) -> None:
    factors = {factor["name"]: factor for factor in explained[1]["factors"]}
    assert {"model.total_params_b", "site.pue", "site.intensity_g_per_kwh", "operator_batch", "idle", "prefill_coefficient"} <= set(factors)
    assert all(factor["source"] and factor["unit"] and factor["year"] for factor in factors.values())


def test_the_shares_of_each_side_are_a_whole(explained: tuple[Any, dict[str, Any]]) -> None:
    _, found = explained
    for side in ("upward", "downward"):
        assert sum(share[side] for share in found["rangeShares"]) == pytest.approx(1)
    assert len({share["factor"] for share in found["rangeShares"]}) == len(found["rangeShares"])


@pytest.mark.parametrize("method", ["eco-0", "eco-3"])
def test_no_step_where_the_method_is_another(method: str) -> None:
    usage = CALLS["closed"]
    made = Assessor(shipped()).assess(usage, now_ms=NOON_MS).assessment
    content = dict(made.basis.content)
    found = explanation(usage, made.footprint, content | {"method": method, "constants": {}}, NOON_MS)
    assert found["steps"] == [] and "rangeShares" not in found
    assert {factor["name"].partition(".")[0] for factor in found["factors"]} == {"model", "site", "grid"}


def test_the_time_of_the_call_is_shown(explained: tuple[Any, dict[str, Any]]) -> None:
    """Noon of 22 November 2025, but for the call that is from July 2023."""
    days = {each["name"]: each["value"] for each in explained[1]["inputs"]}["days since 1970"]
    assert (explained[1]["began"], days) in (("2025-11-22T12:00:00Z", 20414), ("2023-07-22T04:26:40Z", 19560))
