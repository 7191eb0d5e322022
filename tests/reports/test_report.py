"""The report says what history says, in the units of an inventory, and nothing in it comes from or goes to a network."""

import csv
import io
import json
import re
import sqlite3
from contextlib import closing
from datetime import UTC
from html.parser import HTMLParser
from math import fsum
from pathlib import Path

import pytest

from ecocli.core.organisation import REVISED, SET_1
from ecocli.errors import BadData, NotPermitted, UsageError
from ecocli.estimator.methods import METHOD
from ecocli.render.fold import columns
from ecocli.render.report.markdown import escaped
from ecocli.render.report.text import NONE, UNBROKEN
from ecocli.reports.datapoints import NAMES, applies
from ecocli.reports.scopes import BY_PROVIDER
from ecocli.reports.statements import EMPTY, LABEL

FORMATS = ("text", "md", "html", "json", "csv")
DAY_MS = 86_400_000
MARCH_MS = 1_740_787_200_000
"""2025-03-01 in UTC."""
HOSTILE = "<img src=x onerror=alert(1)>|=1+1`*_\"'&amp;"
MIXED = [
    {"provider": "OpenAI", "model": "gpt-4o"},
    {"provider": "AWS", "model": "claude-sonnet-4.5", "region": "us-east-1"},
    {"provider": "AWS", "model": "claude-sonnet-4.5", "region": "us-east-1", "tags": {"hosting": "Rented", "team": "a"}},
    {"provider": "ollama", "model": "llama-3.1-8b", "region": "DE"},
    {"provider": "vLLM", "model": "llama-3.3-70b-instruct", "is_estimated": True},
    {"provider": "Azure", "model": "gpt-4o-mini", "region": "swedencentral", "tags": {"hosting": "own"}},
    {"provider": "ollama", "model": "llama-3.1-8b", "tags": {"hosting": "api"}},
]


def record(run, events) -> None:
    events = [{"prompt_tokens": 1000 + at, "completion_tokens": 500, "startTimeMs": MARCH_MS + at * DAY_MS} | each for at, each in enumerate(events)]
    run("record", "--quiet", "--model-fallback", input="\n".join(map(json.dumps, events)))


@pytest.fixture
def env(env):
    """With a time zone of one's own choice, so that no report warns of the machine's."""
    return env | {"ECO_TZ": "UTC"}


@pytest.fixture
def mixed(eco):
    """A store with calls of every kind, each on a day of its own; what runs eco on it."""
    record(eco, MIXED)
    return eco


def set_columns(tmp_path: Path, **values: float) -> None:
    """Put these into every call, whatever was computed."""
    with closing(sqlite3.connect(tmp_path / "data" / "eco" / "eco.db")) as connection, connection:
        connection.execute(f"UPDATE calls SET {', '.join(f'{name} = ?' for name in values)}", list(values.values()))
    connection.close()


def whole(format: str) -> tuple[str, ...]:
    """The options of a report of which nothing is left out: text is one page otherwise."""
    return ("--format", format, *(["--full"] if format == "text" else []))


def near(value: float) -> object:
    return pytest.approx(value, rel=1e-12, abs=1e-24)


def test_totals_are_the_sum_of_history(mixed):
    rows = mixed("history", "--all", "--format", "json").json["data"]
    report = mixed("report", "--json").json
    for name, column in (("energyMWh", "energyWh"), ("co2Tonnes", "co2Grams"), ("waterM3", "waterMl")):
        assert report["total"][name] == fsum(row[column] for row in rows) / 1e6
    assert report["total"]["calls"] == len(rows)
    assert report["total"]["inputTokens"] == sum(row["inputTokens"] for row in rows)


@pytest.mark.parametrize("group", ["byProvider", "byModel", "byRegion"])
def test_groups_add_up_to_the_total(mixed, group):
    report = mixed("report", "--json").json
    for name in ("calls", "energyMWh", "co2Tonnes", "embodiedCo2Tonnes", "waterM3", "waterOnsiteM3"):
        assert fsum(line[name] for line in report[group]) == near(report["total"][name])
    assert fsum(line["share"] for line in report[group]) == near(1)


