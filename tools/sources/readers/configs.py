"""config.json files as Hugging Face's repositories have them, counted where all layers have the attention that is counted here."""

import json
from pathlib import Path
from typing import Any

from tools.sources.shape import Shape
from tools.sources.stated import Entry, Stated

OTHER_LAYERS = ("linear_num_value_heads", "hybrid_override_pattern", "layers_block_type", "block_configs", "hybrid_layer_pattern", "compress_ratios", "linear_attn_config", "interleave_moe_layer_step")
"""Keys of configurations whose layers differ: their parameters are not counted here."""
WINDOWS = ("sliding_window", "attention_chunk_size", "index_topk", "sparse_attention_config", "block_configs", "compress_ratios", "linear_attn_config")
"""Keys of configurations whose cache does not grow with the context in every layer of attention, or of which a token reads a part."""


def folder(path: Path) -> dict[str, Entry]:
    """A folder of OWNER--NAME_config.json, by OWNER/NAME; what differs in its layers is left out."""
    files = sorted(path.glob("*_config.json"))
    read = {file.name.removesuffix("_config.json").replace("--", "/", 1): json.loads(file.read_text("utf-8")) for file in files}
    return {name: entry for name, config in read.items() if (entry := counted(config))}


def counted(config: dict[str, Any]) -> Entry:
    """What can be counted of a configuration; of one with a vision tower only what a token of text uses."""
    text = config.get("text_config") or config
    if "hidden_size" not in text:
        return {}
    shape = _shape(text)
    entry = shape.entry(text.get("tie_word_embeddings", config.get("tie_word_embeddings", False)))
    if any(text.get(key) for key in OTHER_LAYERS):
        entry = {"kv_bytes_per_token": Stated.exactly(shape._replace(layers=_with_attention(text)).kv_bytes_per_token)}
    left_out = {"kv_bytes_per_token"} if any(text.get(key) for key in WINDOWS) else set()
    if "vision_config" in config:
        left_out |= {"total_params_b"} if shape.experts else {"total_params_b", "active_params_b"}
    return {key: value for key, value in entry.items() if key not in left_out}


def _layers(text: dict[str, Any]) -> int:
    return _first(text, "num_hidden_layers") or len(text["layers_block_type"])


def _with_attention(text: dict[str, Any]) -> int:
    """Layers that have attention, of which the others of a hybrid have none."""
    if pattern := text.get("hybrid_override_pattern"):
        return pattern.count("*")
    kinds = text.get("layers_block_type") or text.get("layer_types") or []
    return sum(kind in ("attention", "full_attention") for kind in kinds) or _layers(text) // text.get("full_attention_interval", 1)


def _shape(text: dict[str, Any]) -> Shape:
    heads = text["num_attention_heads"]
    experts = _first(text, "num_local_experts", "n_routed_experts", "num_experts")
    expert = _first(text, "moe_intermediate_size", "intermediate_size")
    return Shape(
        layers=_layers(text),
        hidden=text["hidden_size"],
        vocabulary=text["vocab_size"],
        heads=heads,
        kv_heads=_first(text, "num_key_value_heads") or heads,
        head=_first(text, "qk_nope_head_dim", "head_dim") or text["hidden_size"] // heads,
        feed_forward=_first(text, "intermediate_size_mlp", "intermediate_size"),
        experts=experts,
        chosen=_first(text, "num_experts_per_tok"),
        shared=_first(text, "n_shared_experts") + _first(text, "shared_expert_intermediate_size") // max(expert, 1),
        expert=expert,
        dense_layers=_first(text, "first_k_dense_replace"),
        query_rank=_first(text, "q_lora_rank"),
        latent=_first(text, "kv_lora_rank"),
        rotary=_first(text, "qk_rope_head_dim"),
        value_head=_first(text, "v_head_dim"),
    )


def _first(text: dict[str, Any], *keys: str) -> int:
    return next((text[key] for key in keys if text.get(key)), 0)
