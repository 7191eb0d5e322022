"""llm's own database: `responses`, and `turns` since 0.32. Its history is in both."""

import sqlite3
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ecocli.errors import BadData, shorten
from ecocli.imports import databases, llm_texts
from ecocli.imports import files as below
from ecocli.imports.calls import LogCall, adopt, rejected, tags
from ecocli.imports.log_file import LogFile
from ecocli.imports.source import LogSource, Piece
from ecocli.ingest.formats import llm
from ecocli.ingest.reading import Rejected
from ecocli.store.imports import Position

TABLES = {"responses": "conversation_id", "turns": "thread_id"}
"""Each with the column that names the conversation."""
COLUMNS = ("id", "model", "resolved_model", "input_tokens", "output_tokens", "token_details", "duration_ms", "datetime_utc")
TEXTS = ("system", "prompt", "response")
"""Looked at only where a row has no counts, and never kept."""
ROWS_IN_A_PIECE = 5000


def roots(env: Mapping[str, str]) -> list[Path]:
    if given := env.get("LLM_USER_PATH"):
        return [Path(given).expanduser()]
    if sys.platform == "darwin":
        return [below.home(env) / "Library" / "Application Support" / "io.datasette.llm"]
    return [Path(env.get("XDG_CONFIG_HOME") or below.home(env) / ".config") / "io.datasette.llm"]


def files(root: Path) -> Iterator[Path]:
    return below.below(root, r"logs.*\.db")


def read_whole(file: LogFile, saved: Position | None) -> Iterator[Piece]:
    """Rows are only added: those behind the last one that was read, while that one is still where it was."""
    with databases.open_database(file.path) as connection:
        tables = [table for table in TABLES if {"id", "model"} <= databases.columns(connection, table)]
        if not tables:
            raise BadData("no table of llm's in it")
        state = dict(saved.state) if saved else {}
        for table in tables:
            yield from _read_table(connection, table, file, state)
        yield Piece([], Position(file.stamp, 0, "", state))


def _read_table(connection: sqlite3.Connection, table: str, file: LogFile, state: dict[str, Any]) -> Iterator[Piece]:
    last_row, last_id = state.get(table) or (0, None)
    held = connection.execute(f"SELECT id FROM {table} WHERE rowid = ?", (last_row,)).fetchone()
    if held is None or _plain(held["id"]) != last_id:
        last_row = 0  # rows were deleted: their numbers may have been given again
    found: list[LogCall | Rejected] = []
    for row in connection.execute(_select(connection, table), (last_row,)):
        cells = {name: _plain(row[name]) for name in row.keys()}  # noqa: SIM118  # a Row iterates over its values
        llm_texts.add(connection, cells)
        found += _row(cells, file)
        state[table] = (row["rowid"], cells["id"])
        if len(found) >= ROWS_IN_A_PIECE:
            yield Piece(found, Position("", 0, "", dict(state)))
            found = []
    yield Piece(found, Position("", 0, "", dict(state)))


def _select(connection: sqlite3.Connection, table: str) -> str:
    known = databases.columns(connection, table)
    wanted = [name for name in (*COLUMNS, *llm_texts.HASHES, TABLES[table]) if name in known]
    uncounted = "input_tokens IS NULL OR output_tokens IS NULL"
    texts = [f"CASE WHEN {uncounted} THEN {name} END AS {name}" for name in TEXTS if name in known]
    return f"SELECT rowid, {', '.join((*wanted, *texts))} FROM {table} WHERE rowid > ? ORDER BY rowid"


def _plain(value: Any) -> Any:
    """A cell without what JSON cannot hold: any column of SQLite may hold anything."""
    return None if isinstance(value, bytes) else value


def _row(row: dict[str, Any], file: LogFile) -> Iterator[LogCall | Rejected]:
    session = row.get("conversation_id") or row.get("thread_id")
    try:
        for reading in llm.read(row):
            yield adopt(reading, file, None, SOURCE.name, tags(session=session, host=file.host))
    except BadData as error:
        yield rejected(file, None, BadData(f"row {shorten(row['id'])}: {error}"))


SOURCE = LogSource("llm", "llm (its logs.db, LLM_USER_PATH)", roots, files, read_whole=read_whole, beside=databases.BESIDE)
