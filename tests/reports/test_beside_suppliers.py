"""Suppliers' own figures stand beside the estimate of the same provider, months and places, and in no total."""

import csv
import io
import json
from math import fsum

import pytest

from ecocli.core.quantity import Estimate
from ecocli.render.report.suppliers import CUT, FILTERED, TITLE
from ecocli.reports.suppliers import SupplierLine, SupplierTotal
from tests.reports.test_report import whole
from tests.supplier_helpers import AWS, AZURE, GOOGLE, nested, write, write_json

MARCH_MS = 1_740_787_200_000
"""2025-03-01 in UTC."""
DAY_MS = 86_400_000
YEAR = ("--start-date", "2025-01-01", "--end-date", "2025-12-31")


@pytest.fixture
def env(env):
    return env | {"ECO_TZ": "UTC"}


def record(eco, *events) -> None:
    base = {"provider": "AWS", "model": "claude-sonnet-4.5", "region": "us-east-1", "prompt_tokens": 1000, "completion_tokens": 500, "startTimeMs": MARCH_MS}
    whole = ({name: value for name, value in (base | event).items() if value is not None} for event in events)
    eco("record", "--quiet", input="\n".join(map(json.dumps, whole)))


def estimate_kg(eco, condition: str = "true") -> float:
    """What the calls are estimated at, hardware included, by a sum of its own."""
    return fsum(row["g"] for row in eco("db", "query", f"SELECT co2_g + embodied_co2_g AS g FROM calls WHERE {condition}").json) / 1000


def beside(eco, *more: str) -> dict:
    return eco("report", *YEAR, *more, "--json").json["besideSuppliers"]


def the_one(found: dict) -> dict:
    (supplier,) = found["suppliers"]
    return supplier


def near(value: float) -> object:
    return pytest.approx(value, rel=1e-12)


def line(kg: float | None, g: float, calls: int = 1, basis: str | None = "location") -> SupplierLine:
    return SupplierLine("aws", "2025-03", "us-east-1", ("AmazonBedrock",), {} if kg is None else {basis: kg}, (), ("v3",), calls, Estimate(g / 2, g, g * 2))


def test_ratio_and_coverage_by_hand():
    """
    Of 10 kg, 6 are of places with calls, of which 3 kg are estimated: the estimate is half. 1 kg more is of a place without a figure.
    """
    total = SupplierTotal("aws", 1, [line(6.0, 3000.0), line(4.0, 0.0, calls=0), line(None, 1000.0)], 0)
    assert (total.given_kg(), total.estimate_g().value) == (10.0, 4000.0)
    assert (total.ratio, total.estimate_share, total.given_share) == (0.5, 0.75, 0.6)


def test_no_ratio_without_calls_or_to_nothing_or_to_a_market_based_figure():
    assert line(6.0, 3000.0).ratio == 0.5
    assert line(6.0, 3000.0, basis=None).ratio == 0.5
    assert [each.ratio for each in (line(6.0, 0.0, calls=0), line(0.0, 3000.0), line(None, 3000.0), line(6.0, 3000.0, basis="market"))] == [None] * 4
    empty = SupplierTotal("aws", 0, [], 0)
    assert (empty.ratio, empty.estimate_share, empty.given_share) == (None, None, None)


def test_a_supplier_that_says_what_is_estimated_has_a_ratio_of_one(eco, tmp_path):
    record(eco, {}, {"prompt_tokens": 5000})
    eco("import", "supplier", str(write(tmp_path / "a.csv", AWS | {"total_lbm_emissions_value": repr(estimate_kg(eco) / 1000)})))
    found = the_one(beside(eco))
    assert found["estimateOverSupplier"] == near(1.0)
    assert (found["estimateShareCompared"], found["supplierShareCompared"], found["months"]) == (1.0, 1.0, 1)
    assert found["estimateCo2Kg"] == near(estimate_kg(eco))


