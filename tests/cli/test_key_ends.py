"""A key that ends while a stream is open records nothing more."""

import json
import subprocess
import sys

import pytest

EVENT = json.dumps({"model": "gpt-4o", "prompt_tokens": 9, "completion_tokens": 4}) + "\n"


@pytest.mark.parametrize("end", [("revoke", "k"), ("rotate", "k")])
@pytest.mark.parametrize("command", [("record", "-q"), ("import", "eco", "-", "-q")])
def test_a_key_that_ends_in_an_open_stream(eco, env, tmp_path, end, command):
    secret = eco("keys", "create", "k").stdout.strip()
    eco("record", "-q", input=EVENT, ECO_API_KEY=secret)
    eco("record", "-q", "--db", "other.db", input=EVENT)
    line = EVENT if command[0] == "record" else eco("history", "--db", "other.db", "--all", "--full", "--format", "ndjson").stdout
    stream = subprocess.Popen([sys.executable, "-m", "ecocli", *command], stdin=subprocess.PIPE, stderr=subprocess.PIPE, env=env | {"ECO_API_KEY": secret}, cwd=tmp_path, text=True)
    if command[0] == "record":
        stream.stdin.write(line)
        stream.stdin.flush()
        eco("history")  # by now it has begun, or will find the key ended: both are right
    eco("keys", *end)
    _, said = stream.communicate(line)
    assert stream.returncode == 6, said
    assert len(eco("history", "--json").json["data"]) == 1
