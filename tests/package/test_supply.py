"""What eco depends on: bounded, justified, free to use, few; and the same source builds the same wheel."""

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tools import licences, supply

ROOT = Path(__file__).parents[2]
PYPROJECT = supply.PYPROJECT.read_text("utf-8")


def test_all_is_as_it_should_be():
    done = subprocess.run([sys.executable, "-m", "tools.supply"], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("check", "before", "after", "problem"),
    [
        (supply.unbounded, '"rich>=13.8,<16"', '"rich>=13.8"', "rich>=13.8: needs a lowest and a highest version"),
        (supply.unbounded, '"rich>=13.8,<16"', '"rich<16"', "rich<16: needs a lowest and a highest version"),
        (supply.unbounded, '"pytest>=8"', '"pytest"', "pytest: needs a lowest version"),
        (supply.unjustified, "# migrations", "#", "sqlite-utils>=4,<5: needs its reason in a comment"),
    ],
)
def test_a_careless_change_is_found(check, before, after, problem):
    assert before in PYPROJECT
    assert list(check(PYPROJECT)) == []
    assert list(check(PYPROJECT.replace(before, after))) == [problem]


class Package:
    """As much of an installed package as a licence needs."""

    version = "1"

    def __init__(self, **about: str) -> None:
        from email.message import Message

        self.metadata = Message()
        for name, value in about.items():
            self.metadata[name.replace("_", "-")] = value


def test_a_licence_that_asks_for_more_is_found():
    packages = {"a": Package(License="GPL-3.0"), "b": Package(Classifier="License :: OSI Approved :: MIT License"), "c": None, "d": Package()}
    assert list(supply.unfree(packages)) == [
        "a: licence 'GPL-3.0' is not among the free ones",
        "c: is not installed, so its licence is not known",
        "d: licence '' is not among the free ones",
    ]


FIGURES = {"title": "t", "publisher": "p", "year": 2026, "url": "https://example.org", "licence": "CC-BY-4.0", "retrieved": "2026-11-29"}


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({}, None),
        ({"licence": "UPL-1.0 OR Apache-2.0"}, None),
        ({"licence": None}, "f: s: says no licence; tools/licences.py lists those whose terms were read"),
        ({"licence": "CC-BY-NC-4.0"}, "f: s: licence 'CC-BY-NC-4.0' is not known; tools/licences.py lists those whose terms were read"),
        ({"licence": "MIT OR GPL-3.0"}, "f: s: licence 'MIT OR GPL-3.0' is not known; tools/licences.py lists those whose terms were read"),
        ({"url": None}, "f: s: checked: true needs url"),
        ({"url": None, "retrieved": None}, "f: s: checked: true needs url and retrieved"),
        ({"url": None, "retrieved": None, "checked": False}, None),
        ({"url": None, "retrieved": None, "publisher": "eco"}, None),
    ],
)
def test_a_source_that_nobody_could_answer_for_is_found(changed, problem):
    entry = {name: value for name, value in (FIGURES | changed).items() if value is not None}
    assert list(supply.unsound([licences.Source("f", "s", entry)])) == [problem] * (problem is not None)


def test_one_package_too_many_is_found():
    names = dict.fromkeys(map(str, range(supply.MOST_PACKAGES)))
    assert list(supply.too_many(names)) == []
    assert list(supply.too_many(names | {"one more": None})) == [f"{supply.MOST_PACKAGES + 1} packages are more than {supply.MOST_PACKAGES}"]


def test_a_name_is_asked_for_once_and_markers_are_heeded():
    found = supply.closure(["pytest", "pytest>=8", 'no-such-package; python_version < "3"', "no-such-package-either"])
    assert "pytest" in found and "pluggy" in found
    assert "no-such-package" not in found
    assert found["no-such-package-either"] is None


@pytest.mark.package
def test_two_builds_are_the_same_bytes(tmp_path):
    pytest.importorskip("hatchling")
    wheels = [_wheel(tmp_path / name, umask) for name, umask in (("one", 0o022), ("a longer name", 0o077))]
    assert wheels[0].name == wheels[1].name
    digests = {hashlib.sha256(wheel.read_bytes()).hexdigest() for wheel in wheels}
    assert len(digests) == 1, _differing(*wheels)


def _wheel(folder: Path, umask: int) -> Path:
    """Built from a copy of the source: another place, other times, other permissions."""
    shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(".*", "__pycache__", "*.db", "tests", "benchmarks", "dist", "build", "*.egg-info"), copy_function=shutil.copyfile)
    old = {name: value for name, value in os.environ.items() if name != "SOURCE_DATE_EPOCH"}
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", "out"], cwd=folder, check=True, capture_output=True, umask=umask, env=old, timeout=300
    )
    (wheel,) = (folder / "out").glob("*.whl")
    return wheel


def _differing(one: Path, other: Path) -> list[str]:
    with zipfile.ZipFile(one) as first, zipfile.ZipFile(other) as second:
        names = {*first.namelist(), *second.namelist()}
        shared = {*first.namelist()} & {*second.namelist()}
        return sorted(name for name in names if name not in shared or first.read(name) != second.read(name))
