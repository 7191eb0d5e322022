"""One call to a model, as reported: validated once, never changed, without any text of prompt or answer."""

from collections.abc import Mapping
from dataclasses import field

from ecocli.values import value_class


@value_class(frozen=True, slots=True)
class Usage:
    """
    The token counts and circumstances of one call. `None` means unknown, never zero.

    input_tokens counts all input, cached reads and cache writes included; output_tokens all output,
    reasoning included. Times are milliseconds since 1970 in UTC.
    """

    input_tokens: int
    output_tokens: int
    provider: str | None = None
    model: str | None = None
    reasoning_tokens: int | None = None
    cached_tokens: int | None = None
    cache_write_tokens: int | None = None
    region: str | None = None
    started_at_ms: int | None = None
    first_token_at_ms: int | None = None
    ended_at_ms: int | None = None
    source: str = "api"
    is_estimated: bool = False
    estimation_method: str | None = None
    id: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict, hash=False)
    format: str = "native"
    """Payload format that was recognised; "native" for flags and native events."""
    encoding: str | None = None
    """tiktoken encoding that counted the text, if text was counted."""
    assumptions: tuple[str, ...] = ()
    """What was assumed while reading, as sentences for the audit."""
    model_reported: bool = False
    """The provider itself named the model, not the caller: an unknown one then never stops a record."""
    region_reported: bool = False
