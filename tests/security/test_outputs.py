"""Options that name a file for output never destroy what eco reads or keeps, and keep text of a person private."""

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli_helpers import inside  # noqa: F401 - a fixture

DB = Path("data") / "eco" / "eco.db"
EVENT = {"model": "gpt-4o", "prompt_tokens": 11, "completion_tokens": 7}
LINE = json.dumps({"type": "assistant", "nothing": "of use"}) + "\nno JSON\n"


def as_it_is(target):
    return str(target)


def spelt_otherwise(target):
    return f"{target.parent}/../{target.parent.name}/./{target.name}"


def soft_link(target):
    Path("soft.html").symlink_to(target)
    return "soft.html"


def hard_link(target):
    os.link(target, "hard.html")
    return "hard.html"


def relative(target):
    return os.path.relpath(target)


NAMES = (as_it_is, spelt_otherwise, soft_link, hard_link, relative)
COMMANDS = {
    "report": ("report", "--format", "md", "--output"),
    "record": ("record", "--skip-invalid", "--input", "in.ndjson", "--rejects"),
    "estimate": ("estimate", "--skip-invalid", "--input", "in.ndjson", "--rejects"),
    "import eco": ("import", "eco", "in.ndjson", "--rejects"),
    "import a log": ("import", "claude-code", "logs", "--rejects"),
}


@pytest.fixture
def files(inside, tmp_path):
    """A store of three calls, an input, a folder of logs, settings."""
    inside("record", "-q", input="\n".join(json.dumps(EVENT | {"id": str(number)}) for number in range(3)))
    (tmp_path / "in.ndjson").write_text(json.dumps(EVENT) + "\nbad\n")
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "log.jsonl").write_text(LINE)
    (tmp_path / "config" / "eco").mkdir(parents=True)
    (tmp_path / "config" / "eco" / "config.toml").write_text('tz = "UTC"\n')
    return {
        "store": tmp_path / DB, "input": tmp_path / "in.ndjson", "log": tmp_path / "logs" / "log.jsonl",
        "settings": tmp_path / "config" / "eco" / "config.toml",
    }  # fmt: skip


READ = {"record": "input", "estimate": "input", "import eco": "input", "import a log": "log"}
CASES = [(command, what) for command in COMMANDS for what in ("store", "settings", READ.get(command)) if what]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("command", "what"), CASES)
def test_what_is_read_or_kept_is_not_written_over(inside, files, command, what, name):
    before = {path: path.read_bytes() for path in files.values()}
    done = inside(*COMMANDS[command], name(files[what]), exit_code=2)
    assert done.stderr.startswith("eco: --") and "name another file" in done.stderr
    assert {path: path.read_bytes() for path in files.values()} == before
    assert len(inside("history").json["data"]) == 3


@pytest.mark.parametrize("ending", ["-wal", "-shm", "-journal"])
def test_what_sqlite_keeps_beside_the_store_is_not_written_over(inside, files, ending):
    with closing(sqlite3.connect(files["store"])) as reader:
        reader.execute("SELECT * FROM calls").fetchone()
        inside("report", "--format", "md", "--output", f"{files['store']}{ending}", exit_code=2)
    assert len(inside("history").json["data"]) == 3


def test_a_store_that_is_yet_to_be_made_keeps_its_name(inside, files, tmp_path):
    inside("record", "--db", "new.db", "--skip-invalid", "--input", "in.ndjson", "--rejects", "./new.db", exit_code=2)
    assert not (tmp_path / "new.db").exists()


def test_standard_input_is_not_emptied(inside, files, tmp_path):
    kept = json.dumps(EVENT) + "\n" + " " * 70_000 + "\nbad\n"  # more than a pipe holds, so a file
    name = tmp_path / "soft"
    name.symlink_to("/dev/stdin")
    inside("record", "--skip-invalid", "--rejects", "/dev/fd/0", input=kept, exit_code=2)


@pytest.mark.parametrize("is_there", [False, True])
@pytest.mark.parametrize("command", ["record", "import a log"])
def test_what_is_rejected_is_for_the_owner_alone(inside, files, tmp_path, command, is_there):
    before = os.umask(0o022)
    try:
        if is_there:
            (tmp_path / "bad.ndjson").write_text("of an earlier run")
        inside(*COMMANDS[command], "bad.ndjson", exit_code=4)
    finally:
        os.umask(before)
    assert (tmp_path / "bad.ndjson").stat().st_mode & 0o777 == 0o600
    assert "earlier" not in (tmp_path / "bad.ndjson").read_text()


def test_devices_may_be_named(inside, files):
    inside(*COMMANDS["record"], "/dev/null", exit_code=4)
