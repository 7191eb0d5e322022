"""The catalogue beside its sources: what differs is listed and fails, what is missing is listed, and no source is passed over."""

import json
import math
import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tools.sources import __main__ as command
from tools.sources import document
from tools.sources.check import checked
from tools.sources.figures import NAMES, cited, figures
from tools.sources.readers import READERS
from tools.sources.stated import Stated

ROOT = Path(__file__).resolve().parents[2]
HELD = figures(ROOT)
RAW = yaml.load((ROOT / "models.yaml").read_bytes(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
SIZES = RAW["architectures"]

# --- when two numbers are the same


@given(st.floats(1e-3, 1e6))
def test_a_number_is_itself_and_not_another(value):
    assert Stated.exactly(value).agrees(value)
    assert not Stated.exactly(value).agrees(value * 1.5)


@pytest.mark.parametrize(
    ("held", "there", "same"),
    [
        (8.03, 8.030261, True),  # written to three digits
        (440, 440.4, True),
        (1026, 1000, False),  # a rounded terabyte is another number
        (7.72, 7, False),  # 7B does not say 7.72
        (4, 3.96, True),
        (1158, 2000, False),
    ],
)
def test_the_coarser_number_decides_how_precisely(held, there, same):
    assert Stated.exactly(there).agrees(held) == same


def test_a_range_stands_for_its_geometric_mean():
    stated = Stated(8, 28)
    assert stated.agrees(15.0) and not stated.agrees(18)  # the square root of 224 is 14.97
    assert str(stated) == "8 to 28"


# --- comparing


CATALOG = {
    "architectures": {
        "a": {"total_params_b": {"value": 300, "unit": "B", "source": "s", "year": 2026}, "layers": 61},
        "b": {"total_params_b": {"value": 70, "unit": "B", "source": "s", "year": 2026}},
        "c": {"total_params_b": {"value": 8, "unit": "B", "source": "other", "year": 2026}},
    }
}


def test_what_agrees_differs_and_lacks_is_told_apart():
    stated = {"s": {"A-1": {"total_params_b": Stated.exactly(300)}, "b": {"active_params_b": Stated.exactly(7)}}}
    first, second = checked(cited(CATALOG, {"s": {"a": "A-1"}}), stated)
    assert first.agrees and first.name == "A-1"
    assert second.stated is None and second.name == "b"


def test_a_region_is_found_under_its_year_and_its_providers_name():
    pue = {"value": 1.15, "unit": "1", "source": "s", "year": 2023}
    (azure,) = cited({"regions": {"azure": {"westus2": {"pue": pue}}}}, {"s": {"westus2": "westus"}})
    (aws,) = cited({"regions": {"aws": {"us-east-1": {"pue": pue}}}}, {})
    assert azure.names == ("2023/Microsoft Azure/westus",) and aws.names == ("2023/us-east-1",)


def test_googles_zones_are_found_under_each_of_its_regions_there():
    direct = {"value": 275.81, "unit": "gCO2e/kWh", "source": "google-grid-2025", "year": 2025}
    catalog = {"zones": {"DE": {"direct": direct}}, "regions": {"gcp": {code: {"zone": "DE"} for code in ("europe-west3", "europe-west10")}}}
    (figure,) = cited(catalog, {})
    assert figure.names == ("europe-west3", "europe-west10")
    assert checked([figure], {"google-grid-2025": {"europe-west10": {"direct": Stated.exactly(275.81)}}})[0].agrees


# --- the command


def run(tmp_path, capsys, *sizes, arguments=()):
    path = tmp_path / "models.json"
    path.write_text(json.dumps({"models": [{"name": name, "architecture": {"parameters": size}} for name, size in sizes]}), "utf-8")
    code = command.main([f"ecologits-0.9={path}", *arguments])
    return code, capsys.readouterr().out


def test_a_difference_is_listed_and_fails(tmp_path, capsys):
    code, out = run(tmp_path, capsys, ("claude-sonnet-4-20250514", {"total": 441, "active": 88}))
    assert code == 1
    assert "| `architectures.claude-sonnet-4.total_params_b` | 440 | 441 | `claude-sonnet-4-20250514` | `ecologits-0.9` |" in out


def test_what_is_missing_is_listed_and_is_no_difference(tmp_path, capsys):
    code, out = run(tmp_path, capsys, ("claude-sonnet-4-20250514", {"total": 440, "active": 88}))
    assert code == 0 and "## What differs\n\nNothing.\n" in out
    assert "| `architectures.gemini-2.0-flash.total_params_b` | 440 | not in this copy | `ecologits-0.9` |" in out


def test_without_arguments_it_lists_what_can_be_read(capsys):
    assert command.main([]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == list(READERS)


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("ecologits-1.0=x", "'ecologits-1.0' is no source that can be read again; without arguments they are listed"),
        ("litgpt=/no/such/file", "litgpt needs the path of its file: there is no '/no/such/file'"),
        ("litgpt", "litgpt needs the path of its file: there is no ''"),
    ],
)
def test_a_wrong_argument_is_named(argument, message, capsys):
    with pytest.raises(SystemExit, match="2"):
        command.main([argument])
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(("source", "text"), [("ecologits-0.9", "{}"), ("egrid-2023", "not JSON"), ("litgpt", "def ("), ("google-grid-2025", "Google Cloud Region\nus-west2\n"), ("aws-2025", "a,b\n")])
def test_a_file_of_another_shape_is_named(source, text, tmp_path):
    path = tmp_path / "other.json"
    path.write_text(text, "utf-8")
    with pytest.raises(SystemExit, match=f"{source}: .*other.json cannot be read as "):
        command.main([f"{source}={path}"])


def test_the_words_around_the_tables_stay(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(f"before\n{document.BEGIN}old\n{document.END}after\n", "utf-8")
    document.write(page, "new\n")
    assert page.read_text("utf-8") == f"before\n{document.BEGIN}new\n{document.END}after\n"


# --- the catalogue and the page as they are


def test_every_name_is_of_something_that_cites_the_source():
    names = yaml.safe_load(NAMES.read_text("utf-8"))
    cite = {(figure.source, figure.place[-1]) for figure in HELD}
    assert set(names) <= set(READERS)
    assert [(source, key) for source, each in names.items() for key in each if (source, key) not in cite] == []


def test_the_run_on_the_page_left_no_source_out():
    read = command.PAGE.read_text("utf-8").partition(document.BEGIN)[2].split("## What differs")[0]
    assert set(re.findall(r"^\| `([\w.-]+)` \|", read, re.MULTILINE)) == set(READERS)


def test_the_page_has_nothing_that_differs():
    assert "## What differs\n\nNothing.\n" in command.PAGE.read_text("utf-8")


# --- derivations say what they say


@pytest.mark.parametrize("name", [name for name, size in SIZES.items() if size["active_params_b"]["source"] == "derived-active-share"])
def test_active_parts_of_closed_mixtures_follow_their_rule(name):
    total, active = SIZES[name]["total_params_b"]["value"], SIZES[name]["active_params_b"]["value"]
    assert active == pytest.approx(math.sqrt(0.173 * total * 0.332 * total**0.726), rel=0.005)


@pytest.mark.parametrize("name", ["claude-opus-4", "claude-opus-4.1"])
def test_opus_4_lies_between_ecologits_two_sizes_of_its_line(name):
    total = SIZES[name]["total_params_b"]
    assert (total["low"], total["high"]) == (SIZES["claude-opus-4.5"]["total_params_b"]["value"], 2000)
    assert total["value"] == pytest.approx(math.sqrt(total["low"] * total["high"]), rel=0.001)
