"""Defaults from config.toml and the environment. Flags override variables, variables override the file."""

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecocli.config import paths
from ecocli.core.usage import SERVING
from ecocli.errors import BadConfig, did_you_mean, quoted, shorten
from ecocli.util import whole_files
from ecocli.util.valueclass import value_class

if TYPE_CHECKING:
    from ecocli.core.aliases import Alias
    from ecocli.core.hardware import Hardware
    from ecocli.core.organisation import Instrument, Organisation
    from ecocli.core.preferences import Preferences

VARIABLES = {
    "ECO_DB": "db",
    "ECO_REGION": "region",
    "ECO_CONCURRENCY": "concurrency",
    "ECO_ACCELERATOR": "accelerator",
    "ECO_WEIGHT_PRECISION": "weight_precision",
    "ECO_TAGS": "tags",
    "ECO_TZ": "tz",
    "ECO_FORMAT": "format",
    "ECO_BUSY_TIMEOUT": "busy_timeout_s",
    "ECO_PAGER": "pager",
}
ALIASES = {"timezone": "tz"}
"""Other names of settings in the file."""
BUSY_TIMEOUT_S = 60.0
"""Time that a write waits for a lock. [s]"""
MAX_BUSY_TIMEOUT_S = 3600.0
MAX_CONCURRENCY, MAX_ACCELERATOR_CHARACTERS, MAX_PRECISION_CHARACTERS = 1_000_000, 64, 32
"""As in an event."""
FORMATS = ("text", "table", "json", "ndjson", "csv", "md", "html")
"""The formats of all commands: a command ignores a default that it does not have."""


@value_class(frozen=True, slots=True)
class Settings:
    """A user's defaults."""

    db: Path | None = None
    region: str | None = None
    concurrency: float | None = None
    """Requests in flight at once, per copy of the model's weights. [1]"""
    accelerator: str | None = None
    weight_precision: str | None = None
    tags: Mapping[str, str] | None = None
    tz: str | None = None
    format: str | None = None
    busy_timeout_s: float = BUSY_TIMEOUT_S
    pager: str | None = None
    """The program that shows long text at a terminal; "" for none."""
    strict: bool = False
    """Refuse calls of unknown models, as --strict does."""
    model_fallback: bool = False
    """Read and ignored: an unknown model goes on to its family or class unless `strict`."""
    region_fallback: bool = False
    cost: bool = False
    """Show list prices, as --cost does."""
    provider: Mapping[str, Mapping[str, Any]] | None = None
    """Settings for the calls of one provider, by its name."""
    hardware: "Mapping[str, Hardware] | None" = None
    """Profiles of own machines, by name."""
    organisation: "Organisation | None" = None
    """The undertaking that reports are for."""
    instruments: "tuple[Instrument, ...]" = ()
    """Its contractual instruments for electricity."""
    aliases: "tuple[Alias, ...]" = ()
    """Own names for models."""

    @property
    def preferences(self) -> "Preferences":
        """Those for calls that leave something open, by who serves them."""
        from ecocli.core.preferences import Preferences

        return Preferences(self.region, self.provider or {}, self.hardware or {}, self.aliases)

    @property
    def event_defaults(self) -> dict[str, Any]:
        """Fields of calls that do not have their own: how they were served, and tags."""
        fields = {"tags": dict(self.tags or {})} | {name: getattr(self, name) for name in SERVING}
        return {field: value for field, value in fields.items() if value}


NAMES = tuple(f.name for f in fields(Settings))


def load(env: Mapping[str, str]) -> Settings:
    """
    Settings from the configuration folder and the environment.

    Raises:
        BadConfig: A file or a variable has a value that cannot be used; the message names it.
    """
    settings = Settings()
    for name, value, where in (*from_file(env), *from_variables(env)):
        settings = with_value(settings, name, value, where)
    return settings


def own_aliases(env: Mapping[str, str]) -> "tuple[Alias, ...]":
    """The user's own names for models alone, whatever else is configured. BadConfig for names that cannot be used."""
    found = (with_value(Settings(), name, value, where) for name, value, where in from_file(env) if name == "aliases")
    return next((settings.aliases for settings in found), ())


def from_file(env: Mapping[str, str]) -> Iterator[tuple[str, Any, str]]:
    """Each value of config.toml with its name and place. BadConfig for a file that cannot be read."""
    if file := config_file(env):
        for name, value in read(file).items():
            yield ALIASES.get(name, name), value, f"{file}: {shorten(name)}"


def from_variables(env: Mapping[str, str]) -> Iterator[tuple[str, Any, str]]:
    """Each value of the environment with its name and variable."""
    for variable, name in VARIABLES.items():
        if env.get(variable):
            yield name, env[variable], variable


def config_file(env: Mapping[str, str]) -> Path | None:
    """Path of config.toml, whether it is there or not; None without a home folder."""
    try:
        return paths.config_folder(env) / "config.toml"
    except BadConfig:  # no home folder: nothing is configured
        return None


