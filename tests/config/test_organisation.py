"""The undertaking and its instruments as config.toml holds them; each mistake names its key."""

import tomllib

import pytest

from ecocli.config.organisation import instruments, organisation
from ecocli.core.organisation import Entity, Instrument

WHOLE = """
name = "Example"
consolidation = "equity-share"
lease = "finance"
standard = "esrs-revised"
base_year = 2025
recalculation_threshold = 0.05
revenue = 12_500_000
currency = "SEK"
prepared_by = "Ann"
cost_centre = "team"
[entities.Labs]
share = 0.6
controlled = false
key = "Labs key"
tags = { entity = "labs" }
"""
WIND = """
[wind]
kind = "certificate"
mwh = 12
g_per_kwh = 0
market = ["DE", "France"]
place = "NO"
year = 2025
tracking = "GO"
retired = 2026-01-31
owner = "Example"
source = "https://example.com"
"""


def test_everything_that_can_be_said():
    found = organisation(tomllib.loads(WHOLE))
    assert (found.name, found.consolidation, found.lease, found.standard, found.base_year) == ("Example", "equity-share", "finance", "esrs-revised", 2025)
    assert (found.recalculation_threshold, found.revenue, found.currency, found.prepared_by, found.cost_centre) == (0.05, 12.5e6, "SEK", "Ann", "team")
    assert found.entities == (Entity("Labs", 0.6, False, "Labs key", {"entity": "labs"}),)


def test_an_instrument_with_all_of_its_attributes():
    (found,) = instruments(tomllib.loads(WIND))
    assert found == Instrument("wind", "certificate", 0.0, ("DE", "France"), 2025, 12.0, "NO", "GO", "2026-01-31", "Example", "https://example.com")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('consolidation = "control"', "consolidation: must be one of operational-control, financial-control, equity-share"),
        ('lease = "short"', "lease: must be one of operating, finance"),
        ('standard = "gri"', "standard: must be one of esrs-set-1, esrs-revised, vsme"),
        ("base_year = 25", "base_year: must be a year from 1990 to 2100, not 25"),
        ("base_year = true", "base_year: must be a year"),
        ("recalculation_threshold = 5", "recalculation_threshold: must be a number from 0 to 1, not 5"),
        ("revenue = -1", "revenue: must be a number from 0"),
        ('nmae = "x"', "organisation.nmae is no setting: did you mean name"),
        ("name = 7", "name: must be a string"),
        ("entities = 7", "entities: must be a table"),
        ("[entities.Labs]\nshare = 0.5", "Labs: key or tags is missing"),
        ('[entities.Labs]\nkey = "k"\nshare = 50', "Labs.share: must be a number from 0 to 1, not 50"),
        ('[entities.Labs]\nkey = "k"\ncontrolled = 1', "Labs.controlled: must be true or false"),
        ("[entities.Labs]\ntags = { team = 1 }", "Labs.tags.team: must be a string"),
    ],
)
def test_a_mistake_in_the_organisation_names_its_key(text, message):
    with pytest.raises(ValueError, match=message):
        organisation(tomllib.loads(text))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('kind = "certificate"', "", "wind.kind is missing"),
        ('kind = "certificate"', 'kind = "offset"', "wind.kind: must be one of certificate, contract, supplier-rate, residual-mix"),
        ("mwh = 12", "", "wind.mwh is missing: a certificate is for so many MWh"),
        ('kind = "certificate"', 'kind = "supplier-rate"', "wind.mwh is not for a supplier-rate"),
        ("mwh = 12", "mwh = -1", "wind.mwh: must be a number from 0"),
        ("g_per_kwh = 0", "", "wind.g_per_kwh is missing"),
        ("g_per_kwh = 0", "g_per_kwh = 9e9", "wind.g_per_kwh: must be a number from 0 to 5000"),
        ('market = ["DE", "France"]', "market = []", "wind.market: must name a country"),
        ("year = 2025", 'year = "2025"', "wind.year: must be a year"),
        ('place = "NO"', 'plaec = "NO"', "wind.plaec is no setting: did you mean place"),
        ("retired = 2026-01-31", "retired = 5", "wind.retired: must be a string"),
    ],
)
def test_a_mistake_in_an_instrument_names_its_key(old, new, message):
    assert old in WIND
    with pytest.raises(ValueError, match=message):
        instruments(tomllib.loads(WIND.replace(old, new)))


def test_a_mistake_is_an_error_of_the_file(eco, tmp_path):
    folder = tmp_path / "config" / "eco"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text('[instruments.wind]\nkind = "offset"\n', "utf-8")
    result = eco("report", exit_code=4)
    assert "config.toml: instruments: wind." in result.stderr
