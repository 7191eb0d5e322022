"""Parameters counted from the figures of public configurations, beside what their makers publish."""

import json
from typing import Any

import pytest

from ecocli.weights import hf_config
from ecocli.weights.described import NotUnderstoodModel

COMMON = {"torch_dtype": "bfloat16", "tie_word_embeddings": False}


def config(kind: str, width: int, layers: int, heads: int, kept: int, hidden: int, words: int, **more: Any) -> dict[str, Any]:
    return COMMON | {
        "model_type": kind, "hidden_size": width, "num_hidden_layers": layers, "num_attention_heads": heads, "num_key_value_heads": kept,
        "intermediate_size": hidden, "vocab_size": words,
    } | more  # fmt: skip


LLAMA_8B = config("llama", 4096, 32, 32, 8, 14336, 128256, max_position_embeddings=131072)
QWEN_30B = config("qwen3_moe", 2048, 48, 32, 4, 6144, 151936, head_dim=128, num_experts=128, num_experts_per_tok=8, moe_intermediate_size=768, decoder_sparse_step=1, mlp_only_layers=[])
LATENT = {"kv_lora_rank": 512, "q_lora_rank": 1536, "qk_nope_head_dim": 128, "qk_rope_head_dim": 64, "v_head_dim": 128}
DEEPSEEK_V3 = config(
    "deepseek_v3", 7168, 61, 128, 128, 18432, 129280, **LATENT, n_routed_experts=256, n_shared_experts=1, num_experts_per_tok=8, moe_intermediate_size=2048,
    first_k_dense_replace=3, moe_layer_freq=1, num_nextn_predict_layers=1, quantization_config={"quant_method": "fp8"},
)  # fmt: skip
KIMI_K2 = DEEPSEEK_V3 | {"model_type": "kimi_k2", "num_attention_heads": 64, "n_routed_experts": 384, "first_k_dense_replace": 1, "vocab_size": 163840}
GPT_OSS = config(
    "gpt_oss", 2880, 36, 64, 8, 2880, 201088, head_dim=64, num_local_experts=128, num_experts_per_tok=4, sliding_window=128,
    layer_types=["sliding_attention", "full_attention"] * 18, max_position_embeddings=131072, quantization_config={"quant_method": "mxfp4"},
)  # fmt: skip
SIGLIP = {"hidden_size": 1152, "num_hidden_layers": 27, "intermediate_size": 4304, "num_attention_heads": 16, "patch_size": 14, "model_type": "siglip_vision_model"}
GEMMA_27B = {
    "model_type": "gemma3", "torch_dtype": "bfloat16", "vision_config": SIGLIP,
    "text_config": {
        "model_type": "gemma3_text", "hidden_size": 5376, "intermediate_size": 21504, "num_hidden_layers": 62, "num_attention_heads": 32,
        "num_key_value_heads": 16, "head_dim": 128, "sliding_window": 1024,
    },
}  # fmt: skip
SCOUT_TEXT = config(
    "llama4_text", 5120, 48, 40, 8, 8192, 202048, head_dim=128, intermediate_size_mlp=16384, num_local_experts=16, num_experts_per_tok=1,
    interleave_moe_layer_step=1, attention_chunk_size=8192,
)  # fmt: skip

