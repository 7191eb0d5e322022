"""What eco keeps is its owner's alone, and it says so when that has changed."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

if os.name == "nt":
    pytest.skip("permissions there are not these", allow_module_level=True)

CALL = ("record", "--model", "gpt-4o", "--prompt-tokens", "10", "--completion-tokens", "5")
DB = Path("data") / "eco" / "eco.db"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_everything_it_makes_is_private_under_any_umask(env, tmp_path):
    own = {"XDG_CACHE_HOME": str(tmp_path / "cache" / "below"), "XDG_DATA_HOME": str(tmp_path / "data" / "below")}
    (tmp_path / "config" / "eco").mkdir(parents=True)
    (tmp_path / "config" / "eco" / "models.yaml").write_text("models: []\n")  # so that a catalogue is compiled here
    ran = subprocess.run([sys.executable, "-m", "ecocli", *CALL], env=env | own, cwd=tmp_path, umask=0, capture_output=True, timeout=120)
    assert (ran.returncode, ran.stderr) == (0, b"")
    made = [path for top in ("cache", "data") for path in (tmp_path / top, *(tmp_path / top).rglob("*"))]
    assert {path.suffix for path in made if path.is_file()} == {".db"}
    assert {path.name: oct(mode(path)) for path in made if mode(path) != (0o700 if path.is_dir() else 0o600)} == {}


def test_a_link_to_a_file_that_is_not_there_yet(eco, tmp_path):
    (tmp_path / "link.db").symlink_to(tmp_path / "elsewhere.db")
    assert eco(*CALL, "--db", "link.db").stderr == ""
    assert mode(tmp_path / "elsewhere.db") == 0o600


def test_a_link_that_leads_nowhere(eco, tmp_path):
    (tmp_path / "itself.db").symlink_to(tmp_path / "itself.db")
    (tmp_path / "lost.db").symlink_to(tmp_path / "no" / "folder.db")
    for name in ("itself.db", "lost.db"):
        assert eco(*CALL, "--db", name, exit_code=5).stderr.startswith(f"eco: {tmp_path / name} cannot be ")


@pytest.mark.parametrize(("place", "loose", "mended"), [(DB, 0o640, "600"), (DB, 0o604, "600"), (DB.parent, 0o750, "700"), (DB.parent, 0o701, "700")])
def test_what_was_opened_to_others_is_said_with_its_cure(eco, tmp_path, place, loose, mended):
    assert eco(*CALL).stderr == ""
    (tmp_path / place).chmod(loose)
    path = tmp_path / place
    warning = f"eco: warning: others can get at {path}: chmod {mended} {path} keeps them out\n"
    for command in (CALL, ("history",), ("summary",), ("keys", "list"), ("statusline",), ("history", "--json")):
        assert eco(*command).stderr == warning
    assert eco(*CALL, "-q").stderr == ""
    subprocess.run(["sh", "-c", warning.rpartition(": ")[2].removesuffix(" keeps them out\n")], check=True)
    assert eco("history").stderr == ""


def test_it_is_said_once_however_often_the_store_is_opened(eco, tmp_path):
    secret = eco("keys", "create", "k").stdout.strip()
    (tmp_path / DB).chmod(0o644)
    assert eco(*CALL, ECO_API_KEY=secret).stderr.count("warning") == 1


def test_a_folder_of_the_users_choice_may_be_read_but_not_written_by_others(eco, tmp_path):
    folder = tmp_path / "my folder"
    folder.mkdir()
    for loose, words in ((0o755, ""), (0o775, ""), (0o1777, ""), (0o757, f"chmod o-w '{folder}' keeps them out\n")):
        folder.chmod(loose)
        assert eco(*CALL, "--db", str(folder / "eco.db")).stderr.endswith(words)
        assert bool(eco("history", "--db", str(folder / "eco.db")).stderr) == bool(words)


def test_completion_stays_silent(env, eco, tmp_path):
    eco("keys", "create", "Production")
    (tmp_path / DB).chmod(0o644)
    asked = {"COMP_WORDS": "eco keys revoke P", "COMP_CWORD": "3", "_ECO_COMPLETE": "complete_bash"}
    done = subprocess.run([sys.executable, "-c", "from ecocli.cli.main import main; main()"], env=env | asked, capture_output=True, timeout=60)
    assert (done.stdout.strip(), done.stderr) == (b"Production", b"")
