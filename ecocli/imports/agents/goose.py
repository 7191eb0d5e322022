"""
Goose: one database of sessions, which count their tokens together, and since 2026 call by call.

Read in aaif-goose/goose (formerly block/goose): crates/goose/src/session/session_manager.rs (017176d06077), whose table
`usage_ledger` has a row for each call, with one for all calls before it was kept; crates/goose-provider-types/src/
conversation/token_usage.rs (1c220d758a59), where input holds the cache; and in block/goose crates/goose/src/config/paths.rs
(0780e228ca96). The files of 2025 name no model, and Goose moves them into the database by itself.
"""

import sqlite3
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ecocli.errors import BadData
from ecocli.imports import databases
from ecocli.imports import files as below
from ecocli.imports.agents import reader
from ecocli.imports.calls import LogCall, call, moment, name_or_none, rejected, tags
from ecocli.imports.log_file import LogFile
from ecocli.imports.source import LogSource, Piece
from ecocli.ingest import fields as f
from ecocli.ingest.reading import Rejected
from ecocli.store.imports import Position

COUNTERS = ("input_tokens", "output_tokens", "total_tokens", "cache_read_tokens", "cache_write_tokens")
OTHER_TOOLS = ("claude-code", "codex", "cursor-agent", "gemini-cli")
"""Providers that are tools with logs of their own; so is every one that ends in `-acp`."""
NAMES = ("id", "working_dir", "created_at", "provider_name", "model_config_json")
CARRIED = "'carried_forward'"
TOGETHER = "Goose counts the calls of a session together: they are shown as one, with the session's last model"
ROWS_IN_A_PIECE = 5000

Sessions = dict[Any, sqlite3.Row]
"""By their ids."""


def roots(env: Mapping[str, str]) -> list[Path]:
    given = Path(env.get("GOOSE_PATH_ROOT", ""))
    if given.is_absolute():
        return [given / "data" / "sessions"]
    home = below.home(env)
    data = Path(env.get("XDG_DATA_HOME") or home / ".local" / "share")
    folders = [data / "goose", data / "Block" / "goose"]
    if sys.platform == "darwin":
        folders += [home / "Library" / "Application Support" / name for name in ("goose", "Block/goose")]
    if sys.platform == "win32":
        folders.append(Path(env.get("APPDATA") or home / "AppData" / "Roaming") / "Block" / "goose" / "data")
    return [folder / "sessions" for folder in folders]


def files(root: Path) -> Iterator[Path]:
    return below.below(root, r"sessions.*\.db")


def read_whole(file: LogFile, saved: Position | None) -> Iterator[Piece]:
    """The calls of the ledger behind the last one that was read, and for each session what the ledger leaves out."""
    with databases.open_database(file.path) as connection:
        known = databases.columns(connection, "sessions")
        if not {"id", "input_tokens", "output_tokens"} <= known:
            raise BadData("no table of Goose's sessions in it")
        sessions = {row["id"]: row for row in connection.execute(f"SELECT {_columns(NAMES, known)} FROM sessions")}
        ledger, last = databases.columns(connection, "usage_ledger"), 0
        if ledger:
            last = connection.execute("SELECT coalesce(max(id), 0) FROM usage_ledger").fetchone()[0]
            yield from _read_ledger(connection, sessions, file, saved.offset if saved else 0, last)
        found = [each for row in connection.execute(_rest(known, ledger)) if row["session_id"] in sessions for each in _call(row, sessions, file)]
        yield Piece(found, Position(file.stamp, last))


def _read_ledger(connection: sqlite3.Connection, sessions: Sessions, file: LogFile, since: int, last: int) -> Iterator[Piece]:
    """The rows up to the last. Numbers are given in order and never again: fewer than before are another database."""
    sql = f"SELECT * FROM usage_ledger WHERE id > ? AND id <= ? AND coalesce(cost_source, '') <> {CARRIED} ORDER BY id"
    found: list[LogCall | Rejected] = []
    for row in connection.execute(sql, (since if since <= last else 0, last)):
        if row["session_id"] in sessions:
            found += _call(row, sessions, file)
        if len(found) >= ROWS_IN_A_PIECE:
            yield Piece(found, Position("", row["id"]))
            found = []
    yield Piece(found, Position("", last))


def _rest(sessions: set[str], ledger: set[str]) -> str:
    """SQL of the tokens that each session counted beyond the calls of its ledger: all of it before there was one."""
    parts = []
    for name in COUNTERS:
        last, total = (column if column in sessions else "NULL" for column in (name, f"accumulated_{name}"))
        kept = f"SELECT sum({name}) FROM usage_ledger WHERE session_id = s.id AND coalesce(cost_source, '') <> {CARRIED}"
        counted = f"coalesce(({kept}), 0)" if name in ledger else "0"
        own = f"CASE WHEN accumulated_total_tokens IS NULL THEN {last} ELSE {total} END" if "accumulated_total_tokens" in sessions else last
        parts.append(f"max({own} - {counted}, 0) AS {name}")
    return f"SELECT s.id AS session_id, {', '.join(parts)} FROM sessions AS s"


def _columns(wanted: tuple[str, ...], known: set[str]) -> str:
    return ", ".join(name if name in known else f"NULL AS {name}" for name in wanted)


def _call(row: sqlite3.Row, sessions: Sessions, file: LogFile) -> Iterator[LogCall | Rejected]:
    """The call of a row of the ledger, or all calls of a session that it leaves out."""
    session = sessions[row["session_id"]]
    provider = name_or_none(session["provider_name"])
    if provider in OTHER_TOOLS or (provider or "").endswith("-acp"):
        return
    cells = dict(row)
    try:
        counts = _counts(cells)
    except BadData as error:
        yield rejected(file, None, error)
        return
    if not (counts["prompt_tokens"] or counts["completion_tokens"]):
        return
    time, model = cells.get("created_timestamp"), name_or_none(cells.get("model"))
    own = (session["id"], cells["id"], time) if "id" in cells else (session["id"], session["created_at"])
    fields = {
        "id": f.shortened(":".join(map(str, own))),
        "startTimeMs": moment(time or session["created_at"]) or file.mtime_ms,
        "source": SOURCE.name,
        "tags": tags(project=session["working_dir"], session=session["id"], host=file.host),
        "provider": reader.provider(provider) or (None if model or _model(session) else "unknown"),
        "model": model or _model(session),
        **counts,
    }
    yield call(file, None, SOURCE.name, fields, [] if "id" in cells else [TOGETHER])


def _counts(row: dict[str, Any]) -> dict[str, Any]:
    """The total tells where the cache or the reasoning stands beside the other counts."""
    prompt, completion, total, read, written = (f.count(row, name) for name in COUNTERS)
    beside = max(0, (total or 0) - (prompt or 0) - (completion or 0))
    is_cache = beside > 0 and beside == (read or 0) + (written or 0)
    return {
        "prompt_tokens": (prompt or 0) + (beside if is_cache else 0),
        "completion_tokens": (completion or 0) + (0 if is_cache else beside),
        "reasoning_tokens": beside if beside and not is_cache else None,
        "cached_tokens": read,
        "cache_write_tokens": written,
    }


def _model(session: sqlite3.Row) -> str | None:
    return name_or_none(f.as_object(session["model_config_json"]).get("model_name"))


SOURCE = LogSource(
    "goose", "Goose (~/.local/share/goose/sessions/sessions.db, GOOSE_PATH_ROOT)", roots, files, read_whole=read_whole, beside=databases.BESIDE
)
