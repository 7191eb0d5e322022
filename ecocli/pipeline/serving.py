"""How a call is served, as far as it is known: the class of operator, and what is stated of accelerator and weights."""

from collections.abc import Mapping
from typing import Any

from ecocli.catalog.entries import Entries
from ecocli.catalog.regions import normal_provider
from ecocli.core.factors import Factor
from ecocli.core.hosting import BOUGHT, BY_NAME
from ecocli.core.matches import ModelMatch
from ecocli.errors import quoted
from ecocli.estimator.eco2 import constants_for
from ecocli.util.valueclass import value_class

ENGINES = ("vllm", "hosted-vllm", "sglang", "tgi", "xinference")
"""Local providers that name an engine: on a server, which people share, rather than on somebody's own machine."""
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

    @property
    def constants(self) -> Mapping[str, Factor]:
        """The equations' constants for calls that are served so."""
        return constants_for(self.operator, self.accelerator, self.weight_precision)

    def to_json(self) -> dict[str, Any]:
        """For the basis."""
        return {"operator": self.operator, "accelerator": self.accelerator, "weight_precision": self.weight_precision}


def serving(
    catalog: Entries, model: ModelMatch, name: str | None, provider: str | None, hosting: str | None, accelerator: str | None, weight_precision: str | None
) -> Serving:  # fmt: skip
    """
    What is known of how a call is served.

    Args:
        name, provider: Of model and provider as the call names them; `provider` is the model's maker where it names none.
        hosting: The tag "hosting", if the call has one.
        accelerator, weight_precision: As the caller states them.
    """
    operator = _operator(catalog, model, provider, hosting)
    board, unknown_board = _board(accelerator)
    weights, unknown_weights = _weights(weight_precision)
    warnings = unknown_board + unknown_weights
    assumptions: tuple[str, ...] = ()
    if weights is None and name and model.spec.open_weights is not False:
        weights = _format_in(name)
        assumptions = (f"the weights are taken as {weights}, as the model's name says",) if weights else ()
    return Serving(operator, board, weights, assumptions, warnings)


def _operator(catalog: Entries, model: ModelMatch, provider: str | None, hosting: str | None) -> str:
    key = normal_provider(catalog, provider) if provider else None
    body = (catalog.get("provider", key) if key else None) or {}
    if body.get("local"):
        return "own_server" if (provider or "").lower() in ENGINES else "one_user"
    if BY_NAME.get((hosting or BOUGHT).strip().lower(), BOUGHT) != BOUGHT:
        return "own_server"
    if body.get("operator") and model.spec.architecture == "moe":
        operator: str = body["operator"]
        return operator
    if model.spec.open_weights is False:
        return "frontier"
    return "rare" if normal_provider(catalog, model.spec.developer) == SELDOM_SERVED else "open_host"


def _board(name: str | None) -> tuple[str | None, tuple[str, ...]]:
    if name is None:
        return None, ()
    from ecocli.estimator.eco2.accelerators import find  # only few calls state one

    found = find(name)
    return found, () if found else (f"accelerator {quoted(name)} is not known: the mix of the day is taken",)


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
