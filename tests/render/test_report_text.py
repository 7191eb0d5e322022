"""The first page of the report, and tables as text: what they say at every width."""

import re

import pytest

from ecocli.render.fold import columns
from ecocli.render.report.grid import lines
from ecocli.render.report.text import LEFT, RIGHT, Table
from tests.reports.test_inventory import configure
from tests.reports.test_report import DAY_MS, MARCH_MS, MIXED, record

FIGURES = Table("", [("model", LEFT), ("calls", RIGHT), ("tokens in", RIGHT), ("gCO2e (range)", RIGHT)], [("maker/a-model", "12", "3,400", "1.5 (1 to 2)"), ("b", "7", "90", "12 (9 to 20)")])
TEXTS = Table("", [("level", LEFT), ("meaning", LEFT), ("share", RIGHT)], [("best", "the place was named by the caller", "60 %"), ("best", "the place was measured", "1 %"), ("poor", "nobody knows", "39 %")])
NOTES = Table("", [("number", LEFT), ("source", LEFT)], [("1", "A rather long citation of a source that takes several lines")])


def test_a_table_that_fits_stands_in_columns():
    assert list(lines(FIGURES, 80)) == [
        "model          calls  tokens in  gCO2e (range)",
        "maker/a-model     12      3,400   1.5 (1 to 2)",
        "b                  7         90   12 (9 to 20)",
    ]


def test_a_header_folds_before_anything_else_does():
    assert list(lines(FIGURES, 42)) == [
        "                      tokens         gCO2e",
        "model          calls      in       (range)",
        "maker/a-model     12   3,400  1.5 (1 to 2)",
        "b                  7      90  12 (9 to 20)",
    ]


def test_a_long_name_stands_above_its_figures():
    assert list(lines(FIGURES, 30)) == [
        "model",
        "         tokens         gCO2e",
        "  calls      in       (range)",
        "maker/a-model",
        "     12   3,400  1.5 (1 to 2)",
        "b",
        "      7      90  12 (9 to 20)",
    ]


def test_figures_that_do_not_fit_come_a_few_at_a_time():
    assert list(lines(FIGURES, 24)) == [
        "model",
        "         tokens",
        "  calls      in",
        "maker/a-model",
        "     12   3,400",
        "b",
        "      7      90",
        "",
        "model",
        "         gCO2e",
        "       (range)",
        "maker/a-model",
        "  1.5 (1 to 2)",
        "b",
        "  12 (9 to 20)",
    ]


def test_texts_that_do_not_fit_are_stacked_below_one_line_of_headers():
    assert list(lines(TEXTS, 30)) == [
        "level: meaning · share",
        "best",
        "  the place was named by the",
        "    caller · 60 %",
        "  the place was measured · 1 %",
        "poor",
        "  nobody knows · 39 %",
    ]


def test_a_last_text_folds_below_itself():
    assert list(lines(NOTES, 40)) == [
        "number  source",
        "1       A rather long citation of a",
        "        source that takes several lines",
    ]


@pytest.mark.parametrize("table", [FIGURES, TEXTS, NOTES], ids=["figures", "texts", "notes"])
@pytest.mark.parametrize("width", range(24, 80))
def test_no_cell_is_lost_or_cut_at_any_width(table, width):
    text = "".join("".join(lines(table, width)).split())
    assert all("".join(cell.split()) in text for row in table.rows for cell in row)
    assert max(map(columns, lines(table, width))) <= width


@pytest.fixture
def env(env):
    return env | {"ECO_TZ": "UTC"}


def page(eco, *arguments, width=80):
    return eco("report", "--format", "text", *arguments, COLUMNS=f"{width}").stdout


def test_the_page_has_the_headline_and_five_tables(eco):
    record(eco, [{**each, "startTimeMs": MARCH_MS + at * DAY_MS} for at, each in enumerate(MIXED)])
    text = page(eco)
    heads = [re.split(r"  +", line)[0] for line in text.splitlines()]
    wanted = ["Emissions by scope, location-based", "Scope 2", "Electricity by model", "Electricity by week", "Data quality"]
    assert [head for head in heads if head in wanted] == wanted
    assert "It is no\ndisclosure" in text and "eco report --full" in text


def test_a_year_of_calls_by_api_fits_a_screen_of_40_lines(eco):
    events = [{"provider": "OpenAI", "model": "gpt-4o", "detected_region": "eastus", "startTimeMs": MARCH_MS + at * 28 * DAY_MS} for at in range(13)]
    record(eco, events)
    assert len(page(eco, width=100).splitlines()) < 40


