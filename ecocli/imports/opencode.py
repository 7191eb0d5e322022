"""OpenCode: messages in a database, and before that one JSON file each."""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from sqlite3 import Connection
from typing import Any, NamedTuple

from ecocli.core.usage import UNKNOWN_KIND
from ecocli.errors import BadData, shorten
from ecocli.imports import databases, opencode_steps
from ecocli.imports import files as below
from ecocli.imports.calls import LogCall, call, moment, name_or_none, rejected, tags
from ecocli.imports.log_file import LogFile
from ecocli.imports.source import LogSource, Piece
from ecocli.ingest import counters, documents, opencode_usage, providers
from ecocli.ingest import fields as f
from ecocli.ingest.reading import Rejected
from ecocli.store.imports import Position

ROWS_IN_A_PIECE = 5000
TABLES = ("message", "session_message")
"""Of the first form, and of the second, which keeps what was written in the first one under the same ids."""
ANSWER = "assistant"
SAID_BY_OTHERS = ("user", "system", "synthetic", "shell", "model-switched", "agent-switched", "location-switched")
"""Kinds of messages that no model wrote."""
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
    if not isinstance(body, dict):
        yield Piece([rejected(file, None, "not a JSON object")], Position(file.stamp))
        return
    name = name_or_none(body.get("id")) or file.path.stem
    steps = opencode_steps.of_files(file.path, name) if body.get("role") == ANSWER else []
    yield Piece(list(_messages(body, file, {}, name, steps)), Position(file.stamp))


def _read_database(file: LogFile, saved: Position | None) -> Iterator[Piece]:
    """
    Messages that changed since the last time, by the time that the database keeps of it.

    The last moment is read again: more may have been written within it. So is everything once there are more old messages
    than there were, as after a move of messages from elsewhere.
    """
    with databases.open_database(file.path) as connection:
        tables = [table for table in TABLES if {"id", "data"} <= databases.columns(connection, table)]
        if not tables:
            raise BadData("no table of OpenCode's messages in it")
        state = dict(saved.state) if saved else {}
        if saved and saved.offset:  # of an eco that knew one table
            state.setdefault("message", [saved.offset, None])
        sessions = _sessions(connection)
        for table in tables:
            yield from _read_table(connection, table, file, sessions, state)
        yield Piece([], Position(file.stamp, state=state))


def _read_table(connection: Connection, table: str, file: LogFile, sessions: "Sessions", state: dict[str, Any]) -> Iterator[Piece]:
    known = databases.columns(connection, table)
    # any column of SQLite may hold anything
    changed = "CAST(coalesce(time_updated, time_created, 0) AS INTEGER)" if {"time_updated", "time_created"} <= known else "0"
    since, older = state.get(table) or (0, 0)
    if older is not None and _older(connection, table, changed, since) > older:
        since = 0
    session, kind = (name if name in known else "NULL" for name in ("session_id", "type"))
    steps = opencode_steps.of_database(connection, changed, since) if table == "message" else {}
    sql = f"SELECT id, data, {session} AS session, {kind} AS kind, {changed} AS changed FROM {table} WHERE {changed} >= ? ORDER BY changed, id"
    found: list[LogCall | Rejected] = []
    for row in connection.execute(sql, (since,)):
        if len(found) >= ROWS_IN_A_PIECE and row["changed"] > since:
            state[table] = [since, None]
            yield Piece(found, Position("", state=dict(state)))
            found = []
        since = max(since, row["changed"])
        found += _row(row, file, sessions, steps.pop(row["id"], []))
    state[table] = [since, _older(connection, table, changed, since)]
    yield Piece(found, Position("", state=dict(state)))


def _older(connection: Connection, table: str, changed: str, since: int) -> int:
    """Number of messages that last changed before a moment."""
    (count,) = connection.execute(f"SELECT count(*) FROM {table} WHERE {changed} < ?", (since,)).fetchone()
    return int(count)