def read(file: Path) -> dict[str, Any]:
    """What a configuration file says, nothing where there is none. BadConfig where it cannot be read."""
    try:
        text = whole_files.read(file).decode("utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, ValueError) as error:
        raise BadConfig(f"{file} cannot be read: {_reason(error)}") from error
    import tomllib

    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadConfig(f"{file}: {shorten(str(error), 200)}", 'a setting is written name = "value"') from error


def _reason(error: OSError | ValueError) -> str:
    return (error.strerror or "unknown reason").lower() if isinstance(error, OSError) else "not UTF-8 text"


def with_value(settings: Settings, name: str, value: Any, where: str) -> Settings:
    """`settings` with one more value, which stands at `where`. BadConfig where there is no such setting, or it cannot have this value."""
    if name not in NAMES:
        from difflib import get_close_matches

        hint = did_you_mean(get_close_matches(name, (*NAMES, *ALIASES), n=1), f"the settings are {', '.join(NAMES)}")
        raise BadConfig(f"{where} is no setting", hint)
    try:
        changed: dict[str, Any] = {name: CHECKS[name](value)}
        return replace(settings, **changed)
    except (TypeError, ValueError) as error:
        raise BadConfig(f"{where}: {error}") from error


def _text(value: Any) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= 256:
        raise ValueError(f"must be a string of 1 to 256 characters, not {shorten(value)}")
    if "\0" in value:
        raise ValueError(f"must not hold the character NUL: {shorten(value)}")
    return value


def _db(value: Any) -> Path:
    if paths.names_folder(_text(value)):
        raise ValueError(f"must be a file, not the folder {shorten(value)}")
    return Path(os.path.expanduser(value))


def _plain(value: Any, most: int) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= most or not value.isprintable():
        raise ValueError(f"must be a string of 1 to {most} printable characters, not {shorten(value)}")
    return value


def _concurrency(value: Any) -> float:
    with suppress(TypeError, ValueError, OverflowError):
        if not isinstance(value, bool) and 1 <= float(value) <= MAX_CONCURRENCY:
            return float(value)
    raise ValueError(f"must be a number from 1 to 10^6, not {shorten(value)}")


def _switch(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"must be true or false, not {shorten(value)}")  # noqa: TRY004 - caught with the other bad values
    return value


def _seconds(value: Any) -> float:
    with suppress(TypeError, ValueError, OverflowError):  # 0xFF… may be longer than a float can hold
        if not isinstance(value, bool) and 0 <= float(value) <= MAX_BUSY_TIMEOUT_S:
            return float(value)
    raise ValueError(f"must be 0 to {MAX_BUSY_TIMEOUT_S:.0f} seconds, not {shorten(value)}")


def _pager(value: Any) -> str:
    return "" if value == "" else _text(value)


def _providers(value: Any) -> Any:
    from ecocli.config.hardware import providers

    return providers(value, {name: CHECKS[name] for name in ("region", "concurrency", "accelerator", "weight_precision")})


def _profiles(value: Any) -> Any:
    from ecocli.config.hardware import profiles

    return profiles(value)


def _organisation(value: Any) -> Any:
    from ecocli.config.organisation import organisation

    return organisation(value)


def _instruments(value: Any) -> Any:
    from ecocli.config.organisation import instruments

    return instruments(value)


def _aliases(value: Any) -> Any:
    from ecocli.config.aliases import aliases

    return aliases(value)


def _format(value: Any) -> str:
    if value not in FORMATS:
        raise ValueError(f"must be one of {', '.join(FORMATS)}, not {shorten(value)}")
    return str(value)


def parse_tags(value: Any) -> dict[str, str]:
    """Tags from `project=x,team=y` or a mapping. ValueError names the part that is not valid."""
    if isinstance(value, Mapping):
        return {_text(key): _text(text) for key, text in value.items()}
    pairs = [part.partition("=") for part in _text(value).split(",")]
    for key, equals, text in pairs:
        if not (key.strip() and equals and text.strip()):
            raise ValueError(f"a tag is written key=value, not {quoted(key + equals + text)}")
    return {key.strip(): text.strip() for key, _, text in pairs}


CHECKS = {
    "db": _db,
    "region": _text,
    "concurrency": _concurrency,
    "accelerator": lambda value: _plain(value, MAX_ACCELERATOR_CHARACTERS),
    "weight_precision": lambda value: _plain(value, MAX_PRECISION_CHARACTERS),
    "tags": parse_tags,
    "tz": _text,
    "format": _format,
    "busy_timeout_s": _seconds,
    "pager": _pager,
    "strict": _switch,
    "model_fallback": _switch,
    "region_fallback": _switch,
    "cost": _switch,
    "provider": _providers,
    "hardware": _profiles,
    "organisation": _organisation,
    "instruments": _instruments,
    "aliases": _aliases,
}