def test_months_and_scopes_add_up_to_the_total(mixed):
    report = mixed("report", "--json").json
    total = report["total"]
    assert fsum(span["co2Tonnes"] for span in report["overTime"]["data"]) == near(total["co2Tonnes"])
    assert fsum(line["co2Tonnes"] for line in report["scopes"]) == near(total["co2Tonnes"] + total["embodiedCo2Tonnes"])
    assert report["gross"]["total"]["co2Tonnes"] == near(report["gross"]["scope2"]["co2Tonnes"] + report["gross"]["scope3"]["co2Tonnes"])


def test_shares_of_data_quality_add_to_one(mixed):
    dimensions = {each["name"]: each["levels"] for each in mixed("report", "--json").json["dataQuality"]}
    assert list(dimensions) == ["region", "match", "energy", "tokens", "modelSize", "tier"]
    assert all(fsum(level["share"] for level in levels) == near(1) for levels in dimensions.values())
    calls = {level["name"]: level["calls"] for levels in dimensions.values() for level in levels}
    assert (calls["EXACT_REGION"], calls["REGION_SPECIFIC"], calls["stated"], calls["estimated"], calls["tokens"]) == (3, 1, 6, 1, 7)


def test_data_quality_says_who_counted(eco):
    flags = ("--provider", "OpenAI", "--model", "gpt-4o", "--prompt-tokens", "10", "--completion-tokens", "20")
    answer = {"object": "chat.completion", "model": "gpt-4o", "usage": {"prompt_tokens": 10, "completion_tokens": 20}}
    eco("record", *flags)
    eco("record", input=json.dumps({"provider": "OpenAI", "model": "gpt-4o", "prompt_tokens": 10, "completion_tokens": 20}))
    eco("record", input=json.dumps(answer | {"id": "whole"}))
    eco("record", "--completion-tokens", "30", input=json.dumps(answer | {"id": "corrected"}))
    eco("record", *flags[:4], "--prompt-text", "Why?", "--completion-text", "Because.")
    (levels,) = (each["levels"] for each in eco("report", "--json").json["dataQuality"] if each["name"] == "tokens")
    assert [(level["name"], level["calls"]) for level in levels][:3] == [("reported", 1), ("stated", 3), ("estimated", 1)]
    assert "stated by the caller" in eco("report", "--format", "md").stdout


@pytest.mark.parametrize(("more", "source"), [((), "manual"), (("--source", "meter"), "meter"), (("--is-estimated",), "manual")])
def test_counts_given_by_flags_are_manual(eco, more, source):
    eco("record", "--model", "gpt-4o", "--prompt-tokens", "10", "--completion-tokens", "20", *more)
    assert [row["source"] for row in eco("history", "--format", "json").json["data"]] == [source]


def test_an_event_keeps_its_source_beside_flags(eco):
    event = {"model": "gpt-4o", "prompt_tokens": 10, "completion_tokens": 20}
    eco("record", input=json.dumps(event))
    eco("record", "--region", "DE", input=json.dumps(event))
    eco("record", "--completion-tokens", "30", input=json.dumps(event | {"source": "my-agent"}))
    assert sorted(row["source"] for row in eco("history", "--format", "json").json["data"]) == ["api", "api", "my-agent"]


def test_each_call_is_in_its_scope(mixed):
    report = mixed("report", "--json").json
    assert {name: each["calls"] for name, each in report["byHosting"].items()} == {"own": 3, "rented": 1, "cloud": 0, "api": 3}
    rows = mixed("history", "--all", "--format", "json").json["data"]
    own = [row["co2Grams"] for row in rows if row["tags"].get("hosting") == "own" or (row["provider"] == "Local" and not row["tags"])]
    electricity = [line for line in report["scopes"] if line["hosting"] == "own" and line["part"] != "manufacture"]
    assert fsum(line["co2Tonnes"] for line in electricity) == near(fsum(own) / 1e6)
    assert {(line["scope"], line["category"]) for line in electricity} <= {(2, None), (3, 3)}
    assert {(line["scope"], line["category"]) for line in report["scopes"] if line["hosting"] != "own"} == {(3, 1), (3, 8)}


