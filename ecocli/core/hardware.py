"""A machine that its owner described: what it draws, where it stands, and what making it cost."""

from collections.abc import Mapping
from dataclasses import field

from ecocli.core.factors import Factor
from ecocli.util.valueclass import value_class

PROFILE_FACTORS = ("active_w", "idle_w", "embodied_kg", "life_years", "hours_per_year")
"""Of a profile, those that the equations see; constants have the same names."""


def plain(name: str) -> str:
    """The letters and digits of a provider's name, in lower case: LM Studio and lm-studio are one. A name without any stays."""
    return "".join(filter(str.isalnum, name.casefold())) or name


@value_class(frozen=True, slots=True)
class Hardware:
    """A hardware profile of config.toml. Names that are matched are compared without case, those of providers by their letters and digits."""

    name: str
    active_w: Factor
    """At the wall, while it computes a call. [W]"""
    idle_w: Factor | None = None
    """At the wall, while it waits. [W]"""
    region: str | None = None
    pue: Factor | None = None
    """Cooling and conversion of the room; None for 1. [1]"""
    embodied_kg: Factor | None = None
    """Making the machine. [kgCO2e]"""
    life_years: Factor | None = None
    hours_per_year: Factor | None = None
    """Hours of use over which its making is spread. [h/year]"""
    machine: str | None = None
    """The machine of eco's table that its owner says it is."""
    copies: int = 1
    """Copies of a model's weights that answer at once."""
    providers: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict, hash=False)

    def matches(self, provider: str | None, host: str | None, tags: Mapping[str, str]) -> bool:
        """True for a call with a provider, a host and tags as this profile names them; a profile that names nothing matches none."""
        wanted = (
            (self.providers, bool(provider) and plain(provider or "") in map(plain, self.providers)),
            (self.hosts, (host or "").strip().lower() in self.hosts),
            (self.tags, self.tags.items() <= tags.items()),
        )
        return any(names for names, _ in wanted) and all(found for names, found in wanted if names)

    @property
    def factors(self) -> dict[str, Factor]:
        """Those that the equations see, by the names of constants."""
        each = {name: getattr(self, name) for name in PROFILE_FACTORS}
        return {name: factor for name, factor in each.items() if factor is not None}
