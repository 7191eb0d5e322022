"""From what `eco explain` prints, and nothing else, every step can be redone: each number in it was printed before, or is part of its equation."""

import re
from functools import partial
from math import isclose

import pytest

from ecocli.analysis.explanation import explanation
from ecocli.analysis.means import mean
from ecocli.core.usage import Usage
from ecocli.pipeline.assessment import Assessor
from ecocli.render.steps import steps_text
from tests import eco1_helpers
from tests.analysis.test_explanation import CALLS, NOON_MS
from tests.calculator import calculated
from tests.estimator_helpers import shipped

NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\w.])|\binf\b")
GIVEN = re.compile(r"^\S.*?: (-?\d.*)$", re.MULTILINE)
"""A line of the call, of a site, or of a factor: a name, and behind it its numbers."""
SHOWN = 2e-5
"""Six digits are shown, and a power may lose one of them."""
DIGITS = 6e-6
"""Half of the last of six digits."""

MORE = {
    "a mean of sites": Usage(900, 300, "openai", "gpt-5.1", reasoning_tokens=120, cached_tokens=400, started_at_ms=NOON_MS),
    "a country by default": Usage(900, 300, "mistral", "mistral-large", started_at_ms=NOON_MS),
    "by the month and hour": Usage(900, 300, "aws", "claude-sonnet-4.5", region="us-west-1", started_at_ms=NOON_MS),
    "stated on a mean": Usage(100_000, 700, "anthropic", "claude-sonnet-4.5", cached_tokens=90_000, cache_write_tokens=5000, concurrency=12.0, started_at_ms=NOON_MS),
    "own server, measured at the boards": Usage(500, 300, "vllm", "llama-3.1-70b", region="DE", started_at_ms=NOON_MS, measured_wh=0.5, measured_boundary="gpu"),
    "own machine, shared": Usage(500, 300, "ollama", "llama3.2:3b", started_at_ms=NOON_MS, load_ms=900.0, prompt_ms=400.0, generation_ms=4400.0, concurrency=3.0),
}
ECO_1 = {name: Usage(1500, 250, "openai", model, cached_tokens=300, started_at_ms=at) for name, model, at in (("eco-1", "gpt-4o", NOON_MS), ("eco-1, old", "gpt-4", 1_690_000_000_000))}


def printed(name: str) -> str:
    """What is shown of a call."""
    usage = (CALLS | MORE | ECO_1)[name]
    if name in ECO_1:
        made = eco1_helpers.new_call(Usage(**{field: getattr(usage, field) for field in ("input_tokens", "output_tokens", "provider", "model", "cached_tokens", "started_at_ms")}, id="x")).assessment
    else:
        made = Assessor(shipped()).assess(usage, now_ms=NOON_MS).assessment
    return steps_text(explanation(usage, made.footprint, made.basis.content, usage.started_at_ms, mean_of=partial(mean, shipped())))


def numbers(text: str) -> list[float]:
    return [float(found) for found in NUMBER.findall(re.sub(r"[,()–]", " ", text))]


@pytest.mark.parametrize("name", [*CALLS, *MORE, *ECO_1])
def test_every_step_follows_from_what_is_printed(name):
    text = printed(name)
    steps = re.findall(r"^(E\w+) +(.+)\n       (.+)\n     = (.+)\n     = (\S+)(.*)$", text, re.MULTILINE)
    assert len(steps) > 7
    known = [number for given in GIVEN.findall(text.replace(": weight ", ": ")) for number in numbers(given)]
    known += [number for *_, result, rest in steps for number in numbers(f"{result} {rest.replace('–', ' ')}")]
    for number, what, equation, filled, result, _ in steps:
        assert calculated(filled) == pytest.approx(float(result), rel=SHOWN, abs=1e-300), (number, what)
        own = numbers(equation)
        for used in numbers(filled):
            assert any(isclose(used, each, rel_tol=DIGITS) for each in (*own, *known)) or used == 0, f"{number} {what}: where is {used} from? {filled}"


def test_the_sites_of_a_mean_make_the_factor_of_the_call():
    text = printed("a mean of sites")
    assert "grid US-TEX-ERCO): weight 2" in text
    intensity = re.search(r"intensity of the mean\n.*\n.*\n     = (\S+) gCO2e/kWh", text)[1]
    assert f"site.intensity_g_per_kwh: {intensity} gCO2e/kWh" in text


def test_sites_that_do_not_make_the_factor_are_said_to_be_of_another_edition():
    usage = MORE["a mean of sites"]
    made = Assessor(shipped()).assess(usage, now_ms=NOON_MS).assessment
    basis = dict(made.basis.content)
    basis["site"] = basis["site"] | {"intensity_g_per_kwh": basis["site"]["intensity_g_per_kwh"] | {"value": 123.0}}
    found = explanation(usage, made.footprint, basis, NOON_MS, mean_of=partial(mean, shipped()))
    assert found["mean"]["isOfThen"] is False
    assert "The catalogue has changed since" in steps_text(found)


def test_a_single_place_has_no_sites():
    assert "The sites of the mean" not in printed("open")
