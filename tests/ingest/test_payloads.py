"""
Every payload format, read through `ingest.read`. The counts were worked out by hand from what each provider documents:
prompt is all input, cache included; completion is all output, reasoning included.
"""

import codecs
import io
import json
import struct
import subprocess
import sys
import zlib
from base64 import b64encode
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ecocli import ingest
from ecocli.cli import hints
from ecocli.errors import EcoError, UsageError
from ecocli.ingest import formats, native, sequence
from ecocli.ingest.formats import bedrock_guardrail, no_text
from ecocli.ingest.portions import AROUND
from ecocli.ingest.reading import NO_USAGE, PROMPT_UNSEEN, Reading, Rejected

PAYLOADS = Path(__file__).with_name("payloads")
NOON = 1_767_225_600_000  # every payload happened on 2026-01-01T00:00:00Z, as milliseconds

# prompt, completion, reasoning, cached, cache write; None is unknown
COUNTS = {
    "openai_chat.json": ("openai-chat", (100, 60, 32, 40, 8)),
    "openai_chat_hidden.json": ("openai-chat", (50, 25, 15, None, None)),  # 75 - 50 - 10 = 15 hidden
    "openai_completion.json": ("openai-chat", (7, 9, None, None, None)),
    "openai_completion.sse": ("openai-chat", (5, 3, None, None, None)),
    "perplexity.sse": ("openai-chat", (6, 3, None, None, None)),  # usage grows with every chunk
    "openai_run.sse": ("openai-assistants", (70, 8, None, None, None)),  # the run, not its steps on top
    "openai_embeddings.json": ("openai-embeddings", (12, 0, None, None, None)),
    "openai_run.json": ("openai-assistants", (210, 33, None, None, None)),
    "openai_responses.json": ("openai-responses", (300, 90, 64, 128, 16)),
    "openai_responses.sse": ("openai-responses", (300, 90, 64, 128, 16)),
    "openai_batch.ndjson": ("openai-batch", (20, 6, None, None, None), (5, 0, None, None, None)),
    "openai_chat.sse": ("openai-chat", (44, 5, None, None, None)),
    "openai_chat_no_usage.sse": ("openai-chat", (None, None, None, None, None)),
    "azure.sse": ("openai-chat", (9, 2, None, None, None)),
    "groq.json": ("openai-chat", (18, 26, None, None, None)),
    "groq.sse": ("openai-chat", (30, 12, 4, None, None)),
    "cerebras.json": ("openai-chat", (40, 9, None, None, None)),
    "openrouter.json": ("openai-chat", (30, 25, 25, None, None)),  # 26 of 25 were reasoning: clamped
    "deepseek.json": ("openai-chat", (976, 61, None, 896, None)),
    "xai.json": ("openai-chat", (221, 122, 111, None, None)),  # 343 - 221 = 122
    "mistral.json": ("openai-chat", (81, 3, None, 64, None)),
    "snowflake.json": ("openai-chat", (22, 5, None, None, None)),
    "proxy_milliseconds.sse": ("openai-chat", (10, 3, None, None, None)),
    "tgi_cut.sse": ("openai-chat", (None, None, None, None, None)),
    "anthropic.json": ("anthropic", (1512, 40, 24, 1500, 10)),  # 2 + 10 + 1500
    "anthropic_iterations.json": (
        "anthropic",
        (300, 50, None, 0, 0),
        (5100, 83, None, 5000, 0),
        (70, 7, None, 0, 0),
    ),
    "anthropic_bedrock.json": ("anthropic", (16, 19, None, None, None)),
    "anthropic_batch.ndjson": ("anthropic-batch", (11, 36, None, None, None)),
    "anthropic.sse": ("anthropic", (425, 5, None, 400, 0)),  # message_delta replaces message_start
    "anthropic_old.sse": ("anthropic", (30, 15, None, 7, 3)),  # message_delta has only the output
    "qwen_code.json": ("qwen-code", (640, 48, 16, 512, None)),  # 640 + 48 = 688: the thoughts are in the answer
    "gemini.json": ("gemini", (303, 297, 257, 12, None)),  # 15 + 288, 40 + 257
    "gemini_only_thoughts.json": ("gemini", (15, 2, 2, None, None)),
    "gemini.sse": ("gemini", (9, 11, 5, None, None)),
    "gemini_array.json": ("gemini", (9, 11, 5, None, None)),
    "converse.json": ("bedrock-converse", (1523, 5, None, 1504, 6)),  # 13 + 1504 + 6, not twice
    "converse_events.ndjson": ("bedrock-converse", (57, 8, None, None, None)),
    "bedrock_llama.json": ("bedrock-invoke", (31, 4, None, None, None)),
    "vercel_ai.json": ("vercel-ai", (640, 75, 60, 512, 28)),  # the cache is inside
    "vercel_ai_steps.json": ("vercel-ai", (50, 12, None, 32, None), (90, 8, 3, None, None)),  # a call per step, not their sum
    "vercel_ai_v4.json": ("vercel-ai", (21, 4, None, None, None)),
    "gemini_interactions.json": ("gemini-interactions", (37, 112, 100, 16, None)),  # 30 + 7, 12 + 100
    "gemini_interactions.sse": ("gemini-interactions", (37, 112, 100, 16, None)),
    "gemini_python.json": ("gemini", (21, 24, 20, 12, None)),  # 15 + 6, 4 + 20
    "dashscope.json": ("dashscope", (900, 300, 210, 768, 64)),
    "dashscope.sse": ("dashscope", (900, 300, 210, 768, 64)),  # usage grows with every chunk
    "dashscope_app.json": ("dashscope", (40, 9, None, None, None), (5, 1, None, None, None)),
    "dashscope_embeddings.json": ("dashscope", (13, 0, None, None, None)),
    "bedrock_log.ndjson": ("bedrock-log", (360, 6, None, 300, 40), (9, 4, None, None, None)),  # 20 + 300 + 40
    "openai_realtime.ndjson": ("openai-realtime", (132, 121, None, 64, None), (10, 5, None, None, None)),
    "cloud_batch.ndjson": ("cloud-batch", (8, 3, None, None, None), (8, 3, None, None, None), (14, 2, None, None, None), (6, 1, None, None, None)),
    "vertex_embeddings.json": ("openai-embeddings", (11, 0, None, None, None)),
    "cohere_v1.json": ("cohere", (68, 9, None, None, None)),
    "cohere_v1.ndjson": ("cohere", (68, 9, None, None, None)),
    "cohere_v2.json": ("cohere", (496, 11, None, 448, None)),
    "cohere_v2.sse": ("cohere", (496, 11, None, 448, None)),
    "ollama.json": ("ollama", (17, 66, None, None, None)),
    "ollama.ndjson": ("ollama", (17, 66, None, None, None)),
    "ollama_cached_prompt.json": ("ollama", (None, 66, None, None, None)),
    "ollama_context.json": ("ollama", (5, 3, None, None, None)),  # 8 tokens of context, 3 of them the answer
    "llama_cpp_chat.json": ("openai-chat", (90, 12, None, 64, None)),
    "llama_cpp_chat.sse": ("openai-chat", (41, 4, None, 30, None)),  # no usage: 30 in the cache, and 11 read
    "llama_cpp.json": ("llama-cpp", (71, 9, None, 50, None)),  # tokens_cached is not what was read from the cache
    "llama_cpp.sse": ("llama-cpp", (71, 3, None, 50, None)),
    "lm_studio_v0.json": ("openai-chat", (31, 20, None, None, None)),
    "lm_studio.json": ("lm-studio", (45, 30, 18, None, None)),
    "lm_studio.sse": ("lm-studio", (45, 6, 0, None, None)),
    "litellm_log.json": ("litellm", (1600, 20, 8, 1500, 50)),  # prompt_tokens include the cache already
    "litellm_spend.ndjson": ("litellm", (10, 20, 6, None, None)),
    "otlp_spans.json": (
        "otlp",
        (500, 200, 50, 100, 30),
        (40, 4, None, None, None),
        (7, 8, None, None, None),
    ),
    "otlp_logs.json": ("otlp", (1000, 50, None, 900, 95), (107, 40, 30, 80, None)),
    "claude_cli.json": ("claude-cli", (80, 18, None, 28, 4), (4, 2, None, 2, 0)),
    "claude_cli_stream.ndjson": ("claude-cli", (80, 18, None, 28, 4), (4, 2, None, 2, 0)),
    "codex_exec.ndjson": ("codex-exec", (3726, 165, 64, 2406, None), (4000, 10, None, 3700, None)),
    "codex_app_server.ndjson": ("codex-events", (900, 50, 20, 640, None), (1100, 40, 10, 860, None)),  # each is told twice
    "codex_exec_old.ndjson": ("codex-events", (900, 50, 20, 640, None)),
    "opencode_run.ndjson": ("opencode-run", (1100, 80, 30, 900, 100), (1120, 9, 0, 1100, 0)),  # 1180 = 1100 + 50 + 30
    "goose_session.json": ("goose-session", (94600, 394, None, 82800, 11700)),  # not the last call's 4600
    "openrouter_generation.json": ("openrouter-generation", (240, 130, 42, 192, None)),  # by the model's own tokenizer
    "langchain.json": ("langchain", (640, 90, 60, 500, 40)),  # 30 + 10 written
    "langchain_dumped.json": ("langchain", (31, 8, None, None, None)),
    "sglang.json": ("sglang", (75, 16, None, 60, None)),
    "sglang.sse": ("sglang", (40, 3, None, 32, None)),
    "sglang_several.sse": ("sglang", (30, 2, None, 0, None), (31, 3, None, 0, None)),  # they take turns
    "gemini_cli.json": ("gemini-cli", (24939, 174, 154, 21263, None), (8993, 40, 30, 0, None)),
    "gemini_cli_stream.ndjson": ("gemini-cli", (100, 50, None, 60, None)),  # 150 - 100
    "cursor_cli.json": ("cursor-cli", (314, 20, None, 300, 4)),
    "llm_logs.json": ("llm", (128, 12, None, 100, 20), (119, 39, 5, None, None), (None, None, None, None, None)),
}


