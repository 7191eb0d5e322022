"""One value of config.toml is changed: comments, order and every other line stay, and a broken file stays as it is."""

import os
import stat
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecocli.config.editing import remove_value, set_value
from ecocli.errors import BadConfig

MINE = """# mine
region = "FR"   # where I am
tags = {team = "x"}

[provider.openai]
region = "SE"   # as they say

[hardware."under the stairs"]  # a quiet one
active_w = 40
match = {hosts = ["stairs.example"]}
# the end
"""
NAMES = st.text(min_size=1, max_size=12)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "eco" / "config.toml"
    path.parent.mkdir()
    path.write_text(MINE, "utf-8")
    return path


def test_a_value_changes_and_its_comment_stays(file):
    set_value(file, ("region",), "DE")
    assert file.read_text("utf-8") == MINE.replace('"FR"', '"DE"')
    set_value(file, ("provider", "openai", "region"), "NO")
    assert file.read_text("utf-8") == MINE.replace('"FR"', '"DE"').replace('"SE"', '"NO"')


def test_what_is_added_and_removed_again_leaves_every_line_as_it_was(file):
    set_value(file, ("strict",), value=True)
    assert tomllib.loads(file.read_text("utf-8")) == tomllib.loads(MINE) | {"strict": True}
    remove_value(file, ("strict",))
    assert file.read_text("utf-8") == MINE


def test_a_new_table_comes_behind_the_others(file):
    set_value(file, ("aliases", "my-deployment*"), "gpt-4o")
    text = file.read_text("utf-8")
    assert text.startswith(MINE)
    assert tomllib.loads(text)["aliases"] == {"my-deployment*": "gpt-4o"}


def test_lines_of_windows_stay_lines_of_windows(file):
    file.write_bytes(MINE.encode().replace(b"\n", b"\r\n"))
    set_value(file, ("strict",), value=True)
    set_value(file, ("aliases", "my-deployment"), "gpt-4o")
    assert file.read_bytes().count(b"\n") == file.read_bytes().count(b"\r\n")
    assert tomllib.loads(file.read_bytes().decode()) == tomllib.loads(MINE) | {"strict": True, "aliases": {"my-deployment": "gpt-4o"}}


def test_where_lines_end_in_both_ways_each_stays_as_it_is(file):
    file.write_bytes(b'# mine\r\nregion = "FR"\npager = """a\nb"""\r\n')
    set_value(file, ("region",), "DE")
    assert file.read_bytes() == b'# mine\r\nregion = "DE"\npager = """a\nb"""\r\n'


def test_what_is_not_there_is_not_removed(file):
    remove_value(file, ("aliases", "x"))
    remove_value(file, ("region", "x"))
    remove_value(file.parent / "none.toml", ("x",))
    assert file.read_text("utf-8") == MINE
    assert [path.name for path in file.parent.iterdir()] == ["config.toml"]


def test_a_new_file_and_its_folder_are_the_owners_alone(tmp_path):
    path = tmp_path / "new" / "eco" / "config.toml"
    set_value(path, ("tags",), {"project": "é"})
    assert tomllib.loads(path.read_text("utf-8")) == {"tags": {"project": "é"}}
    if os.name != "nt":
        assert [stat.S_IMODE(each.stat().st_mode) for each in (path, path.parent, path.parent.parent)] == [0o600, 0o700, 0o700]


def test_a_link_to_the_file_stays_a_link_and_its_mode_stays(file, tmp_path):
    link = tmp_path / "config.toml"
    link.symlink_to(file)
    file.chmod(0o640)
    set_value(link, ("region",), "DE")
    assert link.is_symlink()
    assert 'region = "DE"' in file.read_text("utf-8")
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"region = ", "is not changed, for it is broken"), (b"\xff\xfe", "not UTF-8 text"), (b"[" * 50_000, "is not changed, for it is broken")],
)
def test_a_broken_file_is_left_as_it_is(file, content, said):
    file.write_bytes(content)
    for change in (lambda: set_value(file, ("region",), "DE"), lambda: remove_value(file, ("region",))):
        with pytest.raises(BadConfig, match=said) as caught:
            change()
        assert caught.value.hint == "change the file by hand"
    assert file.read_bytes() == content
    assert [path.name for path in file.parent.iterdir()] == ["config.toml"]


def test_a_value_is_no_table(file):
    with pytest.raises(BadConfig, match="region is a value, not a table"):
        set_value(file, ("region", "x"), 1)
    assert file.read_text("utf-8") == MINE


def test_a_folder_in_the_place_of_the_file(tmp_path):
    with pytest.raises(BadConfig, match="cannot be read: is a directory"):
        set_value(tmp_path, ("region",), "DE")


@given(st.lists(st.tuples(st.lists(NAMES, min_size=1, max_size=3).map(tuple), st.text(max_size=20) | st.booleans() | st.integers(-9, 9)), max_size=6))
def test_what_was_set_is_read_back_and_nothing_else_changes(tmp_path_factory, changes):
    path = tmp_path_factory.mktemp("config") / "config.toml"
    path.write_text(MINE, "utf-8")
    expected = tomllib.loads(MINE)
    for keys, value in changes:
        table = expected
        for key in keys[:-1]:
            table = table.setdefault(key, {}) if isinstance(table, dict) else None
        if not isinstance(table, dict):
            with pytest.raises(BadConfig, match="is a value"):
                set_value(path, keys, value)
            break
        table[keys[-1]] = value
        set_value(path, keys, value)
        assert tomllib.loads(path.read_text("utf-8")) == expected
