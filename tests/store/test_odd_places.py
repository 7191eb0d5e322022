"""Stores in places that are not usual: on a read-only medium, under a name that is not UTF-8, under two names, gone."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing

import pytest

from ecocli.errors import StoreError
from ecocli.store import Store
from tests.store.test_store import new_call

GPT = ("--model", "gpt-4o", "--prompt-tokens", "40", "--completion-tokens", "20")
ODD = os.fsdecode(b"caf\xe9")
ENDLESS = "CREATE VIEW {} AS WITH RECURSIVE x(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM x) SELECT n AS id, n AS model FROM x"


@pytest.fixture
def medium(eco, tmp_path):
    """A folder that is mounted for reading only, with a backup of two calls."""
    folder = tmp_path / "medium"
    folder.mkdir()
    for call in ("a", "b"):
        eco("record", *GPT, "--id", call, "--db", "other.db")
    if os.geteuid() != 0 or not shutil.which("mount") or subprocess.run(["mount", "-t", "tmpfs", "none", folder], capture_output=True).returncode:
        pytest.skip("only root may mount")
    eco("db", "backup", "medium/kept.db", "--db", "other.db")
    subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_backup_on_a_read_only_medium_can_be_used(eco, medium):
    assert eco("db", "check", "--db", "medium/kept.db", "--json").json["calls"] == 2
    assert eco("merge", "medium/kept.db").json["new"] == 2
    eco("db", "backup", "again.db", "--db", "medium/kept.db")
    assert eco("db", "restore", "medium/kept.db", "--json").json["calls"] == 2
    assert len(eco("history").json["data"]) == 2


def test_a_store_whose_name_is_not_utf_8(eco, tmp_path):
    store = f"{ODD}/{ODD}.db"
    eco("record", *GPT, "--id", "a", "--db", store)
    assert eco("db", "check", "--db", store, "--json").json["calls"] == 1
    eco("db", "backup", f"{ODD}.bak", "--db", store)
    assert eco("merge", store, "--db", "mine.db").json["new"] == 1
    eco("db", "restore", f"{ODD}.bak", "--db", store)
    eco("db", "vacuum", "--db", store)
    assert eco("db", "path", "--db", store, "--json").json["exists"] is True
    assert "no database" in eco("db", "check", "--db", f"{ODD}/none", exit_code=4).stderr


@pytest.mark.parametrize("source", ["llm", "opencode"])
@pytest.mark.parametrize("statement", ["CREATE TABLE another (id)", *(ENDLESS.format(name) for name in ("responses", "message", "log"))])
def test_a_database_of_another_tool_under_such_a_name_or_without_an_end(eco, tmp_path, source, statement):
    folder = tmp_path / ODD
    folder.mkdir()
    with closing(sqlite3.connect(folder / f"{source}.db")) as connection, connection:
        connection.execute(statement)
    result = eco("import", source, f"{ODD}/{source}.db", exit_code=None)
    assert result.exit_code in (0, 4) and result.json["sources"][0]["new"] == 0


WRITES = [
    ("record", *GPT), ("keys", "create", "k"), ("forget", "--before", "1999-01-01", "--yes"), ("budget", "set", "1kg"), ("merge", "other.db"),
    ("db", "vacuum"), ("db", "restore", "other.db"),
]  # fmt: skip


@pytest.mark.parametrize("command", WRITES, ids=lambda command: " ".join(command[:2]))
def test_under_two_names_a_store_is_only_read(eco, tmp_path, command):
    for name in ("one.db", "other.db"):
        eco("record", *GPT, "--id", name, "--db", name)
    os.link(tmp_path / "one.db", tmp_path / "two.db")
    for name in ("one.db", "two.db"):
        done = eco(*command, "--db", name, exit_code=None)
        if command[0] != "forget" or done.exit_code:  # which has nothing to remove
            assert done.exit_code == 5 and "hard link" in done.stderr and "hint: " in done.stderr
        assert [row["id"] for row in eco("history", "--db", name).json["data"]] == ["one.db"]
        eco("summary", "--db", name)
    (tmp_path / "two.db").unlink()
    eco("record", *GPT, "--db", "one.db")


@pytest.mark.parametrize("happens", ["removed", "renamed", "replaced"])
def test_what_is_stored_in_a_file_that_went_away_is_not_acknowledged(tmp_path, happens):
    path = tmp_path / "eco.db"
    with Store.open(path) as store:
        with store.transaction():
            store.add(new_call("a"))
        with pytest.raises(StoreError, match="was removed, renamed or replaced"), store.transaction():
            store.add(new_call("b"))
            if happens == "removed":
                path.unlink()
            else:
                path.rename(tmp_path / "elsewhere.db")
            if happens == "replaced":
                path.write_bytes(b"")
