"""What the owner of the zones' figures wants to be said goes wherever they go."""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ecocli.catalog.compile import load
from ecocli.catalog.compiled import compile_files, data_path
from ecocli.catalog.entries import Entries, write
from ecocli.catalog.notices import notices_for, sources_in

Run = Callable[..., Any]
NOTICE = "Contains information from Electricity Maps, made available under the Open Database License: https://www.electricitymaps.com, https://opendatacommons.org/licenses/odbl/1-0/"
CALL = ("--model", "gpt-4o", "--prompt-tokens", "100", "--completion-tokens", "50", "--start-time-ms", "1763800000000")


def words(text: str) -> str:
    """As it reads: without breaks of a narrow terminal and escapes of Markdown."""
    return " ".join(text.replace("\\", "").split())


@pytest.mark.parametrize("format", ["text", "md", "html", "json", "csv"])
def test_every_report_of_a_call_on_such_a_grid_says_whose_it_is(eco: Run, format: str) -> None:
    eco("record", *CALL, "--provider", "aws", "--region", "us-east-1")
    assert NOTICE in words(eco("report", "--format", format, "--full").stdout)


def test_the_first_page_says_where_that_is(eco: Run) -> None:
    eco("record", *CALL, "--provider", "aws", "--region", "us-east-1")
    assert "eco report --full has the rest, and whose data this is" in words(eco("report", "--format", "text").stdout)


def test_a_report_without_such_a_figure_does_not(eco: Run) -> None:
    eco("record", *CALL, "--provider", "aws", "--region", "cn-north-1")  # Beijing: its ministry's figure, times a ratio of Ember's
    report = eco("report", "--format", "json").json
    assert NOTICE not in report["credits"], [factor["source"] for factor in report["factors"]]
    assert any("Ember" in credit and "CC BY 4.0" in credit and "changed" in credit for credit in report["credits"])


@pytest.mark.parametrize("arguments", [("list",), ("list", "--places"), ("list", "--search", "oregon"), ("show", "us-west-2"), ("show", "us-any"), ("show", "DE")])
def test_lists_and_places_say_it_too(eco: Run, arguments: tuple[str, ...]) -> None:
    assert NOTICE in words(eco("regions", *arguments, "--format", "text").stdout)
    done = eco("regions", *arguments, "--format", "json")
    assert NOTICE in (done.stderr if isinstance(done.json, list) else " ".join(done.json["credits"]))


def test_a_place_with_other_figures_does_not(eco: Run) -> None:
    assert NOTICE not in eco("regions", "show", "CN-BJ", "--format", "json").json["credits"]


def test_the_compiled_file_has_it_as_a_table_of_its_own(tmp_path: Path) -> None:
    write(tmp_path / "catalog.db", compile_files([]))
    found = dict(sqlite3.connect(tmp_path / "catalog.db").execute("SELECT owner, text FROM notice"))
    assert found["Electricity Maps"] == NOTICE
    assert Entries.open(tmp_path / "catalog.db").notices() == sorted(found.items())


def test_the_file_has_it_in_its_head_and_no_figures_of_others() -> None:
    head = data_path("zones.yaml").read_text("utf-8").partition("\nnotices:")[0]
    for part in ("Contains information from Electricity Maps", "Open Database License", "https://opendatacommons.org/licenses/odbl/1-0/"):
        assert part in head
    figures = load(data_path("zones.yaml"))
    assert {source["publisher"] for source in figures["sources"].values()} == {"Electricity Maps"}
    elsewhere = json.dumps(load(data_path("regions.yaml"))["sources"], default=str)
    assert "Electricity Maps" not in elsewhere


def test_a_citation_of_an_earlier_edition_is_still_theirs(catalog: Entries) -> None:
    old = "Electricity Maps yearly zone means 2025, as packaged in @tgwf/co2 0.19.0. Electricity Maps, 2025 <https://www.npmjs.com/package/@tgwf/co2>"
    assert notices_for(catalog, [old]) == [NOTICE]


def test_citations_are_found_however_deep() -> None:
    assert list(sources_in([{"site": {"pue": {"source": "a", "value": 1}}, "sites": [{"source": "b"}]}, "c", None])) == ["a", "b"]
