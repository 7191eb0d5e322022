"""Invalid events: the first one ends the run, or with --skip-invalid all are written aside with their reasons."""

import json
import sys
from pathlib import Path
from typing import Self, TextIO

from ecocli.cli.outputs import create_private
from ecocli.core.numbers import counted
from ecocli.errors import SkippedLines, UsageError
from ecocli.ingest.reading import Rejected


class Rejects:
    """
    Writes invalid events as JSON lines to a file or standard error.

    The file is its owner's alone, for an event may hold a prompt. It is emptied at once, so that one of an earlier run is never taken for this run's.
    """

    def __init__(self, path: Path | None, skip: bool) -> None:
        if path is not None and not skip:
            raise UsageError("--rejects is given without --skip-invalid", "--skip-invalid keeps the good events and goes on")
        self._path = path
        self._skip = skip
        self._file: TextIO = sys.stderr if path is None else create_private(path)
        self._count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        if self._path is not None:
            self._file.close()

    def add(self, rejected: Rejected) -> None:
        """Write an invalid event and its reason as a line of JSON; without `skip` raise its error."""
        if not self._skip:
            raise rejected.error
        self._count += 1
        text = rejected.raw.decode("utf-8", "replace").rstrip("\n")
        body = {"where": rejected.where, "error": str(rejected.error), "input": text}
        print(json.dumps(body), file=self._file)

    def report(self, good: int) -> None:
        """Raise SkippedLines when events were skipped; `good` is the number of the others."""
        if self._count:
            hint = f"they are in {self._path}, with their reasons" if self._path else "each is named above, with its reason"
            raise SkippedLines(f"{self._count} of {counted(self._count + good, 'event')} could not be used", hint)
