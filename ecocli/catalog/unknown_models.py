"""Matches for names that the catalogue does not have: an embedding, a model at home, a relative, or a size class."""

from typing import NamedTuple

from ecocli.catalog import model_fallbacks as fallbacks
from ecocli.catalog import own_machines
from ecocli.catalog.entries import Entries
from ecocli.catalog.modalities import DOCUMENTS, EMBEDDING, modality_of
from ecocli.catalog.model_families import family_of
from ecocli.core.matches import UNKNOWN, ModelMatch
from ecocli.core.specs import ModelSpec
from ecocli.errors import BadCatalog, UnsupportedModality, quoted

UNSIZED = frozenset(("class:small", "class:medium", "class:large", "class:unknown", "class:embedding"))
"""Classes that a name goes to which states no size."""


class Relative(NamedTuple):
    """A model of the catalogue that another one of its family is taken for."""

    model_id: str
    widening: float
    warning: str


def taken_for(entries: Entries, name: str, provider_id: str | None, provider: str | None, *, at_ollama: bool, embeds: bool) -> ModelMatch | Relative:
    """
    The best that can be said of an unknown name.

    Args:
        provider: As written.
        at_ollama: Ollama served the call.
        embeds: The payload is that of an embedding, whatever the name.

    Raises:
        UnsupportedModality: It is the name of a model of images, speech and the like.
    """
    kind = EMBEDDING if embeds else modality_of(name, provider)
    found = fallbacks.class_match(entries, name, provider_id)
    states_size = found.spec.id not in UNSIZED
    if kind == DOCUMENTS and states_size:
        kind = None  # a language model that reads pictures of pages
    if kind and kind != EMBEDDING:
        raise UnsupportedModality(name, kind)
    if states_size:
        return found if kind else _relative(entries, name) or found
    if kind:
        return embedding(entries)
    if own_machines.is_own(entries, name, provider_id, at_ollama):
        return _of_class(entries, "own-machine", "a small model, as people run them on machines of their own")
    return _relative(entries, name) or found


def embedding(entries: Entries) -> ModelMatch:
    """The class of embeddings and rerankers."""
    return _of_class(entries, "embedding", "an embedding model")


def _of_class(entries: Entries, size_class: str, what: str) -> ModelMatch:
    body = entries.get("model-class", size_class)
    if body is None:
        raise BadCatalog(f"the compiled catalogue has no class {size_class!r}", "reinstall ecocli")
    warning = f"{UNKNOWN}: taken as {what}"
    return ModelMatch(ModelSpec.from_json(body["spec"]), "class", fallbacks.CLASS_WIDENING, (warning,))


def _relative(entries: Entries, name: str) -> ModelMatch | Relative | None:
    family = family_of(entries, name)
    if family is None:
        return None
    if family.is_smaller:
        body = entries.get("model", family.model_id)
        return fallbacks.smaller_match(entries, name, ModelSpec.from_json(body["spec"])) if body else None
    warning = f"{quoted(name)} is not in the catalogue: taken as {family.model_id}, of the same family"
    return Relative(family.model_id, fallbacks.FAMILY_WIDENING, warning)
