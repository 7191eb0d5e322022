"""Completion and man page in a user's own folders, where their shell and `man` look for them."""

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from shlex import quote

from ecocli.config.paths import data_path, home_folder
from ecocli.config.replacing import replace_text
from ecocli.errors import BadData
from ecocli.util.valueclass import value_class

SHELLS = ("bash", "zsh", "fish")
OURS = re.compile(rb"\A.{0,60}(completion for eco|Made by python -m tools\.man|compdef eco)", re.IGNORECASE | re.DOTALL)
"""How our files begin, those of other versions too."""
MARK = "# added by eco setup"
LOADERS = (
    *("usr/share/bash-completion/bash_completion", "usr/local/share/bash-completion/bash_completion", "etc/bash_completion"),
    *("opt/homebrew/etc/profile.d/bash_completion.sh", "usr/local/etc/profile.d/bash_completion.sh"),
)
"""Places of bash-completion, which loads a user's own completions."""
WRITE, REPLACE, KEEP, REMOVE, NOTHING = "write", "replace", "keep", "remove", "nothing"


@value_class(frozen=True, slots=True)
class ShellFile:
    """One file of eco's for a shell or for man."""

    what: str
    source: Path
    target: Path

    def needs(self) -> str:
        """What installing it takes: WRITE, REPLACE or KEEP. BadData where a file of somebody else's is in its place."""
        if not os.path.lexists(self.target):
            return WRITE
        if self.target.is_symlink() and self._there():  # pipx links the man pages of what it installs
            return KEEP
        return KEEP if self._there() == self.source.read_bytes() else REPLACE

    def removal(self) -> str:
        """What removing it takes: REMOVE or NOTHING. BadData as for `needs`."""
        return REMOVE if os.path.lexists(self.target) and self._there() and not self.target.is_symlink() else NOTHING

    def install(self) -> None:
        replace_text(self.target, self.source.read_text("utf-8"))

    def remove(self) -> None:
        try:
            self.target.unlink(missing_ok=True)
        except OSError as error:
            raise BadData(f"{self.target} cannot be removed: {(error.strerror or 'unknown reason').lower()}") from error

    def _there(self) -> bytes:
        content = b""
        with suppress(OSError):
            content = self.target.read_bytes()
        if not OURS.match(content):
            raise BadData(f"{self.target} is not a file of eco's", "move it away, and run eco setup again", code="foreign-file")
        return content


@value_class(frozen=True, slots=True)
class StartUp:
    """Lines that a shell needs in the file that it reads when it starts."""

    file: Path
    lines: str

    def is_there(self) -> bool:
        return self.lines in self._text()

    def add(self) -> None:
        text = self._text()
        before = "" if not text or text.endswith("\n") else "\n"
        replace_text(self.file, f"{text}{before}{MARK}\n{self.lines}\n")

    def remove(self) -> None:
        """Take out what `add` wrote; lines that somebody wrote by hand stay."""
        replace_text(self.file, self._text().replace(f"{MARK}\n{self.lines}\n", ""))

    def can_remove(self) -> bool:
        return f"{MARK}\n{self.lines}\n" in self._text()

    def _text(self) -> str:
        try:
            return self.file.read_bytes().decode()
        except FileNotFoundError:
            return ""
        except (OSError, UnicodeDecodeError) as error:
            raise BadData(f"{self.file} cannot be read", "add the lines by hand") from error


def files(shell: str, env: Mapping[str, str]) -> tuple[ShellFile, ...]:
    """The completion of a shell, and the man page. BadConfig without a home folder."""
    share = _share(env)
    source, target = {
        "bash": ("eco.bash", Path(env.get("BASH_COMPLETION_USER_DIR") or share / "bash-completion") / "completions" / "eco"),
        "zsh": ("_eco", share / "zsh" / "site-functions" / "_eco"),
        "fish": ("eco.fish", share / "fish" / "vendor_completions.d" / "eco.fish"),
    }[shell]
    return (
        ShellFile("completion", data_path(f"completions/{source}"), target),
        ShellFile("man page", data_path("man/eco.1"), share / "man" / "man1" / "eco.1"),
    )


def start_up(shell: str, env: Mapping[str, str], root: Path = Path("/")) -> StartUp | None:
    """The lines that a shell needs to find its completion; None where it looks there by itself."""
    completion = files(shell, env)[0].target
    if shell == "zsh":
        home = Path(env.get("ZDOTDIR") or home_folder(env))
        return StartUp(home / ".zshrc", f"fpath=({quote(str(completion.parent))} $fpath)\nautoload -Uz compinit && compinit")
    if shell == "bash" and not any((root / loader).exists() for loader in LOADERS):
        return StartUp(home_folder(env) / ".bashrc", f"source {quote(str(completion))}")
    return None


def _share(env: Mapping[str, str]) -> Path:
    given = env.get("XDG_DATA_HOME", "")
    return Path(given) if os.path.isabs(given) else home_folder(env) / ".local" / "share"
