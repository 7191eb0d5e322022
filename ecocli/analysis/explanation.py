"""A call's factors, and its steps by the equations of its method."""

from collections.abc import Callable, Iterator, Mapping
from math import inf
from typing import Any

from ecocli.core.dates import iso
from ecocli.core.footprint import Footprint
from ecocli.core.specs import MODEL_FACTORS, SITE_FACTORS
from ecocli.core.usage import Usage
from ecocli.estimator import methods
from ecocli.estimator.call import Call
from ecocli.estimator.plan import Plan
from ecocli.pipeline.bases import DAY_MS, plan_of
from ecocli.pipeline.call_inputs import call_of

MeanOf = Callable[[Mapping[str, Any]], dict[str, Any] | None]
"""From a basis to the sites of its place, see ecocli/analysis/means.py."""
MS_PER_S = 1000.0
RANGE_RULE = "low and high are the 5th and 95th percentile; products add squared log-ratios, upward and downward apart; sums add bounds"


def explanation(
    usage: Usage, footprint: Footprint, basis: Mapping[str, Any], started_at_ms: int, grid_g_per_kwh: float | None = None, mean_of: MeanOf | None = None
) -> dict[str, Any]:
    """
    The factors and steps of one call.

    Args:
        usage: As reported.
        footprint: As stored.
        basis: Content of the basis it was computed with.
        started_at_ms: When the call was made. [ms since 1970, UTC]
        grid_g_per_kwh: Intensity of its hour, as stored, where its basis is by the hour. [gCO2e/kWh]
        mean_of: `ecocli.analysis.means.mean` with its catalogue filled in, to add `mean`: the sites of a place that is one.

    Returns:
        `factors` (name, value, low, high, unit, source, year, basis), `steps` (number, name, equation,
        with the numbers put in, result with range and unit), `began`, `inputs` (name, value, unit: what of the
        call the steps take), the rule for ranges, and, where the method
        has them, `rangeShares` (factor, its shares of the squared log-width upward and downward), the widest first.
        Of a method that this program does not have there are factors only.
    """
    found: dict[str, Any] = {"factors": list(_factors(basis)), "steps": [], "began": iso(started_at_ms), "inputs": [], "rangeRule": RANGE_RULE}
    if mean_of is not None and (over := mean_of(basis)):
        found["mean"] = over
    if basis["method"] not in methods.PACKAGES:
        return found
    plan = plan_of(basis, started_at_ms, grid_g_per_kwh)
    if "grid" in basis:
        found["factors"].append({"name": "grid.intensity_g_per_kwh"} | plan.site.intensity_g_per_kwh.to_json())
    call, _ = call_of(usage, plan)
    found["inputs"] = list(_inputs(call, plan, started_at_ms))
    worked = methods.package(basis["method"], ".steps")
    found["steps"] = list(worked.steps(plan, call, footprint, started_at_ms // DAY_MS * DAY_MS))
    if hasattr(worked, "shares"):
        found["rangeShares"] = worked.shares(plan, call)
    return found


def _inputs(call: Call, plan: Plan, started_at_ms: int) -> Iterator[dict[str, Any]]:
    """What the steps take of the call itself; only what is known of it."""
    context = plan.context_tokens if plan.context_tokens < inf else None
    known = (
        ("days since 1970", started_at_ms // DAY_MS, "day"),
        ("prompt, cached reads included", call.input_tokens, "token"),
        ("cached reads", call.cached_tokens or 0, "token"),
        ("completion, reported reasoning included", call.output_tokens, "token"),
        ("reasoning, as reported", call.reasoning_tokens, "token"),
        ("wait for the first token (TTFT)", None if call.wait_ms is None else call.wait_ms / MS_PER_S, "s"),
        ("context of the model", None if call.wait_ms is None else context, "token"),
        ("requests at once", call.concurrency, "1"),
        ("seconds of reading and writing (active_s)", call.active_s, "s"),
        ("seconds of loading the model (load_s)", None if call.active_s is None else call.load_s, "s"),
        ("energy as measured", call.measured_wh, "Wh"),
    )  # fmt: skip
    yield from ({"name": name, "value": value, "unit": unit} for name, value, unit in known if value is not None)


def _factors(basis: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Every factor that the basis holds, under the name of what it belongs to."""
    for owner, names in (("model", MODEL_FACTORS), ("site", SITE_FACTORS)):
        for name in names:
            if name in basis[owner]:
                yield {"name": f"{owner}.{name}"} | basis[owner][name]
    if "grid" in basis:
        yield {"name": "grid.hour"} | basis["grid"]["hour"]
    for name, factor in basis["constants"].items():
        yield {"name": name} | factor
