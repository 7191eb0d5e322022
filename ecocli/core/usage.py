"""The usage of calls to models, as reported: validated once, never changed, without any text of prompt or answer."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from typing import Any

from ecocli.util.valueclass import value_class

SERVING = ("concurrency", "accelerator", "weight_precision")
"""Attributes of a Usage that say how the call was served; fields, settings and columns have the same names."""
MACHINE = ("hosting", "host", "hardware")
"""Attributes that say whose machine computed; fields and columns have the same names, as have those below."""
PHASES = ("load_ms", "prompt_ms", "generation_ms")
MEASURED = ("measured_wh", "measured_boundary", "measured_by")
CIRCUMSTANCES = (*SERVING, *MACHINE, *PHASES, *MEASURED, "service_tier", "control")
"""All that may be known of how and where a call was computed."""
API, MANUAL = "api", "manual"
"""Sources of counts: of a native event that names none, and of counts that a person gave by flags."""
MS_PER_S = 1000.0
BOUNDARIES = GPU, SOC, WALL = ("gpu", "soc", "wall")
"""Where energy may be measured: at the accelerators, at the chip that holds processor and accelerator, at the socket."""
NOT_UNDERSTOOD = "a number that eco does not understand was not counted: "
UNKNOWN_KIND = "a kind that eco does not know: "
WARNINGS = (NOT_UNDERSTOOD, UNKNOWN_KIND)
"""Beginnings of assumptions that are warnings as well."""


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
    source: str = API
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
    hosting: str | None = None
    """One of `core.hosting.KINDS`, as the caller states."""
    host: str | None = None
    """Host name of the server that answered, as far as a client logged it."""
    hardware: str | None = None
    """Name of the hardware profile of the machine that computed."""
    control: bool | None = None
    """Whether the caller has operational control of the machine, as the caller states; an inventory divides calls by it."""
    load_ms: float | None = None
    """Time that the machine took to load the model. [ms]"""
    prompt_ms: float | None = None
    """Time that it took to read the prompt. [ms]"""
    generation_ms: float | None = None
    """Time that it took to write the answer. [ms]"""
    measured_wh: float | None = None
    """Energy of the call, as measured. [Wh]"""
    measured_boundary: str | None = None
    """Where it was measured: one of BOUNDARIES."""
    measured_by: str | None = None
    """Instrument or program."""
    service_tier: str | None = None
    """As the provider names it, e.g. "batch", "flex" or "priority"."""
    server_tool_calls: Mapping[str, int] | None = field(default=None, hash=False)
    """How often the provider ran each of its own tools. Their energy is not estimated."""
    encoding: str | None = None
    """tiktoken encoding that the text was counted with; None where no text was counted."""
    assumptions: tuple[str, ...] = ()
    """Assumptions made while reading, as sentences for the audit."""
    model_reported: bool = False
    """The provider named the model, not the caller: a call that no law covers is then left out, with a warning."""
    region_reported: bool = False
    """The provider named the region, not the caller: an unknown name is then accepted."""

    @property
    def active_s(self) -> float | None:
        """Time of reading the prompt and writing the answer, without loading the model; None where it is not known. [s]"""
        if self.generation_ms is not None:
            milliseconds = self.generation_ms + (self.prompt_ms or 0.0)
        elif self.started_at_ms is not None and self.ended_at_ms is not None:
            milliseconds = self.ended_at_ms - self.started_at_ms - self.load_s * MS_PER_S
        else:
            return None
        return milliseconds / MS_PER_S if milliseconds > 0 else None

    @property
    def load_s(self) -> float:
        """Time of loading the model, as far as it is known. [s]"""
        return (self.load_ms or 0.0) / MS_PER_S


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
