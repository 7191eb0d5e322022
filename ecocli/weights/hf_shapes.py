"""The architectures of transformers whose parameters eco can count, by `model_type`: what a config.json leaves to its class."""

from collections.abc import Mapping
from dataclasses import field

from ecocli.util.valueclass import value_class


@value_class(frozen=True, slots=True)
class Shape:
    """What all models of a type have in common."""

    gated: bool = True
    """Three matrices in a layer's MLP; otherwise two."""
    tied: bool = False
    """Where the config is silent, one table serves input and output."""
    experts: str = ""
    """How experts are stated: `plain` (every layer), `qwen`, `deepseek` or `llama4`; empty for a dense model."""
    window_every: int | None = None
    """Where the config is silent, every n-th layer looks back over all of the context, the others over the window; 0 for none in full."""
    defaults: Mapping[str, int] = field(default_factory=dict)
    """Values of the class for keys that configs leave out."""


_DENSE = Shape()
_GEMMA3 = {"vocab_size": 262_208, "num_attention_heads": 8, "num_key_value_heads": 4, "head_dim": 256, "sliding_window": 4096, "max_position_embeddings": 131_072}

SHAPES: dict[str, Shape] = {
    **dict.fromkeys(("llama", "qwen2", "qwen3", "olmo", "olmo2", "olmo3", "granite", "glm", "glm4", "seed_oss", "exaone4", "stablelm"), _DENSE),
    **dict.fromkeys(("qwen2_vl", "qwen2_vl_text", "qwen2_5_vl", "qwen2_5_vl_text", "qwen3_vl_text"), _DENSE),
    **dict.fromkeys(("mistral", "ministral3", "phi3"), Shape(window_every=0)),
    "smollm3": Shape(tied=True),
    "nemotron": Shape(gated=False),
    "gemma": Shape(tied=True, defaults={"head_dim": 256}),
    "gemma2": Shape(tied=True, window_every=2, defaults={"head_dim": 256, "vocab_size": 256_000}),
    "gemma3_text": Shape(tied=True, window_every=6, defaults=_GEMMA3),
    "cohere": Shape(tied=True),
    "cohere2": Shape(tied=True, window_every=4),
    "mixtral": Shape(experts="plain", window_every=0),
    "phimoe": Shape(experts="plain", window_every=0),
    "olmoe": Shape(experts="plain"),
    "minimax_m2": Shape(experts="plain"),
    "gpt_oss": Shape(experts="plain", window_every=2),
    **dict.fromkeys(("qwen2_moe", "qwen3_moe", "qwen3_vl_moe_text"), Shape(experts="qwen")),
    **dict.fromkeys(("deepseek_v2", "deepseek_v3", "kimi_k2", "glm4_moe", "glm4_moe_lite", "dots1"), Shape(experts="deepseek")),
    "llama4_text": Shape(experts="llama4"),
}
