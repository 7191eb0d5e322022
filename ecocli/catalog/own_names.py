"""Models by the names that the user gave them in `[aliases]` of config.toml."""

from collections.abc import Iterable
from dataclasses import replace

from ecocli.catalog.entries import Entries
from ecocli.catalog.models import LATEST, resolve_model
from ecocli.catalog.regions import normal_provider
from ecocli.core.aliases import Alias, fits
from ecocli.core.matches import ModelMatch
from ecocli.errors import BadConfig, EcoError, quoted

MOST_SHOWN = 256


class OwnNames:
    """
    Looks names up among the user's aliases, which precede the catalogue's names.

    Raises:
        BadConfig: An alias stands for a model that the catalogue does not have.
    """

    def __init__(self, entries: Entries, aliases: Iterable[Alias]) -> None:
        self._entries = entries
        # most precise first; of equals the first in the file
        self._aliases = sorted(aliases, key=lambda alias: alias.precision, reverse=True)
        for alias in self._aliases:
            try:
                target(entries, alias)
            except EcoError as error:
                raise BadConfig(f"config.toml: aliases: {quoted(alias.name)}: {error}", error.hint, code="bad-alias") from error

    def find(self, name: str, provider: str | None) -> Alias | None:
        """The alias of a name at a provider, both as a call names them; None for a name that is none."""
        at = normal_provider(self._entries, provider) if provider else None
        names = self._names(name, at)
        return next((alias for alias in self._aliases if self._describes(alias, names, at)), None)

    def meant(self, name: str, provider: str | None) -> str:
        """The name of the model that a name stands for: itself where it is no alias."""
        alias = self.find(name, provider)
        return alias.model if alias else name

    def match(self, name: str, provider: str | None, format: str | None = None, day: int = LATEST) -> ModelMatch | None:
        """The model of a name, arguments else as for `resolve_model`; None for a name that is no alias."""
        alias = self.find(name, provider)
        if alias is None:
            return None
        at = normal_provider(self._entries, provider) if provider else None
        found = resolve_model(self._entries, alias.model, at, fallback=True, provider=provider, format=format, day=day)
        note = f"the model is {alias.model} by your alias {quoted(alias.name, MOST_SHOWN)} in config.toml"
        return replace(found, match="alias", spec=replace(found.spec, notes=(*found.spec.notes, note)))

    def _names(self, name: str, at: str | None) -> tuple[str, ...]:
        """A name, and without the provider in front: gateways write azure/my-deployment."""
        name = name.strip()
        first, _, rest = name.partition("/")
        named = normal_provider(self._entries, first) if rest else None
        return (name, rest) if named and at in (None, named) else (name,)

    def _describes(self, alias: Alias, names: tuple[str, ...], at: str | None) -> bool:
        if any(fits(alias.name, name) for name in names):
            return True
        only_at, rest = _scope(self._entries, alias)
        return only_at is not None and only_at == at and any(fits(rest, name) for name in names)


def target(entries: Entries, alias: Alias) -> ModelMatch:
    """
    The model that an alias stands for.

    Raises:
        UnknownModel, UnsupportedModality: The catalogue does not have it.
    """
    at, _ = _scope(entries, alias)
    return resolve_model(entries, alias.model, at, fallback=False, provider=at)


def _scope(entries: Entries, alias: Alias) -> tuple[str | None, str]:
    """The provider that an alias such as "azure/gpt-4" is for, and the name there; None where it is for all."""
    first, _, rest = alias.name.partition("/")
    only_at = normal_provider(entries, first) if rest else None
    return (only_at, rest) if only_at else (None, alias.name)
