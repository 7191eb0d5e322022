"""The compiled catalogue on disk: made once from the YAML files, quick to open."""

import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from ecocli import __version__
from ecocli.catalog.entries import Entries, Entry, write
from ecocli.catalog.zone_figures import ZONES
from ecocli.config import paths
from ecocli.config.paths import PACKAGE, data_path, make_private_file, make_private_folder
from ecocli.errors import BadConfig

COMPILED = PACKAGE / "data" / "catalog.db"
MODELS = "models.yaml"
FILES = (MODELS, "regions.yaml")
KEPT_FOR_S = 86_400


def shipped_files(zones: str | None = None) -> dict[str, Path]:
    """The shipped files by name: of those with figures of zones the one that is named, else the first that is there, since an open build has only the other."""
    zones = zones or next((name for name in ZONES if data_path(name).exists()), ZONES[0])
    return {name: data_path(name) for name in (*FILES, zones)}


def open_for(env: Mapping[str, str]) -> Entries:
    """The catalogue of the user that an environment describes: see `open_entries`."""
    overrides: Path | None = None
    cache: Path | None = None
    edition: Path | None = None
    with suppress(BadConfig):  # no home folder: the shipped catalogue, in memory where it must be compiled
        overrides, cache, edition = paths.config_folder(env), paths.cache_folder(env), edition_path(env)
    return open_entries(overrides, cache, edition)


def edition_path(env: Mapping[str, str]) -> Path:
    """Where `eco models update` keeps a newer edition of the models. BadConfig without a home folder."""
    return paths.data_folder(env) / "catalogue" / MODELS


def base_models(env: Mapping[str, str]) -> dict[str, Any]:
    """The models of the catalogue without the user's own, as parsed: those of the newest edition."""
    from ecocli.catalog.compile import load, newest

    return load(newest(data_path(MODELS), edition_path(env)))


def open_entries(overrides_folder: Path | None, cache_folder: Path | None, edition: Path | None = None) -> Entries:
    """
    Open the shipped catalogue, or a newer `edition` of its models, merged with the user's own models.yaml and regions.yaml.

    Without such files an installed eco opens the compiled file that it ships. Otherwise the catalogue
    is compiled into the cache folder, under a name that depends on its sources; without a writable folder it is
    compiled in memory.

    Raises:
        BadCatalog: A YAML file is not valid; the message names file, entry and field.
    """
    overrides, edition = own_files(overrides_folder), _there(edition)
    if not overrides and not edition and COMPILED.exists():
        return Entries.open(COMPILED)
    cached = _cached(overrides, edition, cache_folder)
    if cached and os.path.exists(cached):
        return Entries.open(cached, partial(_compiled, cached, overrides, edition))
    return _compiled(cached, overrides, edition)


def look(overrides_folder: Path | None, cache_folder: Path | None, edition: Path | None = None) -> Entries | None:
    """
    As `open_entries`, and makes no file: the user's own are compiled in memory where they changed.

    None for shipped files that were not compiled yet, as in a checkout.
    """
    overrides, edition = own_files(overrides_folder), _there(edition)
    is_changed = bool(overrides or edition)
    cached = None if not is_changed and COMPILED.exists() else _cached(overrides, edition, cache_folder)
    if cached is None:
        return open_entries(overrides_folder, None, edition)
    if os.path.exists(cached):
        return Entries.open(cached, partial(_compiled, None, overrides, edition))
    return _compiled(None, overrides, edition) if is_changed else None


def shipped_edition() -> str:
    """The edition of the shipped files, which are not parsed for it."""
    lines = (line for name in FILES for line in data_path(name).read_text("utf-8").splitlines() if line.startswith("edition:"))
    return "/".join(line.partition(":")[2].partition("#")[0].strip(" \"'") for line in lines)


def own_files(folder: Path | None) -> list[Path]:
    """The user's own files of the catalogue, as far as they are there."""
    return [path for name in FILES if folder and (path := folder / name).exists()]


def compile_files(overrides: list[Path], edition: Path | None = None, zones: str | None = None) -> Iterator[Entry]:
    """
    Every entry of the shipped files, or of a newer `edition` of the models, merged with the `overrides` of the same names.

    Args:
        zones: As in `shipped_files`.
    """
    from ecocli.catalog.compile import entries, newest

    shipped = shipped_files(zones)
    return entries(shipped | {MODELS: newest(shipped[MODELS], edition)}, {path.name: path for path in overrides})


def _there(edition: Path | None) -> Path | None:
    return edition if edition and edition.exists() else None


def _cached(overrides: list[Path], edition: Path | None, folder: Path | None) -> Path | None:
    sources = [*shipped_files().values(), *overrides, *([edition] if edition else [])]
    return folder / f"catalog-{_stamp(sources)}.db" if folder else None


def _stamp(sources: list[Path]) -> str:
    """A digest of paths, sizes and times of the files and of eco's version and code: cheap, since no file is read."""
    from ecocli.util.digests import sha256

    facts: list[Any] = [__version__]
    for path in sources:
        status = path.stat()
        facts += [str(path), status.st_size, status.st_mtime_ns]
    newest_code = max(p.stat().st_mtime_ns for p in (PACKAGE / "catalog").iterdir())
    return sha256(repr([*facts, newest_code]).encode()).hexdigest()[:24]


def _compiled(cached: Path | None, overrides: list[Path], edition: Path | None) -> Entries:
    """Compiled now, and kept in the cache where it can be."""
    if cached and _build(cached, overrides, edition):
        return Entries.open(cached, partial(_compiled, None, overrides, edition))
    return Entries.in_memory(compile_files(overrides, edition))


def _build(path: Path, overrides: list[Path], edition: Path | None) -> bool:
    """Compile to `path` atomically; False when it cannot be written."""
    unfinished = path.with_suffix(f".{os.getpid()}.tmp")
    try:
        make_private_folder(path.parent)
        unfinished.unlink(missing_ok=True)
        make_private_file(unfinished)
        write(unfinished, compile_files(overrides, edition))
        os.replace(unfinished, path)
    except (OSError, sqlite3.Error):
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
        return False
    _drop_older(path)
    return True


def _drop_older(path: Path) -> None:
    """Delete compiled catalogues that are a day older than this one: another version of eco may be using a younger one."""
    with suppress(OSError):
        for other in path.parent.glob("catalog-*.db"):
            if other != path and other.stat().st_mtime < path.stat().st_mtime - KEPT_FOR_S:
                other.unlink(missing_ok=True)
