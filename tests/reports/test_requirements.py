"""What the report says of disclosure standards: identifiers with a paragraph and a source, categories with a reason, and lines by other names."""

import csv
import io
import json
import re
from datetime import UTC, date
from math import fsum

import pytest

from ecocli.core.organisation import REVISED, SET_1, VSME
from ecocli.reports.categories import DECISIONS
from ecocli.reports.classification import DATA_TYPES, ISO_BY_CATEGORY, ISO_CATEGORIES
from ecocli.reports.datapoints import NAMES, SUCCESSOR, VSME_CHOSEN, applies
from ecocli.reports.frameworks import COVERED, FRAMEWORKS, UNVERIFIED
from ecocli.reports.inventory import CATEGORIES
from ecocli.reports.requirements import BY_CATEGORY, CATEGORY_MEMBERS, CLOUD, REQUIREMENTS, Place
from ecocli.reports.texts import TEXTS
from tests.reports.test_report import whole

COUNTS = {"prompt_tokens": 1000, "completion_tokens": 500}
OWN = {"provider": "ollama", "model": "llama-3.1-8b", "region": "DE", "hosting": "own", **COUNTS}
RENTED = OWN | {"provider": "vLLM", "hosting": "rented"}
CLOUD_CALL = {"provider": "AWS", "model": "claude-sonnet-4.5", "region": "us-east-1", "hosting": "cloud", **COUNTS}
API_CALL = {"provider": "OpenAI", "model": "gpt-4o", **COUNTS}
BOUGHT_OWN = OWN | {"control": False}
FORMATS = ("text", "md", "html", "csv")
READ = {
    SET_1: {"35": 55, "AR": (39, 54)},
    REVISED: {"25": 31, "AR": (18, 26)},
    VSME: {"29": 53, "AR": (0, -1)},
}
"""First and last paragraphs and application requirements that were read of each text, as texts.py says."""


@pytest.fixture
def env(env):
    return env | {"ECO_TZ": "UTC"}


def record(eco, *events) -> None:
    eco("record", "--quiet", input="\n".join(map(json.dumps, events)))


def configure(tmp_path, text: str) -> None:
    folder = tmp_path / "config" / "eco"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.toml").write_text(text, "utf-8")


def near(value: float) -> object:
    return pytest.approx(value, rel=1e-12, abs=1e-24)


def points(report: dict, key: str = "esrs") -> dict[str, dict]:
    return {point["name"]: point for point in report[key]["datapoints"]}


@pytest.mark.parametrize("standard", [SET_1, REVISED, VSME])
@pytest.mark.parametrize("key", REQUIREMENTS)
def test_an_identifier_stands_in_a_paragraph_that_was_read(key, standard):
    place = REQUIREMENTS[key].place(standard)
    if place is None:
        return
    assert TEXTS[standard].read_on is not None
    assert place.id.startswith({SET_1: ("E1-5", "E1-6"), REVISED: ("E1-7", "E1-8"), VSME: ("B3",)}[standard])
    paragraphs = [int(number) for number in re.findall(r"\d+", re.sub(r"\(.*", "", place.paragraph))]
    first, last = READ[standard]["AR"] if place.paragraph.startswith("AR ") else next((int(first), last) for first, last in READ[standard].items() if first != "AR")
    assert paragraphs and all(first <= number <= last for number in paragraphs)


@pytest.mark.parametrize("key", REQUIREMENTS)
def test_every_requirement_is_asked_for_somewhere_and_its_element_goes_with_its_standard(key):
    found = REQUIREMENTS[key]
    assert any(found.place(standard) for standard in (SET_1, REVISED, VSME))
    assert (found.vsme_element is None) == (found.vsme is None)
    assert (found.esrs_element is None) == (found.set_1 is None)
    assert found.element(VSME) is None or found.element(VSME).startswith("vsme:")
    assert found.element(SET_1) is None or re.fullmatch(r"esrs:[A-Z][A-Za-z0-9]+", found.element(SET_1))


