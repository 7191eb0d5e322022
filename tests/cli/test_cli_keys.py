"""`eco keys` from outside: a key names who recorded, and a wrong one opens nothing."""

import json
import re
import sqlite3
from contextlib import closing

import pytest

CALL = ("--model", "gpt-4o", "--prompt-tokens", "10", "--completion-tokens", "5")
SECRET = re.compile(r"eco_[A-Za-z0-9_-]{43}")


def make(eco, name, *arguments):
    return eco("keys", "create", name, *arguments).stdout.strip()


def test_the_secret_is_printed_once(eco, tmp_path):
    result = eco("keys", "create", "Production Key")
    secret = result.stdout.strip()
    assert SECRET.fullmatch(secret)
    assert result.stderr == "This is the only time it is shown. Use it as ECO_API_KEY.\n"
    eco("record", *CALL, ECO_API_KEY=secret)
    shown = [eco("keys", "list"), eco("keys", "list", "--format", "table"), eco("history"), eco("history", "--full", "--json"), eco("history", "--format", "csv")]
    for result in shown:
        assert secret not in result.stdout + result.stderr
        assert secret[4:-4] not in result.stdout
    (row,) = eco("history").json["data"]
    assert (row["keyName"], row["maskedKey"]) == ("Production Key", f"eco_...{secret[-4:]}")
    (key,) = eco("keys", "list").json
    assert (key["name"], key["maskedKey"], key["scopes"], key["expires"], key["status"]) == (
        "Production Key", f"eco_...{secret[-4:]}", ["record", "history:read"], None, "active",
    )  # fmt: skip
    assert not any(secret.encode() in file.read_bytes() for file in tmp_path.rglob("eco.db*"))


def test_the_secret_as_json_and_in_quiet(eco):
    body = eco("keys", "create", "a", "--scope", "record", "--json").json
    assert SECRET.fullmatch(body["key"])
    assert body["scopes"] == ["record"]
    result = eco("keys", "create", "b", "-q")
    assert SECRET.fullmatch(result.stdout.strip())
    assert result.stderr == ""


def test_what_each_scope_opens(eco):
    both, record, read = make(eco, "both"), make(eco, "rec", "--scope", "record"), make(eco, "read", "--scope", "history:read")
    for allowed in (both, record):
        eco("record", *CALL, "--id", "a", "--key", allowed)
        eco("estimate", *CALL, ECO_API_KEY=allowed)
    for allowed in (both, read):
        assert len(eco("history", "--key", allowed).json["data"]) == 1  # every key's rows; the second delivery added none
        eco("explain", "a", "--key", allowed)
    for name, key, command in (("rec", record, "history"), ("rec", record, "explain"), ("read", read, "record"), ("read", read, "estimate")):
        arguments = {"explain": ("a",), "history": ()}.get(command, CALL)
        scope = "record" if command in ("record", "estimate") else "history:read"
        result = eco(command, *arguments, "--key", key, exit_code=6)
        assert result.stdout == ""
        assert result.stderr == f'eco: the key {name!r} has no scope {scope}\nhint: eco keys create "NAME" --scope {scope} makes one that has it\n'
    for owners in (("keys", "list"), ("models", "resolve", "gpt-4o"), ("regions", "resolve", "DE"), ("compare", "gpt-4o")):
        eco(*owners, ECO_API_KEY="wrong")


@pytest.mark.parametrize("secret", ["wrong", "eco_" + "x" * 43, " ", "é", "x" * 100_000])
def test_a_wrong_key_reads_and_writes_nothing(eco, tmp_path, secret):
    for arguments in (("record", *CALL), ("estimate", *CALL), ("history",), ("explain", "a")):
        result = eco(*arguments, ECO_API_KEY=secret, exit_code=6)
        assert (result.stdout, result.stderr) == ("", "eco: this key is not known to the store\nhint: check ECO_API_KEY or --key; eco keys list\n")
    assert not (tmp_path / "data").exists()


def test_an_empty_key_on_the_command_line_is_a_wrong_one(eco):
    eco("record", *CALL, "--key", "", exit_code=6)
    eco("record", *CALL, ECO_API_KEY="")  # a variable that is empty is not set


def test_the_flag_beats_the_variable(eco):
    secret = make(eco, "k")
    eco("--key", secret, "record", *CALL, ECO_API_KEY="wrong")
    eco("record", *CALL, "--key", "wrong", ECO_API_KEY=secret, exit_code=6)


