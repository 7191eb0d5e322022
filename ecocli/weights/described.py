"""A model as its own files describe it."""

from ecocli.core.quantity import Estimate
from ecocli.errors import BadData
from ecocli.util.valueclass import value_class

BY_HAND = "eco models add NAME --active B --total B takes what its maker publishes, in billions"


@value_class(frozen=True, slots=True)
class Described:
    """Sizes of a model, with what they were counted from. Parameters are in billions (B)."""

    source: str
    """What was read, for whoever looks the numbers up."""
    architecture: str
    """dense, moe or hybrid."""
    total_params_b: Estimate
    active_params_b: Estimate
    """Those that a token is computed with: all but the experts that it is not sent to."""
    kv_bytes_per_token: Estimate | None = None
    """None where the files do not tell."""
    attention: str | None = None
    layers: int | None = None
    context_tokens: int | None = None
    precision: str | None = None
    """A name of the catalogue's precisions; None where `weight_bits` or nothing is known."""
    weight_bits: float | None = None
    """Mean size of a stored weight. [bit]"""
    has_vision: bool = False
    reasoning: str | None = None
    name: str | None = None
    """As the file itself has it."""


class NotUnderstoodModel(BadData):
    """A model's files are in order, but do not tell its sizes."""

    code = "model-not-understood"

    def __init__(self, message: str) -> None:
        super().__init__(message, BY_HAND)
