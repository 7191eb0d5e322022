"""Fallbacks for unknown model names: the family, or else the size class that words and sizes in the name suggest."""

from dataclasses import replace
from typing import Any

from ecocli.catalog.entries import Entries
from ecocli.catalog.model_families import class_words, is_embedding, words_in
from ecocli.catalog.model_sizes import StatedSize, stated_size
from ecocli.core.factors import Factor
from ecocli.core.matches import UNKNOWN, ModelMatch
from ecocli.core.specs import ModelSpec
from ecocli.errors import BadCatalog, quoted

FAMILY_WIDENING = 1.5
"""
x/÷ by which resolving to a family widens the energy range. [1]

From one release to the next the sizes assumed here change by x/÷1.4 (GPT-5.1 to 5.2) to 3 (Opus 4.1 to 4.5), and
energy grows with about the 0.85th power of size. The representative's own range comes on top.
"""
CLASS_WIDENING = 2.2
"""
x/÷ by which resolving to a class widens the energy range. [1]

The energies of neighbouring classes differ by x/÷2.5 to 3.5, and a word such as "pro" is weak evidence for one.
"""
SIZE_WIDENING = 1.5
"""x/÷ when the name states the size, so that only the architecture is unknown. [1]"""
DEFAULT_WIDENING = 2.0
"""x/÷ when no model was named: a provider's small and large models differ by x/÷3 from its usual chat model. [1]"""

SMALLER_TOTAL, SMALLER_ACTIVE, SMALLER_SPREAD = 0.2, 0.33, 4.0
"""
Total and active parameters of a family's small model by those of its main one, and the x/÷ spread of both. [1]

Medians of 15 pairs of the catalogue, such as GPT-5.4 and its mini, Sonnet and Haiku, gpt-oss 120b and 20b; the totals
run from 0.04 to 0.5.
"""

TAKEN_AS = {
    "small": "a small model, as its name suggests",
    "medium": "a medium model, as its name suggests",
    "large": "a large model, as its name suggests",
    "embedding": "an embedding model, as its name suggests",
    "unknown": "a medium model, with a range from small to large",
}

NAME_SOURCE = "The size that the model's name states. ecocli, 2026"


def class_match(entries: Entries, name: str | None, provider_id: str | None) -> ModelMatch:
    """The size class of a name, or of a call without one; there always is one."""
    size = stated_size(name) if name else None
    size_class = _class_of(entries, name) if name else "unknown"
    based_on = "unknown" if size and size_class != "embedding" else size_class
    spec = replace(_class_spec(entries, based_on), developer=provider_id or "unknown")
    if size:
        size = _as_of_known(entries, size)
        spec = _with_size(entries, spec, size)
        says = "as its name says" if size.total_spread == 1 else f"of which {size.active_b:g} B are active, as its name says"
        warning = f"{UNKNOWN}: taken as a {size.total_b:.4g} B model, {says}"
        return ModelMatch(spec, "class", SIZE_WIDENING, (warning,))
    subject = UNKNOWN if name else "no model was named, and the provider has no default"
    return ModelMatch(spec, "class", CLASS_WIDENING, (f"{subject}: taken as {TAKEN_AS[size_class]}",))


def smaller_match(entries: Entries, name: str, sibling: ModelSpec) -> ModelMatch:
    """A smaller sibling of a model, where the catalogue has none of its family."""
    total_b = float(f"{SMALLER_TOTAL * sibling.total_params_b.value:.3g}")
    active_b = min(total_b, SMALLER_ACTIVE * sibling.active_params_b.value)
    size = StatedSize(total_b, active_b, active_b / SMALLER_SPREAD, active_b * SMALLER_SPREAD, SMALLER_SPREAD)
    spec = replace(_class_spec(entries, "small"), developer=sibling.developer)
    spec = _with_size(entries, spec, size, f"Smaller models of a family, beside {sibling.id}. ecocli, 2026")
    warning = f"{quoted(name)} is not in the catalogue: taken as a {total_b:g} B model, a smaller one than {sibling.id}"
    return ModelMatch(spec, "class", SIZE_WIDENING, (warning,))


def kv_by_rule(rule: dict[str, Any], active_params_b: float) -> Factor:
    """
    Size of the KV cache where it is not published: at_1b * active_params_b ** exponent, x/÷ spread. [bytes/token]

    The exponent and the spread come from the open models in the catalogue.
    """
    value = rule["at_1b"] * active_params_b ** rule["exponent"]
    spread = rule["spread"]
    return Factor(value, value / spread, value * spread, "bytes/token", rule["source"], rule["year"], "derived")


def _as_of_known(entries: Entries, size: StatedSize) -> StatedSize:
    """A size without an active part, centred on that of the known models of just this size: 405 B is Llama's, as are those tuned from it."""
    share = entries.get("model-size", f"{size.total_b:g}") if size.active_low_b < size.active_high_b else None
    if share is None:
        return size
    active_b = share * size.total_b
    return size._replace(active_b=active_b, active_low_b=min(active_b, size.active_low_b))


def _with_size(entries: Entries, spec: ModelSpec, size: StatedSize, source: str = NAME_SOURCE) -> ModelSpec:
    total = Factor(size.total_b, size.total_b / size.total_spread, size.total_b * size.total_spread, "B", source, 2026, "assumed")
    return replace(
        spec,
        id=f"class:{size.total_b:.4g}b",
        architecture="moe" if size.active_b < size.total_b else "dense",
        total_params_b=total,
        active_params_b=Factor(size.active_b, size.active_low_b, size.active_high_b, "B", source, 2026, "assumed"),
        kv_bytes_per_token=kv_by_rule(_body(entries, "meta", "models")["kv_rule"], size.active_b),
        size_basis="estimate",
    )


def _class_of(entries: Entries, name: str) -> str:
    if is_embedding(entries, name):
        return "embedding"
    words = words_in(name)
    return next((c for c in ("small", "large", "medium") if not words.isdisjoint(class_words(entries, c))), "unknown")


def _class_spec(entries: Entries, size_class: str) -> ModelSpec:
    return ModelSpec.from_json(_body(entries, "model-class", size_class)["spec"])


def _body(entries: Entries, kind: str, key: str) -> dict[str, Any]:
    body: dict[str, Any] | None = entries.get(kind, key)
    if body is None:
        raise BadCatalog(f"the compiled catalogue has no {kind} {key!r}", "reinstall ecocli")
    return body
