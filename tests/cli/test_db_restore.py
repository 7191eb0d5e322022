"""`eco db restore`: exactly the backup afterwards, whatever the store was, and nothing that was there is lost."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from tests.schema_helpers import leave

GPT = ("--model", "gpt-4o", "--prompt-tokens", "40", "--completion-tokens", "20")


@pytest.fixture
def file(tmp_path):
    return tmp_path / "data" / "eco" / "eco.db"


@pytest.fixture
def backup(eco, tmp_path):
    """Of two calls; a third came later."""
    for call in ("a", "b"):
        eco("record", *GPT, "--id", call)
    eco("db", "backup", "kept.db")
    eco("record", *GPT, "--id", "later")
    return tmp_path / "kept.db"


def ids(eco, *arguments):
    return sorted(row["id"] for row in eco("history", "--json", *arguments).json["data"])


def is_whole(eco):
    return eco("db", "check", "--json").json["problems"] == []


def test_the_backup_is_there_and_what_was_there_is_kept(eco, backup, file):
    done = eco("db", "restore", "kept.db", "--json").json
    assert (done["path"], done["calls"]) == (str(file), 2)
    assert ids(eco) == ["a", "b"] and is_whole(eco)
    assert ids(eco, "--db", done["kept"]) == ["a", "b", "later"]
    assert file.stat().st_mode & 0o777 == 0o600
    assert not list(file.parent.glob("*.tmp*"))


def test_twice_within_a_second_keeps_both(eco, backup, file):
    places = {eco("db", "restore", "kept.db", "--json").json["kept"] for _ in range(3)}
    assert len(places) == 3


CRASH = """
import os, sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
connection.execute("BEGIN")
connection.execute("SELECT count(*) FROM calls").fetchone()
print("reading", flush=True)
sys.stdin.read()
os.kill(os.getpid(), 9)
"""


def test_a_log_that_a_crash_left_is_not_replayed_into_it(eco, backup, file):
    reader = subprocess.Popen([sys.executable, "-c", CRASH, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    reader.stdout.readline()
    for number in range(30):
        eco("record", *GPT, "--id", f"lost {number}")
    reader.communicate()
    assert reader.returncode == -signal.SIGKILL
    assert file.with_name("eco.db-wal").stat().st_size
    eco("db", "restore", "kept.db")
    assert ids(eco) == ["a", "b"] and is_whole(eco)


@pytest.mark.parametrize("damage", [b"dear diary " * 4000, b"", None], ids=["text", "empty", "middle overwritten"])
@pytest.mark.parametrize("log", [b"", b"old log " * 5000])
def test_a_store_that_cannot_be_read_is_replaced(eco, backup, file, damage, log):
    content = file.read_bytes()
    if damage is None:
        damage = content[:16384] + os.urandom(len(content) - 16384)
    file.write_bytes(damage)
    if log:
        file.with_name("eco.db-wal").write_bytes(log)
    eco("db", "restore", "kept.db")
    assert ids(eco) == ["a", "b"] and is_whole(eco)


def test_without_a_store_it_makes_one(eco, backup, tmp_path):
    assert eco("db", "restore", "kept.db", "--db", "new/eco.db", "--json").json["kept"] is None
    assert ids(eco, "--db", "new/eco.db") == ["a", "b"]


def test_a_store_with_pages_of_another_size(eco, backup, tmp_path):
    with closing(sqlite3.connect(tmp_path / "small.db", isolation_level=None)) as small, closing(sqlite3.connect(backup)) as source:
        source.backup(small)
        small.execute("PRAGMA journal_mode = DELETE")
        small.execute("PRAGMA page_size = 4096")
        small.execute("VACUUM")
        small.execute("PRAGMA journal_mode = WAL")
    eco("db", "restore", "kept.db", "--db", "small.db")
    assert ids(eco, "--db", "small.db") == ["a", "b"]


def test_an_older_backup_is_brought_up_to_date_and_stays_as_it_is(eco, backup, tmp_path):
    older = leave(1, tmp_path / "old.db")
    before = older.read_bytes()
    assert eco("db", "restore", "old.db", "--json").json["calls"] == len(ids(eco)) > 0
    assert older.read_bytes() == before and is_whole(eco)


def test_others_that_look_on_see_the_new_content_next_time(eco, backup, file):
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN")
        assert other.execute("SELECT count(*) FROM calls").fetchone() == (3,)
        eco("db", "restore", "kept.db")
        assert other.execute("SELECT count(*) FROM calls").fetchone() == (3,)
        other.execute("COMMIT")
        assert other.execute("SELECT count(*) FROM calls").fetchone() == (2,)


def test_it_waits_for_a_writer_as_long_as_it_is_told(eco, backup, file):
    with closing(sqlite3.connect(file, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        assert "stayed locked" in eco("db", "restore", "kept.db", exit_code=5, ECO_BUSY_TIMEOUT="0.3").stderr
    assert ids(eco) == ["a", "b", "later"]


def test_a_locked_store_is_merged_later(eco, backup, tmp_path, monkeypatch):
    monkeypatch.setattr("ecocli.store.foreign.PATIENCE_S", 0.3)
    shutil.copy(backup, tmp_path / "other.db")
    with closing(sqlite3.connect(tmp_path / "other.db", isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode = DELETE")
        other.execute("BEGIN EXCLUSIVE")
        assert "stayed locked" in eco("merge", "other.db", exit_code=5).stderr


@pytest.mark.parametrize(
    ("make", "exit_code"),
    [
        (lambda path: None, 4),
        (lambda path: path.mkdir(), 4),
        (lambda path: path.write_text("dear diary " * 4000), 4),
        (lambda path: path.write_bytes(b""), 4),
        (lambda path: sqlite3.connect(path).executescript("CREATE TABLE another (a)").close(), 4),
        (lambda path: sqlite3.connect(path).executescript("PRAGMA application_id = 1701015329; PRAGMA user_version = 99").close(), 5),
    ],
    ids=["nothing", "a folder", "text", "an empty file", "another program's", "newer"],
)
def test_what_is_no_backup_changes_nothing(eco, backup, tmp_path, make, exit_code):
    make(tmp_path / "no.db")
    eco("db", "restore", "no.db", exit_code=exit_code)
    assert ids(eco) == ["a", "b", "later"]


def test_a_damaged_backup_is_refused(eco, backup):
    with closing(sqlite3.connect(backup)) as connection, connection:
        connection.execute("UPDATE bases SET content = replace(content, '1', '2')")
    assert "is no whole backup" in eco("db", "restore", "kept.db", exit_code=4).stderr
    assert ids(eco) == ["a", "b", "later"]


def test_the_store_itself_is_refused(eco, backup, file, tmp_path):
    (tmp_path / "link").symlink_to(file)
    for name in (str(file), "link"):
        assert "is the database itself" in eco("db", "restore", name, exit_code=2).stderr
