"""Resolve model names to specs. Each fallback is explicit, widens the range, and is named in the audit."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from ecocli.catalog.entries import Entries
from ecocli.catalog.model_names import candidates, normalised
from ecocli.core.matches import ModelMatch
from ecocli.core.specs import ModelSpec
from ecocli.errors import UnknownModel, quoted

OLLAMA = frozenset(("ollama", "ollama-chat", "ollama_chat"))
"""The provider, or the first part of a model's path, of calls that Ollama served; the first is its payload format, too."""
EMBEDDINGS = "openai-embeddings"
"""The payload format of embeddings."""


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


NEAR = 0.85
"""How much of a name is right where a letter or two are wrong, as difflib measures it."""
LATEST = 10**6
"""A day after all that the catalogue knows of. [day since 1970]"""


def resolve_model(
    entries: Entries, name: str | None, provider_id: str | None, fallback: bool, *,
    provider: str | None = None, format: str | None = None, is_own: bool = False, day: int = LATEST,
) -> ModelMatch:  # fmt: skip
    """
    Resolve a model's name: exact id, alias, id or alias without suffixes, then family and size class.

    Args:
        name: As written by a person or in a payload; None when no model was named.
        provider_id: The catalogue's id of the provider; it decides between hosts that serve the same model.
        fallback: Resolve an unknown name to its family or class.
        provider: The provider as written; at Ollama some names mean other models.
        format: The payload format, which may tell who served the call and what it counts.
        is_own: A machine of the caller's own computes it, where a name without its maker's path means what it means at Ollama.
        day: When the call was made, in UTC: some names stand for another model every few months. [day since 1970]

    Raises:
        UnknownModel: `name` is not known and `fallback` is false.
        UnsupportedModality: `name` is not known, and is that of a model of images, speech and the like.
    """
    if name is None:
        return _provider_default(entries, provider_id, format)
    found = _in_library(entries, name) if _is_ollama(name, provider, format) or (is_own and "/" not in name) else None
    return found or _known(entries, name, provider_id, day) or _unknown(entries, name, provider_id, provider, format, fallback)


def _unknown(entries: Entries, name: str, provider_id: str | None, provider: str | None, format: str | None, fallback: bool) -> ModelMatch:
    from ecocli.catalog.unknown_models import taken_for  # not needed for known names

    at_ollama = _is_ollama(name, provider, format)
    found = taken_for(entries, name, provider_id, provider, at_ollama=at_ollama, embeds=format == EMBEDDINGS)
    if not fallback:
        raise UnknownModel(name, close_names(entries, name))
    return found if isinstance(found, ModelMatch) else _match(entries, found.model_id, "family", found.widening, found.warning)


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


def misspelt(entries: Entries, name: str) -> str | None:
    """The id that a name is a slip of the pen for; None where it is like none, or has other digits: those make another model."""
    from difflib import SequenceMatcher

    wanted = normalised(name.rpartition("/")[2])
    found = next(iter(close_names(entries, name)), None)
    if found is None:
        return None
    own = normalised(found.rpartition("/")[2])
    is_near = SequenceMatcher(None, wanted, own).ratio() >= NEAR and _digits(wanted) == _digits(own)
    return found if is_near else None


def _digits(name: str) -> str:
    return "".join(filter(str.isdecimal, name))


def _is_ollama(name: str, provider: str | None, format: str | None) -> bool:
    return format == "ollama" or (provider or name.partition("/")[0]).strip().lower() in OLLAMA


def _in_library(entries: Entries, name: str) -> ModelMatch | None:
    """Match a name without a size by Ollama's library, which gives its size at least; None where the library lacks it."""
    from ecocli.catalog.own_machines import is_of_size, library_size

    found = library_size(entries, name)
    if found is None:
        return None
    library, size = found
    by_size = _class(entries, f"{library}:{size}", None)
    tagged = (f"{library}:{size}", f"{library}:{size.partition('-')[0]}")
    is_bare = library == name.strip().lower().rpartition("/")[2].removesuffix(":latest")
    # a bare name may be an older release elsewhere: Command R is that of March 2024 but in the library
    for sized in dict.fromkeys((*tagged, name) if is_bare else (name, *tagged)):
        known = _known(entries, sized, None, LATEST)
        if known and is_of_size(known.spec, by_size.spec):
            note = f"in Ollama's library {quoted(name)} is {library}:{size}"
            return replace(known, spec=replace(known.spec, notes=(*known.spec.notes, note)))
    stated = size.replace("b", " B").replace("-a", ", active ")
    return replace(by_size, warnings=(f"{quoted(name)} is not in the catalogue: taken as a model of {stated}, as Ollama's library says",))


def _known(entries: Entries, name: str, provider_id: str | None, day: int) -> ModelMatch | None:
    """Match by exact id, alias or suffix; None for an unknown name."""
    forms = list(dict.fromkeys(candidates(name)))
    if provider_id:
        # the same name at another host is another deployment: groq's llama runs on LPUs
        host = normalised(provider_id)
        forms[:0] = [f"{host}/{form}" for form in forms[:2]]
    for form in forms:
        target = entries.get("model-name", form)
        if target:
            how = "exact" if name.strip().lower() == target["id"] else "alias"
            return _moved(entries, target, name, provider_id, how, day) if "moves" in target else _match(entries, target["id"], how)
    from ecocli.catalog.model_spellings import find  # not needed for most names

    found = find(entries, name, provider_id)
    if found is None:
        return None
    target = entries.get("model-name", found.name) or {}
    return _moved(entries, target, name, provider_id, found.match, day) if "moves" in target else _match(entries, found.model_id, found.match)


def _moved(entries: Entries, target: dict[str, Any], name: str, provider_id: str | None, how: str, day: int) -> ModelMatch:
    """Match a name that stands for one model after another."""
    from ecocli.catalog.moving_names import span_on

    span = span_on(target["moves"], provider_id, how == "exact", day)
    if span is None:
        return _match(entries, target["id"], how)
    return span.noted(_match(entries, span.model_id, "suffix" if how == "suffix" else "alias"), name)


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


def _provider_default(entries: Entries, provider_id: str | None, format: str | None) -> ModelMatch:
    if format == EMBEDDINGS:
        from ecocli.catalog.unknown_models import embedding

        return embedding(entries)
    default: dict[str, Any] | None = entries.get("model-default", normalised(provider_id)) if provider_id else None
    if default is None:
        return _class(entries, None, provider_id)
    from ecocli.catalog.model_fallbacks import DEFAULT_WIDENING

    warning = f"no model was named: taken as {default['id']}, {default['reason']}"
    return _match(entries, default["id"], "provider_default", DEFAULT_WIDENING, warning)


def _catalog_model(body: dict[str, Any]) -> CatalogModel:
    fields = {name: body[name] for name in CatalogModel._fields if name not in ("spec", "aliases")}
    return CatalogModel(spec=ModelSpec.from_json(body["spec"]), aliases=tuple(body["aliases"]), **fields)
