"""Every format of a report on two years says what the full export adds up to, which plain Python adds here without a line of eco."""

import io
import re
from math import fsum

import pytest

from tests import report_reading as reading
from tests import seeded_history as seeded
from tests.cli_helpers import run_here
from tests.conftest import _checked, environment

openpyxl = pytest.importorskip("openpyxl")

FORMATS = ("text", "md", "html", "json", "csv", "xlsx")
FOR_PEOPLE = ("text", "md", "html")


class Made:
    """The history, recorded once, its full export, and the report on it in every format."""

    def __init__(self, folder, cache) -> None:
        env = environment(folder, cache) | {"COLUMNS": "400"}
        self.eco = _checked(lambda arguments, data, variables: run_here(arguments, data, env | variables, folder))
        seeded.record(self.eco, folder / "config" / "eco")
        self.rows = seeded.rows(self.eco("history", "--all", "--full", "--format", "ndjson").stdout)
        self.report = {format: self._report(folder, format) for format in FORMATS}
        self.json = self.eco("report", *seeded.SPAN, "--json").json

    def _report(self, folder, format):
        self.eco("report", *seeded.SPAN, "--format", format, "--output", f"report.{format}")
        written = (folder / f"report.{format}").read_bytes()
        return openpyxl.load_workbook(io.BytesIO(written)) if format == "xlsx" else written.decode()

    def tables(self, format):
        return reading.TABLES[format](self.report[format])


@pytest.fixture(scope="module")
def made(tmp_path_factory, cache_folder):
    return Made(tmp_path_factory.mktemp("seeded"), cache_folder)


def near(value: float) -> object:
    return pytest.approx(value, rel=1e-12, abs=1e-24)


def rounded(shown: dict[str, float], exact: dict[str, float]) -> bool:
    return shown.keys() == exact.keys() and all(reading.is_rounded(shown[name], exact[name]) for name in exact)


def test_the_history_holds_what_it_is_for(made):
    """All kinds of hosting, both years, and none of what was undone, replaced or forgotten."""
    assert {row["hosting"] for row in made.rows} >= {"own", "rented", "cloud"}
    assert {row["logDate"][:4] for row in made.rows} == {"2024", "2025"}
    events = list(seeded.events())
    assert len(made.rows) == len(events) + 1 - 1  # one answer more, one call forgotten
    assert {row["keyName"] for row in made.rows} == {"local", seeded.KEY}
    months = {each["month"]: (each["voided"], each["replaced"], each["forgotten"]) for each in made.json["corrections"]}
    assert tuple(map(sum, zip(*months.values(), strict=True))) == (3, 2, 1)
    assert made.json["coverage"]["longestGap"]["days"] >= 31


def test_json_is_the_sum_to_the_last_digit(made):
    total = made.json["total"]
    expected = seeded.total(made.rows)
    assert {name: total[name] for name in expected} == expected


@pytest.mark.parametrize(("section", "by"), [("byModel", "byModel"), ("byRegion", "byRegion"), ("byCostCentre", "byCostCentre")])
def test_json_by_model_region_and_cost_centre(made, section, by):
    groups = {name: seeded.total(rows) for name, rows in seeded.grouped(made.rows, seeded.BY[by]).items()}
    assert {line["name"]: {name: line[name] for name in line.keys() & groups[line["name"]].keys()} for line in made.json[section]} == {
        name: {figure: sum[figure] for figure in sum if figure in made.json[section][0]} for name, sum in groups.items()
    }


def months(made) -> dict[str, float]:
    """Tonnes by month, those without a call too."""
    found = {name: seeded.total(rows)["co2Tonnes"] for name, rows in seeded.grouped(made.rows, seeded.BY["byMonth"]).items()}
    return {f"{year}-{month:02}": found.get(f"{year}-{month:02}", 0.0) for year in (2024, 2025) for month in range(1, 13)}


def test_json_by_month(made):
    assert {each["month"]: each["co2Tonnes"] for each in made.json["overTime"]["data"]} == months(made)
    assert months(made)["2024-08"] == 0


def scopes(lines) -> dict[tuple, float]:
    found: dict[tuple, list[float]] = {}
    for line in lines:
        found.setdefault((line["scope"], line["category"]), []).append(line["co2Tonnes"])
    return {place: near(fsum(each)) for place, each in found.items()}


def test_json_by_scope_and_market_based(made):
    expected = seeded.by_scope(made.rows)
    assert set(expected) == {(2, None), (3, 1), (3, 2), (3, 3), (3, 8)}
    assert scopes(made.json["scopes"]) == expected
    assert made.json["gross"]["scope2"]["co2Tonnes"] == near(expected[2, None])
    assert made.json["gross"]["total"]["co2Tonnes"] == near(fsum(expected.values()))
    assert made.json["scope2"]["marketBased"]["co2Tonnes"] == near(seeded.market_tonnes(made.rows))
    assert 0 < seeded.market_tonnes(made.rows) < expected[2, None]


def test_csv_has_the_same_in_full_precision(made):
    rows = reading.csv_rows(made.report["csv"])
    expected = seeded.total(made.rows)
    totals = {row["figure"]: float(row["value"]) for row in rows if row["section"] == "total"}
    assert {name: totals[name] for name in expected} == expected
    for section, by in (("model", "byModel"), ("region", "byRegion"), ("month", "byMonth")):
        found = {row["item"]: float(row["value"]) for row in rows if row["section"] == section and row["figure"] == "co2Tonnes"}
        groups = seeded.grouped(made.rows, seeded.BY[by])
        assert {name: value for name, value in found.items() if value} == {name: seeded.total(each)["co2Tonnes"] for name, each in groups.items()}
    scope_2 = fsum(float(row["value"]) for row in rows if row["section"] == "scope 2")
    assert scope_2 == near(seeded.by_scope(made.rows)[2, None])