def test_a_hosting_tag_that_is_not_known_is_said(eco):
    tags = [{"hosting": "clowd"}, {"hosting": "clowd"}, {"hosting": "own"}, {"hosting": "<b>"}, {}]
    record(eco, [{"provider": "ollama", "model": "llama-3.1-8b", "tags": each} for each in tags])
    result = eco("report", "--json")
    sentence = "What the tag hosting says is not known: 'clowd' (2 calls), '<b>' (1 call). "
    assert result.json["warnings"] == [sentence + BY_PROVIDER]
    assert result.stderr == f"eco: warning: {sentence}{BY_PROVIDER}\n"
    assert result.json["byHosting"]["own"]["calls"] == 5
    assert sentence.replace("<", "\\<").replace(">", "\\>") in eco("report", "--format", "md").stdout
    assert sentence in "".join(Page(eco("report", "--format", "html").stdout).words)
    assert ["warning", sentence + BY_PROVIDER] in [[row[0], row[-1]] for row in csv.reader(io.StringIO(eco("report", "--format", "csv").stdout))]


def test_of_many_unknown_hosting_tags_the_most_frequent_are_named(eco):
    record(eco, [{"model": "gpt-4o", "tags": {"hosting": f"h{at}"}} for at in (*range(8), 7)])
    (warning,) = eco("report", "--json").json["warnings"]
    assert "'h7' (2 calls), 'h0' (1 call), 'h1' (1 call), 'h2' (1 call), 'h3' (1 call), 3 more (3 calls). " in warning


def test_known_hosting_tags_are_no_reason_to_warn(mixed):
    result = mixed("report", "--json")
    assert (result.json["warnings"], result.stderr) == ([], "")


def test_what_is_not_known_is_named_as_left_out(mixed):
    left_out = mixed("report", "--json").json["exclusions"]
    for what in ("scope 1", "the split of electricity by fossil, nuclear and renewable", "training"):
        assert any(what in sentence for sentence in left_out)


def test_units_by_hand(eco, tmp_path):
    """Two calls of 0.75 MWh, 0.3 t, 0.02 t for hardware, 0.5 m³ on site and 1 m³ off site each."""
    record(eco, MIXED[:2])
    central = {"facility_energy_wh": 750_000.0, "co2_g": 300_000.0, "embodied_co2_g": 20_000.0}
    central |= {"water_onsite_ml": 500_000.0, "water_offsite_ml": 1_000_000.0, "water_ml": 1_500_000.0}
    values = {f"{name}{end}": value * times for name, value in central.items() for end, times in (("", 1), ("_low", 0.5), ("_high", 4))}
    set_columns(tmp_path, **values)
    total = eco("report", "--json").json["total"]
    assert [total[name] for name in ("energyMWh", "co2Tonnes", "embodiedCo2Tonnes")] == [1.5, 0.6, 0.04]
    assert [total[name] for name in ("waterOnsiteM3", "waterOffsiteM3", "waterM3")] == [1.0, 2.0, 3.0]
    assert total["range"]["energyMWh"] == [0.75, 6.0]
    text = eco("report", "--format", "md").stdout
    assert "**600 kgCO2e** (300 to 2,400)" in text
    assert "**1.50 MWh** (0.750 to 6.00)" in text
    assert "**3.00 m³** (1.50 to 12.0; 1.00 on-site, 2.00 off-site)" in text


