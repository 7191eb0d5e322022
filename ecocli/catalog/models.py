"""Resolve model names to specs. Each fallback is explicit, widens the range, and is named in the audit."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from ecocli.catalog.entries import Entries
from ecocli.catalog.model_names import candidates, normalised
from ecocli.core.matches import ModelMatch
from ecocli.core.specs import ModelSpec
from ecocli.errors import UnknownModel, quoted


class CatalogModel(NamedTuple):
    """A model of the catalogue."""

    spec: ModelSpec
    provider: str
    developer: str
    family: str | None
    aliases: tuple[str, ...]
    open_weights: bool
    widening: float
    """x/÷ by which the energy law fits this product less well than a text model on GPUs. [1]"""


def resolve_model(entries: Entries, name: str | None, provider_id: str | None, fallback: bool) -> ModelMatch:
    """
    Resolve a model's name: exact id, alias, id or alias without suffixes, then family and size class.

    Args:
        name: As written by a person or in a payload; None when no model was named.
        provider_id: The catalogue's id of the provider; it decides between hosts that serve the same model.
        fallback: Resolve an unknown name to its family or class.

    Raises:
        UnknownModel: `name` is not known and `fallback` is false.
    """
    if name is None:
        return _provider_default(entries, provider_id)
    found = _known(entries, name, provider_id)
    if found:
        return found
    if not fallback:
        raise UnknownModel(name, close_names(entries, name))
    return _family(entries, name) or _class(entries, name, provider_id)


def model(entries: Entries, model_id: str) -> CatalogModel | None:
    """The model with an id, or None."""
    body = entries.get("model", model_id.lower())
    return _catalog_model(body) if body else None


def maker_of(entries: Entries, spec_id: str) -> str | None:
    """The provider of a model id: its developer, or the host where the id starts with one; None for an unknown id."""
    body = entries.get("model", spec_id.lower())
    return body["provider"] if body else None


def search_models(entries: Entries, text: str = "", provider_id: str | None = None) -> Iterator[CatalogModel]:
    """Models whose id, alias, base or family contains `text`, sorted by id."""
    wanted = normalised(text)
    for model_id, body in entries.all("model"):
        texts = (model_id, *body["aliases"], body["base"], body["family"] or "")
        by_provider = provider_id in (None, body["provider"], body["developer"])
        if by_provider and any(wanted in normalised(candidate) for candidate in texts):
            yield _catalog_model(body)


def model_names(entries: Entries, prefix: str = "") -> list[str]:
    """Completions of `prefix`: ids, and without a slash in `prefix` ids without the provider."""
    prefix = prefix.lower()
    ids = entries.keys("model")
    bare = [] if "/" in prefix else [name.rpartition("/")[2] for name in ids]
    return sorted({name for name in (*ids, *bare) if name.startswith(prefix)})


def close_names(entries: Entries, name: str) -> list[str]:
    """Up to three ids with names similar to `name`, the closest first."""
    from ecocli.catalog.model_spellings import suggestions

    return suggestions(entries, name)


def _known(entries: Entries, name: str, provider_id: str | None) -> ModelMatch | None:
    """Match by exact id, alias or suffix; None for an unknown name."""
    forms = list(dict.fromkeys(candidates(name)))
    if provider_id:
        # the same name at another host is another deployment: groq's llama runs on LPUs
        host = normalised(provider_id)
        forms[:0] = [f"{host}/{form}" for form in forms[:2]]
    for form in forms:
        target = entries.get("model-name", form)
        if target:
            return _match(entries, target["id"], "exact" if name.strip().lower() == target["id"] else "alias")
    from ecocli.catalog.model_spellings import find  # not needed for most names

    found = find(entries, name, provider_id)
    return _match(entries, found.model_id, found.match) if found else None


def _match(entries: Entries, model_id: str, match: str, widening: float = 1.0, *warnings: str) -> ModelMatch:
    body = entries.get("model", model_id)
    if body is None:  # cannot happen: the compiler checks every reference
        raise UnknownModel(model_id)
    return ModelMatch(ModelSpec.from_json(body["spec"]), match, _wider(widening, body["widening"]), warnings)


def _wider(step: float, product: float) -> float:
    """Combine two independent x/÷ factors: their logarithms add in squares. [1]"""
    from math import exp, hypot, log

    return exp(hypot(log(step), log(product))) if step > 1 and product > 1 else step * product


def _class(entries: Entries, name: str | None, provider_id: str | None) -> ModelMatch:
    from ecocli.catalog import model_fallbacks as fallbacks  # not needed for known names

    return fallbacks.class_match(entries, name, provider_id)


def _family(entries: Entries, name: str) -> ModelMatch | None:
    from ecocli.catalog import model_fallbacks as fallbacks
    from ecocli.catalog.model_families import family_of

    family = family_of(entries, name)
    if family is None:
        return None
    warning = f"{quoted(name)} is not in the catalogue: taken as {family.model_id}, of the same family"
    found = _match(entries, family.model_id, "family", fallbacks.FAMILY_WIDENING, warning)
    return fallbacks.smaller_match(entries, name, found.spec) if family.is_smaller else found


def _provider_default(entries: Entries, provider_id: str | None) -> ModelMatch:
    default: dict[str, Any] | None = entries.get("model-default", normalised(provider_id)) if provider_id else None
    if default is None:
        return _class(entries, None, provider_id)
    from ecocli.catalog.model_fallbacks import DEFAULT_WIDENING

    warning = f"no model was named: taken as {default['id']}, {default['reason']}"
    return _match(entries, default["id"], "provider_default", DEFAULT_WIDENING, warning)


def _catalog_model(body: dict[str, Any]) -> CatalogModel:
    fields = {name: body[name] for name in CatalogModel._fields if name not in ("spec", "aliases")}
    return CatalogModel(spec=ModelSpec.from_json(body["spec"]), aliases=tuple(body["aliases"]), **fields)