def read(data: bytes | str, format: str | None = None) -> list[Reading | Rejected]:
    return list(ingest.read(io.BytesIO(data.encode() if isinstance(data, str) else data), format))


def load(name: str) -> bytes:
    return (PAYLOADS / name).read_bytes()


def calls(name: str) -> list[Reading]:
    found = read(load(name))
    assert all(isinstance(reading, Reading) for reading in found), found
    return found


def counted(reading: Reading) -> tuple[int | None, ...]:
    return tuple(reading.fields.get(name) for name in native.TOKEN_FIELDS)


def document(name: str) -> dict:
    return json.loads(load(name))


@pytest.mark.parametrize("name", COUNTS)
def test_counts(name):
    format, *expected = COUNTS[name]
    found = calls(name)
    assert [counted(reading) for reading in found] == expected
    assert {reading.format for reading in found} == {format}


def test_every_sample_is_in_the_table():
    assert {path.name for path in PAYLOADS.iterdir()} == set(COUNTS)


def test_every_format_has_a_sample():
    assert set(formats.NAMES) - {no_text.NAME, bedrock_guardrail.NAME} == {format for format, *_ in COUNTS.values()}


NO_TEXT = [
    ("an image model", {"created": 1_767_225_600, "data": [{"b64_json": "aGk="}], "usage": {"input_tokens": 50, "output_tokens": 9, "total_tokens": 59}}),
    ("an image model", {"predictions": [{"mimeType": "image/png", "bytesBase64Encoded": "aGk="}]}),  # Imagen
    ("an image model", {"images": ["aGk="], "error": None}),  # Titan and Nova Canvas
    ("an image model", {"images": [{"url": "https://x", "width": 512}], "seed": 1}),  # fal
    ("an image model", {"artifacts": [{"base64": "aGk=", "finishReason": "SUCCESS"}]}),  # Stability
    ("an image model", {"request_id": "r", "output": {"task_status": "SUCCEEDED", "results": [{"url": "https://x"}]}, "usage": {"image_count": 1}}),  # DashScope
    ("a video model", {"id": "video_1", "object": "video", "model": "film-9", "status": "completed", "seconds": "8"}),
    ("a video model", {"name": "operations/1", "done": True, "response": {"generateVideoResponse": {"generatedSamples": []}}}),  # Veo
    ("a video model", {"request_id": "r", "output": {"video_url": "https://x"}, "usage": {"video_count": 1, "video_duration": 5}}),
    ("a speech model", {"text": "hello", "usage": {"type": "tokens", "input_tokens": 14, "output_tokens": 45, "total_tokens": 59}}),
    ("a speech model", {"text": "hello", "x_groq": {"id": "req_1"}}),
    ("a speech model", {"model": "ear-9", "text": "hello", "segments": [], "usage": {"prompt_audio_seconds": 3, "prompt_tokens": 4, "completion_tokens": 5}}),
    ("a speech model", {"metadata": {"duration": 3.5}, "results": {"channels": [{}]}}),  # Deepgram
    ("a speech model", {"request_id": "r", "output": {"audio": {"url": "https://x"}}, "usage": {"characters": 20}}),
    ("a moderation model", {"id": "modr-1", "model": "judge-9", "results": [{"flagged": False, "categories": {"harm": False}}]}),
    ("a moderation model", {"id": "m", "model": "judge-9", "results": [{"categories": {"harm": False}, "category_scores": {"harm": 0.1}}]}),  # Mistral
    ("a model for scanned documents", {"pages": [{"index": 0}], "model": "scan-9", "usage_info": {"pages_processed": 1}}),
    ("a reranker that counts no tokens", {"id": "r", "results": [{"index": 0, "relevance_score": 0.5}], "meta": {"billed_units": {"search_units": 1}}}),
    ("a reranker that counts no tokens", {"results": [{"index": 0, "relevanceScore": 0.5}]}),  # Bedrock
    ("a reranker that counts no tokens", {"records": [{"id": "1", "score": 0.5}]}),  # Vertex AI
    ("an embedding model that counts no tokens", {"embedding": {"values": [0.5]}}),  # Gemini
    ("an embedding model that counts no tokens", {"id": "e", "embeddings": {"float": [[0.5]]}, "response_type": "embeddings_by_type"}),  # Cohere on Bedrock
]