def test_an_operators_claim_covers_nothing_of_the_undertakings(eco, tmp_path):
    """A rented machine of 300 kg whose operator claims 0: without an instrument, market-based is location-based, and says what it rests on."""
    record(eco, [MIXED[3] | {"control": True}])
    set_columns(tmp_path, co2_g=300_000.0, market_co2_g=0.0)
    scope_2 = eco("report", "--json").json["scope2"]
    assert scope_2["marketBased"]["co2Tonnes"] == near(scope_2["locationBased"]["co2Tonnes"])
    assert scope_2["marketBased"]["co2Tonnes"] > 0
    assert [each["rung"] for each in scope_2["marketBased"]["covered"]] == ["grid-average"]
    assert "grid average: no residual mix available" in eco("report", "--format", "md").stdout


def test_every_datapoint_id_carries_its_version_and_paragraph(mixed):
    points = mixed("report", "--json").json["esrs"]["datapoints"]
    for point in points:
        assert [each["text"] for each in point["ids"]] in ([SET_1], [SET_1, REVISED])
        assert all(each["version"] == NAMES[each["text"]] and each["paragraph"] for each in point["ids"])
    assert {"E1-5_01", "E1-6_09", "E1-6_11", "E1-6_12"} <= {point["ids"][0]["id"] for point in points}


@pytest.mark.parametrize("format", ["text", "md", "html", "csv"])
def test_no_id_is_printed_without_its_version(mixed, format):
    text = mixed("report", *whole(format)).stdout.replace(UNBROKEN, " ")
    found = re.findall(r"E\d-\d+(?:_\d+)?(.{0,15})", text)
    assert len(found) > 20
    assert all(after.lstrip(" (").startswith(("ESRS set 1", "revised ESRS")) for after in found)


def test_own_energy_is_that_of_machines_in_scope_2(eco):
    """Rented machines are the undertaking's own energy only where it controls them."""
    record(eco, [*MIXED, MIXED[2] | {"control": True}])
    report = eco("report", "--json").json
    rented = eco("history", "--all", "--format", "json", "--tag", "hosting=Rented").json["data"]
    (point,) = (point for point in report["esrs"]["datapoints"] if point["ids"][0]["id"] == "E1-5_01")
    operated = report["byHosting"]["own"]["energyMWh"] + rented[0]["energyWh"] / 1e6
    assert len(rented) == 2
    assert (point["value"], point["unit"]) == (near(operated), "MWh")


@pytest.mark.parametrize(
    ("ms", "words"), [(MARCH_MS, "set 1 holds"), (1_767_225_600_000, "by choice"), (1_798_761_600_000, "the revised standards hold")]
)
def test_which_version_holds(ms, words):
    assert words in applies(ms, UTC)


