"""What pyproject.toml says of the package; `python -m tools.package_check` builds, installs and tries it."""

import re
import tomllib
from pathlib import Path

import pytest

from tools.package_check import PROJECT, SHARED, lowest_versions

ROOT = Path(__file__).parents[2]
WHEEL = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]["wheel"]


@pytest.mark.parametrize("dependency", PROJECT["dependencies"])
def test_every_dependency_has_a_lowest_version_and_a_version_that_is_too_new(dependency):
    assert re.fullmatch(r"[\w-]+>=[\d.]+,<[\d.]+", dependency)


def test_the_lowest_versions_are_those_of_the_dependencies():
    assert len(lowest_versions()) == len(PROJECT["dependencies"])
    assert all(f"{name}>={version}," in ",".join(PROJECT["dependencies"]) for name, version in (pin.split("==") for pin in lowest_versions()))


def test_what_is_installed_beside_the_package_is_there():
    assert set(WHEEL["shared-data"].values()) == set(SHARED)
    assert all((ROOT / file).is_file() for file in WHEEL["shared-data"])


def test_the_oldest_python_that_is_promised_is_the_oldest_that_is_tried():
    tried = [line.rpartition(" ")[2] for line in PROJECT["classifiers"] if line.startswith("Programming Language :: Python :: 3.")]
    assert PROJECT["requires-python"] == f">={tried[0]}"
