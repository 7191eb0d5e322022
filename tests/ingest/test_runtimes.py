"""Answers of programs that run on one's own machine: who computed them, how long each phase took, and what stays with its provider."""

import io
import json
from pathlib import Path

import pytest

from ecocli import ingest
from ecocli.ingest.reading import Reading

PAYLOADS = Path(__file__).with_name("payloads")
USAGE = {"prompt_tokens": 20, "completion_tokens": 8, "total_tokens": 28}
CHAT = {
    "id": "chatcmpl-q1", "object": "chat.completion", "created": 1_767_225_600, "model": "qwen3-8b",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "Haw."}, "finish_reason": "stop"}], "usage": USAGE,
}  # fmt: skip


def read(data: bytes | dict) -> Reading:
    (found,) = ingest.read(io.BytesIO(data if isinstance(data, bytes) else json.dumps(data).encode()))
    assert isinstance(found, Reading), found
    return found


def sample(name: str) -> Reading:
    return read((PAYLOADS / name).read_bytes())


@pytest.mark.parametrize(("changed", "provider"), [
    ({"system_fingerprint": "b7012-9c0ffee1"}, "llama.cpp"),
    ({"system_fingerprint": "b6510"}, "llama.cpp"),
    ({"system_fingerprint": "b0-unknown"}, "llama.cpp"),  # built without its history
    ({"timings": {"prompt_n": 5, "prompt_ms": 4.5, "predicted_n": 8, "predicted_ms": 80.0}}, "llama.cpp"),
    ({"model": "/srv/models/Mistral-7B-Instruct-v0.3.Q4_K_M.gguf"}, "llama.cpp"),
    ({"system_fingerprint": "qwen3-8b"}, "LM Studio"),
    ({"stats": {"time_to_first_token": 0.2}, "runtime": {"name": "mlx-llm-mac-arm64"}}, "LM Studio"),
    ({"system_fingerprint": "0.28.3-0.29.2-macOS-15.5-arm64-arm-64bit-applegpu_g14s"}, "MLX"),
    ({"system_fingerprint": "fp_ollama"}, "Ollama"),
    ({"id": "placeholder", "model": "Llama 3 8B Instruct"}, "GPT4All"),
    ({"model": "koboldcpp/qwen3-8b"}, "KoboldCpp"),
    ({"system_fingerprint": "vllm-0.21.0-tp2-2426ae93"}, "vLLM"),
    ({"system_fingerprint": "3.3.4-native"}, "TGI"),
    ({"system_fingerprint": "3.2.3-sha-a1f3ebe-rocm"}, "TGI"),
])  # fmt: skip
def test_a_program_is_known_by_its_marks(changed, provider):
    assert read(CHAT | changed).fields["provider"] == provider


@pytest.mark.parametrize("changed", [
    {"model": "gpt-4o-2024-08-06", "system_fingerprint": "fp_b705f0c291"},
    {"system_fingerprint": None}, {"system_fingerprint": ""}, {"system_fingerprint": 5}, {"system_fingerprint": "backend-a"},
    {"model": "", "system_fingerprint": ""}, {"model": "gguf"}, {"stats": {}}, {"timings": {}}, {"timings": {"prompt_ms": 5}},
    {"metadata": {"weight_version": "default"}, "choices": [{"index": 0, "message": {"content": "x"}, "matched_stop": 7}]},  # SGLang, at whichever host
])  # fmt: skip
def test_no_program_is_guessed(changed):
    assert "provider" not in read(CHAT | changed).fields


def test_who_a_router_names_beats_the_programs_mark():
    assert read(CHAT | {"provider": "DeepInfra", "system_fingerprint": "vllm-0.21.0-2426ae93"}).fields["provider"] == "DeepInfra"


@pytest.mark.parametrize(("name", "provider", "load_ms", "prompt_ms", "generation_ms"), [
    ("llama_cpp_chat.json", "llama.cpp", None, 52.5, 480),
    ("llama_cpp_chat.sse", "llama.cpp", None, 22, 160),
    ("llama_cpp.json", "llama.cpp", None, 63, 270),
    ("llama_cpp.sse", "llama.cpp", None, 63, 90),
    ("lm_studio_v0.json", "LM Studio", None, 250, 500),
    ("lm_studio.json", "LM Studio", 2500, 125, 1500),  # 30 tokens at 20 a second
    ("lm_studio.sse", "LM Studio", None, 125, 300),
    ("ollama.json", "Ollama", 1000, 500, 2000),
    ("openai_chat.json", None, None, None, None),
])  # fmt: skip
def test_phases(name, provider, load_ms, prompt_ms, generation_ms):
    fields = sample(name).fields
    assert [fields.get(field) for field in ("provider", "load_ms", "prompt_ms", "generation_ms")] == [provider, load_ms, prompt_ms, generation_ms]


def test_timings_without_the_cache_say_that_the_prompt_may_be_longer():
    stated = CHAT | {"usage": None, "timings": {"prompt_n": 5, "prompt_ms": 9.0, "predicted_n": 8, "predicted_ms": 80.0}}
    found = read(stated)
    assert (found.fields["prompt_tokens"], found.fields["completion_tokens"]) == (5, 8)
    assert any("prompt cache" in note for note in found.assumptions)


def test_the_cache_is_inside_of_the_prompt_of_the_usage():
    timings = {"cache_n": 15, "prompt_n": 5, "prompt_ms": 9.0, "predicted_n": 8, "predicted_ms": 80.0}
    fields = read(CHAT | {"timings": timings}).fields
    assert (fields["prompt_tokens"], fields["cached_tokens"], fields["completion_tokens"]) == (20, 15, 8)


@pytest.mark.parametrize("mark", [{"system_fingerprint": "fp_ollama", "id": "chatcmpl-7"}, {"id": "placeholder"}, {"id": "chatcmpl-A1", "model": "koboldcpp/x"}])
def test_ids_that_come_back_do_not_make_two_answers_one(mark):
    first, second = read(CHAT | mark), read(CHAT | mark | {"created": 1_767_225_900})
    assert first.fields["id"] != second.fields["id"]
    assert first.fields["id"] == read(CHAT | mark).fields["id"]
