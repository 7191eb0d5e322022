"""
Zed's own agent: threads in a database, each a compressed document that counts its tokens together.

Read in zed-industries/zed: crates/agent/src/db.rs (0642ec7e49e2) for the table and the document, crates/paths/src/paths.rs
(010c9b6fa6d6) for the folder; and in junhoyeo/tokscale crates/tokscale-core/src/sessions/zed.rs (1eb74c5dbf4a), by which the
sum of a thread holds every request and the usage by message only the last of each. Zed takes the cache out of the input.
Agents that Zed only shows keep logs of their own.
"""

import sqlite3
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ecocli.errors import BadData, shorten
from ecocli.imports import databases, zstd
from ecocli.imports import files as below
from ecocli.imports.agents import reader
from ecocli.imports.calls import LogCall, call, moment, name_or_none, rejected, tags
from ecocli.imports.log_file import LogFile
from ecocli.imports.source import LogSource, Piece
from ecocli.ingest import documents
from ecocli.ingest import fields as f
from ecocli.ingest.reading import Rejected
from ecocli.store.imports import Position

GATEWAY = "zed.dev"
"""Zed's own gateway says nothing about who served a call."""
COUNTERS = ("input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens")
OPTIONAL = ("created_at", "folder_paths", "folder_paths_order")
TOGETHER = "Zed counts the calls of a thread together: they are shown as one, with the thread's last model"


def roots(env: Mapping[str, str]) -> list[Path]:
    home = below.home(env)
    if sys.platform == "darwin":
        return [home / "Library" / "Application Support" / "Zed" / "threads"]
    if sys.platform == "win32":
        return [Path(env.get("LOCALAPPDATA") or home / "AppData" / "Local") / "Zed" / "threads"]
    data = env.get("FLATPAK_XDG_DATA_HOME") or env.get("XDG_DATA_HOME") or home / ".local" / "share"
    return [Path(data) / "zed" / "threads"]


def files(root: Path) -> Iterator[Path]:
    return below.below(root, r"threads.*\.db")


def read_whole(file: LogFile, saved: Position | None) -> Iterator[Piece]:
    """The threads that were saved anew since the last time, by their time and their size."""
    with databases.open_database(file.path) as connection:
        known = databases.columns(connection, "threads")
        if not {"id", "updated_at", "data_type", "data"} <= known:
            raise BadData("no table of Zed's threads in it")
        seen = dict(saved.state).get("threads", {}) if saved else {}
        now = {str(row["id"]): f"{row['updated_at']} {row['size']}" for row in connection.execute("SELECT id, updated_at, length(data) AS size FROM threads")}
        optional = ", ".join(name if name in known else f"NULL AS {name}" for name in OPTIONAL)
        sql = f"SELECT id, updated_at, data_type, data, {optional} FROM threads WHERE id = ?"
        changed = [id for id, stamp in now.items() if seen.get(id) != stamp]
        found = [each for id in changed for row in connection.execute(sql, (id,)) for each in _thread(row, file)]
        yield Piece(found, Position(file.stamp, state={"threads": now}))


def _thread(row: sqlite3.Row, file: LogFile) -> Iterator[LogCall | Rejected]:
    try:
        body = documents.parse(_document(row))
        counts = _counts(body)
    except zstd.NoZstandard:
        raise  # none of the file is marked as read
    except BadData as error:
        yield rejected(file, None, BadData(f"thread {shorten(row['id'])}: {error}", error.hint))
        return
    if not any(counts.values()) or body.get("imported") is True:
        return
    provider, model = name_or_none(f.at(body, "model.provider")), name_or_none(f.at(body, "model.model"))
    prompt, completion, read, written = counts.values()
    fields = {
        "id": str(row["id"]),
        "startTimeMs": moment(row["created_at"]) or moment(row["updated_at"]) or file.mtime_ms,
        "source": SOURCE.name,
        "tags": tags(project=_folder(row["folder_paths"], row["folder_paths_order"]), session=str(row["id"]), host=file.host),
        "provider": (None if provider == GATEWAY else reader.provider(provider)) or (None if model else "unknown"),
        "model": model,
        "prompt_tokens": prompt + read + written,
        "completion_tokens": completion,
        "cached_tokens": read,
        "cache_write_tokens": written,
    }
    yield call(file, None, SOURCE.name, fields, [TOGETHER])


def _document(row: sqlite3.Row) -> bytes:
    data = row["data"].encode() if isinstance(row["data"], str) else row["data"]
    if not isinstance(data, bytes) or row["data_type"] not in ("json", "zstd"):
        raise BadData(f"kept as {shorten(row['data_type'])}, which is not known")
    return zstd.unpacked(data) if row["data_type"] == "zstd" else data


def _counts(body: Any) -> dict[str, int]:
    """The sum over all requests, whose counters are left out where they are 0; else that of what is known by message."""
    if not isinstance(body, dict):
        raise BadData("not a JSON object")
    total = _usage(f.section(body, "cumulative_token_usage"))
    by_message = body.get("request_token_usage")
    each = list(by_message.values()) if isinstance(by_message, dict) else by_message
    parts = [_usage(usage) for usage in f.objects(each)]
    return total if any(total.values()) else {name: sum(part[name] for part in parts) for name in COUNTERS}


def _usage(usage: dict[str, Any]) -> dict[str, int]:
    return {name: f.count(usage, name) or 0 for name in COUNTERS}


def _folder(paths: Any, order: Any) -> str | None:
    """The folder that was opened first; they are kept in the order of their names, with the places that they had."""
    if not isinstance(paths, str):
        return None
    folders, places = paths.splitlines(), str(order or "").split(",")
    first = places.index("0") if "0" in places else 0
    return folders[first] if first < len(folders) else None


SOURCE = LogSource("zed", "Zed's agent (~/.local/share/zed/threads/threads.db)", roots, files, read_whole=read_whole, beside=databases.BESIDE)