def test_each_place_and_month_stands_beside_its_own_calls(eco, tmp_path):
    record(
        eco,
        {},
        {"region": "eu-central-1", "prompt_tokens": 2000},
        {"startTimeMs": MARCH_MS + 40 * DAY_MS, "prompt_tokens": 3000},
        {"startTimeMs": MARCH_MS + 70 * DAY_MS},
        {"provider": "OpenAI", "model": "gpt-4o"},
    )
    april = AWS | {"usage_period_start": "2025-04-01 00:00:00Z", "total_lbm_emissions_value": "0.002"}
    idle = AWS | {"region_code": "eu-west-1", "total_lbm_emissions_value": "0.001"}
    eco("import", "supplier", str(write(tmp_path / "a.csv", AWS, april, idle)))
    whole = beside(eco)
    found, lines = the_one(whole), {(each["month"], each["place"]): each for each in whole["lines"]}
    assert list(lines) == [("2025-03", "eu-central-1"), ("2025-03", "eu-west-1"), ("2025-03", "us-east-1"), ("2025-04", "us-east-1")]
    assert [each["supplierCo2Kg"].get("locationBased") for each in lines.values()] == [None, 1.0, 4.0, 2.0]
    assert [each["calls"] for each in lines.values()] == [1, 0, 1, 1]
    in_virginia = estimate_kg(eco, "region = 'us-east-1' AND started_at < '2025-04' AND provider_id = 'aws'")
    assert lines["2025-03", "us-east-1"]["estimateOverSupplier"] == near(in_virginia / 4)
    assert lines["2025-03", "eu-west-1"]["estimateOverSupplier"] is lines["2025-03", "eu-central-1"]["estimateOverSupplier"] is None
    both = estimate_kg(eco, "region = 'us-east-1' AND started_at < '2025-05' AND provider_id = 'aws'")
    assert found["estimateOverSupplier"] == near(both / 6)
    assert found["supplierShareCompared"] == near(6 / 7)
    assert found["estimateShareCompared"] == near(both / estimate_kg(eco, "started_at < '2025-05' AND provider_id = 'aws'"))
    assert (found["months"], found["callsInOtherMonths"]) == (2, 1)


def test_calls_on_a_machine_are_none_to_the_suppliers_service(eco, tmp_path):
    record(eco, {}, {"hosting": "rented"}, {"hosting": "own"}, {"tags": {"hosting": "leased"}}, {"hosting": "cloud"}, {"hosting": "api"})
    eco("import", "supplier", str(write(tmp_path / "a.csv", AWS)))
    (line,) = beside(eco)["lines"]
    assert line["calls"] == 3


def test_zones_and_projects_of_a_place_add_up_and_names_are_the_catalogues(eco, tmp_path):
    record(eco, {"provider": "Google", "model": "gemini-3-pro", "region": "europe-west4"}, {"provider": "Google", "model": "gemini-3-pro", "region": None})
    zone = GOOGLE | {"location.location": "europe-west4-a", "project.number": "9"}
    gemini = GOOGLE | {"service.description": "Gemini API", "service.id": "AEFD-7695-64FA", "location.location": "global", "location.region": ""}
    eco("import", "supplier", str(write_json(tmp_path / "a.json", [nested(GOOGLE), nested(zone), nested(gemini)])))
    lines = {each["place"]: each for each in beside(eco)["lines"]}
    assert {name: (each["calls"], each["supplierCo2Kg"]) for name, each in lines.items()} == {
        "europe-west4": (1, {"locationBased": 16.0, "marketBased": 7.0}),
        "global": (0, {"locationBased": 8.0, "marketBased": 3.5}),
        "us-google": (1, {}),
    }
    assert (lines["europe-west4"]["scopes"], lines["global"]["services"]) == (["1", "2", "3"], ["Gemini API"])


def test_azures_scopes_add_up_and_its_basis_is_not_stated(eco, tmp_path):
    """2 kg of scope 2 and 0.5 of scope 3."""
    record(eco, {"provider": "Azure", "model": "gpt-4o", "region": "swedencentral"})
    eco("import", "supplier", str(write_json(tmp_path / "a.json", {"value": [AZURE, AZURE | {"scopeId": 3, "totalEmissions": 0.0005}]})))
    (found,) = beside(eco)["lines"]
    assert (found["place"], found["supplierCo2Kg"], found["scopes"], found["calls"]) == ("swedencentral", {"notStated": 2.5}, ["2", "3"], 1)
    assert found["estimateOverSupplier"] == near(estimate_kg(eco) / 2.5)


def test_no_other_figure_of_the_report_changes(eco, tmp_path):
    record(eco, {}, {"provider": "Azure", "model": "gpt-4o", "region": "swedencentral"})
    before = eco("report", *YEAR, "--json").json
    eco("import", "supplier", str(write(tmp_path / "a.csv", AWS)))
    after = eco("report", *YEAR, "--json").json
    nothing = {"inTotals": False, "dataType": "supplier-specific", "isFiltered": False, "suppliers": [], "lines": [], "restated": [], "cutMonths": []}
    assert before.pop("besideSuppliers") == nothing
    assert after.pop("besideSuppliers")["suppliers"]
    assert after | {"generated": 0} == before | {"generated": 0}


