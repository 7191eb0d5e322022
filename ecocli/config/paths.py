"""Folders of eco's files on this machine. Only the entry points ask for them: everything below takes paths as arguments."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from ecocli.errors import BadConfig

APP = "eco"
PRIVATE_FOLDER = 0o700
PRIVATE_FILE = 0o600
PACKAGE = Path(__file__).resolve().parent.parent


def data_folder(env: Mapping[str, str]) -> Path:
    """Folder of the database: in XDG_DATA_HOME on Linux, in the platform's data folder elsewhere. BadConfig without a home folder."""
    return _folder(env, "XDG_DATA_HOME", ".local/share", "data")


def config_folder(env: Mapping[str, str]) -> Path:
    """Folder of config.toml and of the user's own models.yaml and regions.yaml. BadConfig without a home folder."""
    return _folder(env, "XDG_CONFIG_HOME", ".config", "config")


def cache_folder(env: Mapping[str, str]) -> Path:
    """Folder of files that can be made again. BadConfig without a home folder."""
    return _folder(env, "XDG_CACHE_HOME", ".cache", "cache")


def names_folder(text: str) -> bool:
    """True for a name that can only be a folder's, such as backups/."""
    return text.endswith(("/", os.sep))


def data_path(name: str) -> Path:
    """Path of a file that comes with eco: ecocli/data/<name> when installed from a wheel, the repository root in a checkout."""
    installed = PACKAGE / "data" / name
    return installed if installed.exists() else PACKAGE.parent / name


def make_private_folder(folder: Path) -> None:
    """Create a folder, and every missing parent, that only the owner can open, whatever the umask."""
    if folder.is_dir():
        return
    make_private_folder(folder.parent)
    folder.mkdir(PRIVATE_FOLDER, exist_ok=True)


def make_private_file(path: Path) -> None:
    """
    Create an empty file that only the owner can open, whatever the umask.

    Raises:
        FileExistsError: The file exists.
    """
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE_FILE))


def _folder(env: Mapping[str, str], variable: str, below_home: str, kind: str) -> Path:
    # on Linux platformdirs does no more than these lines, and importing it takes a third of a record's time
    given = env.get(variable, "")
    if os.path.isabs(given):
        return Path(given) / APP
    if sys.platform not in ("linux", "freebsd"):
        import platformdirs

        return Path(getattr(platformdirs, f"user_{kind}_dir")(APP, appauthor=False))
    return home_folder(env) / below_home / APP


def home_folder(env: Mapping[str, str]) -> Path:
    """The user's home. BadConfig where there is none."""
    home = env.get("HOME") or os.path.expanduser("~")
    if not os.path.isabs(home):
        raise BadConfig("no home folder: HOME is not set", "set HOME", code="no-home")
    return Path(home)
