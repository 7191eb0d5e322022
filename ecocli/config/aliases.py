"""The user's own names for models in config.toml: `[aliases]`."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ecocli.core.aliases import Alias, fits
from ecocli.errors import UnknownName, UsageError, did_you_mean, quoted, shorten

TABLE = "aliases"
MOST_CHARACTERS = 256
"""Of a model's name in an event."""


class AliasExists(UsageError):
    code = "alias-exists"

    def __init__(self, known: Alias) -> None:
        super().__init__(f"{quoted(known.name)} is an alias of {quoted(known.model)}", "--replace gives it another model")


class UnknownAlias(UnknownName):
    code = "unknown-alias"

    def __init__(self, name: str, known: Iterable[str]) -> None:
        from difflib import get_close_matches

        close = get_close_matches(name, list(known), n=3)
        super().__init__(f"no alias named {quoted(name)}", did_you_mean(close, "eco models alias lists them all"))


def aliases(value: Any) -> tuple[Alias, ...]:
    """The table, in the order of the file. ValueError, naming the key, for what cannot be used."""
    if not isinstance(value, Mapping):
        raise ValueError(f'must be a table, such as [aliases] and below it "my-deployment" = "gpt-4o", not {shorten(value)}')  # noqa: TRY004 - caught with the other bad values
    found = tuple(_alias(name, model) for name, model in value.items())
    for one in found:
        _end_at_a_model(one, found)
    return found


def _alias(name: str, model: Any) -> Alias:
    """One alias. ValueError, naming the key, for what cannot be used."""
    if isinstance(model, Mapping):
        raise ValueError(f"{quoted(name)} must be a model's name, not a table: a name with a dot in it stands in quotes")  # noqa: TRY004 - as above
    for text, what in ((name, "the name"), (model, "its model")):
        if not isinstance(text, str) or not 0 < len(text) <= MOST_CHARACTERS or not text.isprintable() or text != text.strip():
            raise ValueError(f"{quoted(name)}: {what} must have 1 to {MOST_CHARACTERS} printable characters, not {shorten(text)}")
    if "*" in model:
        raise ValueError(f"{quoted(name)} must stand for one model, not {quoted(model)}")
    return Alias(name, model)


def named(known: Iterable[Alias], name: str) -> Alias | None:
    """The alias with a name, in upper or lower case."""
    return next((one for one in known if one.name.lower() == name.lower()), None)


def new_alias(known: Iterable[Alias], name: str, model: str, replace: bool = False) -> Alias:
    """
    An alias that may stand beside those that there are.

    Raises:
        AliasExists: The name has another model, and `replace` is False.
        UsageError: The alias cannot be used, or not beside the others.
    """
    before = named(known, name)
    if before and before.model != model and not replace:
        raise AliasExists(before)
    new = Alias(before.name if before else name, model)
    try:
        aliases({one.name: one.model for one in known} | {new.name: new.model})
    except ValueError as error:
        raise UsageError(str(error)) from error
    return new


def write_alias(file: Path, new: Alias) -> None:
    """Write an alias into a configuration file, which is made where there is none. BadConfig when that cannot be changed: it is as before."""
    from ecocli.config.editing import set_value  # a library of its own, which only writing needs

    set_value(file, (TABLE, new.name), new.model)


def remove_alias(file: Path, known: Iterable[Alias], name: str) -> Alias:
    """Take an alias out of a configuration file, and say which it was. UnknownAlias where there is none; BadConfig as for `write_alias`."""
    from ecocli.config.editing import remove_value

    found = named(known, name)
    if found is None:
        raise UnknownAlias(name, (one.name for one in known))
    remove_value(file, (TABLE, found.name))
    return found


def _end_at_a_model(one: Alias, all: Iterable[Alias]) -> None:
    """
    ValueError for an alias of an alias: a name is looked up once, so the second would have no effect.

    A pattern may hold the model that it stands for: "claude-*" may all be claude-sonnet-4.5.
    """
    if one.name.lower() == one.model.lower():
        raise ValueError(f"{quoted(one.name)} stands for itself")
    for other in all:
        names = (other.name, other.name.partition("/")[2])
        if other.name != one.name and any(name and fits(name, one.model) for name in names):
            raise ValueError(f"{quoted(one.name)} stands for {quoted(one.model)}, which is an alias itself ({quoted(other.name)}): name a model by its id, as eco models list shows it")