def test_months_that_the_period_cuts_are_named_and_left_out(eco, tmp_path):
    record(eco, {})
    eco("import", "supplier", str(write(tmp_path / "a.csv", AWS)))
    found = eco("report", "--start-date", "2025-03-02", "--end-date", "2025-12-31", "--json").json["besideSuppliers"]
    assert (found["suppliers"], found["cutMonths"]) == ([], ["2025-03"])
    assert CUT.format("2025-03") in eco("report", "--start-date", "2025-03-02", "--format", "md").stdout
    assert eco("report", "--start-date", "2025-04-01", "--json").json["besideSuppliers"]["cutMonths"] == []
    assert the_one(eco("report", "--start-date", "2025-03-01", "--end-date", "2025-03-31", "--tz", "Asia/Tokyo", "--json").json["besideSuppliers"])["months"] == 1


def test_a_choice_of_calls_is_not_compared_with_a_whole_account(eco, tmp_path):
    record(eco, {})
    assert FILTERED not in eco("report", "--model", "claude-sonnet-4.5", "--format", "md").stdout
    eco("import", "supplier", str(write(tmp_path / "a.csv", AWS)))
    assert beside(eco, "--model", "claude-sonnet-4.5")["suppliers"] == []
    assert FILTERED in eco("report", "--model", "claude-sonnet-4.5", "--format", "md").stdout


def test_what_a_supplier_restated_is_shown_as_it_was_and_is(eco, tmp_path):
    path = write(tmp_path / "a.csv", AWS | {"model_version": "v2.0.0", "total_lbm_emissions_value": "0.009"})
    eco("import", "supplier", str(path))
    eco("import", "supplier", str(write(path, AWS)))
    found = beside(eco)
    assert found["restated"] == [
        {"supplier": "aws", "month": "2025-03", "basis": basis, "beforeCo2Kg": before, "nowCo2Kg": now, "beforeModelVersions": ["v2.0.0"], "nowModelVersions": ["v3.0.0"]}
        for basis, before, now in (("locationBased", 9.0, 4.0), ("marketBased", 1.0, 1.0))
    ]
    assert the_one(found)["supplierCo2Kg"] == 4.0
    assert "Restated by the supplier" in eco("report", *YEAR, "--format", "md").stdout


@pytest.mark.parametrize("format", ["text", "md", "html"])
def test_the_section_is_in_every_format_for_people_and_only_with_figures(eco, tmp_path, format):
    record(eco, {})
    title = TITLE.replace("'", "&#39;") if format == "html" else TITLE
    assert title not in eco("report", *YEAR, *whole(format)).stdout
    eco("import", "supplier", str(write(tmp_path / "a.csv", AWS)))
    shown = eco("report", *YEAR, *whole(format)).stdout
    assert title in shown
    assert all(word in shown for word in ("AmazonBedrock", "us-east-1", "v3.0.0", "4.00"))


def test_what_a_supplier_says_is_supplier_specific_and_what_eco_estimates_is_average(eco, tmp_path):
    record(eco, {})
    eco("import", "supplier", str(write(tmp_path / "a.csv", AWS)))
    report = eco("report", *YEAR, "--json").json
    assert report["besideSuppliers"]["dataType"] == "supplier-specific"
    assert {each["dataType"] for each in report["scopes"]} == {"average"}
    assert "Their figures are supplier-specific data, the estimate is average data." in eco("report", *YEAR, "--format", "md").stdout


def test_csv_has_the_same_in_full(eco, tmp_path):
    record(eco, {})
    eco("import", "supplier", str(write(tmp_path / "a.csv", AWS)))
    found = the_one(beside(eco))
    rows = [row for row in csv.DictReader(io.StringIO(eco("report", *YEAR, "--format", "csv").stdout)) if row["section"] == "supplier's own figure, in no total"]
    values = {row["figure"]: row["value"] for row in rows if row["item"] == "aws 2025-03 us-east-1"}
    assert values["supplier's, locationBased"] == "4.0"
    assert float(values["estimate"]) == found["estimateCo2Kg"]
    assert float(values["estimate over supplier's"]) == found["estimateOverSupplier"]
    assert {row["share"] for row in rows if row["figure"].startswith("share of")} == {"1.0"}
