"""The part of a call that equations see, whatever the method."""

from ecocli.core.quantity import ONE, Estimate
from ecocli.util.valueclass import value_class


@value_class(frozen=True, slots=True)
class Call:
    """A call's counts and times. [token], [ms]"""

    input_tokens: int
    output_tokens: int
    cached_tokens: int | None = None
    reasoning_tokens: int | None = None
    wait_ms: int | None = None
    """First token's time minus the start's."""
    is_estimated: bool = False
    concurrency: float | None = None
    """Requests in flight per copy of the weights, where the caller states it. [1]"""
    active_s: float | None = None
    """Time of reading the prompt and writing the answer. [s]"""
    load_s: float = 0.0
    """Time of loading the model before. [s]"""
    measured_wh: float | None = None
    """Energy as measured. [Wh]"""
    measured_boundary: str | None = None
    """Where: at the gpu, the soc or the wall."""
    counting: Estimate = ONE
    """How far the counts themselves may be off. [1]"""
