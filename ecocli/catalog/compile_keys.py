"""Compile what resolves the spellings of models: keys of names, and the active share of sizes."""

from ecocli.catalog.model_parts import key_of, states_size, words_of
from ecocli.catalog.model_phrases import Words, is_suffix
from ecocli.catalog.model_sizes import SPARSE_FROM_B, stated_size
from ecocli.catalog.schema_models import ModelsFile

TUNED = ("instruct", "it")


def model_keys(names: dict[str, dict[str, str]]) -> dict[str, str]:
    """Key of every name to its model's id, then keys without what a stated size makes needless: the release, and the active part."""
    keys: dict[str, str] = {}
    spelt = [(words_of(name), target["id"]) for name, target in names.items()]
    for words, model_id in spelt:
        keys.setdefault(key_of(words), model_id)
    for words, model_id in spelt:
        undated = _undated(words)
        if keys.setdefault(key_of(undated[-1]), model_id) == model_id:  # otherwise a release is not the one that is meant
            for shorter in undated:
                keys.setdefault(key_of(shorter), model_id)
        keys.setdefault(key_of([word for word in undated[-1] if not _is_active(word)]), model_id)
    return keys


def active_shares(file: ModelsFile) -> dict[str, float]:
    """Active share of the parameters by the total that names state in B, where all large open models of that size agree. [1]"""
    found: dict[str, set[float]] = {}
    for model in file.models:
        base = file.architectures[model.base]
        sizes = {size.total_b for name in (model.id, *model.aliases) if (size := stated_size(name))}
        if base.size_basis == "fact" and model.open_weights:
            for total_b in sizes:
                if total_b >= SPARSE_FROM_B and 0.9 <= total_b / base.total_params_b.value <= 1.1:
                    found.setdefault(f"{total_b:g}", set()).add(base.active_params_b.value / base.total_params_b.value)
    return {size: max(shares) for size, shares in found.items() if max(shares) <= 1.1 * min(shares)}


def _undated(words: Words) -> list[Words]:
    """A name, and where it states a size also without what stands behind: `-2512`, then `-instruct`."""
    found = [words]
    while states_size(words[:-1]) and (words[-1] in TUNED or is_suffix(words[-1:], releases=True)):
        words = words[:-1]
        found.append(words)
    return found


def _is_active(word: str) -> bool:
    """`a22b`."""
    return word[0] == "a" and word[1:2].isdecimal() and states_size((word,))
