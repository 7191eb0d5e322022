"""The schema of models.yaml: sizes belong to architectures, and every model refers to one."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ecocli.catalog.schema import FactorEntry, Name, SourceEntry, Strict

Architecture = Literal["dense", "moe", "hybrid", "diffusion", "other"]
SizeBasis = Literal["fact", "estimate", "guess"]
Modality = Literal["text", "vision", "video", "audio", "image-output", "music"]
Word = Annotated[str, Field(pattern=r"^[a-z]{1,32}$")]
Widening = Annotated[float, Field(ge=1, le=10)]
LibrarySize = Annotated[str, Field(pattern=r"^(hosted|([0-9]{1,2}x)?[0-9]{1,4}([.][0-9]{1,2})?b(-a[0-9]{1,3}([.][0-9]{1,2})?b)?)$")]
"""Parameters as a tag states them, such as 8b, 8x7b or 30b-a3b; hosted: only Ollama's own servers run it."""
Sentences = list[Annotated[str, Field(min_length=1, max_length=300)]]


class Parameters(FactorEntry):
    unit: Literal["B"]


class KvBytes(FactorEntry):
    unit: Literal["bytes/token"]


class Bits(FactorEntry):
    unit: Literal["bit"]


class Multiplier(FactorEntry):
    unit: Literal["1"]


class KvRule(Strict):
    """KV cache of a model that publishes nothing: bytes per token = at_1b * (active parameters in B) ** exponent."""

    at_1b: float = Field(gt=0)
    """Bytes per token of a model with 1 B active parameters."""
    exponent: float = Field(gt=0, le=2)
    spread: float = Field(ge=1)
    """The range is the value divided by this to the value times this. [1]"""
    source: Name
    year: int = Field(ge=1990, le=2100)


class Size(Strict):
    """The size facts that the energy equations need."""

    architecture: Architecture
    total_params_b: Parameters
    active_params_b: Parameters
    kv_bytes_per_token: KvBytes | None = None
    """Absent: the `kv_rule` gives it from the active parameters."""
    precision: Name = "unknown"
    """Id of an entry under `precisions`."""

    @model_validator(mode="after")
    def _sizes_are_possible(self) -> Self:
        if self.total_params_b.low <= 0 or self.active_params_b.low <= 0:
            raise ValueError("parameters must be above 0")
        if self.active_params_b.value > self.total_params_b.value:
            raise ValueError("active_params_b must not be above total_params_b")
        return self


class ArchitectureEntry(Size):
    """One base model: its variants and fine-tunes have the same size."""

    size_basis: SizeBasis
    prefill_params_b: Parameters | None = None
    """Parameters that reading a prompt uses, where they are others than `active_params_b`."""
    table_params_b: Parameters | None = None
    """Look-up tables among the total parameters, of which a token reads a few rows."""
    layers: int | None = Field(default=None, ge=1)
    attention: str | None = None
    evidence: list[Name] = []
    """Ids under `sources` of further evidence for the size or its range."""


class ModelEntry(Strict):
    """One name under which a model is sold."""

    id: Name
    base: Name
    """Id of an entry under `architectures`."""
    developer: Name
    provider: Name | None = None
    """Provider to assume when none is given: the developer, unless the id names a host."""
    aliases: list[Name] = []
    family: Name | None = None
    context_tokens: int | None = Field(default=None, ge=1)
    reasoning: Literal["no", "optional", "yes"]
    modality: list[Modality] = ["text"]
    open_weights: bool = False
    accelerator: Literal["gpu", "lpu"] = "gpu"
    precision: Name | None = None
    """Only where it differs from the architecture's."""
    size_basis: SizeBasis | None = None
    """Only where it differs from the architecture's, as for a closed product that is said to be built on an open model."""
    compute_multiplier: Multiplier | None = None
    range_widening: Widening = 1.0
    """x/÷ by which the energy law fits this product less well than a text model on GPUs. [1]"""
    notes: Sentences = []


class FamilyEntry(Strict):
    """Unknown names that belong together: they begin with one of `start` and contain all of `words`."""

    representative: Name
    start: list[Name] = Field(min_length=1)
    words: list[Word] = []
    small: Name | None = None
    """Id of the model that stands for names with a word of the class `small`, where the representative has no such word."""


class ClassEntry(Size):
    """A size class for unknown names that contain one of `words`; those of `embedding` may be part of a word."""

    words: list[Word] = []
    notes: Sentences = []