PUBLISHED = [
    # name, config, total, active: as the makers publish them
    ("Llama-3.1-8B", LLAMA_8B, 8.03, 8.03),
    ("Llama-3.3-70B", config("llama", 8192, 80, 64, 8, 28672, 128256), 70.6, 70.6),
    ("Llama-3.1-405B", config("llama", 16384, 126, 128, 8, 53248, 128256), 405.9, 405.9),
    ("Mistral-7B-v0.3", config("mistral", 4096, 32, 32, 8, 14336, 32768, sliding_window=None), 7.25, 7.25),
    ("Mixtral-8x7B", config("mixtral", 4096, 32, 32, 8, 14336, 32000, num_local_experts=8, num_experts_per_tok=2), 46.7, 12.9),
    ("Mixtral-8x22B", config("mixtral", 6144, 56, 48, 8, 16384, 32768, num_local_experts=8, num_experts_per_tok=2), 141, 39),
    ("Qwen3-0.6B", config("qwen3", 1024, 28, 16, 8, 3072, 151936, head_dim=128, tie_word_embeddings=True), 0.6, 0.6),
    ("Qwen3-8B", config("qwen3", 4096, 36, 32, 8, 12288, 151936, head_dim=128), 8.2, 8.2),
    ("Qwen3-32B", config("qwen3", 5120, 64, 64, 8, 25600, 151936, head_dim=128), 32.8, 32.8),
    ("Qwen3-30B-A3B", QWEN_30B, 30.5, 3.3),
    ("Qwen3-235B-A22B", QWEN_30B | {"hidden_size": 4096, "num_hidden_layers": 94, "num_attention_heads": 64, "moe_intermediate_size": 1536}, 235, 22),
    ("DeepSeek-V3", DEEPSEEK_V3, 671, 37),
    ("Kimi-K2", KIMI_K2, 1026, 32.5),
    ("gpt-oss-120b", GPT_OSS, 116.8, 5.13),
    ("gpt-oss-20b", GPT_OSS | {"num_hidden_layers": 24, "layer_types": ["sliding_attention", "full_attention"] * 12, "num_local_experts": 32}, 20.9, 3.61),
    ("Gemma-3-27B", GEMMA_27B, 27.4, 27.0),
    ("Phi-4", config("phi3", 5120, 40, 40, 10, 17920, 100352), 14.7, 14.7),
    ("Phi-4-mini", config("phi3", 3072, 32, 24, 8, 8192, 200064, tie_word_embeddings=True), 3.84, 3.84),
    ("Llama-4-Scout, its text", SCOUT_TEXT, 107.8, 17.2),
    ("Llama-4-Maverick, its text", SCOUT_TEXT | {"num_local_experts": 128, "interleave_moe_layer_step": 2}, 400.7, 17.2),
]


@pytest.mark.parametrize(("name", "body", "total", "active"), PUBLISHED, ids=[name for name, *_ in PUBLISHED])
def test_the_count_is_what_the_maker_publishes(name: str, body: dict[str, Any], total: float, active: float) -> None:
    found = hf_config.read(body, None, name)
    assert found.total_params_b.value == pytest.approx(total, rel=0.007)
    # makers count the table of input embeddings, or do not
    assert found.active_params_b.low * 0.985 <= active <= found.active_params_b.value * 1.015


def test_a_layer_counted_on_paper() -> None:
    """One layer of width 8, 4 heads of 2, 2 kept, MLP of 16, 10 words: queries and output 2*64, keys and values 2*8*4, MLP 3*8*16, two tables of 80."""
    found = hf_config.read(config("llama", 8, 1, 4, 2, 16, 10), None, "x")
    assert round(found.total_params_b.value * 1e9) == 128 + 64 + 384 + 160
    tied = hf_config.read(config("llama", 8, 1, 4, 2, 16, 10, tie_word_embeddings=True), None, "x")
    assert round(tied.total_params_b.value * 1e9) == 128 + 64 + 384 + 80


def test_unused_experts_are_the_difference() -> None:
    """Four experts of 3*8*16 in the one layer, of which a token uses one."""
    found = hf_config.read(config("mixtral", 8, 1, 4, 2, 16, 10, num_local_experts=4, num_experts_per_tok=1), None, "x")
    assert found.architecture == "moe"
    assert round((found.total_params_b.value - found.active_params_b.value) * 1e9) == 3 * 3 * 8 * 16
    assert round((found.active_params_b.value - found.active_params_b.low) * 1e9) == 80


@pytest.mark.parametrize(
    ("body", "low", "value", "high"),
    [
        (LLAMA_8B, 65536, 131072, 131072),  # 32 layers of 2 * 8 heads * 128 numbers of 2 bytes; half of that in 8 bits
        (DEEPSEEK_V3, 35136, 70272, 70272),  # 61 layers of 512 + 64 numbers
        # 18 layers of 2048 bytes in full, and 18 with 128 tokens of 8192 or of 2048
        (GPT_OSS, 18 * 1024, 18 * 2048 * (1 + 128 / 8192), 18 * 2048 * (1 + 128 / 2048)),
        (GEMMA_27B, 10 * 4096, 8192 * (10 + 52 * 1024 / 8192), 8192 * (10 + 52 * 1024 / 2048)),
    ],
)
def test_the_cache_of_a_token_is_that_of_its_layers(body: dict[str, Any], low: float, value: float, high: float) -> None:
    found = hf_config.read(body, None, "x").kv_bytes_per_token
    assert found is not None
    assert (found.low, found.value, found.high) == pytest.approx((low, value, high))


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, "bf16"), ({"torch_dtype": "float32"}, None), ({"quantization_config": {"quant_method": "fp8"}}, "fp8"),
        ({"quantization_config": {"quant_method": "awq", "bits": 4}}, "int4"), ({"quantization_config": {"quant_method": "gptq", "bits": 8}}, "fp8"),
        ({"quantization_config": {"quant_method": "bitsandbytes", "load_in_4bit": True}}, "int4"), ({"quantization_config": {"quant_method": "new"}}, None),
        ({"quantization_config": {"quant_method": "modelopt", "quant_algo": "NVFP4"}}, "nvfp4"),
    ],
)  # fmt: skip
def test_the_precision_is_that_of_the_checkpoint(more: dict[str, Any], expected: str | None) -> None:
    assert hf_config.read(LLAMA_8B | more, None, "x").precision == expected


