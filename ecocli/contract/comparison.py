"""Models and regions that do the same work, as the contract's JSON."""

from typing import Any

from ecocli.analysis.comparison import Compared
from ecocli.contract.answer import price_source

FIGURES = ("energyWh", "co2Grams", "waterMl", "treeDays")


def row(compared: Compared) -> dict[str, Any]:
    """One contender in full precision; ranges as [low, high]. Without a known price there is no cost."""
    assessed, footprint = compared.assessed, compared.assessed.assessment.footprint
    estimates = (footprint.facility_energy_wh, footprint.co2_g, footprint.water_ml, footprint.tree_days)
    ratios = {"energyWhPerMillionTokens": compared.per_million(estimates[0]), "co2GramsPerMillionTokens": compared.per_million(estimates[1])}
    price = compared.price
    cost = {"costUsd": float(price.usd), "price": price_source(price)} if price else {}
    return {
        "model": assessed.model.spec.id,
        "modelMatch": assessed.model.match,
        "provider": assessed.site.provider_name,
        "region": assessed.site.spec.region,
        "calculationMethod": assessed.site.calculation_method,
        **{name: estimate.value for name, estimate in zip(FIGURES, estimates, strict=True)},
        "energyRatio": compared.ratio,
        **{name: ratio and ratio.value for name, ratio in ratios.items()},
        **cost,
        "range": {name: [estimate.low, estimate.high] for name, estimate in zip(FIGURES, estimates, strict=True)}
        | {name: ratio and [ratio.low, ratio.high] for name, ratio in ratios.items()},
    }
