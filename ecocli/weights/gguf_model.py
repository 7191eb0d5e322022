"""A model by the metadata and tensors of its GGUF files; what Ollama shows has the same keys."""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ecocli.core.quantity import Estimate
from ecocli.errors import BadData, quoted
from ecocli.weights import gguf, kv_cache
from ecocli.weights.described import Described, NotUnderstoodModel
from ecocli.weights.gguf import Tensor

BILLION = 1e9
EXPERTS = re.compile(r"ffn_(gate|up|down|gate_up)_exps\.")
"""Tensors that hold one matrix of every expert of a layer."""
LAYER = re.compile(r"blk\.(\d+)\.")
WINDOW_EVERY = {"gemma2": 2, "gemma3": 6, "gpt-oss": 2, "gptoss": 2, "cohere2": 4}
"""Every n-th layer looks back over all of the context, by architecture: the files do not say."""
NOT_ATTENTION = ("ssm.", "wkv.", "shortconv.", "full_attention_interval")
"""Keys of models with layers that keep no cache of every token."""


def read(path: Path) -> Described:
    """The sizes of a model in one or several files. BadData for a file that is damaged or missing."""
    first = gguf.read(path)
    tensors: list[Tensor] = []
    for part in gguf.parts(path, first):
        if not part.exists():
            raise BadData(f"{quoted(str(part), 200)} is missing: the model is split over several files", code="bad-gguf")
        tensors += gguf.read(part).tensors if part != path else first.tensors
    metadata = gguf.read(next(iter(gguf.parts(path, first)))).metadata
    found = described(metadata, tensors, f"header of {path.name}")
    if found is None:
        raise NotUnderstoodModel(f"{quoted(str(path), 200)} states no architecture, or holds no weights of a language model")
    return found


def described(metadata: Mapping[str, Any], tensors: Sequence[Tensor], source: str) -> Described | None:
    """The sizes that metadata and tensors tell; None where they are no language model's."""
    family = metadata.get("general.architecture")
    layers = _number(metadata, family, "block_count")
    if not isinstance(family, str) or not layers or layers > 10_000:
        return None
    own = layers - (_number(metadata, family, "nextn_predict_layers") or 0)
    tensors = [tensor for tensor in tensors if _layer(tensor) < own]
    total = sum(tensor.elements for tensor in tensors)
    if not total:
        return None
    share = _idle_share(metadata, family)
    idle = share * sum(tensor.elements for tensor in tensors if EXPERTS.search(tensor.name))
    return Described(
        source=source,
        total_params_b=Estimate.exactly(total / BILLION),
        active_params_b=_active(total, idle, _embedding(tensors)),
        weight_bits=_bits(tensors),
        name=_name(metadata),
        **shape(metadata, family, own),
    )


def shape(metadata: Mapping[str, Any], family: str, layers: int) -> dict[str, Any]:
    """What metadata say besides the number of parameters, as fields of a Described."""
    is_hybrid = any(key.startswith(f"{family}.{mark}") for key in metadata for mark in NOT_ATTENTION)
    context = _number(metadata, family, "context_length")
    kept = _kept(metadata, family, layers)
    windows = _windows(metadata, family, layers)
    has_cache = kept is not None and windows is not None and not is_hybrid
    kind = "hybrid" if is_hybrid else "moe" if _number(metadata, family, "expert_count") else "dense"
    return {
        "architecture": kind,
        "kv_bytes_per_token": kv_cache.bytes_per_token(kept, windows, context) if has_cache and kept and windows and any(kept) else None,
        "attention": kv_cache.described(_attention(metadata, family), windows) if has_cache and windows else None,
        "layers": layers,
        "context_tokens": context or None,
    }


def _layer(tensor: Tensor) -> int:
    found = LAYER.match(tensor.name)
    return int(found[1]) if found else -1


def _number(metadata: Mapping[str, Any], family: Any, key: str) -> int | None:
    value = metadata.get(f"{family}.{key}")
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 10**9 else None


