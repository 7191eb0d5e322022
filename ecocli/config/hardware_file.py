"""Writes hardware profiles into config.toml, and takes them out; the rest of the file stays as it is, byte for byte."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ecocli.config.replacing import replace_text
from ecocli.errors import BadConfig, UnknownName, UsageError, did_you_mean, quoted
from ecocli.util import whole_files

BARE = re.compile(r"[A-Za-z0-9_-]+")


class ProfileExists(UsageError):
    code = "profile-exists"

    def __init__(self, name: str) -> None:
        super().__init__(f"there is a hardware profile named {quoted(name)}", "--replace takes its place")


class UnknownProfile(UnknownName):
    code = "unknown-profile"

    def __init__(self, name: str, known: Mapping[str, Any]) -> None:
        from difflib import get_close_matches

        close = get_close_matches(name, known, n=3)
        super().__init__(f"no hardware profile named {quoted(name)}", did_you_mean(close, "eco hardware list shows them all"))


def add_profile(file: Path, name: str, body: Mapping[str, Any], replace: bool = False) -> None:
    """
    Append the table of a profile to a configuration file, which is made where there is none.

    Args:
        body: The keys of the table, of which a value may be a number, a string, a list or a table of these.

    Raises:
        ProfileExists: The file has a profile of this name, and `replace` is False.
        BadConfig: The file has its profiles in a form that cannot be added to, or cannot be written. It is as before.
    """
    text, holds = _read(file)
    if name in holds.get("hardware", {}):
        if not replace:
            raise ProfileExists(name)
        text = _without(text, name)
        del holds["hardware"][name]
    ending = "\r\n" if "\r\n" in text else "\n"
    before = ("" if text.endswith("\n") else ending) + ending if text else ""
    holds.setdefault("hardware", {})[name] = body
    _write(file, text + before + ending.join(_table(name, body)) + ending, holds)


def remove_profile(file: Path, name: str) -> None:
    """Take the table of a profile out of a configuration file. UnknownProfile where there is none; BadConfig as for `add_profile`."""
    text, holds = _read(file)
    known = holds.get("hardware", {})
    if name not in known:
        raise UnknownProfile(name, known)
    del known[name]
    if not known:
        del holds["hardware"]
    _write(file, _without(text, name), holds)


def _read(file: Path) -> tuple[str, dict[str, Any]]:
    """The text of a file, its line ends as they are, and what that means; empty where there is no file."""
    import tomllib

    try:
        text = whole_files.read(file).decode("utf-8-sig")
    except FileNotFoundError:
        text = ""
    return text, tomllib.loads(text)


def _table(name: str, body: Mapping[str, Any]) -> Iterator[str]:
    # by hand: the standard library reads TOML and does not write it, and a library that does would lay out the whole file anew
    yield f"[hardware.{_key(name)}]"
    for key, value in body.items():
        yield f"{key} = {_value(value)}"


def _key(name: str) -> str:
    return name if BARE.fullmatch(name) else json.dumps(name, ensure_ascii=False)


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(key)} = {_value(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_value, value))}]"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else f"{value:.10g}"


def _without(text: str, name: str) -> str:
    """The text without a profile's tables, and without the empty line before each; comments between tables stay."""
    lines = text.split("\n")
    end = len(lines)
    for start in range(len(lines) - 1, -1, -1):
        path = _header(lines[start])
        if path is None:
            continue
        if path[:2] == ["hardware", name]:
            while end > start + 1 and lines[end - 1].strip()[:1] in ("", "#"):
                end -= 1
            first = start - 1 if start and not lines[start - 1].strip() else start
            del lines[first:end]
            end = first
        else:
            end = start
    return "\n".join(lines)


def _header(line: str) -> list[str] | None:
    """The parts of a table's name, for the line that it begins with; None for any other line."""
    import tomllib

    if not line.lstrip().startswith("["):
        return None
    try:
        found: Any = tomllib.loads(line.strip())
    except ValueError:
        return None
    path = []
    while isinstance(found, dict) and found:
        key, found = next(iter(found.items()))
        path.append(key)
    return path


def _write(file: Path, text: str, holds: Mapping[str, Any]) -> None:
    """Replace a file by a text that means `holds`. BadConfig where it does not: nothing is written."""
    if not _means(text, holds):
        raise BadConfig(f"{file}: its hardware profiles are not written as tables of their own", "[hardware.NAME] begins one: change the file by hand")
    replace_text(file, text)


def _means(text: str, holds: Mapping[str, Any]) -> bool:
    import tomllib

    try:
        found = tomllib.loads(text)
    except ValueError:
        return False
    if not found.get("hardware", True):
        del found["hardware"]
    return found == {**holds}
