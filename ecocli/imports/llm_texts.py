"""The texts of a turn of llm since 0.32, which lie in parts of messages, each of which knows the one before it."""

import sqlite3
from typing import Any

from ecocli.imports import databases

HASHES = ("parent_message_hash", "tip_message_hash")
"""Columns of a turn: the last message that was sent, and the last one that came back."""
LONGEST_CHAIN = 10_000

CHAIN = f"""
WITH RECURSIVE chain(hash, parent_hash, depth) AS (
    SELECT hash, parent_hash, 0 FROM messages WHERE hash = :tip AND hash IS NOT :end
    UNION ALL
    SELECT m.hash, m.parent_hash, chain.depth + 1 FROM chain JOIN messages AS m ON m.hash = chain.parent_hash
    WHERE m.hash IS NOT :end AND chain.depth < {LONGEST_CHAIN}
)
SELECT parts.text FROM chain JOIN parts ON parts.message_hash = chain.hash
WHERE parts.text IS NOT NULL ORDER BY chain.depth DESC, parts.position, parts.rowid
"""


def add(connection: sqlite3.Connection, turn: dict[str, Any]) -> None:
    """Put what was said into a turn that has no counts, under the names of the older table."""
    parent, tip = (turn.pop(name, None) for name in HASHES)
    counted = turn.get("input_tokens") is not None and turn.get("output_tokens") is not None
    if counted or tip is None or not _has_texts(connection):
        return
    turn["prompt"] = _text(connection, parent, None)
    turn["response"] = _text(connection, tip, parent)


def _text(connection: sqlite3.Connection, tip: str | None, end: str | None) -> str:
    """The messages from the one behind `end` to `tip`; from the first one where there is no end."""
    found = connection.execute(CHAIN, {"tip": tip, "end": end})
    return "\n".join(text for (text,) in found if isinstance(text, str))


def _has_texts(connection: sqlite3.Connection) -> bool:
    known = {"messages": {"hash", "parent_hash"}, "parts": {"message_hash", "text", "position"}}
    return all(columns <= databases.columns(connection, table) for table, columns in known.items())
