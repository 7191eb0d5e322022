"""Each call is in the scope and category that the GHG Protocol gives it, by control, consolidation and lease."""

import json
from math import fsum

import pytest

from ecocli.core.organisation import EQUITY_SHARE, FINANCE, FINANCIAL_CONTROL, OPERATING, OPERATIONAL_CONTROL, Entity, Organisation
from ecocli.reports import combustion
from ecocli.reports.inventory import BOUGHT, LEASED, OPERATED, manufacture, treatment

COUNTS = {"prompt_tokens": 1000, "completion_tokens": 500}
OWN = {"provider": "ollama", "model": "llama-3.1-8b", "region": "DE", "hosting": "own", **COUNTS}
RENTED = OWN | {"provider": "vLLM", "hosting": "rented"}
CLOUD = {"provider": "AWS", "model": "claude-sonnet-4.5", "region": "us-east-1", "hosting": "cloud", **COUNTS}


def configure(tmp_path, text: str) -> None:
    folder = tmp_path / "config" / "eco"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.toml").write_text(f'tz = "UTC"\n{text}', "utf-8")


def record(eco, *events) -> None:
    eco("record", "--quiet", input="\n".join(map(json.dumps, events)))


def lines(eco) -> dict[tuple, float]:
    return {(line["scope"], line["category"], line["hosting"], line["part"], line["optional"]): line["co2Tonnes"] for line in eco("report", "--json").json["scopes"]}


def near(value: float) -> object:
    return pytest.approx(value, rel=1e-12, abs=1e-24)


@pytest.mark.parametrize(
    ("consolidation", "lease", "hosting", "control", "treated"),
    [
        (OPERATIONAL_CONTROL, OPERATING, "own", None, OPERATED),
        (OPERATIONAL_CONTROL, OPERATING, "own", 0, BOUGHT),
        (OPERATIONAL_CONTROL, OPERATING, "rented", None, LEASED),
        (OPERATIONAL_CONTROL, FINANCE, "rented", None, LEASED),
        (OPERATIONAL_CONTROL, OPERATING, "rented", 1, OPERATED),
        (FINANCIAL_CONTROL, OPERATING, "own", 0, OPERATED),
        (FINANCIAL_CONTROL, OPERATING, "rented", 1, LEASED),
        (FINANCIAL_CONTROL, FINANCE, "rented", None, OPERATED),
        (EQUITY_SHARE, FINANCE, "rented", 0, OPERATED),
        (EQUITY_SHARE, OPERATING, "rented", 1, LEASED),
        (OPERATIONAL_CONTROL, OPERATING, "cloud", 1, BOUGHT),
        (FINANCIAL_CONTROL, FINANCE, "api", None, BOUGHT),
    ],
)
def test_who_controls_decides(consolidation, lease, hosting, control, treated):
    assert treatment(hosting, control, Organisation(consolidation=consolidation, lease=lease)) == treated


@pytest.mark.parametrize(
    ("hosting", "treated", "lease", "number", "is_optional"),
    [
        ("own", OPERATED, OPERATING, 2, False),
        ("own", BOUGHT, OPERATING, 2, False),
        ("rented", LEASED, OPERATING, 8, True),
        ("rented", OPERATED, OPERATING, 8, True),
        ("rented", OPERATED, FINANCE, 2, False),
        ("cloud", BOUGHT, FINANCE, 1, False),
        ("api", BOUGHT, OPERATING, 1, False),
    ],
)
def test_making_the_hardware_is_where_its_owner_puts_it(hosting, treated, lease, number, is_optional):
    category, optional = manufacture(hosting, treated, Organisation(lease=lease))
    assert (category.number, optional) == (number, is_optional)


def test_each_kind_of_hosting_has_rows_of_its_own(eco):
    record(eco, OWN, RENTED, RENTED | {"control": True}, CLOUD, {"provider": "OpenAI", "model": "gpt-4o", **COUNTS})
    places = {(scope, category, hosting) for scope, category, hosting, *_ in lines(eco)}
    assert places == {
        *[(2, None, "own"), (3, 2, "own"), (3, 3, "own")],
        *[(2, None, "rented"), (3, 3, "rented"), (3, 8, "rented")],
        *[(3, 1, "cloud"), (3, 1, "api")],
    }  # fmt: skip


def test_the_inventory_divides_the_calls_emissions_and_loses_none(eco):
    record(eco, OWN, OWN | {"control": False}, RENTED, RENTED | {"control": True}, CLOUD)
    report = eco("report", "--json").json
    assert fsum(line["co2Tonnes"] for line in report["scopes"]) == near(report["total"]["co2Tonnes"] + report["total"]["embodiedCo2Tonnes"])


def test_combustion_is_the_electricity_by_the_factor_of_combustion(eco):
    """In full precision by the factors that explain prints: energy times each, their difference upstream."""
    record(eco, OWN | {"id": "one"})
    explained = eco("explain", "one", "--format", "json").json
    factors = {factor["name"]: factor["value"] for factor in explained["audit"]["factors"]}
    kwh = explained["energy_wh"] / 1000
    burnt_g = kwh * factors["site.direct_intensity_g_per_kwh"]
    found = lines(eco)
    assert found[2, None, "own", "combustion", False] == near(burnt_g / 1e6)
    assert found[3, 3, "own", "upstream", False] == near((explained["co2_grams"] - burnt_g) / 1e6)