class Page(HTMLParser):
    """What an HTML file holds: tags that are left open, what it would load, where its links go, and its text."""

    VOID = ("meta", "line", "path", "rect", "link", "img", "br", "input")
    LOADING = ("src", "srcset", "data", "poster", "action", "background", "xlink:href")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open, self.tags, self.loads, self.ids, self.words = [], set(), [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.open += [] if tag in self.VOID else [tag]
        self.loads += [value for name, value in attrs if name in self.LOADING or (name == "href" and tag != "a")]
        self.ids += [value for name, value in attrs if name == "id"]

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


def test_the_page_is_whole_and_loads_nothing(mixed):
    text = mixed("report", "--format", "html").stdout
    page = Page(text)
    assert page.open == [] and page.loads == []
    assert page.tags & {"script", "img", "link", "iframe", "object", "embed", "base", "form"} == set()
    assert "url(" not in text and "@import" not in text
    assert "default-src 'none'" in text and 'lang="en"' in text and "prefers-color-scheme: dark" in text
    assert len(set(page.ids)) == len(page.ids)


def test_every_plot_is_there_in_words_too(mixed):
    text = mixed("report", "--format", "html").stdout
    plots = re.findall(r'<svg role="img"[^>]*aria-labelledby="([^"]+)">\s*<title id="([^"]+)">', text)
    assert len(plots) == 5 + 6
    assert all(title in names.split() for names, title in plots)
    assert re.search(r"Emissions of electricity by provider, in k?gCO2e: \w+ [\d.]+; ", text)


@pytest.mark.parametrize("format", FORMATS)
def test_names_from_outside_stay_text(eco, format):
    record(eco, [{"provider": f"P{HOSTILE}", "model": HOSTILE, "tags": {"hosting": HOSTILE, "t": HOSTILE}}])
    text = eco("report", *whole(format), "--tag", f"t={HOSTILE}").stdout
    if format == "json":
        assert json.loads(text)["byProvider"][0]["name"] == f"P{HOSTILE}"
    elif format == "csv":
        assert all(not cell.startswith(("=", "+", "@")) for row in csv.reader(io.StringIO(text)) for cell in row)
        assert f"P{HOSTILE}" in text.replace('""', '"')
    elif format == "html":
        assert "<img" not in text and f"P{HOSTILE}" in "".join(Page(text).words)
    elif format == "text":
        assert f"P{HOSTILE}" in text
    else:
        assert "<img" not in text.replace("\\<", "") and escaped(f"P{HOSTILE}") in text


def test_text_that_would_turn_the_writing_around_is_shown_as_an_escape(eco):
    record(eco, [{"provider": "a\u202eb", "model": "gpt-4o"}])
    for format in ("text", "md", "html"):
        text = eco("report", *whole(format)).stdout
        assert "\u202e" not in text and "u202eb" in text
    record(eco, [{"provider": "OpenAI", "model": "a\u202eb"}])
    page = eco("report", "--format", "text").stdout
    assert "\u202e" not in page and "u202eb" in page


@pytest.mark.parametrize("format", FORMATS)
def test_an_empty_period_is_a_report_that_says_so(eco, format):
    text = eco("report", "--start-date", "2024-01-01", "--end-date", "2024-12-31", "--format", format).stdout
    assert LABEL in text.replace("\n", " ")
    if format == "json":
        report = json.loads(text)
        assert report["total"]["calls"] == report["total"]["co2Tonnes"] == 0
        assert report["period"]["start"] == "2024-01-01T00:00:00Z" and report["period"]["firstCall"] is None
        assert report["byProvider"] == report["factors"] == report["overTime"]["data"] == []
        assert all(level["share"] is None for each in report["dataQuality"] for level in each["levels"])
    elif format == "html":
        assert EMPTY in text and Page(text).open == []
    elif format == "md":
        assert EMPTY in text
        assert "Period: from 2024-01-01 to 2024-12-31 (UTC)" in text


def test_calls_of_no_emissions_have_no_shares(eco, tmp_path):
    record(eco, MIXED[:1])
    set_columns(tmp_path, co2_g=0.0, co2_g_low=0.0, co2_g_high=0.0)
    for format in FORMATS:
        eco("report", "--format", format)


def test_the_period_and_filters_choose(mixed):
    report = mixed("report", "--start-date", "2025-03-02", "--end-date", "2025-03-03", "--json").json
    assert (report["total"]["calls"], report["overTime"]["by"]) == (2, "day")
    assert [span["day"] for span in report["overTime"]["data"]] == ["2025-03-02", "2025-03-03"]
    assert mixed("report", "--tag", "team=a", "--json").json["total"]["calls"] == 1
    assert mixed("report", "--provider", "aws", "--json").json["filters"] == {"provider": "aws"}
    text = mixed("report", "--start-date", "2025-03-02T12:00:00Z", "--format", "md").stdout
    assert "Period: from 2025-03-02T12:00:00Z on (UTC)" in text


def test_time_between_calls_is_not_left_out(eco):
    record(eco, [{"model": "gpt-4o"}, {"model": "gpt-4o", "startTimeMs": MARCH_MS + 100 * DAY_MS}])
    months = eco("report", "--json").json["overTime"]
    assert [(span["month"], span["calls"]) for span in months["data"]] == [("2025-03", 1), ("2025-04", 0), ("2025-05", 0), ("2025-06", 1)]


def test_factors_have_their_papers(mixed):
    record(mixed, [{"provider": "ollama", "model": "llama-3.1-8b", "region": "SRVC"}])
    factors = mixed("report", "--json").json["factors"]
    assert {factor["kind"] for factor in factors} == {"place", "model", "constant"}
    for factor in factors:
        assert factor["source"] and factor["year"] > 2000 and factor["low"] <= factor["value"] <= factor["high"]
        assert (factor["gwp"] is not None) == (factor["unit"] == "gCO2e/kWh")
    egrid = [factor["gwp"] for factor in factors if "eGRID" in factor["source"] and factor["unit"] == "gCO2e/kWh"]
    assert egrid and set(egrid) == {"AR5"}


def test_every_source_is_cited_in_the_text(mixed):
    text = mixed("report", "--format", "html").stdout
    words = "".join(Page(text).words)
    for factor in mixed("report", "--json").json["factors"]:
        assert factor["source"].replace("<", "").replace(">", "") in words


def test_csv_holds_the_same_figures_as_json(mixed):
    rows = list(csv.DictReader(io.StringIO(mixed("report", "--format", "csv").stdout, newline="")))
    report = mixed("report", "--json").json
    totals = {row["figure"]: float(row["value"]) for row in rows if row["section"] == "total"}
    assert totals == {name: value for name, value in report["total"].items() if name != "range"}
    units = {row["figure"]: row["unit"] for row in rows if row["section"] == "total"}
    assert (units["energyMWh"], units["co2Tonnes"], units["waterM3"]) == ("MWh", "tCO2e", "m3")
    assert len([row for row in rows if row["section"].startswith("factor of")]) == len(report["factors"])


@pytest.mark.parametrize("width", [40, 60, 80, 132, 250])
@pytest.mark.parametrize("full", [(), ("--full",)], ids=["page", "full"])
def test_plain_text_fits(mixed, width, full):
    text = mixed("report", "--format", "text", *full, COLUMNS=f"{width}").stdout
    assert max(columns(line) for line in text.splitlines() if "://" not in line) <= width
    assert "\x1b" not in text


@pytest.mark.parametrize("width", [40, 60, 80, 250])
def test_plain_text_says_what_markdown_says(mixed, width):
    """Every cell of every table, whether there is room for the table or not."""
    markdown = mixed("report", "--format", "md").stdout.replace("\\", "").replace("**", "")
    rows = [line for block in markdown.split("\n\n") if block.startswith("|") for line in block.splitlines()[2:]]
    text = "".join(mixed("report", "--format", "text", "--full", COLUMNS=f"{width}").stdout.split())
    cells = {"".join(cell.split()) for line in rows for cell in line[1:-1].split(" | ")}
    assert len(cells) > 100
    assert {cell for cell in cells if cell not in text} <= {NONE}


def test_years_are_written_as_years_and_every_factor_names_its_source(mixed):
    text = mixed("report", "--format", "md").stdout
    rows = re.findall(rf"^\| {METHOD} \| (\w+) \| ([^|]+) \|.*\| (\d+) \|$", text, re.MULTILINE)
    years = [value for name, value, _ in rows if name.startswith("vintage")]
    assert len(years) == 2 and all(re.fullmatch(r"20\d\d year", value) for value in years)
    sources = dict(re.findall(r"^\| (\d+) \| (.+) \|$", text.partition("### Sources")[2], re.MULTILINE))
    assert rows and {source for _, _, source in rows} <= sources.keys()


def test_no_heading_is_shown_twice(mixed):
    page = mixed("report", "--format", "html").stdout
    titles = re.findall(r"<h2[^>]*>([^<]+)</h2>", page)
    shown = re.findall(r"<caption>([^<]+)</caption>", page)
    assert len(titles) > 8 and len(shown) > 8
    assert set(titles) & set(shown) == set()


def test_markdown_tables_are_whole(mixed):
    """Every row has as many cells as its header."""
    for block in mixed("report", "--format", "md").stdout.split("\n\n"):
        if block.startswith("|"):
            assert len({len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}) == 1


@pytest.mark.parametrize(
    ("name", "start"),
    [("a.html", "<!doctype html>"), ("a.md", "# Greenhouse"), ("a.json", '{"status"'), ("a.txt", "Greenhouse"), ("a.csv", "section,"), ("a", "# Greenhouse")],
)
def test_the_name_of_the_file_tells_the_format(mixed, tmp_path, name, start):
    result = mixed("report", "--output", name, ECO_FORMAT="csv" if name != "a" else "")
    assert (result.stdout, result.stderr) == ("", f"{name}: 7 calls\n")
    assert (tmp_path / name).read_text("utf-8").startswith(start)


def test_a_format_that_was_asked_for_goes_before_the_name(mixed, tmp_path):
    mixed("report", "--output", "a.html", "--json")
    assert json.loads((tmp_path / "a.html").read_text("utf-8"))["status"] == "success"
    mixed("report", "--format", "ndjson", exit_code=UsageError.exit_code)


@pytest.mark.parametrize("name", ["report.pdf", "report.ods"])
def test_a_name_that_no_format_has(mixed, tmp_path, name):
    refused = mixed("report", "--output", name, exit_code=2).stderr
    assert refused.startswith(f"eco: no report is written as .{name.partition('.')[2]}\nhint: name it .txt, .md, ")
    assert not (tmp_path / name).exists()
    mixed("report", "--output", name, "--format", "md")
    assert (tmp_path / name).read_text().startswith("# ")


def test_a_file_that_cannot_be_written_is_an_error(mixed):
    assert mixed("report", "--output", "none/a.html", exit_code=BadData.exit_code).stderr == "eco: no folder 'none'\nhint: make it, or name a file in another one\n"


def test_a_key_needs_history_read(mixed):
    def secret(*scopes: str) -> str:
        return mixed("keys", "create", f"key {scopes}", *(f"--scope={scope}" for scope in scopes)).stdout.strip()

    refused = mixed("report", "--output", "a.html", ECO_API_KEY=secret("record"), exit_code=NotPermitted.exit_code)
    assert "history:read" in refused.stderr
    assert mixed("report", "--json", ECO_API_KEY=secret("history:read")).json["total"]["calls"] == 7


def test_a_real_process_in_a_pipe(eco):
    record(eco, MIXED[:1])
    assert eco("report").json["total"]["calls"] == 1
    assert eco("report", "--format", "html").stdout.endswith("</html>\n")


def constants(eco) -> set[str]:
    return {factor["name"] for factor in eco("report", "--json").json["factors"] if factor["kind"] == "constant"}


def test_a_constant_that_no_call_took_is_not_listed(eco):
    """A wait without counts of reasoning takes the rate of writing, a cached prompt the ratio of reading it, counted text its spread."""
    plain = {"provider": "OpenAI", "model": "gpt-4o"}
    record(eco, [plain])
    conditional = {"queue_s", "decode_rate_50b", "cached_read_ratio", "counted_text", "other_tokenizer"}
    assert constants(eco) & conditional == set()
    record(eco, [plain | {"cached_tokens": 500}])
    assert constants(eco) & conditional == {"cached_read_ratio"}
    record(eco, [plain | {"is_estimated": True}])
    assert constants(eco) & conditional == {"cached_read_ratio", "counted_text"}
    eco("record", "-q", "--model", "claude-sonnet-4.5", "--prompt-text", "Why?", "--completion-text", "Because.")
    assert constants(eco) & conditional == {"cached_read_ratio", "counted_text", "other_tokenizer"}
    record(eco, [{"provider": "Google", "model": "gemini-3-pro", "is_estimated": True, "firstTokenTimeMs": MARCH_MS + 20_000}])
    assert constants(eco) & conditional == conditional