def test_xlsx_has_the_same_in_full_precision(made):
    book = made.report["xlsx"]
    expected = seeded.total(made.rows)
    totals = {row[0].value: row[1].value for row in book["Total"].iter_rows(min_row=2)}
    assert [totals[name] for name in ("calls", "energy", "CO2", "embodied CO2", "water")] == list(expected.values())
    for title, first, by in (("By model", "name", "byModel"), ("By region", "name", "byRegion"), ("Over time data", "month", "byMonth")):
        header = [cell.value for cell in book[title][1]]
        places = header.index(first), header.index("CO2 [tCO2e]")
        found = {row[places[0]]: row[places[1]] for row in book[title].iter_rows(min_row=2, max_row=count(book[title]), values_only=True)}
        groups = seeded.grouped(made.rows, seeded.BY[by])
        assert {name: value for name, value in found.items() if value} == {name: seeded.total(each)["co2Tonnes"] for name, each in groups.items()}
    header = [cell.value for cell in book["Scopes"][1]]
    lines = [dict(zip(header, row, strict=True)) for row in book["Scopes"].iter_rows(min_row=2, max_row=count(book["Scopes"]), values_only=True)]
    assert scopes([{"scope": line["scope"], "category": line["category"], "co2Tonnes": line["CO2 [tCO2e]"]} for line in lines]) == seeded.by_scope(made.rows)


def count(sheet) -> int:
    """The last row of a sheet's table, above its sums."""
    return next((row[0].row - 1 for row in sheet.iter_rows(min_row=2) if row[0].value is None), sheet.max_row)


@pytest.mark.parametrize("format", FOR_PEOPLE)
def test_tables_for_people_round_and_nothing_else(made, format):
    tables = made.tables(format)
    for title, by in (("By model", "byModel"), ("By region", "byRegion")):
        groups = {name: seeded.total(rows) for name, rows in seeded.grouped(made.rows, seeded.BY[by]).items()} | {"all": seeded.total(made.rows)}
        co2 = reading.column(tables[title], "of electricity (range)", reading.TONNES)
        assert rounded(co2, {name: sum["co2Tonnes"] for name, sum in groups.items()})
        assert rounded(reading.column(tables[title], "of hardware", reading.TONNES), {name: sum["embodiedCo2Tonnes"] for name, sum in groups.items()})
        assert rounded(reading.column(tables[title], "Wh", reading.MWH), {name: sum["energyMWh"] for name, sum in groups.items()})
    assert rounded(reading.column(tables["Emissions by month"], "of electricity (range)", reading.TONNES), months(made))


@pytest.mark.parametrize("format", FOR_PEOPLE)
def test_scopes_for_people(made, format):
    expected = seeded.by_scope(made.rows)
    table = made.tables(format)["Emissions by scope, location-based"]
    unit = next(unit for unit in reading.TONNES if unit in table[0][-1].split(",")[0].split(" "))
    gross = {row[0]: reading.number(row[-1]) * reading.TONNES[unit] for row in table if "gross" in row or "total" in row}
    by_scope = {f"Scope {scope}": fsum(value for (number, _), value in expected.items() if number == scope) for scope in (2, 3)}
    assert rounded(gross, by_scope | {"Scopes 2 and 3": fsum(expected.values())})
    market = made.tables(format)["Scope 2"]
    (shown,) = (row[-1] for row in market if row[0] == "market-based")
    assert reading.is_rounded(reading.number(shown) * reading.TONNES[market[0][-1]], seeded.market_tonnes(made.rows))


@pytest.mark.parametrize("format", ["text", "md"])
def test_the_headline_is_the_inventory_and_says_what_is_not(made, format):
    """Electricity and hardware of the undertaking's share add up to the figure with both; energy is that of all calls."""
    text = made.report[format].replace("**", "")
    electricity, both, hardware = (re.search(rf"{words}:? ([\d.,]+)", text)[1] for words in ("Emissions of electricity, location-based", "With the making of hardware", "hardware alone"))
    counted = [row for row in made.rows if row["tags"].get("entity") != "labs"]
    exact = [seeded.total(counted)[name] * 1e6 for name in ("co2Tonnes", "embodiedCo2Tonnes")]
    assert all(reading.is_rounded(reading.number(shown), value) for shown, value in zip((electricity, hardware, both), (*exact, sum(exact)), strict=True))
    assert "are of all calls" in text


def test_water_of_every_kind_adds_up(made):
    total = made.json["total"]
    for figure, name in (("water_onsite_ml", "waterOnsiteM3"), ("water_offsite_ml", "waterOffsiteM3")):
        assert total[name] == fsum(row["result"][figure][1] for row in made.rows) / 1e6


def test_the_same_history_is_the_same_report(made, tmp_path, cache_folder):
    """Recorded once more elsewhere, every figure is the same."""
    again = Made(tmp_path, cache_folder)
    moving = ("generated",)
    assert {name: value for name, value in again.json.items() if name not in moving} == {name: value for name, value in made.json.items() if name not in moving}