def site(whole=("reported", 2025, 342.0), direct=("reported", 2025, 276.0), time="annual"):
    factors = [{"basis": basis, "year": year, "value": value} for basis, year, value in (whole, direct)]
    return {"site": {"intensity_g_per_kwh": factors[0], "direct_intensity_g_per_kwh": factors[1]}, "grid": {"time": time}}


def test_what_is_burnt_is_a_share_of_the_life_cycle():
    share, reason = combustion.share(site())
    assert (share, reason) == (276.0 / 342.0, None)


@pytest.mark.parametrize(
    ("basis", "reason"),
    [
        (site(time="hourly"), combustion.HOURLY),
        (site(direct=("reported", 2023, 276.0)), combustion.OTHER_YEAR),
        (site(whole=("derived", 2025, 342.0)), combustion.MEAN),
        (site(direct=("derived", 2025, 276.0)), combustion.MEAN),
        (site(whole=("derived", 2025, 342.0), direct=("derived", 2025, 276.0)), combustion.MEAN),
        (site(direct=("reported", 2025, 343.0)), combustion.LARGER),
        ({"site": {"intensity_g_per_kwh": site()["site"]["intensity_g_per_kwh"]}}, combustion.NO_DIRECT),
    ],
)
def test_what_cannot_be_split_says_why(basis, reason):
    assert combustion.share(basis) == (None, reason)


def test_the_report_says_how_much_cannot_be_split(eco):
    record(eco, OWN | {"region": "KE"})
    (each,) = eco("report", "--json").json["scope2"]["cannotBeSplit"]
    (line,) = (line for line in eco("report", "--json").json["scopes"] if line["scope"] == 2)
    assert (line["part"], each["co2Tonnes"]) == ("cannot_be_split", line["co2Tonnes"])
    assert each["reason"] in eco("report", "--format", "md").stdout


@pytest.mark.parametrize(("consolidation", "counted"), [("equity-share", 0.25), ("operational-control", 0.0), ("financial-control", 0.0)])
def test_an_entity_counts_by_the_undertakings_share_of_it(eco, tmp_path, consolidation, counted):
    record(eco, CLOUD | {"tags": {"entity": "labs", "team": "a"}})
    whole = lines(eco)
    configure(tmp_path, f'[organisation]\nconsolidation = "{consolidation}"\n[organisation.entities.Labs]\nshare = 0.25\ncontrolled = false\ntags = {{ entity = "labs" }}\n')
    assert lines(eco) == {place: near(value * counted) for place, value in whole.items()}
    assert eco("report", "--json").json["organisation"]["entities"][0]["counted"] == counted


def test_an_entity_may_be_known_by_its_key(eco, tmp_path):
    secret = eco("keys", "create", "Labs key", "--json").json["key"]
    eco("record", "--quiet", "--key", secret, input=json.dumps(CLOUD))
    record(eco, CLOUD)
    whole = lines(eco)
    configure(tmp_path, '[organisation]\nconsolidation = "equity-share"\n[organisation.entities.Labs]\nshare = 0.5\nkey = "Labs key"\n')
    assert lines(eco) == {place: near(value * 0.75) for place, value in whole.items()}


def test_a_call_of_no_entity_counts_whole():
    organisation = Organisation(consolidation=EQUITY_SHARE, entities=(Entity("Labs", 0.5, tags={"a": "b"}),))
    assert (organisation.counted(None), organisation.counted("Labs")) == (1.0, 0.5)


def test_intensity_is_grams_per_unit_of_revenue(eco):
    record(eco, OWN, CLOUD)
    report = eco("report", "--json", "--revenue", "2000", "--organisation", "Example", "--prepared-by", "Ann").json
    points = {point["ids"][0]["id"]: point for point in report["esrs"]["datapoints"]}
    assert points["E1-6_30"]["value"] == near(report["gross"]["total"]["co2Tonnes"] * 1e6 / 2000)
    assert points["E1-6_31"]["value"] == near(points["E1-6_13"]["value"] * 1e6 / 2000)
    assert (points["E1-6_30"]["unit"], report["organisation"]["name"], report["organisation"]["preparedBy"]) == ("gCO2e/EUR", "Example", "Ann")
    assert "contribution only" in points["E1-6_30"]["name"]
    assert "E1-6_30" not in {point["ids"][0]["id"] for point in eco("report", "--json").json["esrs"]["datapoints"]}


def test_control_is_stated_by_flag_and_field_and_explained(eco):
    flags = ("--provider", "vllm", "--model", "llama-3.1-8b", "--hosting", "rented", "--prompt-tokens", "10", "--completion-tokens", "20", "--json")
    assert [eco("record", *flags, *more).json["audit"]["control"] for more in ((), ("--control",), ("--no-control",))] == [None, True, False]
    assert eco("record", "--json", input=json.dumps(RENTED | {"control": True})).json["audit"]["control"] is True
    refused = eco("record", input=json.dumps(RENTED | {"control": "yes"}), exit_code=4)
    assert "control: must be true or false" in refused.stderr
