"""What Ollama's /api/show answers, in figures of its library."""

from typing import Any

import pytest

from ecocli.weights import ollama_show
from ecocli.weights.described import NotUnderstoodModel


def answer(family: str, parameters: int | None, level: str = "Q4_K_M", capabilities: list[str] | None = None, **info: Any) -> dict[str, Any]:
    return {
        "details": {"format": "gguf", "family": family, "quantization_level": level},
        "model_info": {"general.architecture": family, "general.parameter_count": parameters, "tokenizer.ggml.tokens": None}
        | {f"{family}.{name.replace('__', '.')}": each for name, each in info.items()},
        "capabilities": ["completion"] if capabilities is None else capabilities,
    }


ATTENTION = {"attention__head_count": 32, "attention__head_count_kv": 8, "embedding_length": 4096}
LLAMA = answer("llama", 8_030_261_248, block_count=32, context_length=131072, **ATTENTION)
MIXTRAL = answer("llama", 46_702_792_704, "Q4_0", block_count=32, context_length=32768, feed_forward_length=14336, expert_count=8, expert_used_count=2, **ATTENTION)


def test_a_dense_model() -> None:
    found = ollama_show.read(LLAMA, "x")
    assert (found.architecture, found.layers, found.context_tokens, found.reasoning) == ("dense", 32, 131072, "no")
    assert found.total_params_b.value == found.active_params_b.value == pytest.approx(8.030261248)
    assert found.kv_bytes_per_token is not None and found.kv_bytes_per_token.value == 131072
    assert found.weight_bits == pytest.approx(4.9, abs=0.1)  # Q4_K_M by llama.cpp's own table: 4.89


def test_a_mixture_of_experts() -> None:
    """Mixtral: 46.7 B, of which a token uses 12.9 B."""
    found = ollama_show.read(MIXTRAL, "x")
    assert found.architecture == "moe"
    assert found.active_params_b.value == pytest.approx(12.9, rel=0.005)


def test_thinking_and_seeing_are_told() -> None:
    found = ollama_show.read(LLAMA | {"capabilities": ["completion", "thinking", "vision"]}, "x")
    assert (found.reasoning, found.has_vision) == ("optional", True)
    assert ollama_show.read(LLAMA | {"capabilities": None}, "x").reasoning is None


def test_tensors_are_counted_where_they_are_listed() -> None:
    shapes = [{"name": "token_embd.weight", "type": "F16", "shape": [64, 100]}, {"name": "blk.0.ffn_up_exps.weight", "type": "Q4_K", "shape": [64, 64, 8]}]
    found = ollama_show.read(MIXTRAL | {"tensors": shapes}, "x")
    assert found.total_params_b.value == pytest.approx((6400 + 32768) / 1e9)
    assert found.active_params_b.value == pytest.approx((6400 + 32768 / 4) / 1e9)


@pytest.mark.parametrize(
    ("document", "told"),
    [
        (answer("llama", None), "general.parameter_count must be a number of parameters, not 'None'"),
        (answer("llama", -1), "general.parameter_count must be"),
        (answer("llama", 10**30), "general.parameter_count must be"),
        (answer("llama", 8_000_000_000), "states no architecture with its layers"),
        (answer("x", 10**9, block_count=2, expert_count=8, expert_used_count=0), "a token cannot use 0 of 8 experts"),
        (answer("x", 10**9, block_count=2, expert_count=8, expert_used_count=2), "the size of an expert cannot be told"),
        (answer("x", 10**9, block_count=90, expert_count=800, expert_used_count=2, feed_forward_length=9000, embedding_length=9000), "the size of an expert cannot be told"),
    ],
)
def test_what_is_not_told_is_no_guess(document: dict[str, Any], told: str) -> None:
    with pytest.raises(NotUnderstoodModel) as raised:
        ollama_show.read(document, "x")
    assert told in str(raised.value)
