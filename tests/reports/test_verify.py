"""A report that was written is made anew from what its file says, and each figure that differs is named."""

import json

import pytest

from ecocli.contract.report_check import differences
from ecocli.errors import BadData, MissingFile, NotPermitted, ReportDiffers, UsageError
from tests.supplier_helpers import AWS, write

MARCH_MS = 1_740_787_200_000
"""2025-03-01 in UTC."""
PERIOD = ("--start-date", "2025-03-01", "--end-date", "2025-03-31")
CONFIG = """
[organisation]
name = "Example GmbH"
revenue = 1000
cost_centre = "team"
base_year = 2025
recalculation_threshold = 0.05

[organisation.entities.Labs]
share = 0.5
controlled = false
tags = {entity = "labs"}

[instruments.wind]
kind = "certificate"
mwh = 0.000001
g_per_kwh = 0
market = "Germany"
year = 2025
retired = 2026-01-31
owner = "Example GmbH"
"""
EVENTS = [
    {"provider": "OpenAI", "model": "gpt-4o", "tags": {"team": "a"}},
    {"provider": "ollama", "model": "llama-3.1-8b", "region": "DE", "tags": {"entity": "labs"}},
    {"provider": "ollama", "model": "llama-3.1-8b", "region": "DE", "startTimeMs": MARCH_MS - 1_000},
]


@pytest.fixture
def env(env):
    return env | {"ECO_TZ": "Europe/Berlin"}


@pytest.fixture
def written(eco, tmp_path):
    """A report of March in Berlin, which has the last second of February in UTC, of an undertaking with an entity and an instrument."""
    (tmp_path / "config" / "eco").mkdir(parents=True)
    (tmp_path / "config" / "eco" / "config.toml").write_text(CONFIG, "utf-8")
    base = {"prompt_tokens": 1000, "completion_tokens": 500, "startTimeMs": MARCH_MS}
    eco("record", "--quiet", input="\n".join(json.dumps(base | {"id": str(at)} | event) for at, event in enumerate(EVENTS)))
    eco("report", *PERIOD, "--output", "march.json")
    return tmp_path / "march.json"


def add(eco) -> None:
    eco("record", "--quiet", "--provider", "OpenAI", "--model", "gpt-4o", "--prompt-tokens", "1", "--completion-tokens", "1", "--start-time-ms", str(MARCH_MS))


def test_what_is_the_same_is_said_to_be(eco, written):
    found = eco("report", "--verify", "march.json", "--json")
    evidence = json.loads(written.read_text("utf-8"))["evidence"]
    assert (found.json["same"], found.json["differences"]) == (True, [])
    assert found.json["rows"] == {"then": 3, "now": 3, "same": True}
    assert eco("report", "--verify", "march.json", "--format", "text").stdout == f"the same: 3 rows, SHA-256 {evidence['sha256']}\n"


def test_it_rests_on_the_file_and_not_on_todays_settings(eco, written):
    """Another zone would leave out a call, and without the entity and the instrument other figures would be counted."""
    (written.parent / "config" / "eco" / "config.toml").write_text("[organisation]\nname = 'Other'\n", "utf-8")
    assert eco("report", "--verify", "march.json", "--json", ECO_TZ="Asia/Tokyo").json["same"] is True


def test_a_call_more_is_found_everywhere(eco, written):
    add(eco)
    result = eco("report", "--verify", "march.json", "--json", exit_code=ReportDiffers.exit_code)
    found = {each["figure"]: (each["then"], each["now"]) for each in result.json["differences"]}
    assert found["total.calls"] == found["evidence.rows"] == (3, 4)
    assert found["byModel[openai/gpt-4o].calls"] == (1, 2)
    assert found["evidence.sha256"][0] == json.loads(written.read_text("utf-8"))["evidence"]["sha256"]
    assert not any("llama" in figure and "share" not in figure for figure in found)
    assert json.loads(result.stderr)["error"]["code"] == "report-differs"


