"""Changes one value of config.toml; every other line, comments included, stays as it is."""

import re
from pathlib import Path
from typing import Any

from ecocli.config.replacing import replace_text
from ecocli.errors import BadConfig, shorten
from ecocli.util import whole_files

BY_HAND = "change the file by hand"
LONE_END = re.compile(r"(?<!\r)\n")


def set_value(path: Path, keys: tuple[str, ...], value: Any) -> None:
    """
    Give the key at the end of `keys` a value, below the tables that stand before it. File and tables are made where there are none.

    Raises:
        BadConfig: The file cannot be read, is no TOML, has something else than a table on the way, or cannot be written. It is as before.
    """
    document, line_end = _read(path)
    holds = document.unwrap()
    _place(holds, keys, path)[keys[-1]] = value
    _place(document, keys, path)[keys[-1]] = value
    _write(path, document, holds, line_end)


def remove_value(path: Path, keys: tuple[str, ...]) -> None:
    """Take a key out; nothing where it is not there. BadConfig as for `set_value`."""
    document, line_end = _read(path)
    holds = document.unwrap()
    if not _remove(holds, keys):
        return
    _remove(document, keys)
    _write(path, document, holds, line_end)


def _read(path: Path) -> tuple[Any, str]:
    """The document with everything that a reader skips, and how its lines end; an empty one where there is no file."""
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        text = whole_files.read(path).decode("utf-8-sig")
        return tomlkit.parse(text), "\r\n" if "\r\n" in text and not LONE_END.search(text) else "\n"
    except (FileNotFoundError, NotADirectoryError):  # writing reports the latter
        return tomlkit.document(), "\n"
    except OSError as error:
        raise BadConfig(f"{path} cannot be read: {(error.strerror or 'unknown reason').lower()}") from error
    except UnicodeDecodeError as error:
        raise BadConfig(f"{path} cannot be read: not UTF-8 text", BY_HAND) from error
    except (TOMLKitError, ValueError, RecursionError) as error:
        raise BadConfig(f"{path} is not changed, for it is broken: {shorten(str(error), 200)}", BY_HAND) from error


def _place(table: Any, keys: tuple[str, ...], path: Path) -> Any:
    """The table that holds the last key; those on the way are made."""
    for at, key in enumerate(keys[:-1]):
        table = table.setdefault(key, {})
        if not isinstance(table, dict):
            raise BadConfig(f"{path}: {shorten('.'.join(keys[: at + 1]))} is a value, not a table", BY_HAND)
    return table


def _remove(table: Any, keys: tuple[str, ...]) -> bool:
    """True where the key was there."""
    for key in keys[:-1]:
        table = table.get(key) if isinstance(table, dict) else None
    if not isinstance(table, dict) or keys[-1] not in table:
        return False
    del table[keys[-1]]
    return True


def _write(path: Path, document: Any, holds: Any, line_end: str) -> None:
    import tomllib

    import tomlkit

    text = tomlkit.dumps(document)
    text += "" if text.endswith("\n") or not text else "\n"  # which goes with the last line, where that is removed
    if line_end != "\n":
        text = LONE_END.sub(line_end, text)
    try:
        is_meant = tomllib.loads(text) == holds
    except ValueError:
        is_meant = False
    if not is_meant:  # tables that are spread over the file
        raise BadConfig(f"{path} is not written in a form that can be changed from outside", BY_HAND)
    replace_text(path, text)
