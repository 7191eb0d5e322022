"""The compiled catalogue in the cache can be made again at any time: whatever became of it, no command is stopped by it."""

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import pytest

from ecocli.catalog import compiled
from ecocli.catalog.entries import Entries, Entry, write
from ecocli.errors import BadCatalog

ROOT = Path(__file__).parents[2]
NOBODY = 65534
MODELS = {f"maker/{number}": {"size": number, "text": "x" * 1000} for number in range(50)}


def garbage(file):
    file.write_bytes(b"\xff" * 9000)


def empty(file):
    file.write_bytes(b"")


def cut(file):
    with file.open("rb+") as stream:
        stream.truncate(file.stat().st_size // 2)


def damaged_inside(file):
    """Its first pages are as they were: it can be opened, and is found damaged when an entry is looked up."""
    with file.open("rb+") as stream:
        stream.seek(8192)
        stream.write(b"\xff" * (file.stat().st_size - 8192))


def of_something_else(file):
    file.unlink()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE entry (other TEXT)")


def folder(file):
    file.unlink()
    file.mkdir()
    (file / "inside").write_text("")


@pytest.fixture
def small(tmp_path):
    """A compiled catalogue of a few models."""
    write(tmp_path / "small.db", (Entry("model", *each) for each in MODELS.items()))
    return tmp_path / "small.db"


@pytest.mark.parametrize("spoil", [garbage, empty, cut, damaged_inside, of_something_else, folder], ids=lambda spoil: spoil.__name__)
def test_a_file_that_cannot_be_read_is_made_anew_once(small, spoil):
    made = []

    def again() -> Entries:
        made.append(1)
        return Entries.in_memory(Entry("model", *each) for each in MODELS.items())

    spoil(small)
    found = Entries.open(small, again)
    assert dict(found.all("model")) == MODELS and found.keys("model") == sorted(MODELS)
    assert (found.get("model", "maker/7"), found.get("model", "maker/none"), found.notices()) == (MODELS["maker/7"], None, [])
    assert made == [1]


@pytest.mark.parametrize("spoil", [garbage, empty, cut, of_something_else, folder], ids=lambda spoil: spoil.__name__)
def test_one_that_eco_brings_is_no_cache_and_is_named(small, spoil):
    spoil(small)
    with pytest.raises(BadCatalog, match=r"the compiled catalogue .*small\.db is damaged"):
        dict(Entries.open(small).all("model"))


# the whole catalogue, which takes a second to compile


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    """With a file of the user's own the catalogue is compiled into the cache, also where eco brings a compiled one."""
    made = tmp_path_factory.mktemp("config") / "eco"
    made.mkdir()
    (made / "regions.yaml").write_text("sources: {}\n", "utf-8")
    return made


@pytest.fixture(scope="module")
def sound(config, tmp_path_factory):
    cache = tmp_path_factory.mktemp("sound")
    compiled.open_entries(config, cache)
    (file,) = cache.iterdir()
    return file


@pytest.fixture
def cached(sound, tmp_path):
    """A cache with the compiled catalogue."""
    made = tmp_path / "cache" / "eco"
    made.mkdir(parents=True)
    return Path(shutil.copy2(sound, made))


def no_room_beside_it(file):
    """What is written first has a name that a folder has."""
    file.unlink()
    (file.parent / f"{file.stem}.{os.getpid()}.tmp").mkdir()


def older_one_is_a_folder(file):
    file.unlink()
    other = file.parent / "catalog-old.db"
    other.mkdir()
    os.utime(other, (0, 0))


@pytest.mark.parametrize(
    ("spoil", "is_mended"), [(garbage, True), (older_one_is_a_folder, True), (folder, False), (no_room_beside_it, False)],
    ids=lambda value: getattr(value, "__name__", ""),
)  # fmt: skip
def test_the_catalogue_is_the_same_whatever_became_of_the_cache(config, cached, catalog, spoil, is_mended):
    spoil(cached)
    found = compiled.open_entries(config, cached.parent)
    assert dict(found.all("model")) == dict(catalog.all("model")) and found.notices() == catalog.notices()
    assert not [each for each in cached.parent.glob("*.tmp") if each.is_file()]
    assert cached.is_file() == is_mended
    if is_mended:
        assert Entries.open(cached).keys("model") == catalog.keys("model")


def test_the_doctor_looks_and_changes_nothing(config, cached, catalog):
    garbage(cached)
    before = {path: path.read_bytes() if path.is_file() else None for path in cached.parent.rglob("*")}
    assert compiled.look(config, cached.parent).keys("model") == catalog.keys("model")
    assert {path: path.read_bytes() if path.is_file() else None for path in cached.parent.rglob("*")} == before


def test_no_command_is_stopped(eco, config, cached):
    own = {"XDG_CACHE_HOME": str(cached.parent.parent), "XDG_CONFIG_HOME": str(config.parent)}
    line = ("estimate", "--model", "gpt-4o", "--prompt-tokens", "1", "--completion-tokens", "1", "--start-time-ms", "1763800000000")
    before = eco(*line, **own)
    folder(cached)
    assert eco(*line, **own) == before


AS_NOBODY = f"""
import os, sys
from pathlib import Path
from ecocli.catalog import compile, compiled
if os.geteuid() == 0:
    os.setuid({NOBODY})
print(len(compiled.open_entries(Path(sys.argv[1]), Path(sys.argv[2])).keys("model")))
"""


@pytest.mark.skipif(os.name == "nt", reason="no such permissions")
def test_without_permission(sound, catalog):
    """In another process that is not the superuser, whom permissions do not stop."""
    with tempfile.TemporaryDirectory() as made:
        config, cache = Path(made) / "config", Path(made) / "cache"
        config.mkdir()
        cache.mkdir()
        (config / "regions.yaml").write_text("sources: {}\n", "utf-8")
        Path(made).chmod(0o755)
        shutil.copy2(sound, cache)
        cache.chmod(0o000)
        command = [sys.executable, "-c", AS_NOBODY, config, cache]
        done = subprocess.run(command, capture_output=True, text=True, cwd="/", timeout=60, env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"})
        cache.chmod(0o700)
    assert done.stdout.split() == [str(len(catalog.keys("model")))], done.stderr
