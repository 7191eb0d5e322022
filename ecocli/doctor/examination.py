"""Everything that `eco doctor` looks at, in one go."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import tzinfo
from pathlib import Path

from ecocli import __version__
from ecocli import imports as logs
from ecocli.catalog import compiled
from ecocli.catalog.entries import Entries
from ecocli.config import paths
from ecocli.config.listing import Configuration, Setting
from ecocli.core import zones
from ecocli.doctor import clock, configured, places
from ecocli.doctor.finding import WELL, Finding
from ecocli.doctor.places import Place
from ecocli.errors import BadConfig, EcoError, UsageError
from ecocli.estimator.methods import METHOD
from ecocli.imports.waiting import Waiting, waiting
from ecocli.store import copies, state
from ecocli.store.migrations import MIGRATIONS
from ecocli.store.state import State
from ecocli.util.valueclass import value_class

Hint = Callable[[EcoError], str | None]
RESTORED = ("store-damaged", "no-store")
"""Errors of a store that a backup mends."""


@value_class(frozen=True, slots=True)
class Examination:
    """What was found on this machine."""

    findings: tuple[Finding, ...]
    """What is wrong first, the store before all else."""
    places: tuple[Place, ...]
    settings: tuple[Setting, ...]
    state: State
    logs: tuple[Waiting, ...]
    """Of each tool that left some here."""
    now_ms: int
    zone: tzinfo | None
    """Of days; None where its name is none."""
    versions: Mapping[str, str | int | None]

    @property
    def problems(self) -> tuple[Finding, ...]:
        return tuple(each for each in self.findings if each.exit_code != WELL)


def examine(env: Mapping[str, str], db: Path, configuration: Configuration, now_ms: int, wait_s: float, hint: Hint) -> Examination:
    """
    Look at everything; nothing is created or changed.

    Args:
        db: The file of the records.
        wait_s: How long another program may keep it locked. [s]
        hint: What helps against an error of some command.
    """
    found = list[Finding]()
    lie = tuple(places.all_places(env, db))
    store = state.look(db, wait_s)
    catalog = _catalog(env, found, hint)
    edition = catalog.get("meta", "edition") if catalog else compiled.shipped_edition()
    found += _store(store, lie[0], env, hint)
    found += (finding for place in lie[1:] for finding in places.other_findings(place))
    found += configured.findings(configuration, catalog)
    found += clock.findings(now_ms, store, edition)
    read = tuple(_logs(store, env, found))
    findings = tuple(sorted(found, key=lambda each: -each.exit_code))
    return Examination(findings, lie, configuration.listed, store, read, now_ms, _zone(configuration), _versions(edition, store))


def _store(store: State, lies: Place, env: Mapping[str, str], hint: Hint) -> Iterator[Finding]:
    if store.error:
        backups = copies.beside(store.path) if store.error.code in RESTORED else ()
        yield Finding.of(store.error, f"eco db restore {_newest(backups)}" if backups else hint(store.error))
    elif store.has_unread_log:
        yield Finding("unread-log", f"{store.path}-wal has what a crash left: the next command that writes takes it in", None, WELL)
    elif store.version is not None and not store.is_current:
        yield Finding("older-store", f"{store.path} is of version {store.version}: the next command brings it to {len(MIGRATIONS)}, and keeps a copy", None, WELL)
    own = None
    with suppress(BadConfig):  # no home folder
        own = paths.data_folder(env)
    yield from (each for each in places.store_findings(lies, own) if store.error is None or each.code != "read-only")


def _newest(backups: list[Path]) -> str:
    from shlex import quote

    return quote(str(max(backups, key=os.path.getmtime)))


def _catalog(env: Mapping[str, str], found: list[Finding], hint: Hint) -> Entries | None:
    try:
        try:
            folders = paths.config_folder(env), paths.cache_folder(env), compiled.edition_path(env)
        except BadConfig as error:  # no home folder
            found.append(Finding.of(error, hint(error)))
            return compiled.look(None, None) if compiled.COMPILED.exists() else None
        return compiled.look(*folders)
    except EcoError as error:
        found.append(Finding.of(error, hint(error)))
        return None


def _logs(store: State, env: Mapping[str, str], found: list[Finding]) -> Iterator[Waiting]:
    with state.glimpse(store) as opened:
        for name in logs.names():
            try:
                waits = waiting(logs.by_name(name), opened.imports if opened else None, env)
            except OSError as error:
                found.append(Finding("no-access", f"logs of {name} cannot be looked at: {(error.strerror or 'unknown reason').lower()}", "check the permissions", WELL))
            except EcoError as error:
                found.append(Finding.of(error, error.hint))
            else:
                if waits.files:
                    yield waits


def _zone(configuration: Configuration) -> tzinfo | None:
    try:
        return zones.zone(configuration.settings.tz or zones.LOCAL_NAME)
    except UsageError:  # said among the findings
        return None


def _versions(edition: str | None, store: State) -> dict[str, str | int | None]:
    return {
        "eco": __version__,
        "python": ".".join(map(str, sys.version_info[:3])),
        "sqlite": state.SQLITE,
        "catalogue": edition,
        "method": METHOD,
        "schema": len(MIGRATIONS),
        "storeSchema": store.version,
    }