def test_scopes_of_the_page_are_those_of_the_report(eco):
    record(eco, [MIXED[0], MIXED[3]])
    found = eco("report", "--json").json
    shown = dict(re.findall(r"^(Scopes? [^\n]+?)  +([\d,.]+)  ", page(eco), re.MULTILINE))
    size = {"gCO2e": 1e-6, "mgCO2e": 1e-9}[re.search(r"location-based +(m?gCO2e)", page(eco))[1]]
    assert float(shown["Scopes 2 and 3"]) * size == pytest.approx(found["gross"]["total"]["co2Tonnes"], rel=0.005)
    assert float(shown["Scope 2, electricity"]) * size == pytest.approx(found["gross"]["scope2"]["co2Tonnes"], rel=0.005)


def test_without_own_machines_scope_2_says_why_it_is_none(eco):
    record(eco, [MIXED[0]])
    assert "no own machine, and none that the undertaking controls" in " ".join(page(eco).split())


def test_many_models_end_in_one_line_that_has_the_rest(eco):
    record(eco, [{"provider": "OpenAI", "model": name} for name in ("gpt-4o", "gpt-4o-mini", "gpt-4.1", "gpt-4.1-mini", "gpt-4.1-nano", "o3", "o4-mini")])
    table = page(eco).split("Electricity by model")[1].split("\n\n")[0].splitlines()[1:]
    assert len(table) == 5 and table[-1].startswith("3 others")
    assert sum(float(line.split()[-2]) for line in table) == pytest.approx(100, abs=0.3)
    assert sum(int(re.split(r"  +", line)[1]) for line in table) == 7


def test_many_months_are_shown_by_quarters_whose_sums_are_exact(eco):
    record(eco, [{"model": "gpt-4o", "prompt_tokens": 1000, "startTimeMs": MARCH_MS + at * 30 * DAY_MS} for at in range(12)])
    rows = re.findall(r"^(20\d\d-Q\d) +(\d+)", page(eco), re.MULTILINE)
    assert [(name, int(calls)) for name, calls in rows] == [("2025-Q1", 2), ("2025-Q2", 3), ("2025-Q3", 3), ("2025-Q4", 3), ("2026-Q1", 1)]


def test_a_page_without_calls_has_no_tables(eco):
    record(eco, [MIXED[0]])
    text = page(eco, "--since", "2020", "--until", "2020")
    assert "No calls match" in text and "Emissions by scope" not in text


def test_bars_are_ascii_where_the_terminal_is(terminal, eco):
    record(eco, MIXED[:2])
    assert "####" in terminal("report", "--no-pager", PYTHONIOENCODING="ascii:backslashreplace")


def test_no_colour_where_it_is_not_wanted(terminal, eco):
    record(eco, MIXED[:2])
    assert "\x1b[1m" in terminal("report", "--no-pager")
    for variables in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        assert "\x1b" not in terminal("report", "--no-pager", **variables)


def test_a_file_holds_all_of_it(eco, tmp_path):
    record(eco, MIXED)
    eco("report", "--output", str(tmp_path / "report.txt"))
    assert "Factors: constants" in (tmp_path / "report.txt").read_text()
    assert "Factors: constants" not in page(eco) and "Factors: constants" in page(eco, "--full")


def test_another_period_that_was_asked_for_is_on_the_page(eco):
    record(eco, MIXED)
    assert "Compared with 2024" in page(eco, "--since", "2025", "--until", "2025", "--compare", "previous")
    assert "Compared with" not in page(eco, "--since", "2025", "--until", "2025")


def test_one_call_is_counted_as_one(eco):
    record(eco, [MIXED[0] | {"startTimeMs": MARCH_MS}])
    eco("report", "--lock", "2025", "--output", "report.json")
    text = page(eco, "--full", "--since", "2025", "--until", "2025") + page(eco) + eco("report", "--verify", "report.json", "--format", "text").stdout
    assert re.search(r"\b1 (calls|rows)\b", text) is None and {"1 call", "1 row"} <= {*re.findall(r"\b1 (?:call|row)\b", text)}


def test_the_page_says_which_figures_are_of_all_calls_where_an_entity_counts_in_part(eco, tmp_path):
    """A call of an entity that is not controlled is in no scope, and in the tables by model and time."""
    record(eco, [MIXED[0] | {"startTimeMs": MARCH_MS}, MIXED[0] | {"startTimeMs": MARCH_MS + 1, "tags": {"entity": "labs"}}])
    said = "Entities count by the undertaking's control or share of them in the emissions of the headline and by scope; all else is of all calls."
    year = ("--since", "2025", "--until", "2025", "--compare", "previous")
    assert said not in " ".join(page(eco, *year).split())
    configure(tmp_path, '[organisation.entities.Labs]\ncontrolled = false\ntags = { entity = "labs" }\n')
    text = page(eco, *year)
    in_scopes, of_all = (float(re.search(rf"{words} +0 +([\d.]+)", text)[1]) for words in ("scope 3", "all calls: electricity, location-based"))
    hardware = float(re.search(r"all calls: making the hardware +0 +([\d.]+)", text)[1])
    assert said in " ".join(text.split())
    assert of_all + hardware == pytest.approx(2 * in_scopes, rel=0.01)  # one of two equal calls is in the scopes
