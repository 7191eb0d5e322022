"""Hardware profiles beside the catalogue: a new one from the table of machines, and what is odd about those in config.toml."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any, NamedTuple

from ecocli.catalog.entries import Entries
from ecocli.catalog.machines import UNITS, find_machine
from ecocli.catalog.regions import normal_provider, resolve_site
from ecocli.core.hardware import Hardware, plain
from ecocli.core.preferences import Preferences
from ecocli.errors import UnknownRegion, quoted, shorten
from ecocli.pipeline.hosting import AT_HOME

RUNTIMES = (
    *("ollama", "lm-studio", "llama.cpp", "llamafile", "mlx", "jan", "gpt4all", "koboldcpp", "lemonade", "localai", "docker-model-runner"),
    *("oobabooga", "text-generation-webui", "atomic-chat", "localhost", "local", "self-hosted"),
)
"""Providers whose calls one's own machine computes: those of a new profile that names none. Engines that are run on rented servers too are not among them."""


class Problem(NamedTuple):
    """Something odd about a profile."""

    profile: str
    problem: str


def profile_body(machine: Mapping[str, Any] | None, given: Mapping[str, Any], match: Mapping[str, Any]) -> dict[str, Any]:
    """
    The table of a new profile, by the keys of config.toml.

    Args:
        machine: Of the table of machines, which says what is not given.
        given: What the owner says: `active_w`, `idle_w`, `region`.
        match: As the key of that name; by RUNTIMES where it is empty.
    """
    numbers = {name: [machine[name][part] for part in ("low", "value", "high")] for name in UNITS} if machine else {}
    body = {"machine": machine["name"]} if machine else {}
    said = [name for name in UNITS if name in given]
    taken = [name for name in numbers if name not in given]
    sources = [f"its owner: {', '.join(said)}"] if said else []
    if machine and taken:
        sources.append(f"eco's table of machines, {machine['name']}: {', '.join(taken)}")
    return {**body, **numbers, **given, "source": "; ".join(sources), "match": dict(match) or {"providers": list(RUNTIMES)}}


def problems(catalog: Entries, preferences: Preferences) -> list[Problem]:
    """Sentences on oddities of the profiles, in their order."""
    found = [Problem(name, odd) for name, profile in preferences.hardware.items() for odd in _odd(catalog, profile, preferences)]
    for name, body in preferences.providers.items():
        named = body.get("hardware")
        if named is not None and named not in preferences.hardware:
            found.append(Problem(named, f"[provider.{shorten(name)}] names it, and there is no such profile"))
    for one, other in combinations(preferences.hardware.values(), 2):
        if _share_calls(one, other):
            found.append(Problem(other.name, f"{shorten(one.name)} matches some of its calls, and comes first in the file"))
    return found


def _odd(catalog: Entries, profile: Hardware, preferences: Preferences) -> Iterator[str]:
    if profile.idle_w and (profile.idle_w.value >= profile.active_w.value or profile.idle_w.high > profile.active_w.high):
        yield "idle_w is not below active_w"
    yield from _beside_the_table(catalog, profile)
    if profile.region is not None:
        try:
            resolve_site(catalog, AT_HOME, profile.region, fallback=False)
        except UnknownRegion as error:
            yield str(error)
    is_named = any(body.get("hardware") == profile.name for body in preferences.providers.values())
    if not (is_named or profile.providers or profile.hosts or profile.tags):
        yield "it matches no calls: only those that name it have it"
    yield from _misspelt(catalog, profile.providers)


def _beside_the_table(catalog: Entries, profile: Hardware) -> Iterator[str]:
    machine = find_machine(catalog, profile.machine or profile.name)
    if machine is None:
        if profile.machine:
            yield f"machine {quoted(profile.machine)} is not in eco's table"
        return
    for name in UNITS:
        factor, usual = getattr(profile, name), machine[name]
        if factor is not None and not usual["low"] <= factor.value <= usual["high"]:
            yield f"{name} is {factor.value:g} {factor.unit}, and {machine['name']} has {usual['low']:g} to {usual['high']:g} {factor.unit}"


def _misspelt(catalog: Entries, providers: Sequence[str]) -> Iterator[str]:
    from difflib import get_close_matches

    for name in providers:
        if normal_provider(catalog, name) is None:
            close = get_close_matches(plain(name), catalog.keys("provider-name"), n=1)
            if close:  # any other name may be that of a proxy
                yield f"no provider is named {quoted(name)}: {close[0]}?"


def _share_calls(one: Hardware, other: Hardware) -> bool:
    """True where both have a match in common and no other part of their matches excludes it."""
    shared = [
        (set(map(plain, one.providers)), set(map(plain, other.providers))),
        (set(one.hosts), set(other.hosts)),
    ]
    both = [ours & theirs for ours, theirs in shared if ours and theirs]
    tags = [one.tags[key] == other.tags[key] for key in one.tags.keys() & other.tags.keys()]
    return all(both) and all(tags) and bool(both or tags)
