"""The one file that holds eco unpacks itself once, whoever runs it first, and says where it cannot run."""

import os
import stat
import subprocess
import sys
import sysconfig
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tools import zipapp

PROGRAM = "import sys\n\n\ndef main():\n    print(*sys.argv[1:], __file__)\n"
"""In the place of eco, whose dependencies come from a package index: `python -m tools.package_check` tries the whole."""


@pytest.fixture
def site(tmp_path):
    folder = tmp_path / "site" / "ecocli"
    folder.mkdir(parents=True)
    (folder / "__init__.py").touch()
    (folder / "__main__.py").write_text(PROGRAM)
    return folder.parent


@pytest.fixture
def archive(site, tmp_path):
    zipapp.pack(site, tmp_path / "eco.pyz")
    return tmp_path / "eco.pyz"


@pytest.fixture
def run(env, tmp_path):
    def start(archive, *arguments, **variables):
        own = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
        return subprocess.run([sys.executable, archive, *arguments], env=env | own | variables, capture_output=True, text=True, timeout=60)

    return start


def test_it_runs_and_unpacks_itself_once(run, archive, tmp_path):
    first = run(archive, "history", "--last", "7d")
    (unpacked,) = (tmp_path / "cache" / "eco").iterdir()
    assert first.stdout.split() == ["history", "--last", "7d", str(unpacked / "ecocli" / "__main__.py")]
    made_at = unpacked.stat().st_ctime_ns
    assert run(archive, "history", "--last", "7d").stdout == first.stdout
    assert unpacked.stat().st_ctime_ns == made_at
    if os.name != "nt":
        assert stat.S_IMODE(unpacked.stat().st_mode) == stat.S_IMODE(unpacked.parent.stat().st_mode) == 0o700


def test_many_first_runs_at_once(run, archive, tmp_path):
    with ThreadPoolExecutor(8) as threads:
        runs = list(threads.map(lambda _: run(archive), range(8)))
    assert {(done.returncode, done.stderr) for done in runs} == {(0, "")}
    assert len(list((tmp_path / "cache" / "eco").iterdir())) == 1


def test_the_same_files_are_the_same_archive_and_others_another(site, archive, tmp_path):
    zipapp.pack(site, tmp_path / "again.pyz")
    assert archive.read_bytes() == (tmp_path / "again.pyz").read_bytes()
    (site / "ecocli" / "__main__.py").write_text(PROGRAM + "\n")
    zipapp.pack(site, tmp_path / "other.pyz")
    assert archive.read_bytes() != (tmp_path / "other.pyz").read_bytes()


@pytest.mark.skipif(os.name == "nt", reason="no such permissions")
def test_it_is_a_program(run, archive, env, tmp_path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python3").symlink_to(sys.executable)
    done = subprocess.run([archive, "x"], env=env | {"PATH": f"{tmp_path / 'bin'}:{env['PATH']}", "XDG_CACHE_HOME": str(tmp_path / "cache")}, capture_output=True, text=True)
    assert done.stdout.startswith("x ")


@pytest.mark.parametrize(
    ("built_for", "said"),
    [
        ({"version": (3, 9)}, f"eco: this file is for Python 3.9, and this is {sys.version_info[0]}.{sys.version_info[1]}\n"),
        ({"platform": "moon-68k"}, f"eco: this file is for moon-68k, and this machine is {sysconfig.get_platform()}\n"),
    ],
)
def test_it_says_where_it_runs(run, tmp_path, built_for, said):
    start = zipapp.START.format(**{"digest": "d", "version": sys.version_info[:2], "platform": sysconfig.get_platform()} | built_for)
    (tmp_path / "start.py").write_text(start)
    done = run(tmp_path / "start.py")
    assert (done.returncode, done.stderr) == (1, said)


def test_a_place_where_it_cannot_unpack(run, archive, tmp_path):
    (tmp_path / "cache").write_text("a file where a folder belongs")
    done = run(archive)
    assert done.returncode == 1
    assert done.stderr.startswith(f"eco: {Path(tmp_path, 'cache', 'eco')}") and "Traceback" not in done.stderr
