"""A log as it lies on the disk."""

from pathlib import Path

from ecocli.imports.json_lines import Load, load
from ecocli.util.valueclass import value_class

COMPRESSED = (".zst", ".gz")
"""Endings behind the one that a log has otherwise."""


@value_class(frozen=True, slots=True)
class LogFile:
    """A log and the machine that it lies on. `stamp` changes whenever the file may have changed."""

    path: Path
    stamp: str
    mtime_ms: int
    host: str
    load: Load = load
    """Reads the JSON of a line."""

    @property
    def stem(self) -> str:
        """The name without its endings, compressed or not."""
        return self.path.name.removesuffix(self.path.suffix if self.is_compressed else "").rpartition(".")[0] or self.path.name

    @property
    def is_compressed(self) -> bool:
        return self.path.suffix in COMPRESSED
