"""A user's settings about calls that leave them open: by provider, by machine, and a region for those without a place of their own."""

from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Any

from ecocli.util.valueclass import value_class

if TYPE_CHECKING:
    from ecocli.core.aliases import Alias
    from ecocli.core.hardware import Hardware


@value_class(frozen=True, slots=True)
class Preferences:
    """Settings of config.toml and the environment that depend on who serves a call."""

    region: str | None = None
    """For own machines, for providers of which nothing closer than the world is known, and for the cloud whose region it is."""
    providers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, hash=False)
    """Settings by the name of a provider: region, hosting, hardware, concurrency, accelerator, weight_precision."""
    hardware: "Mapping[str, Hardware]" = field(default_factory=dict, hash=False)
    """Profiles by name."""
    aliases: "tuple[Alias, ...]" = ()
    """The user's own names for models."""


NONE = Preferences()
