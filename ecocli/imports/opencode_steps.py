"""
The steps of an OpenCode message, each a call of its own.

OpenCode lets a model go on within one message, after its tools answered. The message keeps the tokens of the last step
alone (packages/opencode/src/session/processor.ts; anomalyco/opencode#42324); those of each are in its parts.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from sqlite3 import Connection
from typing import Any

from ecocli.imports import databases

KIND = "step-finish"
Steps = dict[str, list[dict[str, Any]]]
"""Id and tokens of the parts that end a step, in their order, by message."""


def of_database(connection: Connection, changed: str, since: int) -> Steps:
    """
    Those of messages that changed since a moment.

    Args:
        changed: SQL of the moment at which a row of `message` changed.
    """
    if not {"id", "message_id", "data"} <= databases.columns(connection, "part"):
        return {}
    inner = f"SELECT id, {changed} AS changed FROM message"
    sql = f"""SELECT part.message_id AS message, part.id AS id, part.data AS data FROM ({inner}) AS told CROSS JOIN part ON part.message_id = told.id
        WHERE told.changed >= ? AND part.data LIKE '%"{KIND}"%' ORDER BY part.message_id, part.id"""
    found: Steps = {}
    for row in connection.execute(sql, (since,)):
        found.setdefault(row["message"], []).extend(_parts([(row["id"], row["data"])]))
    return found


def of_files(message: Path, identity: str) -> list[dict[str, Any]]:
    """Those beside a message that is a file: `storage/message/SESSION/MESSAGE.json`, `storage/part/MESSAGE/PART.json`."""
    folder = message.parent.parent.parent / "part" / identity
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix == ".json")
        return list(_parts((path.stem, path.read_text("utf-8", "replace")) for path in paths))
    except OSError:
        return []


def _parts(rows: Iterable[tuple[Any, Any]]) -> Iterator[dict[str, Any]]:
    for identity, data in rows:
        try:
            body = json.loads(data)
        except (ValueError, TypeError, RecursionError):
            continue
        if isinstance(body, dict) and body.get("type") == KIND and isinstance(body.get("tokens"), dict):
            yield {"id": identity, "tokens": body["tokens"]}


def bodies(message: dict[str, Any], steps: list[dict[str, Any]], has_counted: bool) -> list[dict[str, Any]]:
    """
    A message for each step. The last one keeps the name of the message, and the message's own tokens where it has counted any.

    The others begin a millisecond apart: the message had their tokens before, and a call of the same time, model and
    counts would be the same call.
    """
    if not steps or (has_counted and len(steps) == 1):
        return [message]
    *before, last = steps
    whole = message if has_counted else message | {"tokens": last["tokens"]}
    time = message["time"] if isinstance(message.get("time"), dict) else {}
    created = time.get("created")
    if type(created) is not int:
        return [*(message | step for step in before), whole]
    return [*(message | step | {"time": time | {"created": created + place}} for place, step in enumerate(before, 1)), whole]
