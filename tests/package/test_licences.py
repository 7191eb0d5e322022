"""The notices and licences of data travel with it: in the wheel, in the sdist, in the metadata, and out of `eco about`."""

import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from email import message_from_string
from pathlib import Path

import pytest

from ecocli.catalog.entries import Entries
from tools import licences

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
NOTICE = (ROOT / "NOTICE").read_text("utf-8")
TEXTS = {  # a sentence of each that no other has
    "LICENSE": "TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION",
    "NOTICE": "Contains information from Electricity Maps",
    "LICENSES/ODbL-1.0.txt": "Open Data Commons Open Database License (ODbL)",
    "LICENSES/CC-BY-4.0.txt": "Creative Commons Attribution 4.0 International",
    "LICENSES/MIT-OpenAI.txt": "Copyright (c) 2022 OpenAI, Shantanu Jain",
    "LICENSES/MIT-gpt-tokenizer.txt": "Copyright (c) 2023-2024 Bazyli Brzoska",
    "LICENSES/MIT-CodeCarbon.txt": "Code Carbon NGO",
}


def test_eco_about_prints_every_one(eco):
    found = eco("about", "--licences", "--format", "json").json
    assert set(found) == set(TEXTS)
    printed = eco("about", "--licences", "--format", "text").stdout
    for name, sentence in TEXTS.items():
        assert sentence in found[name]
        assert sentence in printed and name in printed


def test_eco_about_says_what_the_figures_are_of(eco, catalog):
    facts = eco("about", "--format", "json").json
    answer = eco("estimate", "--model", "gpt-4o", "--prompt-tokens", "1", "--completion-tokens", "1").json["audit"]
    assert (facts["dataEdition"], facts["method"]) == (answer["dataEdition"], answer["method"])
    assert facts["version"] in eco("--version").stdout
    assert facts["credits"] == [text for _, text in catalog.notices()]


def test_an_installation_without_them_says_so(tmp_path):
    site = tmp_path / "site"  # the package and its name alone, as a packager might unpack it
    shutil.copytree(ROOT / "ecocli", site / "ecocli", ignore=shutil.ignore_patterns("__pycache__"))
    (site / "ecocli-0.dist-info").mkdir()
    (site / "ecocli-0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: ecocli\nVersion: 0\n", "utf-8")
    done = subprocess.run([sys.executable, "-m", "ecocli", "about", "--licences"], capture_output=True, text=True, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(site)})
    told = "eco: the licences that ship with eco are not in this installation\nhint: pip install --force-reinstall ecocli brings them back\n"
    assert (done.returncode, done.stdout, done.stderr) == (4, "", told)


def test_every_licence_that_ships_is_named_in_the_metadata():
    named = set(PROJECT["license"].split(" AND "))
    shipped = {Path(name).stem.partition("-")[0] if "MIT" in name else Path(name).stem for name in TEXTS if "/" in name}
    assert named == {"Apache-2.0"} | shipped


def test_the_notice_has_what_each_owner_wants_to_be_said(catalog: Entries):
    for owner, text in catalog.notices():
        assert owner in NOTICE
        for address in re.findall(r"https://[^\s,]+", text):
            assert address in NOTICE, owner


def test_every_owner_whose_licence_asks_for_credit_is_in_the_notice():
    owners = {each.entry["publisher"] for each in licences.sources() if each.entry["licence"] in ("ODbL-1.0", "CC-BY-4.0")}
    single = {name for owner in owners for name in ([owner] if owner.startswith("Department") else owner.split(", ")) if name not in ("US EPA", "Ministry of Ecology and Environment of China")}
    assert {owner for owner in single if owner not in " ".join(NOTICE.split())} == set()


@pytest.mark.package
def test_wheel_and_sdist_have_them(tmp_path):
    pytest.importorskip("hatchling")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-d", str(tmp_path)], cwd=ROOT, check=True, capture_output=True, timeout=300)
    (wheel,), (sdist,) = tmp_path.glob("*.whl"), tmp_path.glob("*.tar.gz")
    with zipfile.ZipFile(wheel) as archive:
        names = {name.partition(".dist-info/licenses/")[2] for name in archive.namelist()}
        (metadata,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        about = message_from_string(archive.read(metadata).decode())
        assert b"OpenAI" in archive.read("ecocli/tokens/vocab/LICENSE")
        assert "ecocli/data/zones.yaml" in archive.namelist() and "ecocli/data/zones-open.yaml" not in archive.namelist()
    assert set(TEXTS) <= names
    assert set(TEXTS) == set(about.get_all("License-File"))
    assert about["License-Expression"] == PROJECT["license"]
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {*TEXTS, "zones.yaml", "zones-open.yaml", "regions.yaml", "docs/sources.md"} <= names
