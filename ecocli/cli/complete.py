"""Completion by TAB: names from the catalogue and the store. Silent about anything that is wrong."""

import os
from collections.abc import Callable, Iterable
from typing import Any

from ecocli.cli.group import META
from ecocli.errors import EcoError

MOST_IDS = 20
"""Calls whose ids are offered."""


def _quiet(find: Callable[[Any, str], list[str]]) -> Callable[[str], list[str]]:
    """A completion function: a half-typed line is no place for an error message."""

    def complete(incomplete: str) -> list[str]:
        from ecocli.cli.session import Session

        session = Session({f"{META}quiet": True})
        session.hurry()
        try:
            return [name for name in find(session, incomplete) if name.isprintable()]
        except EcoError:
            return []

    return complete


def _models(session: Any, incomplete: str) -> list[str]:
    from ecocli.catalog.models import model_names

    own = [alias.name for alias in session.settings.aliases if "*" not in alias.name and alias.name.startswith(incomplete)]
    return own + model_names(session.catalog, incomplete)


def _aliases(session: Any, incomplete: str) -> list[str]:
    return [alias.name for alias in session.settings.aliases if alias.name.startswith(incomplete)]


def _own_models(_: Any, incomplete: str) -> list[str]:
    from ecocli.catalog.compile_own import own_models
    from ecocli.config.paths import config_folder

    return [name for name in own_models(config_folder(os.environ) / "models.yaml") if name.lower().startswith(incomplete.lower())]


def _regions(session: Any, incomplete: str) -> list[str]:
    from ecocli.catalog.regions import region_names

    return region_names(session.catalog, incomplete)


def _providers(session: Any, incomplete: str) -> list[str]:
    from ecocli.catalog.regions import provider_names

    return provider_names(session.catalog, incomplete)


def _keys(session: Any, incomplete: str) -> list[str]:
    with session.open_store(create=False) as store:
        names = [key.name for key in store.keys.list() if key.revoked_at_ms is None]
    return [name for name in names if name.startswith(incomplete)]


def _recorders(session: Any, incomplete: str) -> list[str]:
    return _keys(session, incomplete) + ["local"] * "local".startswith(incomplete)


def _formats(session: Any, incomplete: str) -> list[str]:
    from ecocli.ingest.formats import names

    return [name for name in names() if name.startswith(incomplete)]


def _hardware(session: Any, incomplete: str) -> list[str]:
    return [name for name in session.settings.hardware or {} if name.startswith(incomplete)]


def _machines(session: Any, incomplete: str) -> list[str]:
    from ecocli.catalog.machines import machine_names

    return machine_names(session.catalog, incomplete)


def _any_hardware(session: Any, incomplete: str) -> list[str]:
    return _hardware(session, incomplete) + _machines(session, incomplete)


def _settings(session: Any, incomplete: str) -> list[str]:
    names = (row.name for row in session.configuration.listed if row.name != "key")
    return [name for name in names if name.startswith(incomplete)]


def setting_values(ctx: Any, args: list[str], incomplete: str) -> list[str]:
    """Values of the setting that stands before them."""
    name = (ctx.params.get("name") or "").rpartition(".")[2]
    if name == "region":
        return regions(incomplete)
    if name in ("timezone", "tz"):
        from zoneinfo import available_timezones

        return closed(sorted(available_timezones()))(incomplete)
    from ecocli.config.assigning import CLOSED

    return closed(CLOSED.get(name, ()))(incomplete)


def closed(values: Iterable[str], several: bool = False) -> Callable[[str], list[str]]:
    """A completion function for a closed list of values; `several` may be given, with commas between them."""

    def complete(incomplete: str) -> list[str]:
        before, comma, last = incomplete.rpartition(",") if several else ("", "", incomplete)
        return [f"{before}{comma}{value}" for value in values if value.startswith(last)]

    return complete


def named(module: str, name: str, several: bool = False) -> Callable[[str], list[str]]:
    """`closed` for values that stand in a module, which is imported when they are asked for."""

    def complete(incomplete: str) -> list[str]:
        from importlib import import_module

        return closed(getattr(import_module(module), name), several)(incomplete)

    return complete


def _call_ids(session: Any, incomplete: str) -> list[str]:
    """The last calls by the ends of their ids, the whole id of any that begins as typed, and "last"."""
    with session.open_store(create=False) as store:
        newest = store.newest_ids(MOST_IDS)
        shown = store.short_ids(newest)
    names = ("last", *(shown[call_id] for call_id in newest), *newest)
    return [name for name in dict.fromkeys(names) if name.startswith(incomplete) and (incomplete or name in ("last", *shown.values()))]


models, aliases, regions, providers, formats, call_ids = map(_quiet, (_models, _aliases, _regions, _providers, _formats, _call_ids))
key_names, keys = map(_quiet, (_keys, _recorders))
"""`key_names` can be renamed and revoked; `keys` are those who recorded, "local" among them."""
settings = _quiet(_settings)
own_models = _quiet(_own_models)
"""Models in the user's own models.yaml."""
hardware, machines, any_hardware = map(_quiet, (_hardware, _machines, _any_hardware))
"""Profiles in config.toml, machines of the table, and both."""


def asked_for() -> bool:
    """True when a shell runs eco only to complete a line."""
    return "_ECO_COMPLETE" in os.environ
