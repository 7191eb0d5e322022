"""Where eco's files live on this machine. Asked once, at the edge: everything below takes paths as arguments."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from ecocli.errors import BadConfig

APP = "eco"
PRIVATE_FOLDER = 0o700
PRIVATE_FILE = 0o600


def data_folder(env: Mapping[str, str]) -> Path:
    """Where records are kept: XDG_DATA_HOME on Linux, the platform's own folder elsewhere."""
    return _folder(env, "XDG_DATA_HOME", ".local/share", "data")


def config_folder(env: Mapping[str, str]) -> Path:
    """Where config.toml and a user's own models.yaml and regions.yaml are looked for."""
    return _folder(env, "XDG_CONFIG_HOME", ".config", "config")


def cache_folder(env: Mapping[str, str]) -> Path:
    """Where what can be made again is kept."""
    return _folder(env, "XDG_CACHE_HOME", ".cache", "cache")


def make_private_folder(folder: Path) -> None:
    """For the owner alone whatever the umask allows, and so is every folder above it that is missing."""
    if folder.is_dir():
        return
    make_private_folder(folder.parent)
    folder.mkdir(PRIVATE_FOLDER, exist_ok=True)


def make_private_file(path: Path) -> None:
    """
    An empty file for the owner alone, whatever the umask allows.

    Raises:
        FileExistsError: There is one.
    """
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE_FILE))


def _folder(env: Mapping[str, str], variable: str, below_home: str, kind: str) -> Path:
    # On Linux these three lines are all that platformdirs does, and importing it costs a third of a record
    given = env.get(variable, "")
    if os.path.isabs(given):
        return Path(given) / APP
    if sys.platform not in ("linux", "freebsd"):
        import platformdirs

        return Path(getattr(platformdirs, f"user_{kind}_dir")(APP, appauthor=False))
    return _home(env) / below_home / APP


def _home(env: Mapping[str, str]) -> Path:
    home = env.get("HOME") or os.path.expanduser("~")
    if not os.path.isabs(home):
        raise BadConfig("no home folder: HOME is not set", "set HOME", code="no-home")
    return Path(home)
