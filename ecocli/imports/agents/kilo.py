"""
Kilo CLI, and the extensions built on it: OpenCode's tables in a database of its own.

Read in Kilo-Org/kilocode: packages/opencode/src/global/index.ts (30e1f2872c6c) for the folder,
packages/core/src/database/database.ts (2855ebbe48d1) for the file, packages/opencode/src/session/session.sql.ts
(18369fa08ad4) for the tables. Tasks of the older extension come over with counts of 0
(packages/kilo-vscode/src/legacy-migration/sessions/lib/messages.ts, 9c94f69599e8): `kilo-code` reads those.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from ecocli.imports import databases, opencode
from ecocli.imports import files as below
from ecocli.imports.calls import LogCall
from ecocli.imports.log_file import LogFile
from ecocli.imports.source import LogSource, Piece
from ecocli.store.imports import Position

GATEWAY = "kilo"
"""Kilo's own gateway says nothing about who served a call."""


def roots(env: Mapping[str, str]) -> list[Path]:
    """The folder, or the file that KILO_DB names, which is in the folder unless it is absolute."""
    data = Path(env.get("XDG_DATA_HOME") or below.home(env) / ".local" / "share") / "kilo"
    return [data / env.get("KILO_DB", "")]


def files(root: Path) -> Iterator[Path]:
    """A development version may go on with a database that was OpenCode's by name."""
    return below.below(root, r"(kilo|opencode).*\.db")


def read_whole(file: LogFile, saved: Position | None) -> Iterator[Piece]:
    for piece in opencode.read_whole(file, saved):
        for found in piece.found:
            if isinstance(found, LogCall):
                _take_over(found)
        yield piece


def _take_over(call: LogCall) -> None:
    call.format = call.fields["source"] = SOURCE.name
    if call.provider == GATEWAY:
        del call.fields["provider"]


SOURCE = LogSource("kilo", "Kilo CLI (~/.local/share/kilo/kilo.db, KILO_DB)", roots, files, read_whole=read_whole, beside=databases.BESIDE)
