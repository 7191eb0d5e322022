"""Results of an import: counts for standard output, and unusable lines for standard error or a file."""

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO

from ecocli.cli.outputs import create_private
from ecocli.errors import NotUnderstood, shorten
from ecocli.ingest.reading import Notice, Rejected

SHOWN = 20
LONGEST = 300
ONE = {"new calls": "new call", "logs read": "log read"}

NAMES = ("files", "unchanged", "new", "updated", "duplicates", "unfinished")


@dataclass
class Summary:
    """The counts of one source by outcome; calls that were forgotten, or are of models that are not estimated, only where there are any."""

    source: str
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys((*NAMES, "rejected"), 0))

    def add(self, outcome: Mapping[str, int] | Rejected | Notice, unusable: "Unusable") -> None:
        """Count an outcome; a line that is rejected or left out, and whatever else there is to say, is also passed to `unusable`."""
        if isinstance(outcome, Notice):
            unusable.warn(outcome.text)
        elif not isinstance(outcome, Rejected):
            self._count(outcome)
        elif isinstance(outcome.error, NotUnderstood):
            unusable.warn(str(outcome.error))
        elif outcome.is_fault:
            self._count({"rejected": 1})
            unusable.add(outcome)
        else:
            self._count({"unsupported": 1})
            unusable.warn(f"{outcome.error}; its calls are left out")

    def _count(self, outcome: Mapping[str, int]) -> None:
        for name, count in outcome.items():
            self.counts[name] = self.counts.get(name, 0) + count

    def body(self) -> dict[str, Any]:
        """The summary as JSON."""
        return {"source": self.source, **self.counts}

    def text(self) -> str:
        """The summary in one line, without counts of zero."""
        words = {
            "new": "new calls", "updated": "grown", "duplicates": "seen before", "matched": "known from another signal", "forgotten": "forgotten before", "voided": "undone before",
            "unsupported": "of models that are not estimated", "rejected": "not usable", "unfinished": "ending in mid-line", "files": "logs read", "unchanged": "unchanged",
        }  # fmt: skip
        parts = [f"{self.counts[name]:,} {word if self.counts[name] != 1 else ONE.get(word, word)}" for name, word in words.items() if self.counts.get(name) or name == "new"]
        return f"{self.source}: {', '.join(parts)}"


class Unusable:
    """Reports lines that could not be used: all of them in a file, or the first ones on standard error."""

    def __init__(self, path: Path | None, quiet: bool) -> None:
        self._path = path
        self._file: TextIO | None = None
        self._quiet = quiet
        self.count = 0
        self._warned: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._file:
            self._file.close()

    @property
    def hint(self) -> str:
        """Hint at the place where the lines are reported."""
        if self._path:
            return f"they are named in {shorten(str(self._path), 200)}, with their reasons"
        return "they are named above" if self.count <= SHOWN else "--rejects FILE names every one of them"

    def add(self, rejected: Rejected) -> None:
        """Report place and reason, never the line itself, which may hold text of a person."""
        self.count += 1
        where, reason = rejected.where or "", str(rejected.error).removeprefix(f"{rejected.where}: ")
        if self._path:
            self._file = self._file or create_private(self._path)
            print(json.dumps({"where": where, "error": reason}), file=self._file)
        elif self.count <= SHOWN:
            print(f"{shorten(where, LONGEST)}: {shorten(reason, LONGEST)}", file=sys.stderr)
        elif self.count == SHOWN + 1:
            print("…", file=sys.stderr)

    def warn(self, text: str) -> None:
        """Warn, once in the same words."""
        if not self._quiet and text not in self._warned and len(self._warned) < SHOWN:
            self._warned.add(text)
            print(shorten(f"eco: warning: {text}", LONGEST), file=sys.stderr)
