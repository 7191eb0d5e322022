"""OpenCode: messages in a database, and before that one JSON file each."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ecocli.errors import BadData, shorten
from ecocli.imports import databases
from ecocli.imports import files as below
from ecocli.imports.calls import LogCall, call, moment, name_or_none, rejected, tags
from ecocli.imports.log_file import LogFile
from ecocli.imports.source import LogSource, Piece
from ecocli.ingest import documents, providers
from ecocli.ingest import fields as f
from ecocli.ingest.reading import Rejected
from ecocli.store.imports import Position

ROWS_IN_A_PIECE = 5000
_GATEWAYS = ("opencode", "opencode-go")
"""OpenCode's own gateways say nothing about who served a call."""


def roots(env: Mapping[str, str]) -> list[Path]:
    data = Path(env.get("XDG_DATA_HOME") or below.home(env) / ".local" / "share")
    return [data / "opencode"]


def files(root: Path) -> Iterator[Path]:
    """The messages of both forms; in the tool's own folder sessions, parts and settings lie beside them."""
    is_own = root.name == "opencode"
    for path in below.below(root, r"(opencode|kilo).*\.db|.*\.json"):
        if path.suffix == ".db" or not is_own or path.parent.parent.name == "message":
            yield path


def read_whole(file: LogFile, saved: Position | None) -> Iterator[Piece]:
    return _read_database(file, saved) if databases.is_database(file.path) else _read_message(file)


def _read_message(file: LogFile) -> Iterator[Piece]:
    try:
        body = documents.parse(file.path.read_bytes())
    except OSError as error:
        raise below.unreadable(file.path, error) from error
    found = _message(body, file, {}, file.path.stem) if isinstance(body, dict) else [rejected(file, None, "not a JSON object")]
    yield Piece(list(found), Position(file.stamp))


def _read_database(file: LogFile, saved: Position | None) -> Iterator[Piece]:
    """
    Messages that changed since the last time, by the time that the database keeps of it.

    The last moment is read again: more may have been written within it.
    """
    with databases.open_database(file.path) as connection:
        known = databases.columns(connection, "message")
        if not {"id", "data"} <= known:
            raise BadData("no table of OpenCode's messages in it")
        since = saved.offset if saved else 0
        # any column of SQLite may hold anything
        changed = "CAST(coalesce(time_updated, time_created, 0) AS INTEGER)" if {"time_updated", "time_created"} <= known else "0"
        session = "session_id" if "session_id" in known else "NULL"
        projects = _projects(connection)
        sql = f"SELECT id, data, {session} AS session, {changed} AS changed FROM message WHERE {changed} >= ? ORDER BY changed, id"
        found: list[LogCall | Rejected] = []
        for row in connection.execute(sql, (since,)):
            if len(found) >= ROWS_IN_A_PIECE and row["changed"] > since:
                yield Piece(found, Position("", since))
                found = []
            since = max(since, row["changed"])
            found += _row(row, file, projects)
        yield Piece(found, Position(file.stamp, since))


def _projects(connection: Any) -> dict[str, str]:
    if not {"id", "directory"} <= databases.columns(connection, "session"):
        return {}
    return dict(map(tuple, connection.execute("SELECT id, directory FROM session")))


def _row(row: Any, file: LogFile, projects: dict[str, str]) -> Iterator[LogCall | Rejected]:
    try:
        body = json.loads(row["data"])
    except (ValueError, TypeError, RecursionError):
        yield rejected(file, None, f"message {shorten(row['id'])} is not JSON")
        return
    if isinstance(body, dict):
        yield from _message({"sessionID": row["session"], **body}, file, projects, row["id"])


def _message(body: dict[str, Any], file: LogFile, projects: dict[str, str], name: str) -> Iterator[LogCall | Rejected]:
    """The call behind an answer; one that has counted nothing yet comes again when it has."""
    if body.get("role") != "assistant" or not isinstance(body.get("tokens"), dict):
        return
    try:
        fields = _counts(body)
    except BadData as error:
        yield rejected(file, None, BadData(f"message {shorten(name)}: {error}"))
        return
    if not (fields["prompt_tokens"] or fields["completion_tokens"]):
        return
    session = name_or_none(body.get("sessionID"))
    project = f.at(body, "path.cwd") or f.at(body, "path.root") or projects.get(session or "")
    fields |= {"id": name_or_none(body.get("id")) or name, "model": name_or_none(body.get("modelID")), "source": SOURCE.name}
    fields |= {"provider": _provider(body), "startTimeMs": moment(f.at(body, "time.created")) or file.mtime_ms}
    fields |= {"endTimeMs": moment(f.at(body, "time.completed"))}
    fields |= {"tags": tags(project=project, session=session, host=file.host)}
    yield call(file, None, SOURCE.name, fields, has_twins=True)


def _provider(body: dict[str, Any]) -> str | None:
    provider = name_or_none(body.get("providerID"))
    return None if provider in _GATEWAYS else providers.named(provider)


def _counts(body: dict[str, Any]) -> dict[str, Any]:
    """input leaves out the cache; whether output holds the reasoning, only the total tells."""
    names = ("input", "output", "reasoning", "cache.read", "cache.write", "total")
    known = {name: f.count(body, f"tokens.{name}") for name in names}
    prompt = sum(known[name] or 0 for name in ("input", "cache.read", "cache.write"))
    output, reasoning = known["output"] or 0, known["reasoning"] or 0
    is_apart = reasoning > output or known["total"] == prompt + output + reasoning
    return {
        "prompt_tokens": prompt,
        "completion_tokens": output + reasoning if is_apart else output,
        "reasoning_tokens": known["reasoning"],
        "cached_tokens": known["cache.read"],
        "cache_write_tokens": known["cache.write"],
    }


SOURCE = LogSource(
    "opencode", "OpenCode (~/.local/share/opencode: opencode.db and storage/message)", roots, files, read_whole=read_whole, beside=databases.BESIDE
)