class DefaultEntry(Strict):
    """The model that a provider's customers most likely used when none is named."""

    model: Name
    reason: Annotated[str, Field(min_length=1, max_length=200)]


class SpanEntry(Strict):
    """From a day on, in UTC, a name stands for this model."""

    since: date = Field(alias="from")
    model: Name
    source: Name


class MovingName(Strict):
    """A name that its maker moves from one model to the next."""

    at: Name | None = None
    """Provider id of the only host that moves it; absent: it moves wherever it is used."""
    only_there: bool = False
    """The name is also that of published weights, and means these wherever the host is another or not known."""
    spans: list[SpanEntry] = Field(min_length=1)
    """In the order of their days; what came before the first is not known, and taken for it."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        days = [span.since for span in self.spans]
        if days != sorted(set(days)):
            raise ValueError("the days of the spans must rise")
        return self


class ModelsFile(Strict):
    """The whole of models.yaml."""

    edition: Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
    sources: dict[Name, SourceEntry]
    kv_rule: KvRule
    precisions: dict[Name, Bits]
    """Bits per weight as served."""
    architectures: dict[Name, ArchitectureEntry]
    classes: dict[Literal["small", "medium", "large", "unknown", "embedding", "own-machine"], ClassEntry]
    families: dict[Name, FamilyEntry]
    defaults: dict[Name, DefaultEntry]
    """By provider id."""
    models: list[ModelEntry]
    moving_names: dict[Name, MovingName] = {}
    """Names that stand for one model after another."""
    ollama_source: Name
    """Id under `sources` of what `ollama_library` was read from."""
    ollama_library: dict[Name, LibrarySize] = {}
    """Default sizes of Ollama's library, by name, or by name and tag."""

    @model_validator(mode="after")
    def _names_resolve(self) -> Self:
        problem = next(_problems(self), None)
        if problem:
            raise ValueError(problem)
        return self


def _problems(file: ModelsFile) -> Iterator[str]:
    yield from _duplicates(file)
    ids = {model.id for model in file.models}
    for place, kind, name in _references(file):
        if name not in (ids if kind == "models" else getattr(file, kind)):
            yield f"{place}: {name!r} is not under {kind}"
    missing = {"small", "medium", "large", "unknown", "embedding", "own-machine"} - set(file.classes)
    if missing:
        yield f"classes: {min(missing)} is missing"
    yield from (f"precisions: {name} is missing" for name in ("unknown", "bf16") if name not in file.precisions)


def _duplicates(file: ModelsFile) -> Iterator[str]:
    counts = Counter(model.id.lower() for model in file.models)
    yield from (f"models.{name}.id: is used twice" for name, count in counts.items() if count > 1)


def _references(file: ModelsFile) -> Iterator[tuple[str, str, str]]:
    """(path, section, id) of every reference to another entry."""
    for model in file.models:
        place = f"models.{model.id}"
        yield f"{place}.base", "architectures", model.base
        if model.family:
            yield f"{place}.family", "families", model.family
        if model.precision:
            yield f"{place}.precision", "precisions", model.precision
        yield from _sources_of(place, model)
    for section in ("architectures", "classes"):
        for name, size in getattr(file, section).items():
            yield f"{section}.{name}.precision", "precisions", size.precision
            yield from _sources_of(f"{section}.{name}", size)
            yield from ((f"{section}.{name}.evidence", "sources", s) for s in getattr(size, "evidence", ()))
    yield from ((f"precisions.{name}.source", "sources", p.source) for name, p in file.precisions.items())
    yield from ((f"families.{name}.representative", "models", f.representative) for name, f in file.families.items())
    yield from ((f"families.{name}.small", "models", f.small) for name, f in file.families.items() if f.small)
    yield from ((f"defaults.{name}.model", "models", d.model) for name, d in file.defaults.items())
    for name, moving in file.moving_names.items():
        for span in moving.spans:
            yield f"moving_names.{name}.spans.model", "models", span.model
            yield f"moving_names.{name}.spans.source", "sources", span.source
    yield "kv_rule.source", "sources", file.kv_rule.source
    yield "ollama_source", "sources", file.ollama_source


def _sources_of(place: str, entry: Strict) -> Iterator[tuple[str, str, str]]:
    for field in type(entry).model_fields:
        value = getattr(entry, field)
        if isinstance(value, FactorEntry):
            yield f"{place}.{field}.source", "sources", value.source
