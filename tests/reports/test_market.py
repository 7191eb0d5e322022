"""Market-based scope 2: an instrument stands for electricity of its market and year, once, and never for more than was used."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecocli.core.organisation import CERTIFICATE, CONTRACT, KINDS, LIMITED, RESIDUAL_MIX, SUPPLIER_RATE, Instrument
from ecocli.core.quantity import Estimate
from ecocli.errors import BadConfig
from ecocli.reports.instruments import of_countries
from ecocli.reports.market import BEYOND, GRID_AVERAGE, NOT_USED, market
from ecocli.reports.scopes import Located

DE_2025 = ("DEU", 2025)
MWH = 1e6


def located(mwh: float, tonnes: float) -> Located:
    return Located(Estimate.exactly(mwh * MWH), Estimate.exactly(tonnes * 1e6))


def instrument(name="wind", kind=CERTIFICATE, g_per_kwh=0.0, mwh=1.0, market=("DEU",), year=2025) -> Instrument:
    return Instrument(name, kind, g_per_kwh, market, year, mwh if kind in LIMITED else None)


def test_the_hierarchy_by_hand():
    """10 MWh of 4 t: 3 by a certificate of 0, 2 by a contract of 100 g, the rest by a residual mix of 600 g: 0 + 0.2 + 3 t."""
    held = [instrument("mix", RESIDUAL_MIX, 600.0), instrument("plant", CONTRACT, 100.0, 2.0), instrument("go", CERTIFICATE, 0.0, 3.0)]
    found = market({DE_2025: located(10.0, 4.0)}, held)
    assert [(each.instrument, each.energy_wh / MWH, each.co2_g / 1e6) for each in found.covered] == [("go", 3.0, 0.0), ("plant", 2.0, 0.2), ("mix", 5.0, 3.0)]
    assert (found.co2_g / 1e6, found.refused) == (pytest.approx(3.2), [])
    assert [found.share(rung) for rung in (CERTIFICATE, CONTRACT, SUPPLIER_RATE, RESIDUAL_MIX, GRID_AVERAGE)] == [0.3, 0.2, 0.0, 0.5, 0.0]


def test_without_instruments_it_is_the_average_of_the_grid_by_name():
    found = market({DE_2025: located(10.0, 4.0)}, [])
    assert [(each.rung, each.instrument, each.co2_g) for each in found.covered] == [(GRID_AVERAGE, None, 4e6)]


def test_what_is_uncovered_keeps_its_part_of_the_location_based_figure():
    """A quarter of 4 t."""
    found = market({DE_2025: located(10.0, 4.0)}, [instrument(mwh=7.5)])
    assert found.co2_g == pytest.approx(1e6)


@pytest.mark.parametrize("other", [{"market": ("FRA",)}, {"year": 2024}])
def test_another_market_or_year_counts_for_nothing(other):
    found = market({DE_2025: located(10.0, 4.0)}, [instrument(**other)])
    assert (found.co2_g, [(each.energy_wh, each.reason) for each in found.refused]) == (4e6, [(MWH, NOT_USED)])


def test_more_than_was_used_is_refused():
    found = market({DE_2025: located(2.0, 1.0)}, [instrument("a", mwh=1.5), instrument("b", mwh=1.5)])
    assert (found.co2_g, [(each.instrument, each.energy_wh, each.reason) for each in found.refused]) == (0.0, [("b", MWH, BEYOND)])


def test_electricity_of_an_unknown_country_takes_no_instrument():
    found = market({(None, 2025): located(1.0, 1.0)}, [instrument(), instrument("rate", SUPPLIER_RATE)])
    assert [each.rung for each in found.covered] == [GRID_AVERAGE]


COUNTRIES, YEARS = ("DEU", "FRA", "USA"), (2024, 2025)
AMOUNTS = st.floats(0.001, 1e6)
USES = st.dictionaries(st.tuples(st.sampled_from(COUNTRIES), st.sampled_from(YEARS)), st.builds(located, AMOUNTS, AMOUNTS), min_size=1)
HELD = st.builds(instrument, st.text("abc", min_size=1), st.sampled_from(KINDS), st.floats(0, 1000), AMOUNTS, st.lists(st.sampled_from(COUNTRIES), min_size=1).map(tuple), st.sampled_from(YEARS))


@given(USES, st.lists(HELD, max_size=6))
def test_all_electricity_is_covered_once_and_no_instrument_by_more_than_it_is_for(operated, held):
    held = [Instrument(f"{at}", each.kind, each.g_per_kwh, each.market, each.year, each.mwh) for at, each in enumerate(held)]
    found = market(operated, held)
    assert found.energy_wh == pytest.approx(sum(each.energy_wh.value for each in operated.values()), rel=1e-9)
    for each in held:
        used_wh = sum(covered.energy_wh for covered in found.covered if covered.instrument == each.name)
        refused_wh = sum(refused.energy_wh for refused in found.refused if refused.instrument == each.name)
        if each.mwh is not None:
            assert used_wh + refused_wh == pytest.approx(each.mwh * MWH, rel=1e-9)
        assert all((covered.country in each.market, covered.year) == (True, each.year) for covered in found.covered if covered.instrument == each.name)


def test_a_market_is_countries_by_any_of_their_names(catalog):
    assert of_countries(instrument(market=("DE", "FRA", "United States")), catalog).market == ("DEU", "FRA", "USA")
    with pytest.raises(BadConfig, match="no country is called 'Atlantis'"):
        of_countries(instrument(market=("Atlantis",)), catalog)
    with pytest.raises(BadConfig, match="no country"):
        of_countries(instrument(market=("us-east-1",)), catalog)
