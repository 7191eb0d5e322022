"""A real server in a process of its own, on a free port of this machine, and a client for it."""

import http.client
import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FIRST = {
    "provider": "Google", "model": "gemini-3-pro", "prompt_tokens": 788, "completion_tokens": 312, "reasoning_tokens": 0, "cached_tokens": 0,
    "startTimeMs": 1_710_000_000_000, "firstTokenTimeMs": 1_710_000_010_000, "source": "dom_estimated", "is_estimated": True,
    "estimation_method": "dom_gpt_tokenizer_v1",
}  # fmt: skip
"""The contract's first event."""
CALL = {"model": "gpt-4o", "prompt_tokens": 10, "completion_tokens": 5}
ANSWER_S = 60


@dataclass(frozen=True)
class Answer:
    """A response."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.body.splitlines()]


@dataclass(frozen=True)
class Server:
    """A server that runs."""

    process: subprocess.Popen[bytes]
    host: str
    port: int
    token: str
    db: Path
    env: dict[str, str]

    def ask(self, method: str, path: str, body: Any = None, *, key: str | None = None, **headers: str) -> Answer:
        """Send a request; a body that is no bytes as JSON. `content_type="…"` is a header."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            sent.setdefault("content-type", "application/json")
        if key is not None:
            sent["authorization"] = f"Bearer {key}"
        connection = http.client.HTTPConnection(self.host, self.port, timeout=ANSWER_S)
        try:
            connection.request(method, path, body, sent)
            found = connection.getresponse()
            return Answer(found.status, {name.lower(): value for name, value in found.getheaders()}, found.read())
        finally:
            connection.close()

    def post(self, body: Any, query: str = "", **headers: Any) -> Answer:
        return self.ask("POST", f"/v1/calculate{query}", body, **headers)

    def get(self, path: str, **headers: Any) -> Answer:
        """As the owner, unless a key is given."""
        return self.ask("GET", path, **{"key": self.token, **headers})

    def raw(self, data: bytes) -> bytes:
        """What comes back for some bytes, until the server closes the connection."""
        with socket.create_connection((self.host, self.port), timeout=ANSWER_S) as sending:
            sending.sendall(data)
            return b"".join(iter(lambda: sending.recv(65_536), b""))

    def eco(self, *arguments: str) -> str:
        """What a command prints about the same store."""
        command = [sys.executable, "-m", "ecocli", *arguments, "--db", str(self.db)]
        return subprocess.run(command, capture_output=True, env=self.env, check=True, timeout=ANSWER_S).stdout.decode()

    def new_key(self, name: str, *options: str) -> str:
        return self.eco("keys", "create", name, *options).strip()

    def end(self, number: int = signal.SIGTERM) -> int:
        """Its exit code after a signal."""
        self.process.send_signal(number)
        return self.process.wait(ANSWER_S)


@contextmanager
def running(env: dict[str, str], db: Path, *options: str) -> Iterator[Server]:
    """A server for a store, until the block ends."""
    command = [sys.executable, "-m", "ecocli", "serve", *(() if "--port" in options else ("--port", "0")), "--json", "--db", str(db), *options, *(() if "--rate" in options else ("--rate", "0"))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env) as process:
        try:
            line = process.stdout.readline()
            assert line, process.stderr.read().decode()
            started = json.loads(line)
            host, _, port = started["urls"][0].partition("://")[2].rpartition(":")
            yield Server(process, host.strip("[]"), int(port), started["token"], db, env)
        finally:
            if process.poll() is None:
                process.kill()
