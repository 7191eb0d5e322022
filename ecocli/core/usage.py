"""The usage of calls to models, as reported: validated once, never changed, without any text of prompt or answer."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from typing import Any

from ecocli.util.valueclass import value_class

SERVING = ("concurrency", "accelerator", "weight_precision")
"""Attributes of a Usage that say how the call was served; fields, settings and columns have the same names."""


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
    """Payload format that the call was read from; "native" for flags and native events."""
    concurrency: float | None = None
    """Requests in flight per copy of the weights, as the caller states. [1]"""
    accelerator: str | None = None
    """As the caller names it, e.g. "H100"."""
    weight_precision: str | None = None
    """As the caller names it, e.g. "fp8"."""
    encoding: str | None = None
    """tiktoken encoding that the text was counted with; None where no text was counted."""
    assumptions: tuple[str, ...] = ()
    """Assumptions made while reading, as sentences for the audit."""
    model_reported: bool = False
    """The provider named the model, not the caller: a call that no law covers is then left out, with a warning."""
    region_reported: bool = False
    """The provider named the region, not the caller: an unknown name is then accepted."""


@value_class(frozen=True, slots=True)
class Usages:
    """
    The usages of a batch of calls, as columns.

    `columns` maps an attribute of `Usage` to a sequence of `count` values, one per call; an attribute that is
    not reported has no column. The other fields hold for all calls.
    """

    columns: Mapping[str, Sequence[Any]]
    count: int
    format: str = "native"
    encoding: str | None = None
    model_reported: bool = False
    region_reported: bool = False

    def column(self, name: str, default: Any = None) -> Sequence[Any]:
        """One attribute of every call; `default` for each where it is not reported."""
        return self.columns.get(name) or [default] * self.count

    def one(self, at: int) -> Usage:
        """The usage at position `at`."""
        values_at = {name: values[at] for name, values in self.columns.items()}
        return Usage(**values_at, format=self.format, encoding=self.encoding, model_reported=self.model_reported, region_reported=self.region_reported)

    def each(self) -> Iterator[Usage]:
        """The usages in order."""
        return map(self.one, range(self.count))
