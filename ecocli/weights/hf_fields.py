"""Numbers of a config.json, looked at before they are used."""

from collections.abc import Mapping
from typing import Any

from ecocli.errors import quoted
from ecocli.weights.described import NotUnderstoodModel

MOST = 10**9
"""Of any width, number of layers or size of a vocabulary: what is larger is no model."""


class Fields:
    """
    The numbers of a config, with those of its class for keys that are left out.

    Args:
        where: The file, for messages.
    """

    def __init__(self, config: Mapping[str, Any], defaults: Mapping[str, int], where: str) -> None:
        self._config, self._defaults, self._where = config, defaults, where

    def number(self, *names: str) -> int:
        """The first of some keys that is there. NotUnderstoodModel where none is."""
        found = self.maybe(*names)
        if found is None:
            raise NotUnderstoodModel(f"{self._where} has no {' or '.join(names)}")
        return found

    def maybe(self, *names: str) -> int | None:
        """The same, or None. NotUnderstoodModel for what is no number of this kind."""
        for name in names:
            value = self._config.get(name)
            if value is None:
                value = self._defaults.get(name)
            if value is None:
                continue
            if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST:
                raise NotUnderstoodModel(f"{self._where}: {name} must be a whole number from 0 to 10^9, not {quoted(value)}")
            return value
        return None

    def flag(self, name: str, otherwise: bool) -> bool:
        value = self._config.get(name)
        return value if isinstance(value, bool) else otherwise

    def list(self, name: str) -> list[Any] | None:
        value = self._config.get(name)
        return value if isinstance(value, list) else None
