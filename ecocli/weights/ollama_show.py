"""A model by Ollama's answer to /api/show."""

from collections.abc import Iterator, Mapping
from math import prod
from typing import Any

from ecocli.core.quantity import Estimate
from ecocli.errors import quoted
from ecocli.estimator.eco2.formats import find_format, weight_format
from ecocli.weights import gguf_model
from ecocli.weights.described import Described, NotUnderstoodModel
from ecocli.weights.gguf import Tensor

BILLION = 1e9
SOURCE = "answer of Ollama to /api/show"


def matches(document: Mapping[str, Any]) -> bool:
    return isinstance(document.get("model_info"), Mapping) and isinstance(document.get("details"), Mapping)


def read(document: Mapping[str, Any], where: str) -> Described:
    """The sizes of a model. NotUnderstoodModel where the answer does not tell them."""
    from dataclasses import replace

    info, details = document["model_info"], document["details"]
    tensors = list(_tensors(document.get("tensors")))
    found = gguf_model.described(info, tensors, SOURCE) if tensors else _by_count(info, where)
    if found is None:
        raise NotUnderstoodModel(f"{where}: model_info states no architecture with its layers")
    abilities = document.get("capabilities")
    abilities = abilities if isinstance(abilities, list) else []
    reasoning = ("optional" if "thinking" in abilities else "no") if abilities else None
    return replace(found, has_vision="vision" in abilities, reasoning=reasoning, weight_bits=_bits(details))


def _by_count(info: Mapping[str, Any], where: str) -> Described | None:
    """By the number of parameters and the sizes of the experts."""
    family, total = info.get("general.architecture"), info.get("general.parameter_count")
    if not isinstance(total, int) or isinstance(total, bool) or not 0 < total < 10**14:
        raise NotUnderstoodModel(f"{where}: general.parameter_count must be a number of parameters, not {quoted(total)}")

    def number(key: str) -> int:
        value = info.get(f"{family}.{key}")
        return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 10**9 else 0

    layers = number("block_count")
    if not isinstance(family, str) or not layers or layers > 10_000:
        return None
    own = layers - number("nextn_predict_layers")
    experts, used = number("expert_count"), number("expert_used_count")
    active = float(total)
    if experts:
        if not 0 < used <= experts:
            raise NotUnderstoodModel(f"{where}: {family}.expert_used_count: a token cannot use {used} of {experts} experts")
        hidden = number("expert_feed_forward_length") or number("feed_forward_length")
        # an expert has three matrices
        active -= (own - number("leading_dense_block_count")) * (experts - used) * 3 * hidden * number("embedding_length")
        if not hidden or active <= 0:
            raise NotUnderstoodModel(f"{where}: the size of an expert cannot be told from model_info")
    return Described(
        source=SOURCE,
        total_params_b=Estimate.exactly(total / BILLION),
        active_params_b=Estimate.exactly(active / BILLION),
        name=None,
        **gguf_model.shape(info, family, own),
    )


def _tensors(stated: Any) -> Iterator[Tensor]:
    for one in stated if isinstance(stated, list) else ():
        dims = one.get("shape") if isinstance(one, Mapping) else None
        if isinstance(dims, list) and len(dims) <= 4 and all(isinstance(size, int) and 0 <= size <= 10**9 for size in dims):
            yield Tensor(str(one.get("name")), prod(dims), None)


def _bits(details: Mapping[str, Any]) -> float | None:
    """Mean size of a stored weight by the name of the quantization. [bit]"""
    level = details.get("quantization_level")
    found = find_format(level) if isinstance(level, str) else None
    return weight_format(found).stored_bits if found else None
