"""Compile parsed models.yaml to catalogue entries."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from pydantic import ValidationError

from ecocli.catalog.compile_keys import active_shares, model_keys
from ecocli.catalog.entries import Entry
from ecocli.catalog.model_fallbacks import kv_by_rule
from ecocli.catalog.model_names import normalised
from ecocli.catalog.schema import reason
from ecocli.catalog.schema_models import FamilyEntry, ModelEntry, ModelsFile, Size, SpanEntry
from ecocli.core.specs import ModelSpec
from ecocli.errors import BadCatalog, shorten

FILE = "models.yaml"
DOWNLOADED = "bf16"
"""Precision of weights that anybody can download and that state no other."""


def model_entries(raw: dict[str, Any]) -> Iterator[Entry]:
    """
    The entries that resolving a model needs.

    Raises:
        BadCatalog: `raw` is not a valid models.yaml; the message names entry and field.
    """
    file = validated(raw)
    names = names_of(file)
    _let_move(file, names)
    yield Entry("meta", "models", {"edition": file.edition, "count": len(file.models), "kv_rule": _rule(file)})
    for model in file.models:
        yield Entry("model", model.id.lower(), _model(file, model))
    for name, target in names.items():
        yield Entry("model-name", name, target)
    for key, model_id in model_keys(names).items():
        yield Entry("model-key", key, model_id)
    for size, active_share in active_shares(file).items():
        yield Entry("model-size", size, active_share)
    yield Entry("model-family", "all", [_family(name, family) for name, family in file.families.items()])
    for name, size_class in file.classes.items():
        spec = _spec(file, size_class, id=f"class:{name}", developer="unknown", size_basis="guess", reasoning="optional")
        spec = replace(spec, notes=tuple(size_class.notes))
        yield Entry("model-class", name, {"spec": _written(spec), "words": size_class.words})
    for provider, default in file.defaults.items():
        yield Entry("model-default", normalised(provider), {"id": default.model.lower(), "reason": default.reason})


    yield from (Entry("ollama", name.lower(), size) for name, size in file.ollama_library.items())


def merge_models(base: dict[str, Any], overrides: dict[str, Any]) -> dict[str, Any]:
    """
    Merge a user's own models.yaml into `base`: entries are added, and replace those with the same id.

    The overrides may refer to sources, precisions and architectures of `base`.

    Raises:
        BadCatalog: The overrides have an unknown section.
    """
    unknown = set(overrides) - set(ModelsFile.model_fields)
    if unknown:
        raise BadCatalog(f"{FILE}: {shorten(str(min(unknown, key=str)))}: unknown key")
    return base | {key: _merged(key, base[key], value) for key, value in overrides.items() if key != "edition"}


def validated(raw: dict[str, Any]) -> ModelsFile:
    """Validate parsed YAML. BadCatalog states the first problem in one line."""
    try:
        return ModelsFile.model_validate(raw)
    except ValidationError as error:
        raise BadCatalog(f"{FILE}: {_first_problem(raw, error)}") from error


def _merged(key: str, base: Any, overrides: Any) -> Any:
    if isinstance(overrides, dict):
        return base | overrides if isinstance(base, dict) and key != "kv_rule" else overrides
    if not isinstance(overrides, list) or not isinstance(base, list):
        return overrides  # of the wrong type, which validation reports
    replaced = [entry.get("id") for entry in overrides if isinstance(entry, dict)]
    return [entry for entry in base if entry["id"] not in replaced] + overrides


def _first_problem(raw: dict[str, Any], error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    place, problem = ".".join(_place(raw, first["loc"])), shorten(reason(first), 200)
    return f"{place}: {problem}" if place else problem


def _place(raw: Any, location: tuple[int | str, ...]) -> Iterator[str]:
    """The parts of the path to a field, with the id of a model in place of its position."""
    for part in location:
        raw = raw[part] if _has(raw, part) else None
        entry_id = raw.get("id") if isinstance(part, int) and isinstance(raw, dict) else None
        yield shorten(entry_id if isinstance(entry_id, str) else str(part))


def _has(raw: Any, part: int | str) -> bool:
    return part in raw if isinstance(raw, dict) else isinstance(raw, list) and isinstance(part, int)


def _model(file: ModelsFile, model: ModelEntry) -> dict[str, Any]:
    base = file.architectures[model.base]
    precision = model.precision or (DOWNLOADED if model.open_weights and base.precision == "unknown" else base.precision)
    size = base.model_copy(update={"precision": precision})
    basis = model.size_basis or base.size_basis
    spec = _spec(file, size, model.id, model.developer, basis, model.reasoning)
    spec = replace(
        spec,
        context_tokens=model.context_tokens,
        modality=tuple(model.modality),
        accelerator=model.accelerator,
        compute_multiplier=model.compute_multiplier.factor(file.sources) if model.compute_multiplier else None,
        notes=tuple(model.notes),
        open_weights=model.open_weights,
        prefill_params_b=base.prefill_params_b.factor(file.sources) if base.prefill_params_b else None,
        table_params_b=base.table_params_b.factor(file.sources) if base.table_params_b else None,
    )
    return {
        "spec": _written(spec),
        "base": model.base,
        "family": model.family,
        "developer": model.developer,
        "provider": model.provider or model.developer,
        "aliases": model.aliases,
        "open_weights": model.open_weights,
        "widening": model.range_widening,
    }


def _spec(file: ModelsFile, size: Size, id: str, developer: str, size_basis: str, reasoning: str) -> ModelSpec:
    kv = size.kv_bytes_per_token
    return ModelSpec(
        id=id,
        developer=developer,
        architecture=size.architecture,
        total_params_b=size.total_params_b.factor(file.sources),
        active_params_b=size.active_params_b.factor(file.sources),
        kv_bytes_per_token=kv.factor(file.sources) if kv else kv_by_rule(_rule(file), size.active_params_b.value),
        weight_bits=file.precisions[size.precision].factor(file.sources),
        context_tokens=None,
        reasoning=reasoning,
        size_basis=size_basis,
    )


def _written(spec: ModelSpec) -> dict[str, Any]:
    # to_json leaves None out, but context_tokens has to be there
    return {"context_tokens": None} | spec.to_json()


def _rule(file: ModelsFile) -> dict[str, Any]:
    return file.kv_rule.model_dump() | {"source": file.sources[file.kv_rule.source].citation}


def _family(name: str, family: FamilyEntry) -> dict[str, Any]:
    start = [normalised(s) for s in family.start]
    small = family.small.lower() if family.small else None
    return {"id": name, "model": family.representative.lower(), "small": small, "start": start, "words": family.words}


def names_of(file: ModelsFile) -> dict[str, dict[str, Any]]:
    """Normalised name to {id, match}. Ids and listed aliases must be unique; derived short forms give way to both."""
    names: dict[str, dict[str, Any]] = {}
    for match in ("exact", "alias"):
        for model in file.models:
            for name in [model.id] if match == "exact" else model.aliases:
                _claim(names, normalised(name), model.id.lower(), match)
    for name, model_id in _short_forms(file):
        names.setdefault(name, {"id": model_id, "match": "alias"})
    return names


def _let_move(file: ModelsFile, names: dict[str, dict[str, Any]]) -> None:
    """Add the history of names that move. As an alias, such a name can only be that of the model that it stands for now."""
    aliases = {normalised(alias): model.id for model in file.models for alias in model.aliases}
    for name, moving in file.moving_names.items():
        latest = moving.spans[-1].model
        maker = next(model.provider or model.developer for model in file.models if model.id == latest)
        for form in (normalised(name), f"{normalised(maker)}/{normalised(name)}"):
            if aliases.get(form, latest) != latest:
                raise BadCatalog(f"{FILE}: moving_names.{name}: stands for {latest} at last, and is an alias of {aliases[form]}")
            own = normalised(names.get(form, {"id": ""})["id"].rpartition("/")[2]) == normalised(name)
            moves = {"at": moving.at, "own": own, "only_there": moving.only_there, "spans": [_span(file, span) for span in moving.spans]}
            names[form] = {"id": latest.lower(), "match": "alias"} | names.get(form, {}) | {"moves": moves}


def _span(file: ModelsFile, span: SpanEntry) -> dict[str, Any]:
    days = (span.since - date(1970, 1, 1)).days
    return {"from": span.since.isoformat(), "day": days, "id": span.model.lower(), "source": file.sources[span.source].citation}


def _claim(names: dict[str, dict[str, Any]], name: str, model_id: str, match: str) -> None:
    holder = names.setdefault(name, {"id": model_id, "match": match})["id"]
    if holder != model_id:
        raise BadCatalog(f"{FILE}: models.{model_id}.aliases: {name!r} already stands for {holder}")


def _short_forms(file: ModelsFile) -> Iterator[tuple[str, str]]:
    """(short name, model id) pairs: every id and alias without and with the provider's id. Developers' own models precede those of hosts."""
    for model in sorted(file.models, key=lambda m: m.provider is not None):
        for name in (model.id, *model.aliases):
            bare = normalised(name.rpartition("/")[2])
            yield bare, model.id.lower()
            yield f"{normalised(model.provider or model.developer)}/{bare}", model.id.lower()
