"""One run of eco: settings, paths, clock, catalogue, store and output, made when they are first needed."""

import json
import os
import sys
import time
from collections.abc import Iterable, Sequence
from functools import cached_property, partial
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from ecocli.cli.group import META
from ecocli.cli.json_words import ALL
from ecocli.config import paths, settings
from ecocli.errors import BadConfig, UnknownRegion, UsageError, plain, quoted

if TYPE_CHECKING:
    from datetime import tzinfo

    from ecocli.analysis.prices import PriceList
    from ecocli.catalog.entries import Entries
    from ecocli.cli.json_filter import JsonFilter
    from ecocli.config.listing import Configuration
    from ecocli.config.settings import Settings
    from ecocli.store import Store


PROMPT_WAIT_S = 1.0
PLAIN = ("text", "table")
"""Two words for what a person reads."""


class Session:
    """The interface of a command to the machine. Commands pass its parts on as arguments."""

    def __init__(self, meta: dict[str, Any]) -> None:
        self._given = {name.removeprefix(META): value for name, value in meta.items() if name.startswith(META)}
        self.quiet = bool(self._given.get("quiet"))
        self._longest_wait_s = inf
        self._looked_at: Path | None = None
        self._has_key = self._has_zone = False
        self.filter = self._json_filter()

    def _json_filter(self) -> "JsonFilter | None":
        """What --json and --jq take of the answer; None where they take all of it."""
        fields, expression = self._given.get("json"), self._given.get("jq")
        if fields in (None, ALL) and expression is None:
            return None
        from ecocli.cli.json_filter import JsonFilter

        return JsonFilter(fields, expression, self._given.get("command", "eco"))

    @cached_property
    def settings(self) -> "Settings":
        return settings.load(os.environ)

    @cached_property
    def configuration(self) -> "Configuration":
        """What is configured, for commands that show or mend it: what cannot be used is named in it, and stops none of them."""
        from ecocli.config.listing import configuration

        found = configuration(os.environ, self._given)
        self.settings = found.settings
        return found

    @cached_property
    def catalog(self) -> "Entries":
        from ecocli.catalog.compiled import open_for

        return open_for(os.environ)

    @property
    def db_path(self) -> Path:
        given = self._given.get("db")
        if given == "":  # an unset variable of a script, which does not mean the default file
            raise UsageError("--db: the name of a file is needed")
        if given is not None and paths.names_folder(given):
            raise UsageError(f"--db: {quoted(given, 200)} is a folder, and a file is needed", "name a file inside it")
        if given is not None:
            return Path(os.path.expanduser(given))
        return self.settings.db or paths.data_folder(os.environ) / "eco.db"

    def open_store(self, create: bool = True) -> "Store":
        from ecocli.store import Store

        store = Store.open(self.db_path, busy_timeout_s=min(self.settings.busy_timeout_s, self._longest_wait_s), create=create)
        if self._has_key and self.secret is not None:  # it may be revoked, or expire, while a stream is open
            store.before_commit = partial(self._require_key, store)
        self._warn_if_exposed(store.path)
        return store

    def hurry(self) -> None:
        """Wait for no lock for long: a shell prompt, a status bar or a TAB stands still meanwhile."""
        self._longest_wait_s = PROMPT_WAIT_S

    def _warn_if_exposed(self, path: Path) -> None:
        """Warn, once per run, of files that other users can read or write."""
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
        """The time zone of days, and of times without an offset: --tz, ECO_TZ or config.toml; else the machine's own."""
        from ecocli.core import zones

        if given is not None:
            return zones.zone(given)
        try:
            found = zones.zone(self.settings.tz or zones.LOCAL_NAME)
        except UsageError as error:
            raise BadConfig(f"ECO_TZ or config.toml: {error}", error.hint) from error
        if isinstance(found, zones.Local) and not self._has_zone and (unknown := zones.unknown_machine_zone()):
            self.say(f"eco: warning: {zones.unknown_zone_warning(unknown)}")
        self._has_zone = True
        return found

    def name_setting(self, error: UnknownRegion, given: str | None) -> None:
        """Prefix the error with the source of the name when that is a setting and not the option `given`."""
        setting = self.settings.region
        if given is None and setting is not None and quoted(setting) in str(error):
            error.args = (f"ECO_REGION or config.toml: {error}",)

    def now_ms(self) -> int:
        """The clock's time; 1970 where it has not been set: before that there is no time that a call may have. [ms since 1970, UTC]"""
        return max(0, time.time_ns() // 1_000_000)

    def authorize(self, scope: str) -> int | None:
        """
        The id of the given key, or None for the owner of the file.

        Raises:
            NotPermitted: The key is unknown, expired, revoked or lacks the scope. Nothing was read or written.
        """
        if self.secret is None:
            return None
        from ecocli.pipeline.authorization import authorize

        key_id = authorize(self.secret, scope, partial(self.open_store, create=False), self.now_ms())
        self._has_key = True
        return key_id

    def _require_key(self, store: "Store") -> None:
        """NotPermitted for a key that is no longer valid."""
        from ecocli.pipeline.authorization import require_still

        require_still(self.secret or "", store, self.now_ms())

    def prices(self, asked: bool | None, quiet: bool | None = None) -> "PriceList | None":
        """The price list, unless nothing is shown, when --cost or config.toml asks for it and it is installed; importing it takes longer than a record."""
        if (self.quiet if quiet is None else quiet) or not (self.settings.cost if asked is None else asked):
            return None
        from ecocli.analysis.prices import SOURCE

        found = self.price_list()
        if found is None:
            self.say(f"eco: warning: no cost is shown: {SOURCE} is not installed; pip install 'ecocli[prices]' adds it")
        return found

    def price_list(self) -> "PriceList | None":
        """The price list; None where it is not installed."""
        from ecocli.analysis.prices import PriceList

        return PriceList.open(self.catalog)

    def format(self, *allowed: str, pipe: str = "json", out: TextIO | None = None) -> str:
        """
        The output format: --json or --jq, --format, ECO_FORMAT or config.toml; else the first of `allowed` at a terminal, `pipe` elsewhere.

        Settings that are not among `allowed` are ignored; for an option this is a UsageError.
        """
        given = self._asked_format()
        if given is None and (self.settings.format in allowed or (self.settings.format in PLAIN and not set(PLAIN).isdisjoint(allowed))):
            given = self.settings.format
        if given in PLAIN and given not in allowed:
            given = next((name for name in PLAIN if name in allowed), given)
        if given is None:
            return allowed[0] if (out or sys.stdout).isatty() else pipe
        if given not in allowed:
            from ecocli.cli.habits import output_format

            raise UsageError(f"--format: must be one of {', '.join(allowed)}, not {quoted(given)}", output_format(given, allowed))
        return given

    def _asked_format(self) -> str | None:
        """That of the options; None without any."""
        given = self._given.get("format")
        if self._given.get("json"):
            return "json"
        if self.filter and given not in (None, "json"):
            raise UsageError(f"--jq works on JSON, not on {quoted(given)}", "leave --format away")
        return "json" if self.filter else given

    def colour(self, out: TextIO) -> bool:
        """True at a terminal with colours, unless NO_COLOR is set."""
        plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
        return out.isatty() and not plain

    def show(self, text: str) -> None:
        """Print a result to standard output."""
        if not self.quiet:
            print(text)

    def show_folded(self, text: str, hang: int | None = None) -> None:
        """Print text folded to the terminal; `hang` as in render/fold.py."""
        from ecocli.render.fold import folded

        self.show(folded(text, sys.stdout, hang))

    def show_json(self, body: Any) -> None:
        """Print JSON, or what --json and --jq take of it: an element of a list per line; at a terminal in ASCII, so that no name can change the direction of writing."""
        from ecocli.core import json_lines

        if self.filter is None:
            self.show(json_lines.text(body, sys.stdout.isatty()))
        elif not self.quiet:
            self.filter.print(body)

    def show_lines(self, bodies: Iterable[Any]) -> None:
        """Print one compact JSON value per line."""
        for body in bodies:
            self.show(json.dumps(body, ensure_ascii=sys.stdout.isatty(), separators=(",", ":")))

    def show_table(self, columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[Any]], caption: str | None = None) -> None:
        """Print a table; see render/tables.py."""
        if not self.quiet:
            from ecocli.render.tables import print_table

            print_table(columns, rows, sys.stdout, self.colour(sys.stdout), caption)

    def say(self, message: str) -> None:
        """Print a message to standard error."""
        if not self.quiet:
            from ecocli.core.keys import without_secrets

            print(plain(without_secrets(message)), file=sys.stderr)
