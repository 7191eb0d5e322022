"""A call's factors, and its steps by the equations of its method."""

from collections.abc import Iterator, Mapping
from typing import Any

from ecocli.core.footprint import Footprint
from ecocli.core.specs import MODEL_FACTORS, SITE_FACTORS
from ecocli.core.usage import Usage
from ecocli.estimator import methods
from ecocli.pipeline.bases import DAY_MS, plan_of
from ecocli.pipeline.call_inputs import call_of

RANGE_RULE = "low and high are the 5th and 95th percentile; products add squared log-ratios, upward and downward apart; sums add bounds"


def explanation(usage: Usage, footprint: Footprint, basis: Mapping[str, Any], started_at_ms: int, grid_g_per_kwh: float | None = None) -> dict[str, Any]:
    """
    The factors and steps of one call.

    Args:
        usage: As reported.
        footprint: As stored.
        basis: Content of the basis it was computed with.
        started_at_ms: When the call was made. [ms since 1970, UTC]
        grid_g_per_kwh: Intensity of its hour, as stored, where its basis is by the hour. [gCO2e/kWh]

    Returns:
        `factors` (name, value, low, high, unit, source, year, basis), `steps` (number, name, equation,
        with the numbers put in, result with range and unit), the rule for ranges, and, where the method
        has them, `rangeShares` (factor, its shares of the squared log-width upward and downward), the widest first.
        Of a method that this program does not have there are factors only.
    """
    found: dict[str, Any] = {"factors": list(_factors(basis)), "steps": [], "rangeRule": RANGE_RULE}
    if basis["method"] not in methods.PACKAGES:
        return found
    plan = plan_of(basis, started_at_ms, grid_g_per_kwh)
    if "grid" in basis:
        found["factors"].append({"name": "grid.intensity_g_per_kwh"} | plan.site.intensity_g_per_kwh.to_json())
    call, _ = call_of(usage, plan)
    worked = methods.package(basis["method"], ".steps")
    found["steps"] = list(worked.steps(plan, call, footprint, started_at_ms // DAY_MS * DAY_MS))
    if hasattr(worked, "shares"):
        found["rangeShares"] = worked.shares(plan, call)
    return found


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
