"""Water in electricity: what technologies consume, times the mix of the place, whose published shares stand here."""

import pytest

from ecocli.catalog.regions import resolve_site
from tools.water import water_l_per_kwh

LITRES_PER_KWH = {  # by hand: gallons per MWh of Macknick et al. 2012 x 3.785411784 / 1000, thermal plants with towers for 0.7 of them
    "coal": 2.10432, "gas": 0.92744, "oil": 0.90850, "nuclear": 2.08614, "biomass": 1.80602, "geothermal": 0.53942, "hydro": 17.00028, "solar": 0.0037854, "wind": 0.0,
}  # fmt: skip
NORTHWEST = {"coal": 16.4, "oil": 0.5, "gas": 24.8, "nuclear": 3.1, "hydro": 38.7, "biomass": 1, "wind": 11.6, "solar": 3.1, "geothermal": 0.7}
VIRGINIA = {"coal": 10.5, "oil": 0.3, "gas": 39.3, "nuclear": 39.9, "hydro": 1.4, "biomass": 2.1, "wind": 0.5, "solar": 6}
CALIFORNIA = {"coal": 2.1, "oil": 0.7, "gas": 42.9, "nuclear": 8, "hydro": 14.1, "biomass": 2.2, "wind": 6.6, "solar": 20.1, "geothermal": 3.6}
GERMANY = {"biomass": 46.02, "coal": 135.35, "gas": 76.0, "hydro": 19.48, "nuclear": 8.75, "oil": 20.13, "geothermal": 0.21, "solar": 61.56, "wind": 137.29}
BRITAIN = {"biomass": 33.85, "coal": 4.06, "gas": 100.52, "hydro": 5.23, "nuclear": 41.29, "oil": 12.57, "solar": 13.51, "wind": 82.46}
SWEDEN = {"biomass": 11.78, "coal": 0.01, "gas": 0.15, "hydro": 66.07, "nuclear": 48.4, "oil": 2.75, "solar": 2.48, "wind": 34.72}
CHINA = {"biomass": 187.05, "coal": 5741.51, "gas": 307.6, "hydro": 1245.17, "nuclear": 434.72, "oil": 73.52, "solar": 584.15, "wind": 885.87}
"""Subregions in percent, by eGRID2023; countries in TWh of 2023, by Our World in Data."""


@pytest.mark.parametrize(
    ("provider", "region", "mix"),
    [
        ("AWS", "us-west-2", NORTHWEST), ("AWS", "us-east-1", VIRGINIA), ("Google", "us-east1", VIRGINIA), ("AWS", "us-west-1", CALIFORNIA), (None, "US-CA", CALIFORNIA),
        ("IBM", "eu-de", GERMANY), ("Oracle", "uk-london-1", BRITAIN), ("Azure", "swedencentral", SWEDEN), ("AWS", "cn-northwest-1", CHINA),
    ],
)  # fmt: skip
def test_water_is_the_mix_times_what_each_technology_consumes(catalog, provider, region, mix):
    found = resolve_site(catalog, provider, region, False).spec.wue_source_l_per_kwh
    by_hand = sum(amount * LITRES_PER_KWH[name] for name, amount in mix.items()) / sum(mix.values())
    assert found.value == pytest.approx(by_hand, rel=5e-4)  # four digits ship
    assert 0 < found.low < found.value < found.high


@pytest.mark.parametrize("name", LITRES_PER_KWH)
def test_a_grid_of_one_technology_has_its_water(name):
    found = water_l_per_kwh({name: 7.0})
    assert found.value == pytest.approx(LITRES_PER_KWH[name], rel=1e-4)
    assert found.low <= found.value <= found.high


def test_the_bounds_of_two_halves_are_narrower_than_of_one_whole():
    whole, halves = water_l_per_kwh({"coal": 1}), water_l_per_kwh({"coal": 1, "nuclear": 1})
    assert halves.high - halves.value < whole.high - whole.value


def test_a_grid_of_reservoirs_takes_ten_times_the_water_of_one_of_wind_and_gas(catalog):
    norway, britain = (resolve_site(catalog, None, code, False).spec.wue_source_l_per_kwh.value for code in ("NO", "GB"))
    assert norway > 10 * britain
