"""Pipes and devices in the place of files: reading one may never end, and no command waits for that."""

import os

import pytest

CALL = ("--model", "gpt-4o", "--prompt-tokens", "4", "--completion-tokens", "2")
WHAT = "is a pipe or a device, not a file"

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no such files")


def device(path):
    path.symlink_to("/dev/zero")


@pytest.mark.parametrize("make", [os.mkfifo, device])
@pytest.mark.parametrize(
    ("name", "commands"),
    [
        ("config.toml", ["statusline", "doctor", "config set tz UTC", "hardware list"]),
        ("models.yaml", ["models alias short gpt-4o", "doctor"]),
        ("regions.yaml", ["regions list"]),
    ],
)
def test_a_file_of_the_configuration(eco_process, tmp_path, make, name, commands):
    folder = tmp_path / "config" / "eco"
    folder.mkdir(parents=True)
    make(folder / name)
    for command in ("record " + " ".join(CALL), *commands):
        result = eco_process(*command.split(), exit_code=4)
        assert f": {WHAT}" in result.stdout + result.stderr


@pytest.mark.parametrize("make", [os.mkfifo, device])
@pytest.mark.parametrize("end", ["", "-journal", "-wal", "-shm"])
def test_the_database_and_what_lies_beside_it(eco_process, tmp_path, make, end):
    """SQLite opens a log for reading, and so waits for somebody who writes into the pipe."""
    if end:
        eco_process("record", *CALL, ECO_DB="eco.db")
    path = tmp_path / f"eco.db{end}"
    path.unlink(missing_ok=True)
    make(path)
    for command in ("statusline", "record " + " ".join(CALL), "db backup copy.db", "doctor"):
        assert f"eco.db{end} {WHAT}" in eco_process(*command.split(), exit_code=5, ECO_DB="eco.db").stderr
    assert not (tmp_path / "copy.db").exists()
    eco_process("merge", "eco.db", "--db", "mine.db", exit_code=5 if end else 4)