def index(**metadata: Any) -> dict[str, Any]:
    return {"metadata": metadata, "weight_map": {}}


def test_the_index_is_preferred_to_the_count() -> None:
    stored = 8_030_261_248  # Llama 3.1 8B with its norms
    for metadata in ({"total_size": 2 * stored}, {"total_size": 2 * stored, "total_parameters": stored}):
        assert hf_config.read(LLAMA_8B, index(**metadata), "x").total_params_b.value == pytest.approx(stored / 1e9, rel=1e-12)


def test_a_tied_table_that_is_stored_twice_counts_once() -> None:
    tied = LLAMA_8B | {"tie_word_embeddings": True}
    alone = hf_config.read(tied, None, "x").total_params_b.value
    stored = alone + 128256 * 4096 / 1e9
    assert hf_config.read(tied, index(total_size=stored * 2e9), "x").total_params_b.value == pytest.approx(alone)


def test_an_index_that_contradicts_the_config_is_an_error() -> None:
    with pytest.raises(NotUnderstoodModel, match=r"x makes 8\.03 B parameters, and the index of its weights 16 B") as raised:
        hf_config.read(LLAMA_8B, index(total_size=32e9), "x")
    assert raised.value.hint and "by hand" not in str(raised.value) and "--total" in raised.value.hint


def test_the_index_of_quantized_weights_says_nothing() -> None:
    """Their bytes are of several widths."""
    assert hf_config.read(DEEPSEEK_V3, index(total_size=688_586_727_753), "x").total_params_b.value == pytest.approx(671, rel=0.001)


def test_with_an_index_the_vision_tower_is_what_the_text_leaves() -> None:
    found = hf_config.read(GEMMA_27B, index(total_size=2 * 27_432_406_640), "x")
    assert found.total_params_b.value == pytest.approx(27.4324, rel=1e-4)
    assert found.has_vision
    assert found.active_params_b.value == pytest.approx(27.0, rel=0.002)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"model_type": "zamba9"}, "model type 'zamba9' cannot be counted"),
        ({"model_type": None}, "model type 'None' cannot be counted"),
        ({"hidden_size": None}, "x has no hidden_size"),
        ({"hidden_size": "4096"}, "hidden_size must be a whole number"),
        ({"hidden_size": -1}, "hidden_size must be a whole number"),
        ({"hidden_size": 10**12}, "hidden_size must be a whole number"),
        ({"hidden_size": True}, "hidden_size must be a whole number"),
        ({"num_hidden_layers": 0}, "0 layers are no model's"),
        ({"num_hidden_layers": 10**9}, "1000000000 layers are no model's"),
        ({"layer_types": ["linear_attention"] * 32}, "layers of another kind than attention"),
        ({"vision_config": {"model_type": "new"}}, "the sizes of vision_config cannot be told"),
    ],
)
def test_what_is_not_understood_is_no_guess(more: dict[str, Any], told: str) -> None:
    with pytest.raises(NotUnderstoodModel, match=told) as raised:
        hf_config.read(LLAMA_8B | more, None, "x")
    assert raised.value.hint == "eco models add NAME --active B --total B takes what its maker publishes, in billions"


def test_more_experts_used_than_there_are() -> None:
    with pytest.raises(NotUnderstoodModel, match="cannot use 200 of 128 experts"):
        hf_config.read(QWEN_30B | {"num_experts_per_tok": 200}, None, "x")


def test_figures_survive_json() -> None:
    assert hf_config.read(json.loads(json.dumps(GPT_OSS)), None, "x") == hf_config.read(GPT_OSS, None, "x")