def test_the_revised_standards_ask_neither_for_totals_nor_for_an_intensity_nor_for_the_share_of_primary_data():
    """Of E1-7 and E1-8, paragraphs 25 to 31: energy, gross emissions by scope, the approach, and what is biogenic."""
    without = {key for key, found in REQUIREMENTS.items() if found.set_1 and not found.revised}
    assert without == {"total_location", "total_market", "intensity_location", "intensity_market", "primary_data", "excluded"}


def test_a_datapoint_is_in_one_version_only_what_its_paragraph_is():
    """Five identifiers that EFRAG's workbook and the Official Journal give, written down by hand."""
    by_hand = {
        "own_energy": ("E1-5_01", "37", "E1-7", "26"),
        "scope_2_location": ("E1-6_09", "49(a)", "E1-8", "30(a)(ii)"),
        "scope_2_market": ("E1-6_10", "49(b)", "E1-8", "30(a)(ii)"),
        "scope_3": ("E1-6_11", "51", "E1-8", "30(a)(iii)"),
        "cloud": ("E1-6", "AR 51", "E1-8", "AR 24(g)"),
    }
    for key, expected in by_hand.items():
        first, second = REQUIREMENTS[key].set_1, REQUIREMENTS[key].revised
        assert (first.id, first.paragraph, second.id, second.paragraph) == expected


@pytest.mark.parametrize(("paragraph", "words"), [("37", "paragraph 37"), ("50-53", "paragraphs 50 to 53"), ("AR 46(i)", "AR 46(i)")])
def test_a_paragraph_is_called_what_one_calls_it(paragraph, words):
    assert Place("B3", paragraph).words == words


def test_every_text_has_an_owner_and_a_date_or_says_that_it_was_not_read():
    for text in TEXTS.values():
        assert text.title and text.url.startswith("https://")
        assert (text.read_on is None) == (text.read == "not read")
        assert text.read_on is None or date.fromisoformat(text.read_on).isoformat() == text.read_on


def test_what_was_not_read_is_claimed_nowhere():
    for each in FRAMEWORKS:
        assert each.covered in COVERED
        assert (TEXTS[each.text].read_on is None) == (each.covered == UNVERIFIED)
        assert each.covered != UNVERIFIED or "not read" in each.why


def test_all_fifteen_categories_have_a_reason():
    assert [each.number for each in DECISIONS] == list(range(1, 16))
    assert all(each.why for each in DECISIONS)
    assert tuple(each.number for each in DECISIONS if each.is_included) == CATEGORIES
    assert CATEGORY_MEMBERS.keys() == set(CATEGORIES)


def test_every_line_of_the_inventory_has_a_data_type_and_an_iso_category(eco):
    record(eco, OWN, RENTED, CLOUD_CALL, API_CALL, BOUGHT_OWN, RENTED | {"control": True})
    lines = eco("report", "--json").json["scopes"]
    assert {line["category"] for line in lines} == {None, *CATEGORIES} == ISO_BY_CATEGORY.keys()
    for line in lines:
        assert line["iso14064"] in ISO_CATEGORIES
        assert line["dataType"] == (None if line["scope"] == 2 else "average")
    assert "average" in DATA_TYPES
    by_category = {line["category"]: line["iso14064"] for line in lines}
    # bought energy; a service that is used; hardware and fuels that are bought; a machine that is rented
    assert by_category == {None: "2", 1: "4.2", 2: "4.1", 3: "4.1", 8: "4.2"}


def test_cloud_and_api_are_the_subset_of_category_1_that_machines_run_by_others_are_not(eco):
    record(eco, CLOUD_CALL, API_CALL, BOUGHT_OWN)
    report = eco("report", "--json").json
    bought = [line["co2Tonnes"] for line in report["scopes"] if line["category"] == 1]
    services = [line["co2Tonnes"] for line in report["scopes"] if line["category"] == 1 and line["hosting"] in ("cloud", "api")]
    assert 0 < fsum(services) < fsum(bought)
    point = points(report)[REQUIREMENTS[CLOUD].name]
    assert point["value"] == near(fsum(services))
    assert (point["element"], point["member"]) == ("esrs:GrossScope3GreenhouseGasEmissions", "esrs:Category11CloudComputingAndDataCentreServicesMember")
    first = points(report)[f"{REQUIREMENTS[BY_CATEGORY].name}: 1 purchased goods and services"]
    assert (first["value"], first["member"]) == (near(fsum(bought)), "esrs:Category1PurchasedGoodsAndServicesMember")


