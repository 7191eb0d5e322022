"""
OpenClaw: the events of a session, one JSON object per line, and since 2026 rows of each agent's database.

Format: openclaw/openclaw at 0b03f83, src/state/openclaw-agent-schema.sql (`transcript_events`); the events as junhoyeo/tokscale
at 0279552 reads them, crates/tokscale-core/src/sessions/openclaw.rs. They are pi's, and keep their ids when they move from a
file to the database, and in a fork. A turn that Codex ran is left to Codex's own rollouts, of which OpenClaw repeats the last
answer only: `eco import codex` reads them from the agent's `codex-home`.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ecocli.errors import BadData
from ecocli.imports import databases
from ecocli.imports import files as below
from ecocli.imports.agents.pi import counts, identity
from ecocli.imports.agents.reader import LineReader, has_tokens, provider
from ecocli.imports.calls import LogCall, call, moment, name_or_none, rejected, tags
from ecocli.imports.log_file import LogFile
from ecocli.imports.source import LogSource, Memory, Piece
from ecocli.ingest import fields as f
from ecocli.ingest.reading import Rejected
from ecocli.store.imports import Position

FOLDERS = (".openclaw", ".clawdbot", ".moltbot", ".moldbot")
"""Named as the tool was at the time."""
PATTERN = rf"{below.JSON_LINES}|.*\.jsonl\.(deleted|reset)\..*|openclaw-agent\.sqlite"
CODEX_HOME = "codex-home"
OWN_API, OWN_MODELS = "openclaw-transcript", ("delivery-mirror", "gateway-injected")
"""Of messages that OpenClaw wrote itself."""
EVENTS = "SELECT session_id, event_json, created_at FROM transcript_events ORDER BY session_id, seq"


def roots(env: Mapping[str, str]) -> list[Path]:
    if given := env.get("OPENCLAW_STATE_DIR"):
        return [Path(given).expanduser() / "agents"]
    return [below.home(env) / folder / "agents" for folder in FOLDERS]


def files(root: Path) -> Iterator[Path]:
    return (path for path in below.below(root, PATTERN) if CODEX_HOME not in path.parts)


class Reader(LineReader):
    """Reads events. It remembers the session's folder, and the model and provider that were chosen last."""

    telling = (b'"usage"', b'"session"', b'"model_change"', b'"model-snapshot"')

    def calls(self, number: int, body: dict[str, Any]) -> Iterator[LogCall]:
        yield from self.event(number, body, self._file.path.name.partition(".jsonl")[0], None)

    def event(self, number: int | None, body: dict[str, Any], session: str, time: Any) -> Iterator[LogCall]:
        """
        The call of an event, if it is one.

        Args:
            time: When the event was stored, where the log tells it.
        """
        self._follow(body)
        message = f.section(body, "message")
        if body.get("type") != "message" or message.get("role") != "assistant" or not isinstance(message.get("usage"), dict):
            return
        counted = counts(message["usage"])
        if has_tokens(counted) and not _is_repeated(message):
            yield self._call(number, body, message, counted, session, time)

    def _follow(self, body: dict[str, Any]) -> None:
        chosen = f.section(body, "data") if body.get("customType") == "model-snapshot" else body if body.get("type") == "model_change" else {}
        for name, value in (("model", chosen.get("modelId")), ("provider", chosen.get("provider"))):
            self._memory[name] = name_or_none(value) or self._memory.get(name)
        if body.get("type") == "session":
            self._memory["cwd"] = name_or_none(body.get("cwd")) or self._memory.get("cwd")

    def _call(self, number: int | None, body: dict[str, Any], message: dict[str, Any], counted: dict[str, Any], session: str, time: Any) -> LogCall:
        fields = {
            "id": identity({"id": body.get("id"), "timestamp": message.get("timestamp")}, message),
            "provider": provider(message.get("provider") or self._memory.get("provider")),
            "model": name_or_none(message.get("model")) or self._memory.get("model"),
            "startTimeMs": moment(message.get("timestamp")) or moment(body.get("timestamp")) or moment(time) or self._file.mtime_ms,
            "source": SOURCE.name,
            "tags": tags(project=self._memory.get("cwd"), session=session, host=self._file.host),
            **counted,
        }
        return call(self._file, number, SOURCE.name, fields)


def _is_repeated(message: dict[str, Any]) -> bool:
    """True for what no model wrote, and for answers that are in a rollout of Codex."""
    key = message.get("idempotencyKey")
    is_of_codex = isinstance(key, str) and key.startswith("codex-app-server:")
    return is_of_codex or message.get("api") == OWN_API or message.get("model") in OWN_MODELS


def has_lines(file: LogFile) -> bool:
    return not databases.is_database(file.path)


def read_whole(file: LogFile, _: Position | None) -> Iterator[Piece]:
    """All events of a database, read anew whenever it changed; those that are known fall out by their ids."""
    with databases.open_database(file.path) as connection:
        if not {"session_id", "seq", "event_json", "created_at"} <= databases.columns(connection, "transcript_events"):
            raise BadData("no table of OpenClaw's events in it")
        found, reader, session = list[LogCall | Rejected](), Reader(file, Memory()), None
        for row in connection.execute(EVENTS):
            if row["session_id"] != session:
                session, reader = row["session_id"], Reader(file, Memory())
            found += _row(row, file, reader)
        yield Piece(found, Position(file.stamp))


def _row(row: Any, file: LogFile, reader: Reader) -> Iterator[LogCall | Rejected]:
    try:
        body = json.loads(row["event_json"])
        if isinstance(body, dict):
            yield from reader.event(None, body, str(row["session_id"]), row["created_at"])
    except (ValueError, TypeError, RecursionError):
        yield rejected(file, None, "an event is not JSON")
    except BadData as error:
        yield rejected(file, None, error)


SOURCE = LogSource(
    "openclaw", "OpenClaw transcripts (~/.openclaw/agents, OPENCLAW_STATE_DIR)", roots, files, Reader, read_whole=read_whole, has_lines=has_lines,
    lines_stand_alone=False, beside=databases.BESIDE,
)  # fmt: skip
