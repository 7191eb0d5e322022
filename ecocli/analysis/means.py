"""The sites behind a call's place, where that is a mean over several: what the catalogue says of them, and the sums that make the mean."""

from collections.abc import Iterator, Mapping, Sequence
from math import isclose
from typing import Any

from ecocli.catalog.entries import Entries
from ecocli.catalog.region_means import sites_of

FIGURES = {
    "intensity_g_per_kwh": ("E8", "intensity of the mean", "gCO2e/kWh"),
    "wue_source_l_per_kwh": ("E11", "WUE_source of the mean", "L/kWh"),
}
"""Figures of a site that a mean has from its sites, each with the equation that takes it, its name there and its unit."""
SAME = 1e-9
"""Relative difference between figures of one edition, which are rounded alike. [1]"""


def mean(entries: Entries, basis: Mapping[str, Any]) -> dict[str, Any] | None:
    """
    `sites` as in catalog/region_means.py, `steps` as of an explanation, and whether they make the figures of the basis (`isOfThen`):
    a basis keeps the mean alone, and the catalogue may have changed since. None for a single place.
    """
    sites = sites_of(entries, basis["region_match"], basis["site"]["region"])
    if not sites:
        return None
    steps = list(_steps(sites))
    of_then = all(isclose(step["value"], basis["site"][name]["value"], rel_tol=SAME) for name, step in steps)
    return {"sites": sites, "steps": [step for _, step in steps], "isOfThen": of_then}


def _steps(sites: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    weights = [site["weight"] for site in sites]
    for name, (number, title, unit) in FIGURES.items():
        if name not in sites[0]:
            continue
        value = sum(site[name] * site["weight"] for site in sites) / sum(weights)
        products = " + ".join(f"{site['weight']:.10g} * {site[name]:.10g}" for site in sites)
        numbers = f"({products}) / ({' + '.join(f'{weight:.10g}' for weight in weights)})"
        equation = "sum of weight * figure / sum of weights"
        yield name, {"number": number, "name": title, "equation": equation, "numbers": numbers, "value": value, "low": value, "high": value, "unit": unit}