class Sessions(NamedTuple):
    """Facts about sessions that the messages of a database do not state."""

    directories: dict[str, str]
    forks: set[str] | None
    """Sessions whose messages were copied, from or to another one; None where any may be."""
    children: set[str]
    """Sessions of sub-agents, which are never copied."""

    def may_be_copied(self, session: str | None, is_second_form: bool) -> bool:
        """True for a message that may be in another session as well, under another id."""
        if is_second_form and self.forks is not None:
            return session in self.forks
        return session not in self.children


def _sessions(connection: Connection) -> Sessions:
    directories: dict[str, str] = {}
    children, forks = set[str](), None
    for table in ("session", "session_v2"):
        known = databases.columns(connection, table)
        if {"id", "directory"} <= known:
            directories |= dict(map(tuple, connection.execute(f"SELECT id, directory FROM {table}")))
        if {"id", "parent_id"} <= known:
            children |= {row["id"] for row in connection.execute(f"SELECT id FROM {table} WHERE parent_id IS NOT NULL")}
        if {"id", "fork_session_id"} <= known:
            pairs = connection.execute(f"SELECT id, fork_session_id FROM {table} WHERE fork_session_id IS NOT NULL")
            forks = {name for pair in pairs for name in pair} | (forks or set())
    return Sessions(directories, forks, children)


def _row(row: Any, file: LogFile, sessions: Sessions, steps: list[dict[str, Any]]) -> Iterator[LogCall | Rejected]:
    """
    The calls of a row. The second form tells the kind of a message in a column of its own, and its model in an object.

    A kind that is not known counts where it has counted tokens, as an answer does.
    """
    kind = row["kind"]
    if kind in SAID_BY_OTHERS:
        return
    try:
        body = json.loads(row["data"])
    except (ValueError, TypeError, RecursionError):
        yield rejected(file, None, f"message {shorten(row['id'])} is not JSON")
        return
    if not isinstance(body, dict):
        return
    body = {"sessionID": row["session"], **body}
    if kind is not None:
        body |= {"role": ANSWER, "modelID": f.at(body, "model.id"), "providerID": f.at(body, "model.providerID")}
    notes = [] if kind in (None, ANSWER) else [f"{UNKNOWN_KIND}message {shorten(kind)}, counted as an answer"]
    for found in _messages(body, file, sessions.directories, row["id"], steps, notes):
        if isinstance(found, LogCall):
            found.has_twins = sessions.may_be_copied(row["session"], kind is not None)
        yield found


def _messages(
    body: dict[str, Any], file: LogFile, projects: dict[str, str], name: str, steps: list[dict[str, Any]], notes: Iterable[str] = ()
) -> Iterator[LogCall | Rejected]:
    """The calls of a message: of each of its steps."""
    tokens = body.get("tokens")
    has_counted = isinstance(tokens, dict) and any(counters.is_counter(each, value) for each, value in (tokens | f.section(tokens, "cache")).items())
    each_step = opencode_steps.bodies(body, steps, has_counted)
    for step in each_step:
        for found in _message(step, file, projects, name, notes):
            if isinstance(found, LogCall) and len(each_step) > 1:
                found.fields.pop("endTimeMs", None)  # the time of the message is that of all its steps, and of the tools between them
            yield found


def _message(body: dict[str, Any], file: LogFile, projects: dict[str, str], name: str, notes: Iterable[str] = ()) -> Iterator[LogCall | Rejected]:
    """The call behind an answer; one that has counted nothing yet comes again when it has."""
    if body.get("role") != ANSWER or not isinstance(body.get("tokens"), dict):
        return
    try:
        fields = opencode_usage.counts(body)
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
    notes = [*notes, *opencode_usage.notes(body)]
    found = call(file, None, SOURCE.name, fields, notes, has_twins=True)
    found.is_finished = f.at(body, "time.completed") is not None
    yield found


def _provider(body: dict[str, Any]) -> str | None:
    provider = name_or_none(body.get("providerID"))
    return None if provider in _GATEWAYS else providers.named(provider)


SOURCE = LogSource(
    "opencode", "OpenCode (~/.local/share/opencode: opencode.db and storage/message)", roots, files, read_whole=read_whole, beside=databases.BESIDE
)
