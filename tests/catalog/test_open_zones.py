"""The catalogue without Electricity Maps: every place has a figure under a free licence, and says where that is weak."""

import json
import os
import sqlite3
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from ecocli.catalog.compile import load, regions_of
from ecocli.catalog.compiled import compile_files, shipped_files
from ecocli.catalog.entries import Entries
from ecocli.catalog.regions import resolve_site
from ecocli.catalog.zone_figures import OPEN
from tools import open_zones

ROOT = Path(__file__).parents[2]
COMPILED = list(compile_files([], zones=OPEN))
OPENLY = Entries.in_memory(COMPILED)
FREE = {"Apache-2.0", "CC-BY-4.0", "OGL-Canada-2.0", "public domain", "figures quoted", "UPL-1.0 OR Apache-2.0"}


def place(provider, region):
    return resolve_site(OPENLY, provider, region, False).spec


def test_the_file_and_the_page_are_current():
    assert open_zones.FILE.read_text("utf-8") == open_zones.text()
    assert open_zones.COMPARISON.read_text("utf-8") == open_zones.page()


def test_nothing_of_electricity_maps_is_in_it_and_the_edition_says_so(catalog):
    assert [key for _, key, body in COMPILED if "Electricity Maps" in json.dumps(body)] == []
    assert "Electricity Maps" not in dict(OPENLY.notices())
    assert OPENLY.get("meta", "edition") == f"{catalog.get('meta', 'edition')}-open"


def test_every_source_is_free_and_used():
    raw = regions_of(shipped_files(OPEN))
    assert {source["licence"] for source in raw["sources"].values()} <= FREE
    text = json.dumps([raw["zones"], raw["countries"], raw["world"], raw["states"], raw["egrid"]])
    assert [name for name in load(ROOT / OPEN)["sources"] if f'"{name}"' not in text] == []


def test_the_same_places_are_known(catalog):
    for kind in ("grid", "region", "provider", "place", "city"):
        assert OPENLY.keys(kind) == catalog.keys(kind)


@pytest.mark.parametrize("code", ["CA-QC", "CA-ON", "SE-SE3", "US-NW-BPAT", "US-NW-IPCO", "NO-NO2"])
def test_where_a_mean_is_poor_the_figure_says_so(code):
    assert any("poor here" in note for note in place(None, code).notes)


def test_an_answer_says_it_too():
    assert any("the north has dams" in note for note in place("AWS", "eu-north-1").notes)
    assert not any("mean" in note for note in place("AWS", "us-west-1").notes)


@pytest.mark.parametrize(
    ("code", "grams"),
    [
        ("CA-QC", 27.4),  # 0.2 gas x 490 + 0.3 oil x 650 + 0.7 biomass x 230 + 92.1 hydro x 24 + 6.7 wind x 11.5, over 100
        ("US-CAL-CISO", 219.2),  # CAMX, 195.04 x 1.124
        ("US-MIDA-PJM", 408.0),  # (271.78 x 302 + 415.52 x 524) / 826 x 1.124
        ("US-NW-BPAT", 154.2),  # Oregon 184.02, Washington 124.36
        ("AU-NSW", 700),  # 0.66 + 0.04 kg
        ("SE-SE3", 35.4),  # Sweden, 35.35
    ],
)
def test_figures_by_hand(code, grams):
    assert place(None, code).intensity_g_per_kwh.value == pytest.approx(grams, abs=0.15)


def test_no_direct_figure_is_above_the_lifecycle():
    sites = [body["site"] for kind, _, body in COMPILED if kind in ("grid", "region") and "direct_intensity_g_per_kwh" in body["site"]]
    assert sites
    assert all(site["direct_intensity_g_per_kwh"]["value"] <= site["intensity_g_per_kwh"]["value"] for site in sites)


@pytest.mark.package
def test_the_wheel_of_a_switch_has_the_one_and_not_the_other(tmp_path):
    pytest.importorskip("hatchling")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=300, env=os.environ | {"ECO_OPEN_GRID": "1"})
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        archive.extract("ecocli/data/catalog.db", tmp_path)
    assert "ecocli/data/zones-open.yaml" in names and "ecocli/data/zones.yaml" not in names
    assert "Electricity Maps" not in dict(sqlite3.connect(tmp_path / "ecocli/data/catalog.db").execute("SELECT owner, text FROM notice"))