def test_a_person_reads_the_figures_first(eco, written):
    add(eco)
    result = eco("report", "--verify", "march.json", "--format", "text", exit_code=8)
    lines = result.stdout.splitlines()
    assert lines[0].startswith("written  eco ") and lines[1].startswith("now      eco ") and "4 rows" in lines[1]
    assert "total.calls: 3 → 4" in lines and lines[-1].endswith("more: --json lists them all")
    assert not any("range" in line for line in lines)
    assert result.stderr.endswith("hint: eco report of the same period shows a restatement where it was locked\n") and "its rows are others" in result.stderr


def test_a_file_that_somebody_changed(eco, written):
    """Every number of it, one by one; the hash of the rows is the same."""
    body = json.loads(written.read_text("utf-8"))
    for path in (("gross", "total", "co2Tonnes"), ("scopes", 0, "co2Tonnes"), ("scope2", "marketBased", "co2Tonnes"), ("byModel", 0, "range", "co2Tonnes", 1), ("esrs", "datapoints", 0, "value"), ("evidence", "rows")):
        changed = json.loads(json.dumps(body))
        part = changed
        for name in path[:-1]:
            part = part[name]
        assert isinstance(part[path[-1]], int | float)
        part[path[-1]] = part[path[-1]] * 1.001 + 1e-9
        written.write_text(json.dumps(changed), "utf-8")
        result = eco("report", "--verify", "march.json", "--json", exit_code=8)
        assert [each["figure"].rsplit(".")[-1].partition("[")[0] for each in result.json["differences"]] == [[name for name in path if isinstance(name, str)][-1]], path
        assert result.json["rows"]["same"] is True or path[0] == "evidence"
        assert "its rows are the same" in result.stderr


def test_other_sentences_and_another_version_of_eco_are_no_difference(eco, written):
    body = json.loads(written.read_text("utf-8"))
    body |= {"label": "…", "boundaries": [], "warnings": ["!"], "evidence": body["evidence"] | {"ecoVersion": "0.0.1"}}
    body["scopes"] = [line | {"what": "…", "categoryName": "…"} for line in body["scopes"]]
    written.write_text(json.dumps(body), "utf-8")
    assert eco("report", "--verify", "march.json", "--json").json["ecoVersion"]["then"] == "0.0.1"


def test_elements_of_lists_are_known_by_their_names_not_their_places():
    then = {"byModel": [{"name": "a", "calls": 1}, {"name": "b", "calls": 2}]}
    now = {"byModel": [{"name": "b", "calls": 2}, {"name": "c", "calls": 3}]}
    assert [(each.where, each.then, each.now) for each in differences(then, now)] == [("byModel[a].calls", 1, None), ("byModel[c].calls", None, 3)]
    assert differences(then, {"byModel": then["byModel"][::-1]}) == []


@pytest.mark.parametrize(
    "each",
    [
        *([{"name": None, "calls": 1}, {"name": "sales", "calls": 2}], [{"supplier": "google-cloud", "months": 1}, {"supplier": "aws", "months": 2}]),
        [{"rung": "grid-average", "instrument": None, "country": "DEU", "year": year, "co2Tonnes": year} for year in (2024, 2025)],
        [{"supplier": "aws", "month": "2025-03", "place": place, "calls": calls} for calls, place in enumerate((None, "us-east-1", "eu-central-1"))],
    ],
)
def test_the_first_one_that_goes_makes_no_other_one_differ(each):
    """Cost centres stand by their emissions, suppliers in a fixed order, instruments by year: any of them may change places."""
    gone = each[0]
    found = differences({"list": each}, {"list": each[1:]})
    assert found and all(difference.now is None and difference.then in gone.values() for difference in found)


def test_rounding_is_no_difference():
    total = {"total": {"co2Tonnes": 0.1 + 0.2}}
    assert differences(total, {"total": {"co2Tonnes": 0.3}}) == []
    assert len(differences(total, {"total": {"co2Tonnes": 0.3 * (1 + 1e-8)}})) == 1


