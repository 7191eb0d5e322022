"""The catalogue on disk: YAML as the source of truth, compiled once into a file that opens instantly."""

import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from ecocli import __version__
from ecocli.catalog.entries import Entries, Entry, write
from ecocli.config import paths
from ecocli.config.paths import make_private_file, make_private_folder
from ecocli.errors import BadConfig

PACKAGE = Path(__file__).resolve().parent.parent
COMPILED = PACKAGE / "data" / "catalog.db"
FILES = ("models.yaml", "regions.yaml")
KEPT_FOR_S = 86_400


def data_path(name: str) -> Path:
    """Installed: ecocli/data/<name>, put there by the wheel. Checkout: the repository root."""
    installed = PACKAGE / "data" / name
    return installed if installed.exists() else PACKAGE.parent / name


def open_for(env: Mapping[str, str]) -> Entries:
    """The catalogue of whoever runs eco: the shipped one, with what stands in the configuration folder worked in."""
    own: Path | None = None
    cache: Path | None = None
    with suppress(BadConfig):  # no home: the shipped catalogue, in memory where it must be compiled
        own, cache = paths.config_folder(env), paths.cache_folder(env)
    return open_entries(own, cache)


def open_entries(own_folder: Path | None, cache_folder: Path | None) -> Entries:
    """
    The compiled catalogue, with a user's own models.yaml and regions.yaml worked in.

    The package's own compiled file serves when nobody changed anything. Otherwise one is kept in the
    cache folder, named after the files it was made from; without a folder to write it stays in memory.

    Raises:
        BadCatalog: A YAML file is not valid; the message names file, entry and field.
    """
    own = [path for name in FILES if own_folder and (path := own_folder / name).exists()]
    if not own and COMPILED.exists():
        return Entries.open(COMPILED)
    sources = [data_path(name) for name in FILES] + own
    if cache_folder is None:
        return Entries.in_memory(compile_files(own))
    cached = cache_folder / f"catalog-{_stamp(sources)}.db"
    if not cached.exists() and not _build(cached, own):
        return Entries.in_memory(compile_files(own))
    return Entries.open(cached)


def compile_files(own: list[Path]) -> Iterator[Entry]:
    """Every entry of the shipped files, with `own` files worked in by their name."""
    from ecocli.catalog.compile import entries

    return entries({name: data_path(name) for name in FILES}, {path.name: path for path in own})


def _stamp(sources: list[Path]) -> str:
    """Changes with any of the files, with eco itself, and is cheap: no file is read."""
    import hashlib

    facts: list[Any] = [__version__]
    for path in sources:
        status = path.stat()
        facts += [str(path), status.st_size, status.st_mtime_ns]
    newest_code = max(p.stat().st_mtime_ns for p in (PACKAGE / "catalog").iterdir())
    return hashlib.sha256(repr([*facts, newest_code]).encode()).hexdigest()[:24]


def _build(path: Path, own: list[Path]) -> bool:
    """Compile to `path` in one step, so that no other process ever sees half a file. False: not writable."""
    try:
        make_private_folder(path.parent)
        unfinished = path.with_suffix(f".{os.getpid()}.tmp")
        unfinished.unlink(missing_ok=True)
        make_private_file(unfinished)
        write(unfinished, compile_files(own))
        os.replace(unfinished, path)
        _drop_older(path)
    except (OSError, sqlite3.Error):
        return False
    return True


def _drop_older(path: Path) -> None:
    """Catalogues that nobody made for a day: another version of eco may be using a younger one."""
    for other in path.parent.glob("catalog-*.db"):
        if other != path and other.stat().st_mtime < path.stat().st_mtime - KEPT_FOR_S:
            other.unlink(missing_ok=True)
