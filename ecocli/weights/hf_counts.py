"""
Parameters and cache of a transformer, counted from its config.json.

Norms and biases are left out: below a thousandth of a model.
"""

from typing import NamedTuple

from ecocli.weights.described import NotUnderstoodModel
from ecocli.weights.hf_fields import Fields
from ecocli.weights.hf_shapes import Shape

FULL, WINDOWED = ("full_attention",), {"sliding_attention": "sliding_window", "chunked_attention": "attention_chunk_size"}
"""Kinds of layers that keep keys and values; of the others the key that says how far they look back."""
MOST_LAYERS = 10_000


class Counts(NamedTuple):
    """Parameters by what reads them."""

    main: int
    """All but the table of input embeddings, and the experts that a token is not sent to."""
    embedding: int
    """A table of one row per word."""
    is_tied: bool
    """The output uses the same table, which is then in `main`."""
    unused: int
    """Of experts that a token is not sent to."""

    @property
    def total(self) -> int:
        return self.main + self.unused + (0 if self.is_tied else self.embedding)


def layers_of(config: Fields) -> int:
    layers = config.number("num_hidden_layers")
    if not 0 < layers <= MOST_LAYERS:
        raise NotUnderstoodModel(f"num_hidden_layers: {layers} layers are no model's")
    return layers


def counts(config: Fields, shape: Shape) -> Counts:
    """The parameters of a model."""
    width, layers = config.number("hidden_size"), layers_of(config)
    embedding = config.number("vocab_size") * width
    mlp, unused = (0, 0)
    for layer in range(layers):
        one, idle = _mlp(config, shape, layer)
        mlp, unused = mlp + one, unused + idle
    main = layers * _attention(config) + mlp + embedding
    return Counts(main, embedding, config.flag("tie_word_embeddings", shape.tied), unused)


def is_latent(config: Fields) -> bool:
    """True for multi-head latent attention, which keeps one compressed vector per token."""
    return bool(config.maybe("kv_lora_rank"))


def _attention(config: Fields) -> int:
    width, heads = config.number("hidden_size"), config.number("num_attention_heads")
    if not is_latent(config):
        size, kept = head_size(config), config.maybe("num_key_value_heads") or heads
        return 2 * width * size * (heads + kept)
    latent, rotary = config.number("kv_lora_rank"), config.number("qk_rope_head_dim")
    plain, value, query = config.number("qk_nope_head_dim"), config.number("v_head_dim"), config.maybe("q_lora_rank")
    queries = heads * (plain + rotary)
    return sum((
        query * (width + queries) if query else width * queries,
        width * (latent + rotary),
        latent * heads * (plain + value),
        heads * value * width,
    ))  # fmt: skip


def head_size(config: Fields) -> int:
    """Width of a head's keys."""
    stated = config.maybe("head_dim")
    return stated or config.number("hidden_size") // max(1, config.number("num_attention_heads"))


def _mlp(config: Fields, shape: Shape, layer: int) -> tuple[int, int]:
    """Parameters of a layer's MLP: those that a token uses, and those of the experts that it is not sent to."""
    width = config.number("hidden_size") * (3 if shape.gated else 2)
    if not has_experts(config, shape, layer):
        return width * config.number(*(("intermediate_size_mlp",) if shape.experts == "llama4" else ()), "intermediate_size"), 0
    experts, used = number_of_experts(config), config.number("num_experts_per_tok", "num_experts_per_token", "experts_per_token")
    if not 0 < used <= experts:
        raise NotUnderstoodModel(f"num_experts_per_tok: a token cannot use {used} of {experts} experts")
    expert = width * (config.number("intermediate_size") if shape.experts in ("plain", "llama4") else config.number("moe_intermediate_size"))
    router = config.number("hidden_size") * experts
    return used * expert + router + _shared(config, shape, expert, width), (experts - used) * expert


def number_of_experts(config: Fields) -> int:
    return config.number("num_local_experts", "num_experts", "n_routed_experts")


def _shared(config: Fields, shape: Shape, expert: int, width: int) -> int:
    """Parameters of the experts that every token uses."""
    if shape.experts == "llama4":
        return expert
    return (config.maybe("n_shared_experts") or 0) * expert + width * (config.maybe("shared_expert_intermediate_size") or 0)


def has_experts(config: Fields, shape: Shape, layer: int) -> bool:
    """True for a layer whose MLP is a mixture of experts."""
    if shape.experts == "qwen":
        step = config.maybe("decoder_sparse_step") or 1
        return layer not in (config.list("mlp_only_layers") or ()) and (layer + 1) % step == 0
    if shape.experts == "deepseek":
        return layer >= (config.maybe("first_k_dense_replace") or 0) and layer % (config.maybe("moe_layer_freq") or 1) == 0
    if shape.experts == "llama4":
        return (layer + 1) % (config.maybe("interleave_moe_layer_step") or 1) == 0
    return shape.experts == "plain"


def kept(config: Fields) -> int:
    """Numbers that a layer keeps of each token of context."""
    if is_latent(config):
        return config.number("kv_lora_rank") + config.number("qk_rope_head_dim")
    return 2 * head_size(config) * (config.maybe("num_key_value_heads") or config.number("num_attention_heads"))


def windows(config: Fields, shape: Shape) -> list[int | None]:
    """How many tokens each layer looks back; None for all. NotUnderstoodModel for layers of another kind than attention."""
    layers, kinds = layers_of(config), config.list("layer_types")
    if kinds is not None and len(kinds) >= layers:
        return [_window(config, kind) for kind in kinds[:layers]]
    if shape.experts == "llama4":
        chunk, every = config.maybe("attention_chunk_size"), config.maybe("no_rope_layer_interval") or 4
        return [None if (layer + 1) % every == 0 else chunk for layer in range(layers)]
    window = config.maybe("sliding_window")
    every_nth = config.maybe("sliding_window_pattern", "_sliding_window_pattern")
    every_nth = shape.window_every if every_nth is None else every_nth
    if not window or every_nth is None or not config.flag("use_sliding_window", True):
        return [None] * layers
    return [None if every_nth and (layer + 1) % every_nth == 0 else window for layer in range(layers)]


def _window(config: Fields, kind: object) -> int | None:
    if kind in FULL:
        return None
    if not isinstance(kind, str) or kind not in WINDOWED:
        raise NotUnderstoodModel("layer_types has layers of another kind than attention, which eco cannot count")
    return config.number(WINDOWED[kind])
