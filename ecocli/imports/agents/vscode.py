"""The folders where extensions of VS Code, and of editors made from it, keep their files."""

import sys
from collections.abc import Mapping
from pathlib import Path

from ecocli.imports import files as below

EDITORS = ("Code", "Code - Insiders", "VSCodium", "Cursor", "Windsurf", "Trae")
SERVERS = (".vscode-server", ".vscode-server-insiders", ".vscodium-server", ".cursor-server", ".windsurf-server")
"""Folders that an editor installs on a machine that it works on from another one."""


def storages(env: Mapping[str, str], extension: str) -> list[Path]:
    """The storage folders of an extension, by its id in lower case, whether they exist or not."""
    home = below.home(env)
    data = [_settings(env, home) / editor for editor in EDITORS] + [home / server / "data" for server in SERVERS]
    return [folder / "User" / "globalStorage" / extension for folder in data]


def _settings(env: Mapping[str, str], home: Path) -> Path:
    """The folder of a program's settings, as Electron names it."""
    if sys.platform == "darwin":
        return home / "Library" / "Application Support"
    if sys.platform == "win32":
        return Path(env.get("APPDATA") or home / "AppData" / "Roaming")
    return Path(env.get("XDG_CONFIG_HOME") or home / ".config")
