"""What an import would read, by names, sizes and times of files alone: none is opened."""

from collections.abc import Mapping
from pathlib import Path

from ecocli.errors import BadData
from ecocli.imports import files
from ecocli.imports.source import LogSource
from ecocli.store.imports import Imports
from ecocli.util.valueclass import value_class


@value_class(frozen=True, slots=True)
class Waiting:
    """The logs of one source on this machine."""

    source: str
    places: tuple[Path, ...]
    """Those of the tool's that are there."""
    files: int
    new_files: int
    """Logs that were never read, or have changed since."""
    new_bytes: int
    """At most so much of them is new. [B]"""


def waiting(source: LogSource, imports: Imports | None, env: Mapping[str, str]) -> Waiting:
    """
    What `eco import` of a source would read.

    Args:
        imports: How far logs were read; None where nothing ever was.
    """
    stamps = imports.stamps(source.name) if imports else {}
    places = tuple(place for place in source.roots(dict(env)) if place.exists())
    found = [path for place in places for path in source.files(place)]
    new = [path for path in found if _has_changed(path, source, stamps)]
    size_bytes = sum(_new_bytes(path, source, imports if stamps else None) for path in new)
    return Waiting(source.name, places, len(found), len(new), size_bytes)


def _has_changed(path: Path, source: LogSource, stamps: Mapping[str, str]) -> bool:
    try:
        return stamps.get(files.stored_name(path)) != files.look(path, "", source.beside).stamp
    except BadData:  # gone meanwhile, or not to be read: the import says so
        return False


def _new_bytes(path: Path, source: LogSource, imports: Imports | None) -> int:
    saved = imports.position(source.name, files.stored_name(path)) if imports else None
    try:
        return max(0, path.stat().st_size - (saved.offset if saved else 0))
    except OSError:
        return 0
