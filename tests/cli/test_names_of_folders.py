"""A name that ends with a slash is a folder's: nothing makes a file that is called like a stick which is not mounted."""

import pytest

CALL = ("-m", "gpt-4o", "--prompt-tokens", "10", "--completion-tokens", "5")


@pytest.fixture(autouse=True)
def nothing_is_made(tmp_path):
    yield
    assert not (tmp_path / "stick").exists()


def test_a_backup(eco, tmp_path):
    eco("record", *CALL)
    assert eco("db", "backup", "stick/", exit_code=4).stderr == "eco: no folder 'stick/'\nhint: make it first, or name another file\n"
    (tmp_path / "there").mkdir()
    assert eco("db", "backup", "there/").json["path"].startswith(str(tmp_path / "there" / "eco.db."))


@pytest.mark.parametrize(
    "command",
    [
        ("report", "--output", "stick/"),
        ("record", *CALL, "--skip-invalid", "--rejects", "stick/"),
        ("import", "claude-code", "--rejects", "stick/"),
    ],
    ids=lambda command: command[0],
)
def test_a_file_to_write(eco, command):
    assert eco(*command, exit_code=2).stderr == "eco: 'stick/' is a folder, and a file is needed\nhint: name a file inside it\n"


@pytest.mark.parametrize("command", [("record", *CALL), ("history",), ("doctor",), ("db", "backup")], ids=" ".join)
def test_the_store(eco, command):
    assert eco(*command, "--db", "stick/", exit_code=2).stderr == "eco: --db: 'stick/' is a folder, and a file is needed\nhint: name a file inside it\n"


def test_the_store_of_a_setting(eco, tmp_path):
    said = "must be a file, not the folder stick/"
    assert eco("record", *CALL, exit_code=4, ECO_DB="stick/").stderr == f"eco: ECO_DB: {said}\n"
    assert eco("config", "set", "db", "stick/", exit_code=2).stderr == f"eco: db: {said}\n"
    assert eco("config", "list", "--db", "stick/").json["settings"][0]["value"] == "stick/"
