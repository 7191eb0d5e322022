"""Formats that weights are stored in, by what callers state and what models are named, and what they are multiplied in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecocli.estimator.eco2.formats import ALIASES, FORMATS, arithmetic_bits, find_format, format_in, is_fp8, weight_format
from ecocli.estimator.eco2.stated import constants_for

# Names


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_of_the_table_is_found_however_it_is_written(name: str) -> None:
    for written in (name, name.upper(), f" {name} ", name.replace("_", "-"), name.replace("_", " ")):
        assert find_format(written) == name


@pytest.mark.parametrize(("written", "name"), [
    ("FP8-E4M3", "fp8_e4m3"), ("e5m2", "fp8"), ("q4_K_M", "q4_k_m"), ("Q8", "q8_0"), ("4-bit", "4bit"), ("NV-FP4", "nvfp4"), ("half", "fp16"),
    ("float32", "fp32"), ("UD-Q4_K_XL", "q4_k_xl"), ("GPTQ-Int4", "int4"), ("compressed-tensors fp8", "fp8"),
])  # fmt: skip
def test_what_callers_state(written: str, name: str) -> None:
    assert find_format(written) == name


@pytest.mark.parametrize("written", ["", "fp6", "16", "exl2", "quantized", "tf32", "fp80", "gpt-4o"])
def test_what_is_not_known(written: str) -> None:
    assert find_format(written) is None


def test_aliases_are_of_formats() -> None:
    assert set(ALIASES.values()) <= FORMATS.keys()
    assert not ALIASES.keys() & FORMATS.keys()


@pytest.mark.parametrize(("model", "name"), [
    ("llama3.1:8b-instruct-q4_K_M", "q4_k_m"), ("llama3.2:3b-instruct-fp16", "fp16"), ("phi4:14b-q8_0", "q8_0"), ("a/B-GGUF:IQ4_XS", "iq4_xs"),
    ("Qwen/Qwen3-235B-A22B-FP8", "fp8"), ("nvidia/DeepSeek-R1-0528-FP4", "fp4"), ("a/B-1_5-NVFP4", "nvfp4"), ("openai/gpt-oss-120b-mxfp4", "mxfp4"),
    ("a/B-8B-Instruct-FP8-dynamic", "fp8"), ("a/B-70B-quantized.w8a8", "w8a8"), ("a/B-7B-AWQ", "awq"), ("a/B-GPTQ-Int4", "int4"), ("mlx/B-8B-4bit", "4bit"),
    ("B-3B-f16.gguf", "f16"), ("a/B-8B-bf16", "bf16"), ("a/B-bnb-4bit", "4bit"), ("a/B-Q4_K_M-fp8", "fp8"),
])  # fmt: skip
def test_a_model_name_may_state_its_format(model: str, name: str) -> None:
    assert format_in(model) == name


@pytest.mark.parametrize("model", [
    "gpt-4o", "o3", "claude-opus-4.5", "gemma3:27b-it-qat", "mixtral:8x7b", "qwen2.5-coder:32b", "smollm2:135m", "phi-4", "a/fp8kv", "llama-4-scout", "",
])  # fmt: skip
def test_most_model_names_state_none(model: str) -> None:
    assert format_in(model) is None


@given(st.text(max_size=40))
def test_any_text_has_a_format_of_the_table_or_none(text: str) -> None:
    assert find_format(text) in {None, *FORMATS}
    assert format_in(text) in {None, *FORMATS}


# Bits


@pytest.mark.parametrize(("weights", "hardware", "stored", "arithmetic"), [
    ("nvfp4", "B200", 4.5, 4), ("nvfp4", None, 4.5, 4), ("nvfp4", "H100", 4.5, 16),  # weight-only where the hardware has no FP4
    ("MXFP4", "H100", 4.25, 16), ("mxfp4", None, 4.25, 8), ("mxfp4", "MI355X", 4.25, 4),
    ("fp8", "A100", 8, 16), ("FP8", None, 8, 8), ("fp8", "NVIDIA H100 80GB HBM3", 8, 8), ("fp8", "TPU v7", 8, 8),
    ("int8", "A100", 8, 8), ("int8", "V100", 8, 16), ("w8a8", "B200", 8, 8), ("w4a8", "H100", 4.25, 8),
    ("q4_0", "RTX 4090", 4.5, 16), ("q8_0", "B200", 8.5008, 16), ("awq", "B200", 4.25, 16), ("bf16", "V100", 16, 16), ("fp32", None, 32, 32),
])  # fmt: skip
def test_bits_stored_and_multiplied(weights: str, hardware: str | None, stored: float, arithmetic: float) -> None:
    assert weight_format(weights).stored_bits == stored
    assert arithmetic_bits(weights, hardware) == arithmetic


def test_only_floating_point_of_8_bits_is_fp8() -> None:
    assert {name for name in FORMATS if is_fp8(name)} == {"fp8", "fp8_e4m3", "mxfp8"}


def test_a_format_carries_its_papers() -> None:
    for found in FORMATS.values():
        assert found.source and 2 <= found.stored_bits <= 32
        assert found.arithmetic_bits in (None, 4, 8, 16, 32)


# What they make of the constants


def test_nothing_stated_adds_nothing() -> None:
    assert not {"stored_bits", "arithmetic_bytes", "accelerator_compute", "accelerator_reading"} & constants_for("open_host").keys()


def test_what_is_stated_is_added() -> None:
    found = constants_for("open_host", "B200", "nvfp4")
    assert (found["stored_bits"].value, found["stored_bits"].unit) == (4.5, "bit")
    assert (found["arithmetic_bytes"].value, found["arithmetic_bytes"].unit) == (0.5, "byte")
    assert found["accelerator_compute"].estimate == found["blackwell_compute"].estimate
    assert found["accelerator_reading"].estimate == found["blackwell_reading"].estimate
    for name in ("stored_bits", "arithmetic_bytes"):
        assert found[name].low == found[name].value == found[name].high


def test_weights_are_multiplied_as_the_stated_accelerator_can() -> None:
    assert [constants_for("frontier", board, "nvfp4")["arithmetic_bytes"].value for board in (None, "B200", "H100")] == [0.5, 0.5, 2.0]


def test_stated_fp8_is_less_known_than_other_precisions() -> None:
    fp8, bf16, blind = (constants_for("open_host", None, name)["sparse_error_up"].value for name in ("fp8", "bf16", None))
    assert fp8 > bf16 == blind


def test_one_set_of_boards_has_no_prefill_that_waits() -> None:
    for operator, waits in (("own_server", False), ("one_user", False), ("open_host", True), ("frontier", True), ("rare", True)):
        assert (constants_for(operator)["split_waiting"].high > 0) is waits


def test_an_unknown_operator_is_an_error() -> None:
    with pytest.raises(KeyError):
        constants_for("nobody")
