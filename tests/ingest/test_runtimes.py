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


# Where the server is that was called

ROW = {
    "request_id": "row-1", "call_type": "acompletion", "model": "qwen3-8b", "custom_llm_provider": "openai", "metadata": "{}",
    "prompt_tokens": 20, "completion_tokens": 8, "total_tokens": 28, "startTime": "2026-01-01T00:00:00Z", "endTime": "2026-01-01T00:00:02Z",
}  # fmt: skip


@pytest.mark.parametrize(("place", "host"), [
    ({"api_base": "http://192.168.1.5:8000/v1"}, "192.168.1.5"),
    ({"api_base": "https://me:secret@GPU.example.com/v1?key=secret#secret"}, "gpu.example.com"),
    ({"api_base": "", "litellm_params": {"api_base": "http://localhost:1234"}}, "localhost"),
    ({"hidden_params": '{"api_base": "http://[fd00::7]:8080/v1"}'}, "fd00::7"),
    ({"hidden_params": {"api_base": None}, "api_base": "${API_BASE}"}, None),
    ({"api_base": ["http://localhost"]}, None), ({"api_base": "key:secret:more"}, None), ({}, None),
])  # fmt: skip
def test_the_host_of_a_litellm_row_and_nothing_else_of_its_address(place, host):
    assert read(ROW | place).fields.get("host") == host


@pytest.mark.parametrize(("attributes", "host"), [
    ({"server.address": "10.1.2.3"}, "10.1.2.3"), ({"server.address": "fd00::7"}, "fd00::7"),
    ({"server.address": "Box.local", "url.full": "https://api.example.com/v1"}, "box.local"),
    ({"url.full": "http://me:secret@127.0.0.1:8080/v1/chat/completions?key=secret"}, "127.0.0.1"),
    ({"gen_ai.openai.api_base": "http://localhost:1234/v1/"}, "localhost"), ({"server.address": "/run/server.sock"}, None), ({}, None),
])  # fmt: skip
def test_the_host_of_a_span(attributes, host):
    told = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "qwen3-8b", **attributes}
    listed = [{"key": key, "value": {"stringValue": value}} for key, value in told.items()]
    listed += [{"key": f"gen_ai.usage.{kind}_tokens", "value": {"intValue": "5"}} for kind in ("input", "output")]
    span = {"name": "chat", "traceId": "ab" * 16, "spanId": "cd" * 8, "startTimeUnixNano": "1767225600000000000", "attributes": listed}
    assert read({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}).fields.get("host") == host


def test_an_engine_that_litellm_names_is_named():
    assert read(ROW | {"custom_llm_provider": "hosted_vllm"}).fields["provider"] == "vLLM"


# All the way


@pytest.mark.parametrize(("answer", "hosting"), [
    (CHAT | {"id": "lms", "system_fingerprint": "qwen3-8b"}, "own"),  # not Alibaba's cloud
    (CHAT | {"id": "cpp", "model": "Llama-3.1-8B-Instruct-Q4_K_M.gguf"}, "own"),  # not Meta's
    (CHAT | {"id": "tgi", "model": "meta-llama/Llama-3.1-8B-Instruct", "system_fingerprint": "3.3.4-native"}, "unknown"),
    (ROW | {"api_base": "http://127.0.0.1:4000"}, "own"),
    (ROW | {"api_base": "http://127.0.0.1:4000", "model": "gpt-4o"}, "api"),  # a gateway: its weights are nowhere else
    (CHAT | {"id": "oai", "model": "gpt-4o-2024-08-06", "system_fingerprint": "fp_b705f0c291"}, "api"),
])  # fmt: skip
def test_what_is_recorded_is_placed_where_it_was_computed(eco, answer, hosting):
    recorded = json.loads(eco("record", "--format", "json", input=json.dumps(answer)).stdout)
    audit = (recorded[0] if isinstance(recorded, list) else recorded)["audit"]
    assert audit["hosting"] == hosting
    assert (audit["finalRegion"] == "WORLD", audit["finalProvider"] in ("own", "unknown")) == ((hosting != "api"),) * 2
