"""The pictures in the README show what eco prints now, and load nothing."""

import re
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest

pytest.importorskip("pty")

from tools import example_use, screenshots

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
AGAIN = "python -m tools.screenshots draws them again"


@pytest.fixture(scope="module")
def pictures(tmp_path_factory, cache_folder):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(cache_folder))
        yield screenshots.terminal_pictures(tmp_path_factory.mktemp("screens"))


@pytest.mark.parametrize("name", screenshots.TYPED)
def test_pictures_are_current(pictures, name):
    assert (screenshots.SCREENS / f"{name}.svg").read_text("utf-8") == pictures[name], AGAIN


@pytest.mark.parametrize("name", screenshots.TYPED)
def test_pictures_load_nothing(name):
    text = (screenshots.SCREENS / f"{name}.svg").read_text("utf-8")
    assert re.findall(r"https?://[^\"]+", text) == ["http://www.w3.org/2000/svg"]
    assert "@import" not in text and "@font-face" not in text and not re.search(r"url\((?!#)", text)
    assert {element.tag.rpartition("}")[2] for element in ElementTree.fromstring(text).iter()} <= {"svg", "style", "g", "rect", "circle", "text"}


def test_the_readme_shows_each_picture_and_says_what_is_on_it():
    shown = dict(re.findall(r"!\[([^\]]+)\]\((docs/screens/[^)]+)\)", README))
    assert sorted(shown.values()) == sorted(f"docs/screens/{file.name}" for file in screenshots.SCREENS.iterdir())
    assert "python -m tools.screenshots" in README


def test_the_example_lies_in_its_two_weeks():
    days = [datetime.fromisoformat(session.start).date().isoformat() for session in example_use.SESSIONS]
    assert min(days) == example_use.FIRST_DAY and max(days) == example_use.LAST_DAY
    assert datetime.fromtimestamp(example_use.NOW_MS / 1000, UTC).date().isoformat() > example_use.LAST_DAY


def test_without_a_browser_the_old_picture_stays(tmp_path, monkeypatch):
    old = tmp_path / "report.png"
    old.write_bytes(b"old")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not screenshots.photograph("<!doctype html>", old, tmp_path)
    assert old.read_bytes() == b"old"
