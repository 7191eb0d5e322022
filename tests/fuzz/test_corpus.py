"""Input made by hand to do harm: what is refused, and, at length, in a process of its own that may use so much memory and time and no more."""

import json
import os
import resource
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cli_helpers import Result
from tests.fuzz import strategies

EVENT = {"model": "gpt-4o", "prompt_tokens": 10, "completion_tokens": 5}
LINE = json.dumps(EVENT).encode()
CHAT = b'{"id": "x", "object": "chat.completion", "model": "gpt-4o", "choices": [], "usage": {"prompt_tokens": %s, "completion_tokens": 5}}'
MEMORY_BYTES = 1536 << 20
TIME_S = 60


def of(**fields: Any) -> bytes:
    return strategies.encode(EVENT | fields).encode()


REFUSED = {
    "nothing": b"",
    "spaces": b" \n\n\t",
    "deep arrays": b"[" * 100_000,
    "deep objects": b'{"a":' * 100_000,
    "deep inside": b'{"model": "gpt-4o", "tags": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "deep and whole": b"[" * 100_000 + b"]" * 100_000,
    "deep in an event of a stream": b'data: {"choices": ' + b"[" * 100_000 + b"\n\n",
    "10^400": of(prompt_tokens="@10^400"),
    "1e400": of(prompt_tokens="@1e400"),
    "five thousand digits": of(prompt_tokens="@digits"),
    "five thousand digits in a payload": CHAT % (b"9" * 5000),
    "1e400 in a payload": CHAT % b"1e400",
    "NaN": of(prompt_tokens="@NaN"),
    "Infinity": of(prompt_tokens="@Infinity"),
    "minus zero, as a fraction": of(prompt_tokens="@-0.0"),
    "a lone surrogate": of(id="\ud800"),
    "a lone surrogate in a name": of(model="gpt\udc00"),
    "a surrogate's bytes": b'{"model": "\xed\xa0\x80", "prompt_tokens": 1, "completion_tokens": 1}',
    "NUL": of(id="a\x00b"),
    "NUL bytes": b"\x00" * 1000,
    "no UTF-8": b'{"model": "\xff\xfe", "prompt_tokens": 1}',
    "half a character": LINE[:-1] + b', "id": "\xe4\xb8',
    "a key twice under two names": b'{"model": "gpt-4o", "prompt_tokens": 1, "inputTokens": 2, "completion_tokens": 1}',
    "an escape sequence": of(provider="\x1b[2J"),
    "a key that is an escape sequence": of(**{"\x1b]0;x\x07": 1}),
    "half an event": LINE[:20],
    "a number": b"12",
    "a string": b'"gpt-4o"',
    "null": b"null",
    "empty array": b"[]",
    "one bad among many": b"\n".join([LINE] * 500 + [b"{"] + [LINE] * 500),
    "one bad in an array": b"[" + b",".join([LINE] * 500 + [b"3"]) + b"]",
    "a line of 64 MB": b'{"model": "' + b"a" * (64 << 20) + b'", "prompt_tokens": 1, "completion_tokens": 1}',
    "64 MB without an end": b"a" * (64 << 20),
    "64 MB of brackets": b"[" * (64 << 20),
    "a zip file": b"PK\x03\x04" + bytes(range(256)) * 10,
    "the start of AWS's stream": b"\x00\x00\x00\x10\x00\x00\x00\x00",
    "a stream of nothing": b"data: [DONE]\n\n" * 1000,
}
"""Nothing of these is stored, and what is wrong is said."""

TAKEN = {
    "a byte order mark": b"\xef\xbb\xbf" + LINE,
    "UTF-16": LINE.decode().encode("utf-16"),
    "UTF-32": LINE.decode().encode("utf-32"),
    "NUL after the event": LINE + b"\x00",
    "CRLF": LINE.replace(b", ", b",\r\n") + b"\r\n",
    "minus zero": of(reasoning_tokens="@-0"),
    "a key twice": LINE[:-1] + b', "prompt_tokens": 10}',
    "escaped characters": json.dumps(EVENT | {"id": "\U0001f333"}).encode(),
    "NUL lines in between": b"\n\n" + LINE + b"\n\n\n",
}
"""Odd, and right."""