@pytest.mark.parametrize(("kind", "answer"), NO_TEXT)
def test_an_answer_without_text_is_no_fault(kind, answer):
    (found,) = ingest.read(io.BytesIO(json.dumps(answer).encode()))
    assert isinstance(found, Rejected) and not found.is_fault
    assert f"is {kind}: only models" in str(found.error)


@pytest.mark.parametrize("place", ["data", "results"])
def test_scores_of_a_reranker_are_counted_as_an_embedding(place):
    body = {"object": "list", "model": "rank-9", place: [{"index": 0, "relevance_score": 0.5}], "usage": {"total_tokens": 26}}
    (found,) = ingest.read(io.BytesIO(json.dumps(body).encode()))
    assert isinstance(found, Reading)
    assert (found.format, counted(found)) == ("openai-embeddings", (26, 0, None, None, None))


@pytest.mark.parametrize("name", COUNTS)
def test_complete_calls_pass_the_validator(name):
    for reading in calls(name):
        fields = {"provider": "example", "prompt_tokens": 0, "completion_tokens": 0, **reading.fields}
        assert native.to_usage(fields, format=reading.format).format == reading.format


@pytest.mark.parametrize("name", COUNTS)
def test_the_same_bytes_have_the_same_ids(name):
    ids = [reading.fields["id"] for reading in calls(name)]
    assert ids == [reading.fields["id"] for reading in calls(name)]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("openai_chat.json", ["chatcmpl-a1"]),
        ("azure.sse", ["chatcmpl-z1"]),
        ("openai_responses.sse", ["resp_1"]),
        ("openai_batch.ndjson", ["chatcmpl-b1", "batch_req_3"]),
        ("anthropic_iterations.json", ["msg_01b", "msg_01b#0", "msg_01b#2"]),
        ("anthropic_batch.ndjson", ["msg_01d"]),
        ("gemini.sse", ["g-3"]),
        ("vercel_ai_steps.json", ["resp_v2", "resp_v3"]),
        ("gemini_interactions.sse", ["v1_i1"]),
        ("gemini_python.json", ["g-5"]),
        ("dashscope_app.json", ["ds-2", "ds-2#1"]),
        ("bedrock_log.ndjson", ["br-1", "br-3"]),
        ("openai_realtime.ndjson", ["resp_r1", "resp_r2"]),
        ("cohere_v1.json", ["co-1"]),
        ("cohere_v2.sse", ["co-4"]),
        ("litellm_spend.ndjson", ["chatcmpl-l2"]),
        ("otlp_spans.json", ["r-9", f"{'aa' * 16}:{'c3' * 8}", f"{'aa' * 16}:{'e5' * 8}"]),
        ("claude_cli.json", ["s-2:u-1#claude-example-1[1m]", "s-2:u-1#claude-small"]),
        ("codex_exec.ndjson", ["t-1:3726-165-64-2406-", "t-1:4000-10--3700-"]),
        ("gemini_cli.json", ["s-4#gemini-example", "s-4#gemini-small"]),
        ("codex_app_server.ndjson", ["t-7:900-50-20-640-", "t-7:2000-90-30-1500-"]),
        ("codex_exec_old.ndjson", ["t-8:900-50-20-640-"]),
        ("opencode_run.ndjson", ["prt_3", "prt_5"]),
        ("openrouter_generation.json", ["gen-77"]),
        ("langchain.json", ["resp-l1"]),
        ("langchain_dumped.json", ["run--2"]),
        ("sglang.sse", ["sg-2"]),
        ("sglang_several.sse", ["sg-3", "sg-4"]),
        ("cursor_cli.json", ["q-1"]),
        ("llm_logs.json", ["01aaaa", "01bbbb", "01cccc"]),
    ],
)
def test_ids(name, ids):
    assert [reading.fields["id"] for reading in calls(name)] == ids


