"""One call to a model, as reported: validated once, never changed, without any text of prompt or answer."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from typing import Any

from ecocli.util.valueclass import value_class


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


@value_class(frozen=True, slots=True)
class Usages:
    """Many of them that tell the same, by column: for each attribute of `Usage` that they tell the value of each."""

    columns: Mapping[str, Sequence[Any]]
    count: int
    format: str = "native"
    encoding: str | None = None
    model_reported: bool = False
    region_reported: bool = False

    def column(self, name: str, default: Any = None) -> Sequence[Any]:
        """The value of each in one attribute; `default` where they do not tell it."""
        return self.columns.get(name) or [default] * self.count

    def one(self, at: int) -> Usage:
        """The one that stands there."""
        told = {name: values[at] for name, values in self.columns.items()}
        return Usage(**told, format=self.format, encoding=self.encoding, model_reported=self.model_reported, region_reported=self.region_reported)

    def each(self) -> Iterator[Usage]:
        return map(self.one, range(self.count))
