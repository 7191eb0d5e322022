"""One run of eco: settings, paths, clock, catalogue and store, made when they are first asked for."""

import json
import os
import sys
import time
from collections.abc import Iterable, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from ecocli.cli.group import META
from ecocli.config import paths, settings
from ecocli.errors import BadConfig, UnknownRegion, UsageError, plain, quoted

if TYPE_CHECKING:
    from datetime import tzinfo

    from ecocli.analysis.prices import PriceList
    from ecocli.catalog.entries import Entries
    from ecocli.config.settings import Settings
    from ecocli.store import Store


class Session:
    """The edge between a command and the machine. Commands pass its parts down as arguments."""

    def __init__(self, meta: dict[str, Any]) -> None:
        self._given = {name.removeprefix(META): value for name, value in meta.items() if name.startswith(META)}
        self.quiet = bool(self._given.get("quiet"))
        self._looked_at: Path | None = None

    @cached_property
    def settings(self) -> "Settings":
        return settings.load(os.environ)

    @cached_property
    def catalog(self) -> "Entries":
        from ecocli.catalog.compiled import open_for

        return open_for(os.environ)

    @property
    def db_path(self) -> Path:
        given = self._given.get("db")
        if given == "":  # a variable of a script that was not set: the default file is not what was meant
            raise UsageError("--db: the name of a file is needed")
        if given is not None:
            return Path(os.path.expanduser(given))
        return self.settings.db or paths.data_folder(os.environ) / "eco.db"

    def open_store(self, create: bool = True) -> "Store":
        from ecocli.store import Store

        store = Store.open(self.db_path, busy_timeout_s=self.settings.busy_timeout_s, create=create)
        self._warn_if_exposed(store.path)
        return store

    def _warn_if_exposed(self, path: Path) -> None:
        """Once per run, however often the store is opened."""
        from ecocli.store import files

        if self._looked_at == path:
            return
        self._looked_at = path
        try:
            own_folder = paths.data_folder(os.environ)
        except BadConfig:  # no home
            own_folder = None
        for place, mode in files.exposed(path, own_folder):
            from shlex import quote

            self.say(f"eco: warning: others can get at {place}: chmod {mode} {quote(str(place))} keeps them out")

    @property
    def secret(self) -> str | None:
        """The API key, or None for the owner of the file."""
        given = self._given.get("key")
        return given if given is not None else os.environ.get("ECO_API_KEY") or None

    def zone(self, given: str | None) -> "tzinfo":
        """The time zone of dates without an offset: --tz, ECO_TZ or config.toml; else UTC."""
        from ecocli.core import dates

        if given is not None:
            return dates.zone(given)
        try:
            return dates.zone(self.settings.tz)
        except UsageError as error:
            raise BadConfig(f"ECO_TZ or config.toml: {error}", error.hint) from error

    def say_where_from(self, error: UnknownRegion, given: str | None) -> None:
        """Add to the error the place that the name comes from, where that is a setting."""
        setting = self.settings.region
        if given is None and setting is not None and quoted(setting) in str(error):
            error.args = (f"ECO_REGION or config.toml: {error}",)

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000

    def authorize(self, scope: str) -> int | None:
        """
        The id of the given key, or None for the owner of the file.

        Raises:
            NotPermitted: The key is unknown, expired, revoked or lacks the scope. Nothing was read or written.
        """
        if self.secret is None:
            return None
        from ecocli.pipeline.authorization import authorize

        return authorize(self.secret, scope, partial(self.open_store, create=False), self.now_ms())

    def prices(self, asked: bool | None) -> "PriceList | None":
        """Prices where --cost or config.toml asks for them, and the extra is installed: importing it takes longer than a record."""
        if self.quiet or not (self.settings.cost if asked is None else asked):
            return None
        from ecocli.analysis.prices import SOURCE, PriceList

        found = PriceList.open(self.catalog)
        if found is None:
            self.say(f"eco: warning: no cost is shown: {SOURCE} is not installed; pip install 'ecocli[prices]' adds it")
        return found

    def format(self, *allowed: str, pipe: str = "json", out: TextIO | None = None) -> str:
        """
        The output format: --json, --format, ECO_FORMAT or config.toml; else the first at a terminal, `pipe` in a pipe.

        A default from the environment that this command does not have is passed over; a flag is an error.
        """
        given = "json" if self._given.get("json") else self._given.get("format")
        if given is None and self.settings.format in allowed:
            given = self.settings.format
        if given is None:
            return allowed[0] if (out or sys.stdout).isatty() else pipe
        if given not in allowed:
            raise UsageError(f"--format: must be one of {', '.join(allowed)}, not {quoted(given)}")
        return given

    def colour(self, out: TextIO) -> bool:
        """Colour only at a terminal that has some, and where nobody asked for none."""
        plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
        return out.isatty() and not plain

    def show(self, text: str) -> None:
        """A result, on standard output."""
        if not self.quiet:
            print(text)

    def show_folded(self, text: str, hang: int | None = None) -> None:
        """The same, folded where a terminal is too narrow for it; `hang` as in render/fold.py."""
        from ecocli.render.fold import folded

        self.show(folded(text, sys.stdout, hang))

    def show_json(self, body: Any) -> None:
        """The same for programs. At a terminal in ASCII: no name from outside may turn the writing around."""
        self.show(json.dumps(body, ensure_ascii=sys.stdout.isatty()))

    def show_lines(self, bodies: Iterable[Any]) -> None:
        """One compact object per line."""
        for body in bodies:
            self.show(json.dumps(body, ensure_ascii=sys.stdout.isatty(), separators=(",", ":")))

    def show_table(self, columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[Any]], caption: str | None = None) -> None:
        """The same for people."""
        if not self.quiet:
            from ecocli.render.tables import print_table

            print_table(columns, rows, sys.stdout, self.colour(sys.stdout), caption)

    def say(self, message: str) -> None:
        """A remark for a person, on standard error."""
        if not self.quiet:
            print(plain(message), file=sys.stderr)
