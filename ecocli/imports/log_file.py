"""A log as it lies on the disk."""

from pathlib import Path

from ecocli.imports.json_lines import Load, load
from ecocli.util.valueclass import value_class


@value_class(frozen=True, slots=True)
class LogFile:
    """A log and the machine that it lies on. `stamp` changes whenever the file may have changed."""

    path: Path
    stamp: str
    mtime_ms: int
    host: str
    load: Load = load
    """Reads the JSON of a line."""