@pytest.mark.parametrize(("name", "told"), [("opencode_run.ndjson", NOON), ("vercel_ai.json", NOON + 2000)])
def test_what_only_says_when_the_answer_came_is_dated_by_that_and_not_by_when_it_is_read(name, told):
    assert {reading.fields["startTimeMs"] for reading in calls(name)} == {told}


@pytest.mark.parametrize("name", ["converse.json", "snowflake.json", "ollama.json", "openai_embeddings.json"])
def test_a_payload_without_an_id_gets_the_hash_of_its_body_however_it_is_printed(name):
    (printed,) = calls(name)
    (compact,) = read(json.dumps(document(name)))
    assert printed.fields["id"] == compact.fields["id"]
    assert printed.fields["id"].startswith("sha256:")


@pytest.mark.parametrize(
    ("name", "providers"),
    [
        ("openai_chat.json", [None]),  # clones write chatcmpl-, too
        ("azure.sse", ["Azure"]),
        ("groq.sse", ["Groq"]),
        ("cerebras.json", ["Cerebras"]),
        ("openrouter.json", ["Amazon Bedrock"]),
        ("anthropic.json", ["Anthropic"]),
        ("anthropic_bedrock.json", ["AWS"]),
        ("gemini.json", ["Google"]),
        ("converse.json", ["AWS"]),
        ("vercel_ai.json", [None]),
        ("vercel_ai_steps.json", ["AWS", "AWS"]),
        ("dashscope.json", ["Alibaba"]),
        ("bedrock_log.ndjson", ["AWS", "AWS"]),
        ("openai_realtime.ndjson", [None, None]),
        ("cloud_batch.ndjson", ["Google", "Google", "AWS", "AWS"]),
        ("cohere_v2.json", ["Cohere"]),
        ("openrouter_generation.json", ["Together"]),
        ("langchain.json", ["Anthropic"]),
        ("langchain_dumped.json", [None]),
        ("sglang.json", ["SGLang"]),
        ("codex_exec_old.ndjson", ["OpenAI"]),
        ("codex_app_server.ndjson", ["Azure", "Azure"]),
        ("opencode_run.ndjson", [None, None]),
        ("goose_session.json", ["Anthropic"]),
        ("ollama.json", ["Ollama"]),
        ("litellm_log.json", ["AWS"]),
        ("otlp_spans.json", ["AWS", "Mistral", None]),
        ("claude_cli.json", ["AWS", None]),
        ("codex_exec.ndjson", ["OpenAI", "OpenAI"]),
        ("llm_logs.json", ["Anthropic", None, None]),
    ],
)
def test_a_provider_is_named_only_when_keys_prove_it(name, providers):
    assert [reading.fields.get("provider") for reading in calls(name)] == providers