@pytest.mark.parametrize("format", ["text", "md", "html", "csv"])
def test_other_formats_are_refused(eco, written, format):
    eco("report", *PERIOD, "--format", format, "--output", "march.out")
    found = eco("report", "--verify", "march.out", exit_code=BadData.exit_code)
    assert found.stderr.startswith("eco: 'march.out' is no report that can be verified: not JSON: ")
    assert found.stderr.endswith("\nhint: give a file that eco report --format json wrote; --verify reads no other format\n")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda body: body.clear(), "it has not the title of one"),
        (lambda body: body.pop("evidence"), "it has no evidence\nhint: it is of an older eco, which kept no hash: make it anew"),
        (lambda body: body["evidence"].update(form="eco-rows-9"), "its hash is of the form 'eco-rows-9', and this eco knows eco-rows-1\nhint: upgrade eco"),
        (lambda body: body.pop("period"), "period/filters or organisation/instruments cannot be read ('period')"),
        (lambda body: body["period"].update(timeZone="Mars/Base"), "period/filters or organisation/instruments cannot be read (no time zone 'Mars/Base')"),
        (lambda body: body["period"].update(start="yesterday"), "period/filters or organisation/instruments cannot be read (Invalid isoformat string: 'yesterday')"),
        (lambda body: body["organisation"].update(consolidation="none"), "period/filters or organisation/instruments cannot be read (consolidation: must be one of"),
        (lambda body: body["instruments"][0].update(gramsPerKWh="0"), "period/filters or organisation/instruments cannot be read (wind.g_per_kwh: must be a number"),
        (lambda body: body.update(filters=[]), "period/filters or organisation/instruments cannot be read ("),
    ],
)
def test_what_is_no_report_is_named(eco, written, change, message):
    body = json.loads(written.read_text("utf-8"))
    change(body)
    written.write_text(json.dumps(body), "utf-8")
    found = eco("report", "--verify", "march.json", exit_code=BadData.exit_code)
    assert found.stdout == ""
    assert f"eco: 'march.json' is no report that can be verified: {message}" in found.stderr


def test_any_part_that_is_missing_or_odd_is_no_traceback(eco, written):
    body = json.loads(written.read_text("utf-8"))
    for name in body:
        for value in (None, [], {}, "x", 7, [None], [{"name": None}]):
            written.write_text(json.dumps(body | {name: value}), "utf-8")
            assert eco("report", "--verify", "march.json", "--json", exit_code=None).exit_code in (0, 4, 8)


def test_a_file_that_is_not_there(eco):
    assert eco("report", "--verify", "none.json", exit_code=MissingFile.exit_code).stderr == "eco: no file 'none.json'\n"
    assert eco("report", "--verify", ".", exit_code=BadData.exit_code).stderr == "eco: .: is a directory\n"


def test_the_file_says_what_the_report_is_of(eco, written):
    found = eco("report", "--verify", "march.json", "--since", "2025", exit_code=UsageError.exit_code)
    assert found.stderr == "eco: --verify takes what a report is of from its file, and there is --since\nhint: leave that out\n"


def test_it_needs_the_scope_of_looking_back(eco, written):
    secret = eco("keys", "create", "writer", "--scope", "record").stdout.strip()
    eco("report", "--verify", "march.json", exit_code=NotPermitted.exit_code, ECO_API_KEY=secret)


