"""Fields that the settings give to a call by who served it: a provider's own settings, the machine's profile, and a region for those without one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ecocli.catalog.entries import Entries
from ecocli.catalog.models import maker_of
from ecocli.catalog.regions import normal, normal_provider, resolve_site
from ecocli.core import hosting
from ecocli.core.hardware import Hardware
from ecocli.core.preferences import Preferences
from ecocli.core.usage import Usage
from ecocli.errors import EcoError
from ecocli.ingest.native import ATTRIBUTES
from ecocli.pipeline.hosting import hosting_of

if TYPE_CHECKING:
    from ecocli.catalog.own_names import OwnNames

FIELDS = {"region": "detected_region"}
"""Names of settings to those of the event's fields, where they differ."""
SEEN = ("provider", "model", "detected_region", "hosting", "host", "hardware", "concurrency", "accelerator", "weight_precision")
"""Fields that decide, beside tags, or are not filled in where they are there."""


class Defaults:
    """
    Fills in what the settings say about calls like a given one.

    Args:
        preferences: The settings.
        own_names: The user's own names for models.
    """

    def __init__(self, catalog: Entries, preferences: Preferences, own_names: "OwnNames | None" = None) -> None:
        self._catalog, self._region, self._hardware = catalog, preferences.region, preferences.hardware
        self._own_names = own_names
        self._providers = {normal(name): {FIELDS.get(key, key): value for key, value in body.items()} for name, body in preferences.providers.items()}
        self._applies: dict[tuple[Any, ...], bool] = {}

    def added(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """The fields that a call lacks and the settings have, by the names of an event."""
        found = {name: value for name, value in self._of_provider(fields).items() if name not in fields}
        known = {**found, **fields}
        profile = self._profile(known)
        if profile is not None:
            found["hardware"] = profile.name
            if profile.region and "detected_region" not in known:
                found["detected_region"] = profile.region
        if self._region and "detected_region" not in {**found, **fields} and self._takes_region(known, profile):
            found["detected_region"] = self._region
        return found

    def of(self, usage: Usage) -> Usage:
        """A usage with what it lacks and the settings have."""
        fields = {field: value for field, name in ATTRIBUTES.items() if (value := getattr(usage, name)) is not None}
        return replace(usage, **{ATTRIBUTES[field]: value for field, value in self.added(fields).items()})

    def columns(self, columns: Mapping[str, Sequence[Any]]) -> dict[str, Sequence[Any]] | None:
        """`added` of many calls that have the same fields; None where it adds other fields to some than to others."""
        names = [name for name in (*SEEN, "tags") if name in columns]
        found: dict[Any, dict[str, Any]] = {}
        each = []
        for values in zip(*(columns[name] for name in names), strict=True):
            key = tuple(tuple(sorted(value.items())) if isinstance(value, Mapping) else value for value in values)
            if key not in found:
                found[key] = self.added(dict(zip(names, values, strict=True)))
            each.append(found[key])
        if len({tuple(sorted(added)) for added in found.values()}) > 1:
            return None
        return {name: [added[name] for added in each] for name in (each[0] if each else ())}

    def _of_provider(self, fields: Mapping[str, Any]) -> Mapping[str, Any]:
        """By the provider's name as written, else by what it is another name of."""
        if not self._providers:
            return {}
        name = self._provider(fields)
        if name is None:
            return {}
        return self._providers.get(normal(name)) or self._providers.get(normal(normal_provider(self._catalog, name) or "")) or {}

    def _provider(self, fields: Mapping[str, Any]) -> str | None:
        provider, model = fields.get("provider"), fields.get("model")
        if isinstance(provider, str):
            return provider
        return hosting.runtime_of(model) or _maker(self._catalog, self._meant(model, None)) if isinstance(model, str) else None

    def _meant(self, model: str, provider: str | None) -> str:
        return self._own_names.meant(model, provider) if self._own_names else model

    def _profile(self, fields: Mapping[str, Any]) -> Hardware | None:
        """The profile that a call names, else the first that matches; none for what is said to be computed elsewhere."""
        if not self._hardware:
            return None
        named = fields.get("hardware")
        if named is not None:
            return self._hardware.get(named) if isinstance(named, str) else None
        tags = fields.get("tags")
        tags = tags if isinstance(tags, Mapping) else {}
        if hosting.stated(fields.get("hosting"), _text(tags.get(hosting.TAG))) not in (None, hosting.OWN):
            return None
        each: Iterable[Hardware] = self._hardware.values()
        provider, host = _text(fields.get("provider")), _text(fields.get("host"))
        return next((profile for profile in each if profile.matches(provider, host, tags)), None)

    def _takes_region(self, fields: Mapping[str, Any], profile: Hardware | None) -> bool:
        """True for own machines, for providers of which nothing closer than the world is known, and for the cloud whose region it is."""
        tags = fields.get("tags")
        tag = _text(tags.get(hosting.TAG)) if isinstance(tags, Mapping) else None
        provider, model = self._provider(fields), _text(fields.get("model"))
        asked = (provider, model, hosting.stated(_text(fields.get("hosting")), tag), _text(fields.get("host")), profile)
        if asked not in self._applies:
            meant = self._meant(model, provider) if model else None
            hosted = hosting_of(self._catalog, meant, provider, *asked[2:])
            self._applies[asked] = hosted in (hosting.OWN, hosting.UNKNOWN) or self._is_of(provider)
        return self._applies[asked]

    def _is_of(self, provider: str | None) -> bool:
        key = normal_provider(self._catalog, provider) if provider else None
        body = self._catalog.get("provider", key) if key else None
        if body is None or body["match"] == "GLOBAL_AVERAGE":
            return True
        try:
            found = resolve_site(self._catalog, provider, self._region, fallback=False)
        except EcoError:
            return False
        return found.match == "EXACT_REGION"


def _maker(catalog: Entries, model: str) -> str | None:
    from ecocli.catalog.models import resolve_model

    try:
        return maker_of(catalog, resolve_model(catalog, model, None, True).spec.id)
    except EcoError:
        return None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