def _numbers(metadata: Mapping[str, Any], family: str, key: str, layers: int) -> list[int] | None:
    """A number for each layer, which may be stated once for all."""
    value = metadata.get(f"{family}.{key}")
    if isinstance(value, list):
        return value[:layers] if len(value) >= layers and all(isinstance(one, int) and 0 <= one <= 10**9 for one in value) else None
    one = _number(metadata, family, key)
    return None if one is None else [one] * layers


def _idle_share(metadata: Mapping[str, Any], family: str) -> float:
    """The share of the experts that a token is not sent to."""
    experts, used = _number(metadata, family, "expert_count") or 0, _number(metadata, family, "expert_used_count") or 0
    if not experts:
        return 0.0
    if not 0 < used <= experts:
        raise NotUnderstoodModel(f"{family}.expert_used_count: a token cannot use {used} of {experts} experts")
    return 1 - used / experts


def _embedding(tensors: Iterable[Tensor]) -> int:
    """Weights of the table of input embeddings, where the output has one of its own; else 0."""
    sizes = {tensor.name: tensor.elements for tensor in tensors}
    return sizes.get("token_embd.weight", 0) if "output.weight" in sizes else 0


def _active(total: float, idle: float, embedding: float) -> Estimate:
    """Parameters that a token is computed with, in B; makers of sparse models differ on the table of input embeddings."""
    active = (total - idle) / BILLION
    return Estimate(active - embedding / BILLION if idle else active, active, active)


def _bits(tensors: Sequence[Tensor]) -> float | None:
    """Mean size of a weight; None where a type is not known. [bit]"""
    sized = [(tensor.elements, tensor.bits) for tensor in tensors]
    if not sized or any(bits is None for _, bits in sized):
        return None
    return sum(count * (bits or 0.0) for count, bits in sized) / sum(count for count, _ in sized)


def _kept(metadata: Mapping[str, Any], family: str, layers: int) -> list[int] | None:
    """Numbers that each layer keeps of a token; None where that is not stated."""
    latent, rotary = _number(metadata, family, "attention.kv_lora_rank"), _number(metadata, family, "rope.dimension_count")
    if latent:
        return None if rotary is None else [latent + rotary] * layers
    heads = _number(metadata, family, "attention.head_count")
    kept = _numbers(metadata, family, "attention.head_count_kv", layers) or _numbers(metadata, family, "attention.head_count", layers)
    width = _number(metadata, family, "embedding_length")
    key = _number(metadata, family, "attention.key_length") or (width // heads if width and heads else None)
    value = _number(metadata, family, "attention.value_length") or key
    return None if kept is None or key is None or value is None else [one * (key + value) for one in kept]


def _windows(metadata: Mapping[str, Any], family: str, layers: int) -> list[int | None] | None:
    """How far each layer looks back; None where some look back over a window, and the file does not say which."""
    window = _number(metadata, family, "attention.sliding_window")
    if not window:
        return [None] * layers
    pattern = metadata.get(f"{family}.attention.sliding_window_pattern")
    if isinstance(pattern, list) and len(pattern) >= layers:
        return [window if narrow else None for narrow in pattern[:layers]]
    every_nth = pattern if isinstance(pattern, int) and not isinstance(pattern, bool) and pattern > 0 else WINDOW_EVERY.get(family)
    return None if every_nth is None else [None if (layer + 1) % every_nth == 0 else window for layer in range(layers)]


def _attention(metadata: Mapping[str, Any], family: str) -> str:
    if _number(metadata, family, "attention.kv_lora_rank"):
        return "MLA"
    heads, kept = (_number(metadata, family, f"attention.{key}") for key in ("head_count", "head_count_kv"))
    return "MHA" if kept in (None, heads) else "MQA" if kept == 1 else "GQA"


def _name(metadata: Mapping[str, Any]) -> str | None:
    name = metadata.get("general.name")
    return "-".join(name.split()) or None if isinstance(name, str) and name.isprintable() else None
