"""The answer to one call as the contract's JSON: figures, ranges and audit."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ecocli.core.footprint import Footprint
from ecocli.core.quantity import Estimate
from ecocli.core.usage import Usage

if TYPE_CHECKING:
    from ecocli.analysis.prices import Price


def answer(
    call_id: str | None, usage: Usage, footprint: Footprint, basis: Mapping[str, Any], assumptions: tuple[str, ...], duplicate: bool
) -> dict[str, Any]:
    """
    One call's answer. Works the same for a call just made and for one read back.

    Args:
        call_id: The id of the stored call; of one that is not stored its `given_id`.
        basis: Content of the call's Basis.
        assumptions: What was assumed for this call beyond what its usage and its basis say.
    """
    body = {
        "id": call_id,
        "energy_wh": footprint.facility_energy_wh.value,
        "co2_grams": footprint.co2_g.value,
        "water_ml": footprint.water_ml.value,
        "tree_days": footprint.tree_days.value,
        "embodied_co2_grams": footprint.embodied_co2_g.value,
        "range": ranges(footprint),
        "audit": audit(usage, footprint, basis, assumptions),
        "message": message(footprint.tree_days.value),
    }
    return body | {"duplicate": True} if duplicate else body


def given_id(usage: Usage) -> str | None:
    """The id that the caller or the payload itself gave the call; None where eco made it, from the payload's content."""
    if usage.format == "native" or usage.id is None:
        return usage.id
    from ecocli.ingest.fields import HASHED

    return None if usage.id.startswith(HASHED) else usage.id


def add_price(body: dict[str, Any], price: "Price") -> None:
    """The cost of the call, and by which list; an answer without a known price has neither."""
    body["cost_usd"] = float(price.usd)
    body["audit"]["price"] = price_source(price)


def price_source(price: "Price") -> dict[str, str]:
    """Where a price is from; provider and model as the price list calls them."""
    return {"source": price.source, "edition": price.edition, "provider": price.provider, "model": price.model}


def ranges(footprint: Footprint) -> dict[str, list[float]]:
    """5th and 95th percentile of each figure of the answer."""
    named = {
        "energy_wh": footprint.facility_energy_wh,
        "co2_grams": footprint.co2_g,
        "water_ml": footprint.water_ml,
        "tree_days": footprint.tree_days,
        "embodied_co2_grams": footprint.embodied_co2_g,
    }
    return {name: [estimate.low, estimate.high] for name, estimate in named.items()}


def audit(usage: Usage, footprint: Footprint, basis: Mapping[str, Any], assumptions: tuple[str, ...]) -> dict[str, Any]:
    """How the figures were reached, short; `eco explain` has every factor."""
    site, serving = basis["site"], basis.get("serving") or {}
    return {
        "calculationMethod": basis["calculation_method"],
        "regionMatch": basis["region_match"],
        "finalRegion": site["region"],
        "finalProvider": site["provider"],
        "gridTime": (basis.get("grid") or {}).get("time", "annual"),
        "model": basis["model"]["id"],
        "modelMatch": basis["model_match"],
        "tokens": {
            "prompt": usage.input_tokens,
            "completion": usage.output_tokens,
            "reasoning": usage.reasoning_tokens,
            "cached": usage.cached_tokens,
            "cache_write": usage.cache_write_tokens,
        },
        "inferredReasoning": _bounds(footprint.inferred_reasoning_tokens),
        "reasoningSource": _reasoning_source(usage, footprint),
        "concurrency": usage.concurrency,
        "accelerator": usage.accelerator,
        "weightPrecision": usage.weight_precision,
        "serviceTier": usage.service_tier,
        "serverToolCalls": dict(usage.server_tool_calls) if usage.server_tool_calls else None,
        "hosting": serving.get("hosting"),
        "control": usage.control,
        "hardware": serving.get("hardware"),
        "energySource": serving.get("energy") or "modelled",
        "measured": _measured(usage),
        "energy": {
            "accelerator_wh": footprint.accelerator_energy_wh.value,
            "it_wh": footprint.it_energy_wh.value,
            "facility_wh": footprint.facility_energy_wh.value,
            "idle_wh": _idle_wh(usage, basis),
        },
        "water": {
            "onsite_ml": footprint.water_onsite_ml.value,
            "offsite_ml": footprint.water_offsite_ml.value,
        },
        "marketCo2Grams": footprint.market_co2_g,
        "format": usage.format,
        "encoding": usage.encoding,
        "assumptions": [*usage.assumptions, *_not_estimated(usage), *assumptions, *basis["assumptions"]],
        "dominantFactor": footprint.dominant_factor,
        "operator": serving.get("operator"),
        "operatorBatch": _operator_batch(usage, basis),
        "method": basis["method"],
        "dataEdition": basis["data_edition"],
    }


def message(tree_days: float) -> str:
    """The figure that people picture."""
    from ecocli.core.numbers import significant

    return f"This request cost the equivalent of {significant(tree_days)} days of a tree's carbon absorption."


def _bounds(estimate: Estimate | None) -> dict[str, float] | None:
    return None if estimate is None else {"value": estimate.value, "low": estimate.low, "high": estimate.high}


def _not_estimated(usage: Usage) -> Iterator[str]:
    """Sentences on the provider's own tools, which the figures leave out."""
    for name, number in (usage.server_tool_calls or {}).items():
        if number:
            yield f"{name}, which the provider ran {'once' if number == 1 else f'{number} times'}, is not estimated"


def _measured(usage: Usage) -> dict[str, Any] | None:
    """A measurement as it was given; None where there was none."""
    return None if usage.measured_wh is None else {"wh": usage.measured_wh, "boundary": usage.measured_boundary, "by": usage.measured_by}


def _idle_wh(usage: Usage, basis: Mapping[str, Any]) -> float | None:
    """Memo: energy that the machine would have drawn in that time anyway; None where its idle power or the time is not known."""
    if "idle_w" not in basis["constants"]:
        return None
    from ecocli.pipeline.at_home import idle_wh

    return idle_wh(usage, basis["constants"])


def _operator_batch(usage: Usage, basis: Mapping[str, Any]) -> dict[str, float] | None:
    """Sequences at once that were assumed; None where the call says how many there were, and where the method assumes none."""
    batch = None if usage.concurrency is not None else basis["constants"].get("operator_batch")
    return batch and {name: batch[name] for name in ("value", "low", "high")}


def _reasoning_source(usage: Usage, footprint: Footprint) -> str:
    if footprint.inferred_reasoning_tokens is not None:
        return "inferred_from_ttft"
    return "none" if usage.reasoning_tokens is None else "reported"
