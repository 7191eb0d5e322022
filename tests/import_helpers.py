"""Small invented logs, in the shapes that tools write."""

import json
from pathlib import Path
from typing import Any

SECRET = "the walrus whispers at noon"
"""Said in every log, and never to be found in a store."""


def claude_line(message_id: str | None = "msg_1", output: int = 100, request: str | None = "req_1", **changes: Any) -> dict[str, Any]:
    usage = {"input_tokens": 4, "cache_creation_input_tokens": 50, "cache_read_input_tokens": 1000, "output_tokens": output}
    message = {"id": message_id, "role": "assistant", "model": "claude-sonnet-4-5", "content": [{"type": "text", "text": SECRET}]}
    line = {"type": "assistant", "timestamp": "2026-04-01T10:00:00.000Z", "cwd": "/home/ann/garden", "gitBranch": "main"}
    line |= {"sessionId": "s1", "requestId": request, "uuid": f"u-{message_id}-{output}", "isSidechain": False}
    return line | {"message": message | {"usage": usage | changes.pop("usage", {})} | changes.pop("message", {})} | changes


USER_LINE = {"type": "user", "timestamp": "2026-04-01T09:59:00.000Z", "message": {"role": "user", "content": SECRET}}


def codex_meta(session: str, time: str = "2026-04-01T10:00:00.000Z", **payload: Any) -> dict[str, Any]:
    known = {"id": session, "cwd": "/home/ann/garden", "model_provider": "openai", "git": {"branch": "main"}}
    return {"timestamp": time, "type": "session_meta", "payload": known | {"instructions": SECRET} | payload}


def codex_turn(model: str = "gpt-5.2-codex", time: str = "2026-04-01T10:00:00.010Z") -> dict[str, Any]:
    return {"timestamp": time, "type": "turn_context", "payload": {"model": model, "cwd": "/home/ann/garden"}}


def codex_count(total: int, last: int, time: str = "2026-04-01T10:00:05.000Z") -> dict[str, Any]:
    """An event whose counters are multiples of two numbers: input 10, cached 4, output 2, reasoning 1."""

    def usage(number: int) -> dict[str, int]:
        parts = {"input_tokens": 10, "cached_input_tokens": 4, "output_tokens": 2, "reasoning_output_tokens": 1}
        return {name: part * number for name, part in parts.items()} | {"total_tokens": 12 * number}

    info = {"total_token_usage": usage(total), "last_token_usage": usage(last)}
    return {"timestamp": time, "type": "event_msg", "payload": {"type": "token_count", "info": info}}


def lines(*bodies: Any) -> bytes:
    return b"".join(json.dumps(body, separators=(",", ":")).encode() + b"\n" for body in bodies)


def write(path: Path, *bodies: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(lines(*bodies))
    return path


def append(path: Path, *bodies: Any) -> None:
    with path.open("ab") as stream:
        stream.write(lines(*bodies))


class Logs:
    """Imports with a real eco, and looks at what is stored then."""

    def __init__(self, eco: Any) -> None:
        self.eco = eco

    def read(self, source: str, *arguments: Any, exit_code: int = 0) -> dict[str, int]:
        """The counts of one source."""
        done = self.eco("import", source, *map(str, arguments), exit_code=exit_code)
        self.stderr = done.stderr
        [counts] = done.json["sources"]
        return counts

    @property
    def rows(self) -> list[dict[str, Any]]:
        found = self.eco("history", "--all", "--full", "--format", "ndjson").stdout.splitlines()
        return [json.loads(line) for line in reversed(found)]

    def totals(self) -> tuple[int, int, int]:
        """Calls, input and output."""
        rows = self.rows
        return len(rows), sum(row["inputTokens"] for row in rows), sum(row["outputTokens"] for row in rows)
