"""A server that answers as OpenAI's chat completions do, whatever it is asked: every call has counts of its own."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any

MODEL = "gpt-4o"
SECRET = "Zwetschgenknoedel"
"""In every answer, to be found nowhere afterwards."""


def usage(number: int) -> dict[str, Any]:
    """The counts of a call; the first is number 1."""
    prompt, completion = 700 + number, 40 + number
    details = {"prompt_tokens_details": {"cached_tokens": 128}, "completion_tokens_details": {"reasoning_tokens": 16}}
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion, **details}


class FakeOpenAI(ThreadingHTTPServer):
    """Counts what it answered."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.calls, self._lock = 0, Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def next_number(self) -> int:
        with self._lock:
            self.calls += 1
            return self.calls


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: FakeOpenAI

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        number = self.server.next_number()
        common = {"id": f"chatcmpl-{self.server.server_port}-{number}", "created": int(time.time()), "model": MODEL}
        if asked.get("stream"):
            self._send("text/event-stream", b"".join(b"data: " + one + b"\n\n" for one in _events(common, number)))
        else:
            message = {"role": "assistant", "content": f"{SECRET}, please"}
            body = {**common, "object": "chat.completion", "choices": [{"index": 0, "message": message, "finish_reason": "stop"}], "usage": usage(number)}
            self._send("application/json", json.dumps(body).encode())

    def _send(self, media_type: str, body: bytes) -> None:
        self.send_response(200)
        self.send_header("content-type", media_type)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


def _events(common: dict[str, Any], number: int) -> Iterator[bytes]:
    common = {**common, "object": "chat.completion.chunk"}
    yield json.dumps({**common, "choices": [{"index": 0, "delta": {"role": "assistant", "content": SECRET}, "finish_reason": None}]}).encode()
    yield json.dumps({**common, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}).encode()
    yield json.dumps({**common, "choices": [], "usage": usage(number)}).encode()
    yield b"[DONE]"


@contextmanager
def answering() -> Iterator[FakeOpenAI]:
    """A server, until the block ends."""
    with FakeOpenAI() as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()
