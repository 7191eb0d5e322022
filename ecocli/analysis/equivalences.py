"""Equivalents of figures in everyday things, each with a sourced factor."""

from ecocli.core.factors import Factor
from ecocli.core.quantity import Estimate
from ecocli.store.totals import Sum
from ecocli.util.valueclass import value_class


@value_class(frozen=True, slots=True)
class Equivalence:
    """An everyday thing; `factor` is the amount of `figure` that one takes."""

    name: str
    one: str
    """The singular of `name`."""
    figure: str
    """One of totals.FIGURES."""
    factor: Factor


EQUIVALENCES = (
    Equivalence("phone charges", "phone charge", "facility_energy_wh", Factor(
        19.0, 13.0, 24.0, "Wh/charge",
        "Batteries of 3000 to 5000 mAh at 3.85 V, usual in smartphones of 2024, hold 12 to 19 Wh, and chargers deliver 80 to 90 % of what they draw",
        2024, "derived",
    )),
    Equivalence("LED-hours", "LED-hour", "facility_energy_wh", Factor(
        9.0, 8.0, 10.0, "Wh/h",
        "An LED bulb of 800 lumens, as bright as an incandescent one of 60 W, draws about 9 W; "
        "low: Philips CorePro LEDbulb 8-60W (806 lm at 8 W); high: GE LED10DA19 (800 lm at 10 W)",
        2024, "reported",
    )),
    Equivalence("km by car", "km by car", "co2_g", Factor(
        164.5, 107.0, 249.0, "g/km",
        "UK Government GHG Conversion Factors 2024, average petrol car; low: new cars in the EU in 2023 (ICCT, September 2024); "
        "high: the average passenger vehicle in the US, about 400 g a mile from the tailpipe (EPA-420-F-23-014, June 2023)",
        2024, "reported",
    )),
    Equivalence("glasses of water", "glass of water", "water_ml", Factor(
        240.0, 200.0, 300.0, "mL/glass",
        "A US cup of 8 fluid ounces; there is no standard glass: low and high are the sizes in common use",
        2024, "assumed",
    )),
)  # fmt: skip


def equivalents(sum: Sum) -> list[tuple[Equivalence, Estimate]]:
    """(equivalence, number of them) for each of EQUIVALENCES."""
    return [(each, sum[each.figure] / each.factor.estimate) for each in EQUIVALENCES]
