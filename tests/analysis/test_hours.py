"""A recorded call and the hour of its grid: where a profile or imported hours count, what is kept, and how far back it goes."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from ecocli.estimator.grid_time import GridTime

START = datetime(2025, 3, 1, 12, 30, tzinfo=UTC)
HEADER = "Datetime (UTC),Zone id,Carbon intensity gCO₂eq/kWh (Life cycle)"
CALL = {"model": "gpt-4o", "prompt_tokens": 1000, "completion_tokens": 500, "startTimeMs": int(START.timestamp() * 1000)}
GRAMS_PER_KWH = 420.0


@pytest.fixture
def record(eco):
    def one(id: str, **fields: object) -> dict:
        return eco("record", "--json", input=json.dumps({**CALL, "id": id, **fields})).json

    return one


@pytest.fixture
def imported(eco, tmp_path):
    def some(zone: str, grams: float = GRAMS_PER_KWH, start: datetime = START) -> None:
        rows = [f"{start + timedelta(hours=hour):%Y-%m-%d %H}:00:00,{zone},{grams}" for hour in range(2)]
        (tmp_path / "hours.csv").write_text("\n".join((HEADER, *rows)) + "\n", "utf-8")
        eco("grid", "import", "hours.csv")

    return some


def explained(eco, id: str) -> dict:
    return eco("explain", id, "--json").json


def test_a_profile_gives_the_hour_in_california(record):
    noon, evening = (record(str(at.hour), provider="aws", detected_region="us-west-1", startTimeMs=int(at.timestamp() * 1000)) for at in (START.replace(hour=20), START.replace(hour=5)))
    assert (noon["audit"]["gridTime"], evening["audit"]["gridTime"]) == ("profile", "profile")
    assert noon["energy_wh"] == evening["energy_wh"]
    assert evening["co2_grams"] > 1.8 * noon["co2_grams"]  # midday in March has the sun, nine at night has gas
    assert noon["range"]["co2_grams"][1] / noon["co2_grams"] == pytest.approx(evening["range"]["co2_grams"][1] / evening["co2_grams"])


def test_many_calls_have_their_hours_as_one_has(eco, record):
    events = [{**CALL, "id": str(hour), "provider": "aws", "detected_region": "us-west-1", "startTimeMs": CALL["startTimeMs"] + 3_600_000 * hour} for hour in range(30)]
    eco("record", "--format", "ndjson", input="\n".join(map(json.dumps, events)))
    rows = json.loads(eco("history", "--json", "--limit", "100").stdout)["data"]
    found = {row["id"]: row["co2Grams"] for row in rows}
    for event in (events[0], events[7], events[29]):
        alone = eco("estimate", "--json", input=json.dumps(event)).json
        assert found[event["id"]] == alone["co2_grams"]


@pytest.mark.parametrize("fields", [{}, {"provider": "openai"}, {"provider": "openai", "detected_region": "US-CAL-CISO"}, {"provider": "aws", "detected_region": "eu-west-1"}])
def test_elsewhere_a_call_has_the_mean_of_the_year(record, fields):
    assert record("a", **fields)["audit"]["gridTime"] == "annual"


class TestRecompute:
    def test_shows_first_and_then_keeps_the_hour(self, eco, record, imported):
        before = record("a", provider="aws", detected_region="eu-west-1")
        imported("IE")
        dry = eco("recompute", "--grid", "hourly", "--json").json
        assert (dry["calls"], dry["changed"], dry["hourly"], dry["applied"]) == (1, 1, 1, False)
        assert explained(eco, "a")["co2_grams"] == before["co2_grams"]
        eco("recompute", "--grid", "hourly", "--apply")
        after = explained(eco, "a")
        assert after["audit"]["gridTime"] == "hourly"
        assert after["co2_grams"] == pytest.approx(after["audit"]["energy"]["facility_wh"] / 1000 * GRAMS_PER_KWH)
        assert (after["energy_wh"], after["water_ml"]) == (before["energy_wh"], before["water_ml"])
        assert after["earlier"][0]["audit"]["gridTime"] == "annual"
        (step,) = (step for step in after["audit"]["steps"] if step["number"] == "E8")
        assert step["value"] == pytest.approx(after["co2_grams"])
        (factor,) = (factor for factor in after["audit"]["factors"] if factor["name"] == "grid.intensity_g_per_kwh")
        assert factor["value"] == GRAMS_PER_KWH
        assert factor["source"].startswith("Electricity Maps")

    def test_is_narrower_than_the_year(self, eco, record, imported):
        before = record("a", provider="aws", detected_region="eu-west-1")
        imported("IE")
        eco("recompute", "--grid", "hourly", "--apply")
        after = explained(eco, "a")
        widths = [answer["range"]["co2_grams"][1] / answer["range"]["co2_grams"][0] for answer in (after, before)]
        assert widths[0] < widths[1]

    def test_again_changes_nothing_and_an_hour_stays_until_the_year_is_asked_for(self, eco, record, imported):
        before = record("a", provider="aws", detected_region="eu-west-1")
        imported("IE")
        eco("recompute", "--grid", "hourly", "--apply")
        for grid in (["--grid", "hourly"], []):
            assert eco("recompute", *grid, "--json").json["changed"] == 0
        eco("recompute", "--grid", "annual", "--apply")
        assert explained(eco, "a")["co2_grams"] == before["co2_grams"]

    @pytest.mark.parametrize("fields", [{"provider": "openai"}, {"provider": "openai", "detected_region": "IE"}, {"provider": "aws", "detected_region": "eu-west-2"}])
    def test_leaves_calls_alone_whose_zone_is_not_certain(self, eco, record, imported, fields):
        record("a", **fields)
        imported("IE")
        assert eco("recompute", "--grid", "hourly", "--json").json["hourly"] == 0

    def test_leaves_calls_of_other_hours_alone(self, eco, record, imported):
        record("a", provider="aws", detected_region="eu-west-1", startTimeMs=CALL["startTimeMs"] + 7_200_000)
        imported("IE")
        assert eco("recompute", "--grid", "hourly", "--json").json["changed"] == 0

    def test_takes_the_zone_of_an_own_machine(self, eco, record, imported):
        record("a", model="llama3.2:3b", provider="ollama", detected_region="DE")
        imported("DE")
        assert eco("recompute", "--grid", "hourly", "--json").json["hourly"] == 1

    def test_one_basis_serves_all_hours_of_a_source(self, eco, record, imported, tmp_path):
        for hour in range(4):
            record(str(hour), provider="aws", detected_region="eu-west-1", startTimeMs=CALL["startTimeMs"] + 3_600_000 * hour)
        imported("IE", 300.0)
        imported("IE", 500.0, START + timedelta(hours=2))
        eco("recompute", "--grid", "hourly", "--apply")
        rows = [json.loads(line) for line in eco("history", "--all", "--full", "--format", "ndjson").stdout.splitlines()]
        assert [row["gridGramsPerKwh"] for row in rows] == [500.0, 500.0, 300.0, 300.0]
        assert len({json.dumps(row["basis"], sort_keys=True) for row in rows}) == 1

    def test_its_figures_travel(self, eco, record, imported, tmp_path):
        record("a", provider="aws", detected_region="eu-west-1")
        imported("IE")
        eco("recompute", "--grid", "hourly", "--apply")
        rows = eco("history", "--all", "--full", "--format", "ndjson").stdout
        (tmp_path / "rows.ndjson").write_text(rows)
        eco("import", "eco", "rows.ndjson", "--db", "other.db")
        assert eco("history", "--all", "--full", "--format", "ndjson", "--db", "other.db").stdout == rows
        eco("merge", "eco.db" if (tmp_path / "eco.db").exists() else str(tmp_path / "data" / "eco" / "eco.db"), "--db", "third.db")
        there, here = (eco("explain", "a", "--json", *where).json for where in (["--db", "third.db"], []))
        assert there["audit"]["steps"] == here["audit"]["steps"]

    def test_combustion_counts_by_its_shape_once_a_year_is_in(self, eco, record, tmp_path):
        record("a", provider="gcp", detected_region="europe-west2")
        year = [f"{datetime(2025, 1, 1, tzinfo=UTC) + timedelta(hours=hour):%Y-%m-%dT%H:%M}Z,90,{50 if hour % 2 else 150},low" for hour in range(8760)]
        for count, hourly in ((4000, 0), (8760, 1)):
            (tmp_path / "neso.csv").write_text("\n".join(("datetime,forecast,actual,index", *year[:count])) + "\n")
            eco("grid", "import", "neso.csv")
            assert eco("recompute", "--grid", "hourly", "--json").json["hourly"] == hourly
        eco("recompute", "--grid", "hourly", "--apply")
        found = explained(eco, "a")
        factors = {factor["name"]: factor["value"] for factor in found["audit"]["factors"]}
        assert factors["grid.intensity_g_per_kwh"] == pytest.approx(1.5 * factors["site.intensity_g_per_kwh"])  # 12:00 has 150 of a mean of 100

    def test_words(self, eco, record, imported):
        record("a", provider="aws", detected_region="eu-west-1")
        imported("IE")
        assert "1 call by the hour of their grid" in eco("recompute", "--grid", "hourly", "--format", "text").stdout
        assert "--grid: must be one of hourly, annual" in eco("recompute", "--grid", "minutely", exit_code=2).stderr


def test_the_shipped_profile_is_of_mean_one(catalog):
    known = catalog.get("hours", "US-CAL-CISO")["profile"]
    months = GridTime.from_json({"time": "profile", **known}).months
    assert sum(map(sum, months)) / 288 == pytest.approx(1, abs=1e-3)
    assert known["hour"]["low"] < 1 < known["hour"]["high"]
