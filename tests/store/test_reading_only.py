"""Readers of a store that nobody can write, or that nobody can lock."""

import errno
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from threading import Barrier, Thread
from time import monotonic

import pytest

from ecocli.errors import StoreError
from ecocli.store import Store
from tests.schema_helpers import VERSIONS, leave

ROOT = Path(__file__).parents[2]
NOBODY = 65534
LOOK = f"""
import os, sys
from pathlib import Path
from ecocli.errors import StoreError
from ecocli.store import Store
if os.geteuid() == 0:
    os.setuid({NOBODY})
with Store.open(Path(sys.argv[1]), create=False) as store:
    print(store.count())
    try:
        with store.transaction():
            pass
    except StoreError as error:
        print(error)
"""


@pytest.fixture
def folder():
    with tempfile.TemporaryDirectory() as made:
        yield Path(made)
        os.chmod(made, 0o700)


@pytest.mark.skipif(os.name == "nt", reason="no such permissions")
@pytest.mark.parametrize("version", [VERSIONS[0], VERSIONS[-1]])
def test_a_store_in_a_folder_without_write_permission_is_read_and_not_written(folder, version):
    file = leave(version, folder / "kept.db")
    before = file.read_bytes()
    file.chmod(0o644)
    folder.chmod(0o555)
    found = subprocess.run([sys.executable, "-c", LOOK, file], capture_output=True, text=True, timeout=60, cwd="/", env=os.environ | {"PYTHONPATH": str(ROOT)})
    count, refusal = found.stdout.splitlines()
    assert int(count) > 0
    assert "cannot be written" in refusal
    assert [path.name for path in folder.iterdir()] == ["kept.db"]
    assert file.read_bytes() == before


@pytest.fixture
def locked(tmp_path):
    """A store that another connection keeps for itself."""
    path = tmp_path / "eco.db"
    with Store.open(path) as store:
        store.connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        store.connection.execute("BEGIN EXCLUSIVE")
        store.connection.execute("COMMIT")
        yield path


def test_a_file_system_without_locks_is_named_and_not_waited_for(locked, monkeypatch):
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("fcntl.lockf", refuse)
    began_s = monotonic()
    with pytest.raises(StoreError, match="refuses locks") as caught:
        Store.open(locked, busy_timeout_s=20, create=False)
    assert monotonic() - began_s < 3
    assert caught.value.code == "no-locks"


def test_another_program_is_waited_for_as_long_as_was_asked(locked):
    began_s = monotonic()
    with pytest.raises(StoreError, match="stayed locked by another program"):
        Store.open(locked, busy_timeout_s=1.2)
    assert 1.2 <= monotonic() - began_s < 10


def test_a_prompt_does_not_wait_for_another_program(eco, locked):
    began_s = monotonic()
    assert "locked by another program" in eco("statusline", "--db", str(locked), exit_code=5).stderr
    assert monotonic() - began_s < 3


@pytest.mark.parametrize("command", [("db", "check"), ("db", "backup", "copy.db"), ("db", "query", "SELECT 1")], ids=" ".join)
def test_nothing_stays_beside_a_store_that_was_looked_at(eco, tmp_path, monkeypatch, command):
    monkeypatch.chdir(tmp_path)
    store = tmp_path / "looked-at.db"
    eco("record", "-m", "gpt-4o", "--prompt-tokens", "1", "--completion-tokens", "1", "--db", str(store))
    eco(*command, "--db", str(store))
    assert [path.name for path in sorted(tmp_path.glob("looked-at*"))] == ["looked-at.db"]


def test_a_backup_is_alone_after_it_was_restored_and_merged(eco, tmp_path):
    backup, store = tmp_path / "backup.db", tmp_path / "eco.db"
    eco("record", "-m", "gpt-4o", "--prompt-tokens", "1", "--completion-tokens", "1", "--db", str(backup))
    eco("db", "restore", str(backup), "--db", str(store))
    eco("merge", str(backup), "--db", str(store))
    assert [path.name for path in sorted(tmp_path.glob("backup*"))] == ["backup.db"]


def test_a_look_leaves_the_log_of_others_alone(tmp_path):
    """What another program has not moved into the file yet stays where it is."""
    from contextlib import closing
    from sqlite3 import connect

    from ecocli.store.looking import look

    path = tmp_path / "eco.db"
    with Store.open(path):
        pass
    with closing(connect(path, isolation_level=None)) as other:
        other.execute("CREATE TABLE more (x)")
        log = path.with_name("eco.db-wal").read_bytes()
        with look(path, 1.0) as connection:
            assert connection.execute("SELECT count(*) FROM more").fetchone() == (0,)
        assert log and path.with_name("eco.db-wal").read_bytes() == log


def test_an_empty_store_is_not_taken_for_the_one_that_is_made_meanwhile(tmp_path):
    """A server that is asked for the history before the first call is stored would show an empty one for ever."""
    for trial in range(20):
        path, both = tmp_path / f"{trial}.db", Barrier(2)

        def make(path=path, both=both):
            both.wait()
            Store.open(path).close()

        maker = Thread(target=make)
        maker.start()
        both.wait()
        with Store.open(path, create=False) as store:
            maker.join()
            (_, _, file) = store.connection.execute("PRAGMA database_list").fetchone()
            assert file or not store.is_current()  # it is opened anew when it is next asked