@pytest.mark.parametrize(
    ("name", "start", "first", "end"),
    [
        ("openai_chat.json", 0, None, None),
        ("proxy_milliseconds.sse", 0, None, None),
        ("openai_run.json", 1000, None, 5000),
        ("openai_responses.json", 0, None, 4000),
        ("groq.json", 0, 750, 1750),
        ("openrouter_generation.json", 0, 850, None),
        ("gemini.json", 500, None, None),
        ("ollama.json", 6500, 8000, 10500),  # dated at its end, 4 s long, 1 s to load, 0.5 s to read the prompt
        ("litellm_log.json", 250, 750, 2000),
        ("litellm_spend.ndjson", 1500, None, 2000),  # not streamed: the first token came with the last
        ("otlp_spans.json", 0, 500, 2000),
        ("otlp_logs.json", 1800, None, 3000),  # written at the end, 1.2 s long
        ("llm_logs.json", 250, None, 810),
        ("anthropic.json", None, None, None),
    ],
)
def test_times(name, start, first, end):
    fields = calls(name)[0].fields
    since_noon = [None if ms is None else NOON + ms for ms in (start, first, end)]
    assert [fields.get(key) for key in ("startTimeMs", "firstTokenTimeMs", "endTimeMs")] == since_noon


def test_a_result_without_a_date_ends_when_it_is_read():
    fields = calls("claude_cli.json")[0].fields
    assert fields["endTimeMs"] - fields["startTimeMs"] == 4200
    assert fields["firstTokenTimeMs"] - fields["startTimeMs"] == 700


def test_models_keep_the_name_the_payload_gives():
    assert [r.fields["model"] for r in calls("claude_cli.json")] == ["claude-example-1", "claude-small"]
    assert [r.fields["model"] for r in calls("otlp_spans.json")] == ["example-2026", "example-old", "example-inference"]
    models = [r.fields["model"] for r in calls("anthropic_iterations.json")]
    assert models == ["claude-example-1", "claude-example-1", "claude-example-2"]


def test_a_region_is_taken_only_where_the_payload_says_one():
    assert calls("anthropic.json")[0].fields["detected_region"] == "us"
    assert "detected_region" not in calls("anthropic_iterations.json")[0].fields  # "global" is no place


def test_tags_fit_the_native_event():
    (reading,) = calls("litellm_log.json")
    assert reading.fields["tags"] == {"team": "orchard"}
    long = {**document("litellm_log.json"), "end_user": "x" * 300}
    (reading,) = read(json.dumps(long))
    shortened = reading.fields["tags"]["end_user"]
    assert len(shortened) == 256
    assert shortened.startswith("xxx")
    (other,) = read(json.dumps({**long, "end_user": "x" * 301}))
    assert other.fields["tags"]["end_user"] != shortened


def test_what_was_assumed_is_said():
    assert "15" in calls("openai_chat_hidden.json")[0].assumptions[0]
    assert "reduced" in calls("openrouter.json")[0].assumptions[0]
    assert "OpenAI was assumed" in calls("codex_exec.ndjson")[0].assumptions[0]


def test_an_unknown_prompt_is_not_a_known_zero():
    (reading,) = calls("ollama_cached_prompt.json")
    assert "prompt_tokens" not in reading.fields
    assert reading.prompt_text == sequence.UNSEEN_PROMPT
    assert PROMPT_UNSEEN in reading.assumptions


def test_rows_without_counts_keep_their_texts_to_be_counted():
    reading = calls("llm_logs.json")[2]
    assert (reading.prompt_text, reading.completion_text) == ("Be brief.\nWhich fruit?", "Medlar.")


def test_cache_counted_apart_joins_the_prompt():
    span = json.loads(json.dumps(document("otlp_spans.json")).replace('"intValue": "100"', '"intValue": "9000"'))
    reading = read(json.dumps(span))[0]
    assert reading.fields["prompt_tokens"] == 500 + 9000 + 30
    assert reading.assumptions


# Streams


