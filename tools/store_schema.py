"""
The SQL of a store of one version: its schema, with the rows that were kept of the version before.

    python -m tools.store_schema > tests/store/schemas/v15.sql    after a fifteenth migration; then add rows of what is new by hand
    python -m tools.store_schema 2                         an older one
"""

import sys
from contextlib import closing
from pathlib import Path

from ecocli.store import migrations

KEPT = Path("tests/store/schemas")
ROWS = "-- rows\n"


def sql(version: int) -> str:
    """Statements that make the store, ready for `sqlite3 eco.db < FILE`."""
    pragmas = (f"PRAGMA application_id = {migrations.APPLICATION_ID}", f"PRAGMA user_version = {version}")
    return "".join(f"{statement};\n" for statement in (*pragmas, *made(version))) + ROWS + _rows(version - 1)


def made(version: int) -> list[str]:
    """The statement of each table and index, in their order."""
    with closing(migrations.empty(version)) as connection:
        return [text for (text,) in connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT GLOB 'sqlite_*' ORDER BY rowid")]


def _rows(version: int) -> str:
    kept = KEPT / f"v{version}.sql"
    return kept.read_text("utf-8").partition(ROWS)[2] if kept.exists() else ""


if __name__ == "__main__":
    print(sql(int(sys.argv[1]) if len(sys.argv) > 1 else len(migrations.MIGRATIONS)), end="")