@pytest.fixture
def record(env: dict[str, str], tmp_path: Path) -> Callable[..., Any]:
    """`eco record` under limits."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))

    def run(data: bytes | None, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
        command = [sys.executable, "-m", "ecocli", "record", *arguments]
        done = subprocess.run(command, input=data, capture_output=True, env=env, cwd=tmp_path, timeout=TIME_S, preexec_fn=limit)
        assert b"Traceback" not in done.stderr and b"Error" not in done.stderr, done.stderr[-2000:]
        assert done.stderr.decode().replace("\n", "").isprintable()
        return done

    return run


@pytest.fixture
def content(tmp_path: Path) -> Callable[[], bytes]:
    """Every byte of the store."""

    def read() -> bytes:
        path = tmp_path / "data" / "eco" / "eco.db"
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return path.read_bytes()

    return read


@pytest.mark.parametrize("name", [name for name, data in REFUSED.items() if len(data) < 1 << 20])
def test_what_is_refused_is_not_stored(eco: Callable[..., Result], content: Callable[[], bytes], name: str) -> None:
    eco("record", input=LINE)
    before = content()
    done = eco("record", input=REFUSED[name], exit_code=None)
    assert done.exit_code in (3, 4), done
    assert done.stdout == ""
    assert done.stderr.startswith("eco: ") and len(done.stderr) < 1000
    assert content() == before


@pytest.mark.fuzz
@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_leaves_the_store_as_it_was(record: Any, content: Callable[[], bytes], name: str) -> None:
    record(LINE)
    before = content()
    done = record(REFUSED[name])
    assert done.returncode in (3, 4), done
    assert done.stdout == b""
    assert done.stderr.startswith(b"eco: ") and len(done.stderr) < 1000
    assert content() == before


@pytest.mark.parametrize("name", TAKEN)
def test_what_is_odd_and_right_is_taken(record: Any, name: str) -> None:
    done = record(TAKEN[name])
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["audit"]["tokens"]["prompt"] == 10


def test_a_folder_a_pipe_and_a_device_as_input(record: Any, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    assert record(None, "--input", "folder").returncode == 4
    assert record(None, "--input", "/dev/null").returncode == 4
    assert record(None, "--input", "/proc/self/mem").returncode == 4
    os.mkfifo(tmp_path / "pipe")
    with subprocess.Popen(["sh", "-c", f"echo '{LINE.decode()}' > '{tmp_path / 'pipe'}'"]):
        assert record(None, "--input", "pipe").returncode == 0


LINES = st.lists((strategies.NATIVE_BYTES | strategies.PAYLOAD_BYTES).map(lambda data: data.replace(b"\n", b" ")), min_size=5, max_size=15)


@pytest.mark.fuzz
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(lines=LINES)
def test_many_in_real_processes(record: Any, tmp_path: Path, lines: list[bytes]) -> None:
    """Some are good and some are not: each good one is answered and stored, and exit 4 says that others are not."""
    store = tmp_path / "data" / "eco" / "eco.db"
    store.unlink(missing_ok=True)
    done = record(LINE + b"\n" + b"\n".join(lines), "--skip-invalid", "--rejects", "rejects")
    rejected = (tmp_path / "rejects").read_text().splitlines()
    assert done.returncode == (4 if rejected else 0)
    assert all(json.loads(line)["error"] for line in rejected)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    with closing(sqlite3.connect(store)) as connection:
        (stored,) = connection.execute("SELECT count(*) FROM calls").fetchone()
    assert stored == len(answers) - sum("duplicate" in answer for answer in answers)