@pytest.mark.parametrize(
    ("name", "text"),
    [("openai_chat_no_usage.sse", "A pear."), ("tgi_cut.sse", "Half of a ")],
)
def test_a_stream_without_usage_is_counted_by_its_text(name, text):
    (reading,) = calls(name)
    assert reading.completion_text == text
    assert NO_USAGE in reading.assumptions
    assert (sequence.CUT_OFF in reading.assumptions) == name.startswith("tgi")


@pytest.mark.parametrize("name", [n for n in COUNTS if n.endswith(".sse")])
@pytest.mark.parametrize("ends", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_line_ends_and_a_byte_order_mark_change_nothing(name, ends, bom):
    data = bom + ends.join(load(name).splitlines()) + ends
    assert [counted(reading) for reading in read(data)] == list(COUNTS[name][1:])


@pytest.mark.parametrize("name", sorted({n for n in COUNTS if n.endswith((".sse", ".ndjson"))} - {"tgi_cut.sse"}))
def test_two_answers_in_one_stream_are_two(name):
    first = load(name)
    found = read(first + b"\n" + first.replace(b"g-3", b"g-4").replace(b"pp-1", b"pp-2"))  # told apart only by id
    assert [counted(reading) for reading in found] == [*COUNTS[name][1:]] * 2


def test_answers_with_different_ids_need_no_mark_between_them():
    one = load("openai_chat.sse").replace(b"data: [DONE]", b"")
    found = read(one + one.replace(b"chatcmpl-s1", b"chatcmpl-s9"))
    assert [reading.fields["id"] for reading in found] == ["chatcmpl-s1", "chatcmpl-s9"]
    assert [counted(reading)[:2] for reading in found] == [(44, 5), (44, 5)]


@pytest.mark.parametrize("name", [n for n in COUNTS if n.endswith((".sse", ".ndjson"))])
def test_a_stream_cut_anywhere_is_never_more_than_a_rejection(name):
    data = load(name)
    for length in range(0, len(data), 37):
        try:
            read(data[:length])
        except EcoError:
            assert length == 0


def test_a_stream_cut_after_its_first_chunk_says_so():
    (reading,) = read(load("openai_chat_no_usage.sse").split(b"\n\n")[0])
    assert reading.completion_text == "A "
    assert sequence.CUT_OFF in reading.assumptions
    assert sequence.CUT_OFF not in calls("openai_completion.json")[0].assumptions


def test_a_cut_anthropic_stream_keeps_its_prompt_and_counts_its_text():
    data = load("anthropic.sse").split(b"event: message_delta")[0]
    (reading,) = read(data + b'data: {"type":"mess')
    assert counted(reading) == (520, None, None, 500, 0)
    assert reading.completion_text == "Quince."
    assert {sequence.CUT_OFF, sequence.DAMAGED} <= set(reading.assumptions)


def test_lines_cut_in_the_middle_of_an_answer_keep_it():
    (reading,) = read(load("ollama.ndjson")[:-40])
    assert reading.completion_text == "Melon."
    assert {sequence.CUT_OFF, sequence.DAMAGED} <= set(reading.assumptions)
    whole = json.dumps(document("gemini.json"))
    assert [type(found) for found in read(f'{whole}\n{{"cut')] == [Reading, Rejected]


def test_a_broken_event_does_not_hide_the_next_when_blank_lines_were_lost():
    lines = [line for line in load("openai_chat.sse").splitlines() if line]
    (reading,) = read(b"\n".join([lines[0], lines[1][:40], *lines[2:]]))
    assert counted(reading)[:2] == (44, 5)
    assert sequence.DAMAGED in reading.assumptions


def test_a_data_field_over_several_lines_is_joined():
    lines = json.dumps(document("gemini.json"), indent=1).splitlines()
    (reading,) = read("\n".join(f"data: {line}" for line in lines) + "\n\n")
    assert counted(reading) == COUNTS["gemini.json"][1]


def test_chunks_in_lines_and_in_an_array_make_one_call():
    chunks = [line[6:] for line in load("openai_chat.sse").decode().splitlines() if line.startswith("data: {")]
    assert [counted(r)[:2] for r in read("\n".join(chunks))] == [(44, 5)]
    assert [counted(r)[:2] for r in read(f"[{','.join(chunks)}]")] == [(44, 5)]


def event(payload: bytes, kind: str = "chunk", message: str = "event") -> bytes:
    """One message of an AWS event stream."""
    names = {":event-type": kind, ":content-type": "application/json", ":message-type": message}
    headers = b"".join(
        bytes([len(name)]) + name.encode() + b"\x07" + struct.pack(">H", len(value)) + value.encode()
        for name, value in names.items()
    )
    prelude = struct.pack(">II", 16 + len(headers) + len(payload), len(headers))
    prelude += struct.pack(">I", zlib.crc32(prelude))
    body = prelude + headers + payload
    return body + struct.pack(">I", zlib.crc32(body))


def converse_stream() -> bytes:
    lines = [json.loads(line) for line in load("converse_events.ndjson").splitlines()]
    return b"".join(event(json.dumps(body).encode(), kind) for line in lines for kind, body in line.items())


def invoke_stream() -> bytes:
    chunks = [line[6:] for line in load("anthropic.sse").splitlines() if line.startswith(b"data: ")]
    return b"".join(event(json.dumps({"bytes": b64encode(chunk).decode()}).encode()) for chunk in chunks)


def test_the_binary_stream_of_aws():
    assert [counted(reading)[:2] for reading in read(converse_stream())] == [(57, 8)]
    assert [counted(reading)[:2] for reading in read(invoke_stream())] == [(425, 5)]


def test_a_binary_stream_with_a_line_feed_in_its_first_bytes():
    size = 0x10A - len(event(b"", "messageStart"))
    head = event(b'{"role":"assistant"}'.ljust(size), "messageStart")
    assert head[:4] == b"\x00\x00\x01\n"
    assert [counted(reading)[:2] for reading in read(head + converse_stream())] == [(57, 8)]


def test_a_damaged_binary_stream_is_cut_off_or_rejected():
    data = converse_stream()
    (reading,) = read(data[:-40])
    assert reading.completion_text == "Lime."
    assert {sequence.CUT_OFF, sequence.DAMAGED} <= set(reading.assumptions)
    (rejected,) = read(bytes([*data[:20], data[20] ^ 1, *data[21:]]))
    assert "byte 0" in str(rejected.error)


# What is no call, and what is no format


def test_failures_and_cache_hits_are_no_calls():
    failed = '{"id":"b","custom_id":"x","response":null,"error":{"code":"rate_limit"}}\n'
    (rejected,) = read(failed * 2)
    assert str(rejected.error) == "the input holds no call"
    assert len(read(failed + load("openai_batch.ndjson").decode())) == 2


@pytest.mark.parametrize(
    ("body", "message", "hint"),
    [
        ({"fruit": "pear"}, "not a format eco knows (keys: fruit)", "eco formats"),
        ({}, "not a format eco knows (keys: none)", "eco formats"),
        (
            {"error": {"type": "overloaded_error", "message": "x"}},
            "an error answer (overloaded_error), not a call",
            None,
        ),
        ({"transcript_path": "x", "session_id": "y", "model": {}}, "a log of another tool", "eco statusline"),
        (
            {"type": "assistant", "uuid": "u", "message": {"usage": {}}},
            "a log of another tool",
            "eco import claude-code",
        ),
        ({"id": "x", "object": "response", "usage": None}, "its usage is null: no token counts in it", "complete"),
        ({"id": "x", "object": "chat.completion", "choices": [], "usage": {}}, "its usage is empty: no token counts in it", "complete"),
        ({"id": "x", "choices": [{"message": {"content": None}}]}, "no token counts in it", "usage"),
        ({"provider": "Google", "modle": "x", "prompt_tokens": 1}, "unknown field 'modle'", "model"),
    ],
)
def test_what_is_not_a_call_is_rejected_with_a_reason(body, message, hint):
    (rejected,) = read(json.dumps(body))
    assert message in str(rejected.error)
    said = hints.hint(rejected.error)
    assert said is None if hint is None else hint in said


@pytest.mark.parametrize(
    "text", ["hello", "42", "null", '"x"', "[]", "[1]", ": only a comment\n\n", "data: 1\n\n", "\x00"]
)
def test_anything_else_is_rejected(text):
    assert all(isinstance(found, Rejected) for found in read(text))


@pytest.mark.parametrize("value", [-1, 1.5, "12", True, [], {}, 10**13, float("1e300")])
def test_a_bad_counter_names_the_payloads_own_field(value):
    body = document("openai_chat.json")
    body["usage"]["prompt_tokens_details"]["cached_tokens"] = value
    (rejected,) = read(json.dumps(body))
    assert "usage.prompt_tokens_details.cached_tokens: must be an integer" in str(rejected.error)


def test_a_whole_number_written_as_a_fraction_is_a_count():
    (reading,) = read(load("cohere_v1.json").replace(b'"input_tokens": 68', b'"input_tokens": 68.0'))
    assert reading.fields["prompt_tokens"] == 68


def test_one_bad_span_does_not_take_the_others_with_it():
    found = read(load("otlp_spans.json").replace(b'"intValue": "40"', b'"intValue": "-40"'))
    assert [type(reading) for reading in found] == [Reading, Rejected, Reading]
    assert "gen_ai.usage.prompt_tokens" in str(found[1].error)


def test_a_call_without_its_output_does_not_take_the_others_with_it():
    found = read(load("otlp_logs.json").replace(b'"output_tokens"', b'"other"'))
    assert [type(reading) for reading in found] == [Rejected, Reading]


def test_lines_of_many_formats_stay_in_order():
    names = ["openai_chat.json", "anthropic.json", "gemini.json", "ollama.json", "converse.json"]
    lines = [json.dumps(document(name)) for name in names] + [native.EXAMPLE, "{broken", json.dumps({"fruit": 1})]
    found = read("\r\n".join(lines))
    assert [r.format for r in found[:6]] == [
        "openai-chat",
        "anthropic",
        "gemini",
        "ollama",
        "bedrock-converse",
        "native",
    ]
    assert [r.where for r in found] == [f"line {n}" for n in range(1, 9)]
    assert [type(r) for r in found[6:]] == [Rejected, Rejected]


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize("between", ["", " ", "\n"])
def test_answers_that_follow_one_another_are_told_apart(indent, between):
    bodies = [document("openai_chat.json"), document("anthropic.json"), document("converse.json")]
    found = read(between.join(json.dumps(body, indent=indent) for body in bodies))
    assert [reading.format for reading in found] == ["openai-chat", "anthropic", "bedrock-converse"]
    found = read(between.join(json.dumps(body, indent=indent) for body in bodies) + between + '{"cut": ')
    assert [type(reading) for reading in found] == [Reading] * 3 + [Rejected]


def test_arrays_that_follow_one_another_are_opened():
    array = load("gemini_array.json").decode()
    assert [counted(reading)[:2] for reading in read(array + array)] == [(9, 11), (9, 11)]


def test_a_stream_between_native_events_ends_where_they_begin():
    found = read(native.EXAMPLE.encode() + b"\n" + load("cohere_v1.ndjson") + native.EXAMPLE.encode())
    assert [reading.format for reading in found] == ["native", "cohere", "native"]


# Forcing a format


def test_a_format_can_be_forced():
    (reading,) = read('{"id":"x","usage":{"input_tokens":5,"output_tokens":6}}', "openai-responses")
    assert counted(reading)[:2] == (5, 6)
    (rejected,) = read('{"usage":{"input_tokens":5,"output_tokens":6}}', "gemini")
    assert "read as gemini" in str(rejected.error)
    (rejected,) = read(load("openai_completion.json"), "native")
    assert "unknown field" in str(rejected.error)


@pytest.mark.parametrize("name", COUNTS)
def test_forcing_the_format_that_was_recognised_changes_no_count(name):
    format, *expected = COUNTS[name]
    assert [counted(reading) for reading in read(load(name), format) if isinstance(reading, Reading)] == expected


def test_an_unknown_format_is_wrong_use_with_suggestions():
    with pytest.raises(UsageError) as caught:
        read("{}", "opnai-chat")
    assert caught.value.exit_code == 2
    assert "openai-chat" in caught.value.hint


def test_the_listing_names_every_format_once():
    listed, faults = formats.listing()
    assert ([name for name, title in listed if title], faults) == (list(formats.names()), [])
    assert formats.names() == ("native", *formats.NAMES)
    assert all(name == formats.by_name(name).name for name in formats.NAMES)


def test_native_events_import_no_payload_format():
    program = (
        "import io, sys; from ecocli import ingest; from ecocli.ingest import native;"
        "list(ingest.read(io.BytesIO(native.EXAMPLE.encode())));"
        "sys.exit(any(name.startswith(('ecocli.ingest.formats', 'ecocli.ingest.streams')) for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


# Nothing that a file holds makes eco fall over


def documents(name: str) -> list:
    """The JSON documents of a sample, whatever holds them."""
    data = load(name).decode()
    if name.endswith(".json"):
        return [json.loads(data)]
    lines = (line.removeprefix("data: ") for line in data.splitlines())
    return [json.loads(line) for line in lines if line.startswith("{")]


def places(value, path=()):
    """Every path into a document."""
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield (*path, key)
        yield from places(child, (*path, key))


def put(value, path, replacement):
    """The document with something else in one place."""
    if not path:
        return replacement
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = put(value[path[0]], path[1:], replacement)
    return copy


@pytest.mark.parametrize("name", COUNTS)
@pytest.mark.parametrize("odd", [None, {}, [], "", "text", -1, 1e999, True, [None], {"": None}])
def test_any_type_in_any_place_gives_readings_or_rejections(name, odd):
    body = documents(name)
    for path in places(body):
        for found in read("\n".join(json.dumps(document) for document in put(body, path, odd))):
            if isinstance(found, Reading):
                assert found.fields.keys() <= set(native.FIELDS)


KEYS = sorted({key for name in COUNTS for path in places(documents(name)) for key in path if isinstance(key, str)})
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(KEYS),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=4), inside),
    max_leaves=20,
)


@given(st.dictionaries(st.sampled_from(KEYS), JSON), st.sampled_from([None, "native", *formats.NAMES]))
def test_random_documents_give_readings_or_rejections(body, format):
    assert read(json.dumps(body), format)
    assert read(f"data: {json.dumps(body)}\n\n", format)


@given(st.binary(max_size=200))
@example(b"HTTP/1.1 200")
@example(b"\x00HTTP/1.1 200 OK\r\n\r\n")
def test_random_bytes_give_readings_rejections_or_an_error_of_eco(data):
    try:
        read(data)
        read(event(data))
    except EcoError:  # blanks, headers without a body, or the mark of text that is not there or is none
        assert not data.strip() or data.lstrip(AROUND).startswith((b"HTTP/", codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