@pytest.mark.parametrize(
    ("option", "value", "rule"),
    [
        ("--revenue", "nan", "must be a number from 0 to 1e+15, not nan"),
        ("--revenue", "inf", "must be a number from 0 to 1e+15, not inf"),
        ("--revenue", "1e16", "must be a number from 0 to 1e+15, not 1e+16"),
        ("--organisation", "", "must be a string of 1 to 256 printable characters, not "),
        ("--organisation", "two\nlines", "must be a string of 1 to 256 printable characters, not two\\nlines"),
        ("--prepared-by", "x" * 257, f"must be a string of 1 to 256 printable characters, not {'x' * 59}…"),
    ],
)
def test_no_report_is_written_that_could_not_be_verified(eco, tmp_path, option, value, rule):
    found = eco("report", option, value, "--output", str(tmp_path / "report.json"), exit_code=UsageError.exit_code)
    assert found.stderr == f"eco: {option}: {rule}\n"
    assert not (tmp_path / "report.json").exists()


# figures of suppliers


@pytest.fixture
def with_supplier(eco, tmp_path):
    """A report of March with what AWS says of it, 4 kg."""
    eco("record", "--quiet", "--provider", "AWS", "--model", "claude-sonnet-4.5", "--region", "us-east-1", "--prompt-tokens", "1", "--completion-tokens", "1", "--start-time-ms", str(MARCH_MS))
    eco("import", "supplier", str(write(tmp_path / "aws.csv", AWS)))
    eco("report", *PERIOD, "--output", "march.json")
    return eco


@pytest.mark.parametrize(
    ("row", "count"),
    [
        ({"total_lbm_emissions_value": "0.005"}, 2),  # restated, with the market-based figure of the same version
        ({"model_version": "v4.0.0", "total_lbm_emissions_value": "0.005"}, 2),
        ({"region_code": "eu-central-1", "location": "Europe (Frankfurt)"}, 2),
        ({"usage_account_id": "100000000003"}, 2),
        ({"model_version": "v2.0.0", "total_lbm_emissions_value": "0.009"}, 2),  # of an earlier edition
    ],
)
def test_what_a_supplier_said_later_is_no_difference(with_supplier, tmp_path, row, count):
    with_supplier("import", "supplier", str(write(tmp_path / "later.csv", AWS | row | {"total_mbm_emissions_value": "0.002"})))
    found = with_supplier("report", "--verify", "march.json", "--json").json
    assert (found["same"], found["differences"], found["later"]) == (True, [], {"supplierFigures": count})
    same, later = with_supplier("report", "--verify", "march.json", "--format", "text").stdout.splitlines()
    assert same.startswith("the same: 1 row, ") and later == f"since then: {count} figures of suppliers, which the report does not have and which are in no total"


def test_what_a_supplier_said_later_of_another_month_is_nothing_to_this_one(with_supplier, tmp_path):
    april = {"usage_period_start": "2025-04-01 00:00:00Z", "usage_period_end": "2025-04-30 23:59:59Z"}
    with_supplier("import", "supplier", str(write(tmp_path / "later.csv", AWS | april)))
    assert with_supplier("report", "--verify", "march.json", "--json").json["later"] == {"supplierFigures": 0}
    assert len(with_supplier("report", "--verify", "march.json", "--format", "text").stdout.splitlines()) == 1


def test_figures_that_were_removed_are_a_difference_also_where_others_came(with_supplier, tmp_path):
    with_supplier("forget", "--supplier", "aws", "--yes")
    found = with_supplier("report", "--verify", "march.json", "--json", exit_code=ReportDiffers.exit_code).json
    differences = {each["figure"]: (each["then"], each["now"]) for each in found["differences"]}
    assert differences["besideSuppliers.suppliers[aws].supplierCo2Kg"] == differences["besideSuppliers.lines[aws, 2025-03, us-east-1].supplierCo2Kg.locationBased"] == (4.0, None)
    with_supplier("import", "supplier", str(write(tmp_path / "aws.csv", AWS)))
    again = with_supplier("report", "--verify", "march.json", "--json", exit_code=ReportDiffers.exit_code).json
    assert (again["differences"], again["later"]) == (found["differences"], {"supplierFigures": 2})
    assert with_supplier("report", "--verify", "march.json", "--format", "text", exit_code=8).stdout.splitlines()[-1].startswith("since then: 2 figures of suppliers")
