"""
Kilo Code before it was built on Kilo CLI: Roo Code's tasks under its own extension.

Read in Kilo-Org/kilocode: src/shared/getApiMetrics.ts (e55b6517af80) for the counts, packages/kilo-vscode/src/
legacy-migration/sessions/migrate.ts (31c1374e267f) for the folder. When it took over Roo Code's change of tokensIn is not
known; a cache that is larger than tokensIn stands beside it in any case.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from ecocli.imports.agents import cline_tasks, roo_code, vscode
from ecocli.imports.log_file import LogFile
from ecocli.imports.source import LogSource, Piece
from ecocli.store.imports import Position


def roots(env: Mapping[str, str]) -> list[Path]:
    return [folder / "tasks" for folder in vscode.storages(env, "kilocode.kilo-code")]


def read_whole(file: LogFile, saved: Position | None) -> Iterator[Piece]:
    return roo_code.read_task(file, saved, SOURCE.name)


SOURCE = LogSource("kilo-code", "Kilo Code (tasks of the extension before Kilo CLI)", roots, cline_tasks.files, read_whole=read_whole)