def test_a_key_expires(eco, tmp_path):
    secret = make(eco, "k", "--expires", "90d")
    eco("record", *CALL, "--key", secret)
    with closing(sqlite3.connect(tmp_path / "data" / "eco" / "eco.db")) as file, file:
        file.execute("UPDATE keys SET expires_at_ms = 1")
    file.close()
    result = eco("record", *CALL, "--key", secret, exit_code=6)
    assert result.stderr == "eco: the key 'k' has expired\nhint: eco keys rotate \"NAME\" makes a new secret\n"
    assert eco("keys", "list").json[0]["status"] == "expired"


def test_rename_rotate_and_revoke(eco):
    first = make(eco, "old")
    eco("record", *CALL, "--key", first)
    assert eco("keys", "rename", "old", "new").json["name"] == "new"
    assert eco("history", "--key-name", "new").json["data"][0]["keyName"] == "new"
    second = eco("keys", "rotate", "new").stdout.strip()
    eco("record", *CALL, "--key", first, exit_code=6)
    eco("record", *CALL, "--key", second)
    assert eco("keys", "revoke", "new").json["status"] == "revoked"
    result = eco("record", *CALL, "--key", second, exit_code=6)
    assert result.stderr.startswith("eco: the key 'new' was revoked\n")
    third = make(eco, "new")  # the name is free again
    eco("record", *CALL, "--key", third)
    assert len(eco("history", "--key-name", "new").json["data"]) == 3
    assert [key["status"] for key in eco("keys", "list").json] == ["revoked", "active"]


def test_names_are_unique_among_active_keys(eco):
    make(eco, "a")
    make(eco, "b")
    for arguments in (("create", "a"), ("rename", "b", "a")):
        result = eco("keys", *arguments, exit_code=4)
        assert result.stderr == "eco: a key named 'a' is in use\nhint: choose another name, or rotate or revoke that key\n"


@pytest.mark.parametrize("command", ["rename", "rotate", "revoke"])
def test_a_key_that_is_not_there(eco, tmp_path, command):
    arguments = ("nope", "x") if command == "rename" else ("nope",)
    assert eco("keys", command, *arguments, exit_code=3).stderr == "eco: no key named 'nope'\nhint: eco keys list shows them all\n"
    assert not (tmp_path / "data").exists()
    make(eco, "note")
    assert eco("keys", command, *arguments, exit_code=3).stderr == "eco: no key named 'nope'\nhint: did you mean note?\n"
    assert eco("history", "--key-name", "nope", exit_code=3).stderr.startswith("eco: no key named 'nope'\n")


@pytest.mark.parametrize("name", ["", "local", "a\x1b[31mb", "a\nb", "x" * 257])
def test_names_that_no_key_can_have(eco, name):
    result = eco("keys", "create", name, exit_code=4)
    assert result.stderr.startswith("eco: name: must be ")
    assert result.stderr.replace("\n", "").isprintable()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--scope", "write"), "no scope named 'write'"),
        (("--expires", "tomorrow"), "no span of time 'tomorrow'"),
        (("--expires", "0d"), "no span of time '0d'"),
        (("--expires", "-1d"), "no span of time '-1d'"),
        (("--expires", "999y"), "no span of time '999y'"),
        (("extra",), "unexpected 'extra'"),
    ],
)
def test_wrong_use(eco, arguments, message):
    result = eco("keys", "create", "k", *arguments, exit_code=2)
    assert result.stderr.partition("\n")[0] == f"eco: {message}"


def test_a_name_from_outside_is_shown_escaped(eco):
    name = "a\u202eb"
    make(eco, name)
    assert "\\u202e" in eco("keys", "list", "--format", "table").stdout
    result = eco("keys", "revoke", name, "--format", "text")
    assert name not in result.stderr
    assert json.loads(eco("keys", "list").stdout)[0]["name"] == name


@pytest.mark.parametrize("option", ["--region", "--model", "--provider", "--source", "--accelerator"])
def test_a_secret_in_the_place_of_a_name_is_kept_nowhere(eco, tmp_path, option):
    secret = eco("keys", "create", "k").stdout.strip()
    given = {"--model": "gpt-4o"} | {option: secret}
    names = [word for pair in given.items() for word in pair]
    done = eco("record", *names, "--prompt-tokens", "3", "--completion-tokens", "2", "--region-fallback", "--model-fallback")
    full = eco("history", "--all", "--full", "--format", "ndjson").stdout
    event = json.dumps({"model": "gpt-4o", "prompt_tokens": 3, "completion_tokens": 2, "detected_region": secret, "source": secret})
    piped = eco("record", "--region-fallback", input=event)
    for text in (done.stdout, done.stderr, full, piped.stdout, piped.stderr):
        assert secret[4:] not in text
    kept = b"".join(path.read_bytes() for path in (tmp_path / "data" / "eco").iterdir())
    assert secret[4:].encode() not in kept
