"""What is configured and cannot be used, each with the command that mends it."""

from collections.abc import Iterator
from shlex import quote

from ecocli.catalog.entries import Entries
from ecocli.catalog.regions import resolve_site
from ecocli.config.listing import KEY, KEY_VARIABLE, VARIABLE, Configuration, Problem
from ecocli.config.settings import VARIABLES
from ecocli.core import keys, zones
from ecocli.doctor.finding import DATA, Finding
from ecocli.errors import UnknownRegion, UsageError
from ecocli.pipeline.own_hardware import problems


def findings(configuration: Configuration, catalog: Entries | None) -> Iterator[Finding]:
    """
    Values that no command takes, and names in them that there are not.

    Args:
        catalog: None where it cannot be looked into.
    """
    for problem in configuration.problems:
        yield Finding.of(problem.error, _mend(problem))
    yield from _zone(configuration)
    if catalog is not None:
        yield from _region(configuration, catalog)
        for odd in problems(catalog, configuration.settings.preferences):
            yield Finding("odd-hardware", f"hardware profile {odd.profile}: {odd.problem}", "eco hardware check shows them; eco hardware add --replace writes one anew", DATA)
    if any(row.name == KEY and row.value == keys.NO_KEY for row in configuration.listed):
        yield Finding("no-key-of-eco", f"{KEY_VARIABLE} or --key is no key of eco", f"unset {KEY_VARIABLE}, or make one with eco keys create NAME", DATA)


def _mend(problem: Problem) -> str:
    if problem.where in VARIABLES:
        return f"unset {problem.where}"
    if problem.name is None:
        return f"${{EDITOR:-vi}} {quote(problem.where)}"
    return f"eco config unset {quote(problem.name)}"


def _zone(configuration: Configuration) -> Iterator[Finding]:
    try:
        zones.zone(configuration.settings.tz or zones.LOCAL_NAME)
    except UsageError as error:
        yield Finding("unknown-zone", f"{_where(configuration, 'timezone')}: {error}", _unset(configuration, "timezone"), DATA)


def _region(configuration: Configuration, catalog: Entries) -> Iterator[Finding]:
    region = configuration.settings.region
    if region is None or configuration.settings.region_fallback:
        return
    try:
        resolve_site(catalog, None, region, fallback=False)
    except UnknownRegion as error:
        yield Finding(error.code, f"{_where(configuration, 'region')}: {error}", _unset(configuration, "region"), DATA)


def _where(configuration: Configuration, name: str) -> str:
    return next(row.where for row in configuration.listed if row.name == name)


def _unset(configuration: Configuration, name: str) -> str:
    row = next(row for row in configuration.listed if row.name == name)
    return f"unset {row.where}" if row.origin == VARIABLE else f"eco config set {name} NAME, or eco config unset {name}"