def test_vsme_stands_in_the_place_of_esrs(eco, tmp_path):
    record(eco, OWN, CLOUD_CALL)
    esrs = eco("report", "--json", "--revenue", "1000").json
    configure(tmp_path, '[organisation]\nstandard = "vsme"\nrevenue = 1000\n')
    report = eco("report", "--json").json
    assert (report["esrs"], esrs["vsme"]) == (None, None)
    assert report["vsme"]["applies"] == VSME_CHOSEN and SUCCESSOR in report["vsme"]["notes"]
    found = {point["element"]: point for point in report["vsme"]["datapoints"]}
    assert {each["version"] for point in found.values() for each in point["ids"]} == {NAMES[VSME]}
    scope_2 = report["gross"]["scope2"]["co2Tonnes"]
    assert found["vsme:GrossLocationBasedScope2GreenhouseGasEmissions"]["value"] == near(scope_2)
    assert found["vsme:GrossScope3GreenhouseGasEmissions"]["value"] == near(report["gross"]["scope3"]["co2Tonnes"])
    # its intensity is that of scopes 1 and 2 alone, in grams by a euro
    assert found["vsme:Scope1AndScope2GreenhouseGasEmissionsIntensityValueLocationBased"]["value"] == near(scope_2 * 1e6 / 1000)
    assert [each["paragraph"] for each in found["vsme:TotalEnergyConsumption"]["ids"]] == ["paragraph 29"]


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_has_the_datapoints_the_categories_and_the_frameworks(eco, tmp_path, format):
    record(eco, OWN, CLOUD_CALL)
    text = " ".join(eco("report", *whole(format)).stdout.split())
    for words in ("E1-6_09", "30(a)(ii)", "esrs:GrossLocationBasedScope2GreenhouseGasEmissions", "a call causes no travel", "AFNOR SPEC 2314", "2026-11-29"):
        assert words in text, f"{words} is not in {format}"
    assert "vsme:" not in text
    configure(tmp_path, '[organisation]\nstandard = "vsme"\n')
    text = " ".join(eco("report", *whole(format)).stdout.split())
    assert "vsme:GrossLocationBasedScope2GreenhouseGasEmissions" in text and "esrs:" not in text
    assert "E1-6" not in text


def test_csv_has_each_category_and_framework_once(eco):
    record(eco, OWN)
    rows = list(csv.DictReader(io.StringIO(eco("report", "--format", "csv").stdout)))
    decided = [row["figure"] for row in rows if row["section"] == "scope 3 category"]
    assert (len(decided), decided.count("included")) == (15, 4)
    assert [row["item"] for row in rows if row["section"] == "framework"] == [each.name for each in FRAMEWORKS]
    assert {row["item"] for row in rows if row["section"] == "text of a standard"} == TEXTS.keys()


def test_a_residual_mix_is_no_contractual_instrument(eco, tmp_path):
    """What is left of a grid when every instrument has been taken out of it."""
    record(eco, OWN | {"startTimeMs": 1_740_787_200_000})
    instrument = '[instruments.{0}]\nkind = "{0}"\ng_per_kwh = 100\nmarket = ["DE"]\nyear = 2025\n{1}'
    name = REQUIREMENTS["instruments"].name
    configure(tmp_path, instrument.format("residual-mix", 'source = "a table"\n'))
    assert not [each for each in points(eco("report", "--json").json) if each.startswith(name)]
    configure(tmp_path, instrument.format("certificate", "mwh = 1\n"))
    assert points(eco("report", "--json").json)[f"{name}: certificate"]["value"] == near(100)


def test_what_the_undertaking_elected_is_said():
    in_2026 = 1_767_225_600_000
    assert "elected set 1" in applies(in_2026, UTC, SET_1)
    assert "elected the revised standards" in applies(in_2026, UTC, REVISED)
    assert "may be applied by choice" in applies(in_2026, UTC)
    assert applies(in_2026, UTC, VSME) == VSME_CHOSEN
