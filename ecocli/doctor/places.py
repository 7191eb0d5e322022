"""Where eco's files lie, and whether it can use them there."""

import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from shlex import quote

from ecocli.config import paths
from ecocli.doctor import mounts
from ecocli.doctor.finding import DATA, STORE, WELL, Finding
from ecocli.errors import BadConfig
from ecocli.store import files
from ecocli.util.valueclass import value_class


@value_class(frozen=True, slots=True)
class Place:
    """A file or a folder of eco's."""

    what: str
    path: Path
    exists: bool
    can_write: bool
    """It, or what would have to be made first."""
    link: Path | None
    """Where it leads, for a link."""
    file_system: str | None
    """None where it is not known."""


def place(what: str, path: Path) -> Place:
    """A file or a folder as it is now."""
    link = Path(os.path.realpath(path)) if path.is_symlink() else None
    return Place(what, path, os.path.exists(path), _can_write(path), link, mounts.file_system(_nearest(path)))


def all_places(env: Mapping[str, str], db: Path) -> Iterator[Place]:
    """The store, the configuration with the user's own catalogue, and the cache, as far as they have a place at all."""
    yield place("store", db)
    with suppress(BadConfig):  # no home folder
        config = paths.config_folder(env)
        yield place("config", config / "config.toml")
        yield from (place("own catalogue", config / name) for name in ("models.yaml", "regions.yaml") if (config / name).exists())
        yield place("cache", paths.cache_folder(env))


def store_findings(store: Place, own_folder: Path | None) -> Iterator[Finding]:
    """What others can do to the store, and what its owner cannot."""
    for path, mode in files.exposed(store.path, own_folder):
        yield Finding("exposed", f"others can get at {path}", f"chmod {mode} {quote(str(path))}", STORE)
    if not store.can_write:
        yield Finding("read-only", f"{store.path} cannot be written: eco can read it, and records nothing", _opening(store.path), STORE)
    if store.link:
        yield Finding("link", f"{store.path} leads to {store.link}", None, WELL)
    with suppress(OSError):
        if store.path.stat().st_nlink > 1:
            mend = "eco db backup FILE makes a copy that can be written; use that with eco config set db FILE"
            yield Finding("store-linked", f"{store.path} has another name, a hard link, and can only be read", mend, STORE)
    if mounts.is_network(store.file_system):
        message = f"{store.path} lies on {store.file_system}: two machines at once can damage it"
        yield Finding("network", message, "eco config set db FILE moves to a local disk", WELL)


def other_findings(place: Place) -> Iterator[Finding]:
    """What is wrong with a file or a folder of the configuration or the cache."""
    if os.name != "nt" and place.exists and place.path.stat().st_mode & stat.S_IWOTH and place.what != "cache":
        yield Finding("exposed", f"others can write {place.path}", f"chmod o-w {quote(str(place.path))}", DATA)
    if place.what == "cache" and not place.can_write:
        yield Finding("no-cache", f"{place.path} cannot be written: the catalogue may be compiled anew in each run", _opening(place.path), WELL)


def _nearest(path: Path) -> Path:
    """The path itself, or the nearest folder above it that is there."""
    return next((each for each in (path, *path.absolute().parents) if os.path.exists(each)), path)


def _can_write(path: Path) -> bool:
    """SQLite keeps its log beside a file, and a setting is changed by a new file: the folder counts as well."""
    nearest = _nearest(path)
    folder = nearest if nearest.is_dir() else nearest.parent
    return os.access(nearest, os.W_OK) and os.access(folder, os.W_OK)


def _opening(path: Path) -> str:
    """The command that lets the user write there."""
    nearest = _nearest(path)
    folder = nearest if nearest.is_dir() else nearest.parent
    closed = next((each for each in (nearest, folder) if not os.access(each, os.W_OK)), nearest)
    is_own = os.name == "nt" or closed.stat().st_uid == os.geteuid()
    return f"{'chmod u+w' if is_own else 'sudo chown $(id -un)'} {quote(str(closed))}"
