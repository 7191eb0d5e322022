"""
Kimi CLI: the messages between its agent and its screen, one JSON object per line.

Format: MoonshotAI/kimi-cli at 4a550ef, src/kimi_cli/wire/file.py and wire/types.py (`StatusUpdate`, `SubagentEvent`),
subagents/store.py and share.py for the folders, session_fork.py; packages/kosong/src/kosong/chat_provider/__init__.py
(`TokenUsage`). A fork copies lines as they are; what a sub-agent did is in its own file and, wrapped, in its session's.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ecocli.imports import files as below
from ecocli.imports.agents.reader import LineReader, beside_cache, has_tokens
from ecocli.imports.calls import LogCall, call, moment, name_or_none, tags
from ecocli.imports.source import LogSource
from ecocli.ingest import fields as f

COUNTERS = ("input_other", "output", "input_cache_read", "input_cache_creation")
MODEL = "kimi-for-coding"
NO_MODEL = f"the log names no model: taken as {MODEL}, which Kimi CLI uses unless it is told otherwise"
SUBAGENTS = "subagents"
SHORT = 16
"""An id of fewer characters, such as those of small servers, may come again for another call."""


def roots(env: Mapping[str, str]) -> list[Path]:
    return [Path(env.get("KIMI_SHARE_DIR") or below.home(env) / ".kimi").expanduser() / "sessions"]


def files(root: Path) -> Iterator[Path]:
    return below.below(root, r"wire\.jsonl(\.zst|\.gz)?")


class Reader(LineReader):
    """Reads lines, each of which stands for itself."""

    telling = (b'"token_usage"',)

    def calls(self, number: int, body: dict[str, Any]) -> Iterator[LogCall]:
        message = _innermost(f.section(body, "message"))
        payload = f.section(message, "payload")
        if message.get("type") != "StatusUpdate" or not isinstance(payload.get("token_usage"), dict):
            return
        counted = beside_cache(payload["token_usage"], *COUNTERS)
        own = name_or_none(payload.get("message_id"))
        if not has_tokens(counted) or (own is None and SUBAGENTS in self._file.path.parts):
            return  # without an id it is told from its copy in the session's file by nothing
        fields = {
            "id": own if own and len(own) >= SHORT else f.body_id([own, body.get("timestamp"), payload["token_usage"]]),
            "provider": "Moonshot",
            "model": MODEL,
            "startTimeMs": moment(body.get("timestamp")) or self._file.mtime_ms,
            "source": SOURCE.name,
            "tags": self._tags(),
            **counted,
        }
        yield call(self._file, number, SOURCE.name, fields, assumptions=[NO_MODEL])

    def _tags(self) -> dict[str, str]:
        """The session and, as a hash that its folder is named by, the project."""
        parts = self._file.path.parent.parts
        session = parts[: parts.index(SUBAGENTS)] if SUBAGENTS in parts else parts
        return tags(project=session[-2] if len(session) > 1 else None, session=session[-1], host=self._file.host)


def _innermost(message: dict[str, Any]) -> dict[str, Any]:
    """The message of a sub-agent that its session's file wraps, perhaps more than once."""
    while message.get("type") == "SubagentEvent":
        message = f.section(message, "payload.event")
    return message


SOURCE = LogSource("kimi-cli", "Kimi CLI sessions (~/.kimi/sessions, KIMI_SHARE_DIR)", roots, files, Reader)
