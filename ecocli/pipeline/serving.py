"""How a call is served, as far as it is known: the class of operator, and what is stated of accelerator and weights."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ecocli.catalog.entries import Entries
from ecocli.catalog.regions import normal_provider
from ecocli.core.factors import Factor
from ecocli.core.hosting import API, CLOUD, OWN
from ecocli.core.matches import ModelMatch
from ecocli.errors import quoted
from ecocli.estimator.eco2 import constants_for
from ecocli.util.valueclass import value_class

if TYPE_CHECKING:
    from ecocli.core.hardware import Hardware

MEASURED, TIMED, MODELLED = ENERGY_SOURCES = ("measured", "timed", "modelled")
"""From an instrument, from the time on a machine of one's own, from the tokens."""
HOME = "one_user"
"""The operator of a machine of one's own."""
NOT_DESCRIBED = "a machine of one's own that no hardware profile describes: eco hardware add narrows the range"
USUAL = "the machine is taken as a usual one, {name}, with {low:g} to {high:g} W at the wall while it answers: eco hardware add describes yours"
SELDOM_SERVED = "community"
"""The provider of models whose makers do not serve them; other hosts do, for few callers."""
MARKS = ("fp4", "fp8", "p16", "f16", "p32", "f32", "nf4", "awq", "gptq", "int4", "int8", "bit", "q1", "q2", "q3", "q4", "q5", "q6", "q8", "w4a", "w8a")
"""Parts of which every precision in a model's name has one: without any, none is looked for."""


@value_class(frozen=True, slots=True)
class Serving:
    """The operator's class, with what changes its constants."""

    operator: str
    """A key of the method's OPERATORS."""
    accelerator: str | None = None
    """By the name in the method's table."""
    weight_precision: str | None = None
    assumptions: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    hosting: str = API
    """One of `core.hosting.KINDS`, or UNKNOWN."""
    energy: str = MODELLED
    """How the energy was found: one of ENERGY_SOURCES."""
    profile: "Hardware | None" = None
    """Of a machine of one's own, where its owner described it, or its accelerator tells the machine."""

    @property
    def constants(self) -> Mapping[str, Factor]:
        """The equations' constants for calls that are served so."""
        found = constants_for(self.operator, None if self.operator == HOME else self.accelerator, self.weight_precision)
        if self.profile is None or self.operator != HOME:
            return found
        from ecocli.estimator.eco2.home import described

        return described(found, self.profile)

    def to_json(self) -> dict[str, Any]:
        """For the basis."""
        return {
            "operator": self.operator, "accelerator": self.accelerator, "weight_precision": self.weight_precision,
            "hosting": self.hosting, "energy": self.energy, "hardware": self.profile and self.profile.name,
        }  # fmt: skip


def serving(
    catalog: Entries, model: ModelMatch, name: str | None, provider: str | None, hosting: str, accelerator: str | None, weight_precision: str | None,
    profile: "Hardware | None" = None, energy: str = MODELLED,
) -> Serving:  # fmt: skip
    """
    How a call is served, as far as it is known.

    Args:
        name, provider: Of model and provider as the call names them; `provider` is the model's maker where it names none.
        hosting: As `hosting.hosting_of` finds it.
        accelerator, weight_precision: As the caller states them.
        profile: Of the machine, where its owner described it.
        energy: MEASURED where the call has a measurement, TIMED where it has a time, which only counts on a machine of one's own.
    """
    board, unknown_board = _board(accelerator)
    weights, unknown_weights = _weights(weight_precision)
    operator = _operator(catalog, model, provider, hosting, board)
    if energy == TIMED and operator != HOME:
        energy = MODELLED
    assumptions: tuple[str, ...] = ()
    if weights is None and name and model.spec.open_weights is not False:
        weights = _format_in(name)
        assumptions = (f"the weights are taken as {weights}, as the model's name says",) if weights else ()
    if operator == HOME and profile is None and accelerator and energy != MODELLED and (usual := _usual(catalog, accelerator)):
        profile, unknown_board = usual, ()
        assumptions = (*assumptions, USUAL.format(name=usual.name, low=usual.active_w.low, high=usual.active_w.high))
    elif operator == HOME and profile is None and energy != MEASURED:
        assumptions = (*assumptions, NOT_DESCRIBED)
    warnings = unknown_board + unknown_weights
    return Serving(operator, board, weights, assumptions, warnings, hosting, energy, profile)


def _operator(catalog: Entries, model: ModelMatch, provider: str | None, hosting: str, board: str | None) -> str:
    if hosting == OWN:
        return "own_server" if board and not _is_at_home(board) else HOME
    if hosting not in (API, CLOUD):
        return "own_server"
    key = normal_provider(catalog, provider) if provider else None
    body = (catalog.get("provider", key) if key else None) or {}
    if body.get("operator") and model.spec.architecture == "moe":
        operator: str = body["operator"]
        return operator
    if model.spec.open_weights is False:
        return "frontier"
    return "rare" if normal_provider(catalog, model.spec.developer) == SELDOM_SERVED else "open_host"


def _is_at_home(board: str) -> bool:
    from ecocli.estimator.eco2.accelerators import is_of_home

    return is_of_home(board)


def _board(name: str | None) -> tuple[str | None, tuple[str, ...]]:
    if name is None:
        return None, ()
    from ecocli.estimator.eco2.accelerators import find  # only few calls state one

    found = find(name)
    return found, () if found else (f"accelerator {quoted(name)} is not known: the mix of the day is taken",)


def _usual(catalog: Entries, accelerator: str) -> "Hardware | None":
    """The machine of the table that has an accelerator, as a profile."""
    from ecocli.catalog.machines import find_machine, profile_of  # as above

    machine = find_machine(catalog, accelerator)
    return profile_of(machine) if machine else None


def _weights(name: str | None) -> tuple[str | None, tuple[str, ...]]:
    if name is None:
        return None, ()
    from ecocli.estimator.eco2.formats import find_format

    found = find_format(name)
    return found, () if found else (f"weight precision {quoted(name)} is not known: the precision that hosts usually serve is taken",)


def _format_in(name: str) -> str | None:
    lower = name.lower()
    if not any(mark in lower for mark in MARKS):
        return None
    from ecocli.estimator.eco2.formats import format_in

    return format_in(name)
