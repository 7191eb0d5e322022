"""Every setting with its meaning, its value, and where that comes from."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ecocli.config import paths, settings
from ecocli.config.settings import ALIASES, VARIABLES, Settings
from ecocli.core import keys
from ecocli.errors import BadConfig
from ecocli.util.valueclass import value_class

MEANINGS = {
    "db": "file of the records",
    "region": "place of calls without one",
    "concurrency": "requests in flight at once",
    "accelerator": "what calls are served on",
    "weight_precision": "number format of weights",
    "tags": "tags of every call",
    "timezone": "zone of days and weeks",
    "format": "how results are printed",
    "busy_timeout_s": "wait for other writers",
    "pager": "shows long text",
    "strict": "refuse unknown models",
    "region_fallback": "accept unknown regions",
    "cost": "show list prices",
    "provider": "for one provider's calls",
    "hardware": "your own machines",
    "aliases": "your own names for models",
    "organisation": "whom reports are for",
    "instruments": "certificates and contracts",
}
"""By the name that config.toml uses; short, for a row of a table has little room."""
UNUSED = ("model_fallback",)
"""Read from the files of older versions, and without effect."""
KEY = "key"
"""Listed with the settings; never kept in config.toml."""
KEY_VARIABLE = "ECO_API_KEY"
KEY_MEANING = "who records"
SECRET = re.compile(r"(^|[._-])(key|secret|token|password)$", re.IGNORECASE)
HIDDEN = "set, not shown"
FLAG, VARIABLE, FILE, DEFAULT = "flag", "variable", "file", "default"
NAMES_IN_FILE = {name: spelling for spelling, name in ALIASES.items()}


@value_class(frozen=True, slots=True)
class Setting:
    """One value of the configuration."""

    name: str
    """As config.toml has it; a value of a table with dots, as in tags.project."""
    value: Any
    """Without any secret; None where it is not set."""
    origin: str
    """FLAG, VARIABLE, FILE or DEFAULT."""
    where: str
    """The option, the variable or the file."""
    meaning: str


@value_class(frozen=True, slots=True)
class Problem:
    """A value that cannot be used, or a file that cannot be read."""

    error: BadConfig
    name: str | None
    """As config.toml has it; None for a file."""
    where: str
    """The variable or the file."""


@value_class(frozen=True, slots=True)
class Configuration:
    """All that is configured, as far as it can be used."""

    settings: Settings
    listed: tuple[Setting, ...]
    problems: tuple[Problem, ...]
    """What a command would stop at."""


def configuration(env: Mapping[str, str], flags: Mapping[str, Any]) -> Configuration:
    """
    What is configured, the values that cannot be used apart.

    Args:
        flags: Values of common options, by their names; they beat variables and the file.
    """
    usable, problems, file = Settings(), list[Problem](), str(settings.config_file(env))
    found: dict[str, tuple[Any, str, str]] = {}
    for name, value, where in _given(env, problems):
        try:
            usable = settings.with_value(usable, name, value, where)
        except BadConfig as error:
            problems.append(Problem(error, NAMES_IN_FILE.get(name, name), where if where in VARIABLES else file))
            continue
        found[name] = (value, VARIABLE, where) if where in VARIABLES else (value, FILE, file)
    for name in ("db", "format"):
        if flags.get(name) is not None:
            found[name] = flags[name], FLAG, f"--{name}"
    listed = [row for name in settings.NAMES if name not in UNUSED for row in _rows(name, found.get(name), usable, env)]
    return Configuration(usable, (*listed, _key(env, flags)), tuple(problems))


def _given(env: Mapping[str, str], problems: list[Problem]) -> Iterator[tuple[str, Any, str]]:
    try:
        yield from settings.from_file(env)
    except BadConfig as error:  # the variables count all the same
        problems.append(Problem(error, None, str(settings.config_file(env))))
    yield from settings.from_variables(env)


def _rows(name: str, found: tuple[Any, str, str] | None, usable: Settings, env: Mapping[str, str]) -> Sequence[Setting]:
    title = NAMES_IN_FILE.get(name, name)
    meaning = MEANINGS.get(title, "")
    if found is None:
        return [Setting(title, _default(name, usable, env), DEFAULT, DEFAULT, meaning)]
    value, origin, where = found
    if name == "tags":
        value = settings.parse_tags(value)
    elif not isinstance(value, Mapping):
        value = getattr(usable, name) if origin != FLAG else value
    return [Setting(full, shown(full, each), origin, where, meaning) for full, each in flat(title, value)]


def _default(name: str, usable: Settings, env: Mapping[str, str]) -> Any:
    if name == "db":
        try:
            return str(paths.data_folder(env) / "eco.db")
        except BadConfig:  # no home folder
            return None
    value = getattr(usable, name)
    return None if value == () else value


def flat(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """
    The values of a table by dotted names, each with what stands under it; any other value by its own name.

    >>> list(flat("tags", {"a": "x", "b": {"c": 1}}))
    [('tags.a', 'x'), ('tags.b.c', 1)]
    """
    if not isinstance(value, Mapping):
        yield name, value
        return
    for key, inner in value.items():
        yield from flat(f"{name}.{key}", inner)


def shown(name: str, value: Any) -> Any:
    """A value that may be shown, as JSON has it: no secret, and of what is no number, truth value or list its text."""
    if SECRET.search(name):
        return HIDDEN
    if value is None or isinstance(value, bool | int | float):
        return value
    return [shown(name, each) for each in value] if isinstance(value, list) else keys.without_secrets(str(value))


def _key(env: Mapping[str, str], flags: Mapping[str, Any]) -> Setting:
    for origin, where, secret in ((FLAG, "--key", flags.get("key")), (VARIABLE, KEY_VARIABLE, env.get(KEY_VARIABLE))):
        if secret:
            return Setting(KEY, keys.masked(secret), origin, where, KEY_MEANING)
    return Setting(KEY, None, DEFAULT, DEFAULT, KEY_MEANING)
