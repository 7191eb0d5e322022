"""A pipe that stays open keeps nobody from recording, and what it brought is stored when it ends, or not at all."""

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest

CALL = ("--model", "gpt-4o", "--prompt-tokens", "10", "--completion-tokens", "5")
PATIENCE = {"ECO_BUSY_TIMEOUT": "0.2"}
MANY = 12_000
SECRET = "words of an answer"


def events(count, name="e"):
    return "".join(json.dumps({"model": "gpt-4o", "prompt_tokens": 10, "completion_tokens": 5, "id": f"{name}{at}"}) + "\n" for at in range(count))


def answers(count):
    """Of a model, without counts: their text is counted."""
    body = {"object": "chat.completion", "model": "gpt-4o"}
    return "".join(json.dumps(body | {"id": f"text{at}", "choices": [{"message": {"content": f"{SECRET} {at}"}}]}) + "\n" for at in range(count))


@pytest.fixture
def open_pipe(env, tmp_path):
    """A command to whose standard input one can write."""

    @contextmanager
    def start(*arguments, **variables):
        command = [sys.executable, "-m", "ecocli", *arguments]
        streams = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        with subprocess.Popen(command, env=env | variables, cwd=tmp_path, text=True, **streams) as process:
            try:
                yield process
            finally:
                process.kill()

    return start


def fill(process, text):
    """Until the reader has taken all but what fits into a pipe."""
    process.stdin.write(text)
    process.stdin.flush()


def stored(eco):
    return {row["id"] for row in map(json.loads, eco("history", "--all", "--format", "ndjson").stdout.splitlines())}


@pytest.mark.parametrize(("count", "more"), [(MANY, 3), (1, MANY)])
def test_others_record_while_a_pipe_is_open(eco, open_pipe, count, more):
    eco("record", "-q", *CALL, "--id", "before")
    with open_pipe("record", "-q") as stream:
        fill(stream, events(count))
        for at in range(3):
            eco("record", "-q", *CALL, "--id", f"between{at}", **PATIENCE)
        assert stored(eco) == {"before", "between0", "between1", "between2"}
        _, said = stream.communicate(events(more, "f"))
    assert (stream.returncode, said) == (0, "")
    assert len(stored(eco)) == 4 + count + more


@pytest.mark.parametrize("command", [("record", "-q"), ("record", "-q", "--skip-invalid")])
def test_the_order_of_an_open_pipe_is_kept(eco, open_pipe, command):
    with open_pipe(*command) as stream:
        fill(stream, events(3_000))
        fill(stream, answers(1))
        assert "Traceback" not in stream.communicate(events(3_000, "f"))[1]
    rows = [row["id"] for row in map(json.loads, eco("history", "--all", "--format", "ndjson").stdout.splitlines())]
    assert rows == [*(f"f{at}" for at in reversed(range(3_000))), "text0", *(f"e{at}" for at in reversed(range(3_000)))]


def test_a_bad_event_at_the_end_keeps_all_of_an_open_pipe_out(eco, open_pipe):
    eco("record", "-q", *CALL, "--id", "before")
    with open_pipe("record", "-q") as stream:
        fill(stream, events(MANY))
        _, said = stream.communicate("{broken\n")
    assert stream.returncode == 4
    assert f"line {MANY + 1}" in said
    assert stored(eco) == {"before"}


def test_with_skip_invalid_full_batches_are_stored_at_once(eco, open_pipe, tmp_path):
    with open_pipe("record", "-q", "--skip-invalid", "--rejects", "bad.ndjson") as stream:
        fill(stream, "{broken\n" + events(MANY))
        for _ in range(600):  # it takes some time to start
            if (found := len(stored(eco))) >= 5_000:
                break
        assert 5_000 <= found < MANY
        eco("record", "-q", *CALL, "--id", "between", **PATIENCE)
        stream.communicate(events(1, "last"))
    assert stream.returncode == 4
    assert len(stored(eco)) == MANY + 2
    assert len((tmp_path / "bad.ndjson").read_text().splitlines()) == 1


def test_others_record_while_a_history_comes_in(eco, open_pipe):
    eco("record", "-q", "--db", "other.db", input=events(300))
    lines = eco("history", "--db", "other.db", "--all", "--full", "--format", "ndjson").stdout
    with open_pipe("import", "eco", "-", "--json") as stream:
        fill(stream, lines)
        eco("record", "-q", *CALL, "--id", "between", **PATIENCE)
        out, _ = stream.communicate("")
    assert json.loads(out)["sources"][0]["new"] == 300
    assert len(stored(eco)) == 301


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_named_pipe_is_a_pipe(eco, open_pipe, tmp_path):
    os.mkfifo(tmp_path / "fifo")
    with open_pipe("record", "-q", "--input", "fifo") as stream, (tmp_path / "fifo").open("w") as writer:
        writer.write(events(MANY))
        writer.flush()
        eco("record", "-q", *CALL, "--id", "between", **PATIENCE)
        writer.close()
        assert stream.wait(60) == 0
    assert len(stored(eco)) == MANY + 1


@pytest.mark.skipif(not os.path.exists("/proc/self/fd"), reason="this system does not list open files")
def test_no_text_of_a_prompt_waits_in_a_file(open_pipe):
    with open_pipe("record", "-q") as stream:
        fill(stream, answers(20_000))
        found = b""
        for _ in range(1000):
            found = b"".join(unnamed_files(stream.pid))
            if len(found) > 100_000:
                break
            time.sleep(0.02)
        assert len(found) > 100_000
        assert SECRET.encode() not in found


def unnamed_files(process_id):
    folder = f"/proc/{process_id}/fd"
    for name in os.listdir(folder):
        path = f"{folder}/{name}"
        try:
            if os.readlink(path).endswith("(deleted)"):
                with open(path, "rb") as stream:
                    yield stream.read()
        except OSError:
            continue
