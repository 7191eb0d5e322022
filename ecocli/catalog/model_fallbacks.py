"""Fallbacks for unknown model names: the family, or else the size class that words and sizes in the name suggest."""

import re
from dataclasses import replace
from typing import Any, NamedTuple

from ecocli.catalog.entries import Entries
from ecocli.catalog.model_names import candidates, normalised
from ecocli.core.factors import Factor
from ecocli.core.matches import ModelMatch
from ecocli.core.specs import ModelSpec
from ecocli.errors import BadCatalog

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

SIZE = re.compile(r"(?<![a-z0-9])(?:([0-9]{1,2})x)?([0-9]{1,4}(?:\.[0-9]{1,2})?)b(?![a-z0-9])")
ACTIVE = re.compile(r"(?<![a-z0-9])a([0-9]{1,3}(?:\.[0-9]{1,2})?)b(?![a-z0-9])")
WORD = re.compile(r"[a-z]+")

TAKEN_AS = {
    "small": "a small model, as its name suggests",
    "medium": "a medium model, as its name suggests",
    "large": "a large model, as its name suggests",
    "embedding": "an embedding model, as its name suggests",
    "unknown": "a medium model, with a range from small to large",
}

NAME_SOURCE = "The size that the model's name states. ecocli, 2026"
DENSE_BELOW_B = 100.0
"""Most new models above this size are mixtures of experts, so the low bound of active parameters is lower. [B]"""


class StatedSize(NamedTuple):
    """Parameters stated by a model's name. [B]"""

    total_b: float
    active_b: float
    active_low_b: float


def family_of(entries: Entries, name: str) -> str | None:
    """Id of the representative of the most specific family that matches a name; None without a match."""
    if stated_size(name):
        return None  # a stated size is better evidence than a family, which spans many sizes
    bare = normalised(name.rpartition("/")[2])
    forms = {form.rpartition("/")[2] for form in candidates(name)} | {bare}
    words = set(WORD.findall(bare))
    fits = [
        (len(family["words"]), len(start), family["id"], family["model"])
        for family in entries.get("model-family", "all") or ()
        for start in family["start"]
        if words.issuperset(family["words"]) and _begins(start, forms)
    ]
    return max(fits)[-1] if fits else None


def class_match(entries: Entries, name: str | None, provider_id: str | None) -> ModelMatch:
    """The size class of a name, or of a call without one; there always is one."""
    size = stated_size(name) if name else None
    words = set(WORD.findall(name.lower())) if name else set()
    size_class = next((c for c in ("embedding", "small", "large", "medium") if _has_word(entries, c, words)), "unknown")
    spec = ModelSpec.from_json(_body(entries, "model-class", "unknown" if size else size_class)["spec"])
    spec = replace(spec, developer=provider_id or "unknown")
    if size:
        spec = _with_size(entries, spec, size)
        warning = f"the model is not in the catalogue: taken as a {size.total_b:g} B model, as its name says"
        return ModelMatch(spec, "class", SIZE_WIDENING, (warning,))
    subject = "the model is not in the catalogue" if name else "no model was named, and the provider has no default"
    return ModelMatch(spec, "class", CLASS_WIDENING, (f"{subject}: taken as {TAKEN_AS[size_class]}",))


def stated_size(name: str) -> StatedSize | None:
    """
    The size that a name states, or None.

    >>> stated_size("foo-13b")
    StatedSize(total_b=13.0, active_b=13.0, active_low_b=13.0)
    >>> stated_size("foo-30b-a3b")
    StatedSize(total_b=30.0, active_b=3.0, active_low_b=3.0)
    """
    name = name.lower().replace("_", "-")
    found, stated_active = SIZE.search(name), ACTIVE.search(name)
    if not found or not 0 < float(found[2]) <= 5000:
        return None
    total = float(found[2])
    if found[1]:
        return _experts(int(found[1]), total)
    if stated_active and 0 < float(stated_active[1]) <= total:
        return StatedSize(total, float(stated_active[1]), float(stated_active[1]))
    return StatedSize(total, total, total if total < DENSE_BELOW_B else total / 20)


def _experts(count: int, expert_b: float) -> StatedSize | None:
    """Size of a name such as 8x7b, by Mixtral: 8x7B has 46.7 B of 56 in total and 12.9 B active, 8x22B 140.6 B of 176 and 39.1 B."""
    total = 0.82 * count * expert_b
    active = min(total, 1.8 * expert_b)
    return StatedSize(total, active, active) if count else None


def kv_by_rule(rule: dict[str, Any], active_params_b: float) -> Factor:
    """
    Size of the KV cache where it is not published: at_1b * active_params_b ** exponent, x/÷ spread. [bytes/token]

    The exponent and the spread come from the open models in the catalogue.
    """
    value = rule["at_1b"] * active_params_b ** rule["exponent"]
    spread = rule["spread"]
    return Factor(value, value / spread, value * spread, "bytes/token", rule["source"], rule["year"], "derived")


def _with_size(entries: Entries, spec: ModelSpec, size: StatedSize) -> ModelSpec:
    total = Factor(size.total_b, size.total_b, size.total_b, "B", NAME_SOURCE, 2026, "assumed")
    return replace(
        spec,
        id=f"class:{size.total_b:g}b",
        architecture="moe" if size.active_b < size.total_b else "dense",
        total_params_b=total,
        active_params_b=replace(total, value=size.active_b, low=size.active_low_b, high=size.active_b),
        kv_bytes_per_token=kv_by_rule(_body(entries, "meta", "models")["kv_rule"], size.active_b),
        size_basis="estimate",
        notes=(),
    )


def _begins(start: str, forms: set[str]) -> bool:
    """True when a form starts with `start` and no letter follows: `o` matches `o5-mini` and not `olmo`."""
    return any(form.startswith(start) and not form[len(start) : len(start) + 1].isalpha() for form in forms)


def _body(entries: Entries, kind: str, key: str) -> dict[str, Any]:
    body: dict[str, Any] | None = entries.get(kind, key)
    if body is None:
        raise BadCatalog(f"the compiled catalogue has no {kind} {key!r}", "reinstall ecocli")
    return body


def _has_word(entries: Entries, size_class: str, words: set[str]) -> bool:
    return not words.isdisjoint((entries.get("model-class", size_class) or {}).get("words", ()))
