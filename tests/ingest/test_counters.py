"""Spellings of counters, what a row tells of them, and what keys do not prove. Counts worked out on paper."""

import io
import json

import pytest

from ecocli import ingest
from ecocli.ingest import chat_usage, native
from ecocli.ingest.counters import NOT_UNDERSTOOD
from ecocli.ingest.formats import bedrock_converse, bedrock_log, dashscope, gemini, gemini_interactions, openai_realtime, openai_responses, vercel_ai
from ecocli.ingest.reading import Reading, Rejected


def read(*documents):
    return list(ingest.read(io.BytesIO("\n".join(map(json.dumps, documents)).encode())))


def one(document):
    [reading] = read(document)
    assert isinstance(reading, Reading), reading
    return reading


def counted(reading):
    return tuple(reading.fields.get(name) for name in native.TOKEN_FIELDS)


def put(document, path, value):
    """The document with a value under a dotted path."""
    key, _, rest = path.partition(".")
    inner = document.get(key)
    return {**document, key: put(inner if isinstance(inner, dict) else {}, rest, value) if rest else value}


BASES = {
    chat_usage: {"id": "a", "object": "chat.completion", "choices": [{"index": 0}]},
    openai_responses: {"id": "a", "object": "response", "usage": {"input_tokens_details": {}, "total_tokens": 1}},
    gemini: {"responseId": "a", "modelVersion": "gemini-example", "candidates": [{"index": 0}]},
    gemini_interactions: {"id": "a", "object": "interaction"},
    bedrock_converse: {"stopReason": "end_turn", "metrics": {"latencyMs": 5}},
    bedrock_log: {"schemaType": "ModelInvocationLog", "requestId": "a"},
    dashscope: {"request_id": "a", "output": {"text": "x"}},
    openai_realtime: {"object": "realtime.response", "id": "a"},
    vercel_ai: {"finishReason": "stop", "response": {"id": "a"}},
}
SPELLINGS = [(module, field, path) for module in BASES for field, paths in module.TABLE.items() for path in paths]


@pytest.mark.parametrize(("module", "field", "path"), SPELLINGS, ids=lambda value: getattr(value, "__name__", value))
def test_every_spelling_of_a_counter_is_read_and_understood(module, field, path):
    document = BASES[module]
    for name in ("prompt_tokens", "completion_tokens"):
        if name != field:
            plain = module.TABLE[name][0]
            document = put(document, f"{plain}.total" if path.startswith(f"{plain}.") else plain, 500)
    if module is openai_responses:
        document = put(document, "usage.total_tokens", 1000)
    beside = module.counts(document)[0] if module is chat_usage else None
    assert beside is None or beside[field] is None
    reading = one(put(document, path, 40))
    own = field in ("reasoning_tokens", "cached_tokens", "cache_write_tokens")
    assert reading.fields[field] == 40 or not own
    assert reading.fields[field] >= 40
    assert not [sentence for sentence in reading.assumptions if sentence.startswith(NOT_UNDERSTOOD)]


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ({"id": "a", "choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 2}}, "usage.prompt_tokens_details.smell_tokens"),
        ({"id": "a", "usage": {"input_tokens": 5, "output_tokens": 2, "total_tokens": 7}}, "usage.smell_tokens"),
        ({"responseId": "a", "usageMetadata": {"promptTokenCount": 5}}, "usageMetadata.smellTokenCount"),
        ({"stopReason": "x", "usage": {"inputTokens": 5, "outputTokens": 2}}, "usage.smellTokens"),
    ],
)
def test_a_number_that_is_not_understood_is_named(document, path):
    assert one(document).assumptions == []
    assert one(put(document, path, 3)).assumptions == [NOT_UNDERSTOOD + path]
    assert one(put(document, path, 0)).assumptions == []
    assert one(put(document, path.replace("smell", "cost_"), 3)).assumptions == []


@pytest.mark.parametrize(
    ("usage", "counts"),
    [
        # the total says where the cache is
        ({"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 190, "cache_read_input_tokens": 80}, (180, 10, None, 80, None)),
        ({"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110, "cache_read_input_tokens": 80}, (100, 10, None, 80, None)),
        ({"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 150, "prompt_tokens_details": {"cached_tokens": 80}}, (100, 50, 40, 80, None)),
        ({"input_tokens": 100, "output_tokens": 10, "total_tokens": 190, "input_tokens_details": {"cached_tokens": 80}}, (180, 10, None, 80, None)),
        ({"input_tokens": 100, "output_tokens": 10, "total_tokens": 110, "input_tokens_details": {"cached_tokens": 80}}, (100, 10, None, 80, None)),
        ({"inputTokens": 100, "outputTokens": 10, "totalTokens": 190, "cachedInputTokens": 80}, (180, 10, None, 80, None)),
        ({"inputTokens": 100, "outputTokens": 10, "totalTokens": 110, "cachedInputTokens": 80}, (100, 10, None, 80, None)),
        # or else its name
        ({"inputTokens": 100, "outputTokens": 10, "cacheReadInputTokens": 80, "cacheCreationInputTokens": 5}, (185, 10, None, 80, 5)),
        ({"inputTokens": 100, "outputTokens": 10, "totalTokens": 110, "cacheReadInputTokens": 80}, (100, 10, None, 80, None)),
    ],
)
def test_the_row_tells_whether_the_cache_is_inside_the_prompt(usage, counts):
    assert counted(one({"id": "a", "usage": usage})) == counts


@pytest.mark.parametrize(
    ("usage", "counts"),
    [
        # a gateway fills in every name that a provider may use; the one that counts holds more than 0
        ({"prompt_tokens": 700, "completion_tokens": 9, "prompt_tokens_details": {"cached_tokens": 0}, "cache_read_input_tokens": 640}, (700, 9, None, 640, None)),
        ({"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0, "cache_read_input_tokens": 0, "cached_tokens": 0}, (0, 0, None, 0, None)),
        # a write that the provider took back, of which a stream left both: 640 + 640 do not fit into 700
        ({"prompt_tokens": 700, "completion_tokens": 9, "total_tokens": 709, "cache_read_input_tokens": 640, "cache_creation_input_tokens": 640}, (700, 9, None, 640, 0)),
        ({"prompt_tokens": 1400, "completion_tokens": 9, "total_tokens": 1409, "cache_read_input_tokens": 640, "cache_creation_input_tokens": 640}, (1400, 9, None, 640, 640)),
        ({"prompt_tokens": 70, "completion_tokens": 9, "total_tokens": 79, "cache_read_input_tokens": 640, "cache_creation_input_tokens": 640}, (1350, 9, None, 640, 640)),
        # what a recording or a connector brought is in the total alone: 780 - 60 - 20 = 700 were read, not written
        ({"prompt_tokens": 60, "completion_tokens": 20, "total_tokens": 780, "prompt_audio_seconds": 56}, (760, 20, None, None, None)),
        ({"prompt_tokens": 60, "completion_tokens": 20, "total_tokens": 780, "connector_tokens": 700, "connectors": {"web_search": 1}}, (760, 20, None, None, None)),
        ({"prompt_tokens": 60, "completion_tokens": 20, "total_tokens": 780, "prompt_audio_seconds": None}, (60, 720, 700, None, None)),
        # the sources of an answer are in no sum: 31 + 2000 were read
        ({"prompt_tokens": 31, "completion_tokens": 70, "total_tokens": 101, "citation_tokens": 2000, "reasoning_tokens": 900}, (2031, 70, 900, None, None)),
        ({"prompt_tokens": 31, "completion_tokens": 70, "total_tokens": 2101, "citation_tokens": 2000}, (2031, 70, None, None, None)),
    ],
)  # fmt: skip
def test_counters_that_only_the_others_explain(usage, counts):
    reading = one({"id": "a", "choices": [], "usage": usage})
    assert not [sentence for sentence in reading.assumptions if sentence.startswith(NOT_UNDERSTOOD)]
    assert counted(reading) == counts


def test_mistrals_conversation_names_its_model_in_its_outputs():
    usage = {"prompt_tokens": 60, "completion_tokens": 20, "total_tokens": 780, "connector_tokens": 700, "connectors": {"web_search": 2}}
    outputs = [{"type": "tool.execution", "name": "web_search"}, {"type": "message.output", "model": "mistral-medium-2505", "content": "x"}]
    fields = one({"object": "conversation.response", "conversation_id": "conv_1", "outputs": outputs, "usage": usage}).fields
    assert (fields["model"], fields["provider"], fields["server_tool_calls"]) == ("mistral-medium-2505", "Mistral", {"web_search": 2})


QWENS = {"prompt": 640, "candidates": 48, "thoughts": 16, "cached": 512, "tool": 0}


@pytest.mark.parametrize(("total", "completion"), [(688, 48), (704, 64)])
def test_a_result_of_qwen_code_is_of_its_models_and_holds_thoughts_as_the_total_says(total, completion):
    usage = {"input_tokens": 640, "output_tokens": 48, "cache_read_input_tokens": 512, "total_tokens": total}
    result = {"type": "result", "subtype": "success", "uuid": "u", "session_id": "s", "num_turns": 2, "usage": usage}
    reading = one(result | {"stats": {"models": {"qwen3-coder-plus": {"api": {"totalRequests": 2}, "tokens": QWENS | {"total": total}}}}})
    assert counted(reading) == (640, completion, 16, 512, None)
    assert (reading.fields["model"], reading.fields["provider"], reading.fields["source"]) == ("qwen3-coder-plus", "Alibaba", "qwen-code")
    assert one(result).fields["prompt_tokens"] == (640 if total == 688 else 1152)


def test_a_model_of_a_result_without_counts_takes_no_other_with_it_and_a_wrong_one_is_named_as_it_is_written():
    models = {"none": {"tokens": {"total": 9}}, "some": {"tokens": {"prompt": 4, "candidates": 3, "total": 7}}}
    bare, full = read({"session_id": "s", "stats": {"models": models}})
    assert str(bare.error).startswith("line 1: no token counts in it")
    assert counted(full) == (4, 3, None, None, None)
    (wrong,) = read({"session_id": "s", "stats": {"models": {"some": {"tokens": {"prompt": -4, "candidates": 3}}}}})
    assert str(wrong.error) == "line 1: tokens.prompt: must be an integer from 0 to 10^12, not -4"


USAGE = {"inputTokens": 9, "outputTokens": 3, "totalTokens": 12}


@pytest.mark.parametrize(
    ("document", "provider"),
    [
        ({"model": "example-1", "usage": USAGE}, None),
        ({"text": "x", "finishReason": "stop", "usage": USAGE}, None),
        ({"usage": USAGE, "stopReason": "end_turn"}, "AWS"),
        ({"usage": USAGE, "ResponseMetadata": {"RequestId": "r"}}, "AWS"),
        ({"usageMetadata": {"promptTokenCount": 9}, "modelVersion": "qwen3-coder-plus"}, None),
        ({"usageMetadata": {"promptTokenCount": 9}}, None),
        ({"usageMetadata": {"promptTokenCount": 9}, "candidates": [{"index": 0}]}, "Google"),
        ({"usageMetadata": {"promptTokenCount": 9}, "modelVersion": "models/gemini-3-pro"}, "Google"),
    ],
)
def test_a_key_that_others_write_too_proves_no_provider(document, provider):
    assert one(document).fields.get("provider") == provider


# Guardrails and batches


@pytest.mark.parametrize(
    "document",
    [
        {"output": {"message": {"content": [{"text": "Sorry."}]}}, "stopReason": "guardrail_intervened", "usage": {"inputTokens": 0, "outputTokens": 0, "totalTokens": 0}},
        {"amazon-bedrock-guardrailAction": "INTERVENED", "generation": "Sorry.", "prompt_token_count": None, "generation_token_count": None},
        {"amazon-bedrock-guardrailAction": "INTERVENED", "type": "message", "role": "assistant", "content": [{"type": "text", "text": "Sorry."}]},
    ],
)
def test_where_a_guardrail_stopped_the_input_no_model_ran(document):
    [found] = read(document)
    assert isinstance(found, Rejected)
    assert str(found.error) == "the input holds no call"


def test_where_a_guardrail_stopped_the_output_the_model_ran():
    usage = {"inputTokens": 12, "outputTokens": 30, "totalTokens": 42}
    assert counted(one({"output": {"message": {}}, "stopReason": "guardrail_intervened", "usage": usage}))[:2] == (12, 30)
    traced = {"amazon-bedrock-guardrailAction": "INTERVENED", "amazon-bedrock-trace": {"guardrail": {"outputs": [{}]}}, "outputText": "Sorry."}
    [found] = read(traced)
    assert "withheld" in str(found.error)


def test_a_batch_may_hold_answers_of_any_shape():
    bodies = [
        {"id": "m-1", "type": "message", "role": "assistant", "model": "claude-example-1", "content": [], "usage": {"input_tokens": 3, "output_tokens": 2}},
        {"id": "r-1", "object": "response", "model": "example-1", "usage": {"input_tokens": 5, "output_tokens": 1, "total_tokens": 6}},
        {"object": "list", "data": [{"embedding": [0.5]}], "model": "embed-1", "usage": {"prompt_tokens": 4, "total_tokens": 4}},
        {"created": 1, "data": [{"b64_json": "aGk="}]},
        {"error": {"message": "x"}},
        {"fruit": "plum"},
    ]
    found = read(*({"custom_id": str(n), "response": {"status_code": 200, "body": body}} for n, body in enumerate(bodies)))
    assert [counted(reading)[:2] for reading in found if isinstance(reading, Reading)] == [(3, 2), (5, 1), (4, 0)]
    left_out, unknown = (rejected for rejected in found if isinstance(rejected, Rejected))
    assert not left_out.is_fault and "an image model" in str(left_out.error)
    assert "not a format eco knows (keys: fruit)" in str(unknown.error)
    found = read(*({"custom_id": str(n), "result": {"type": "succeeded", "message": body}} for n, body in enumerate(bodies[:2])))
    assert [(reading.format, counted(reading)[:2]) for reading in found] == [("anthropic-batch", (3, 2)), ("anthropic-batch", (5, 1))]


# LiteLLM's rows

ROW = {
    "id": "l-1", "call_type": "acompletion", "status": "success", "custom_llm_provider": "anthropic", "model": "claude-example-1",
    "prompt_tokens": 900, "completion_tokens": 40, "total_tokens": 940, "startTime": 1_767_225_600.0, "endTime": 1_767_225_601.0,
}  # fmt: skip
CACHE = {"cache_read_input_tokens": 500, "cache_creation_input_tokens": 60}


@pytest.mark.parametrize(
    ("usage", "prompt"),
    [
        ({"prompt_tokens": 900, "completion_tokens": 40, "prompt_tokens_details": {"cached_tokens": 500}, **CACHE}, 900),
        ({"input_tokens": 900, "output_tokens": 40, **CACHE}, 1460),  # Anthropic's own: its input leaves out the cache
        ({"input_tokens": 340, "output_tokens": 40, **CACHE}, 900),
        ({"prompt_tokens": 1460, "completion_tokens": 40, **CACHE}, 1460),
        ({"prompt_tokens": 900, "completion_tokens": 40, "prompt_tokens_details": {"text_tokens": 900}, **CACHE}, 1460),
        ({"prompt_tokens": 900, "completion_tokens": 40, "prompt_tokens_details": {"text_tokens": 340}, **CACHE}, 900),
    ],
)
@pytest.mark.parametrize("place", ["response", "metadata"])
def test_litellms_row_tells_whether_it_left_out_the_cache(usage, prompt, place):
    holder = {"response": {"usage": usage}} if place == "response" else {"metadata": json.dumps({"usage_object": usage})}
    assert counted(one(ROW | holder)) == (prompt, 40, None, 500, 60)


AZURE = {"custom_llm_provider": "azure", "model": "azure/prod-east", "model_group": "gpt-4o"}


@pytest.mark.parametrize(
    ("row", "model"),
    [
        (AZURE, "gpt-4o"),
        (AZURE | {"model_group": "team-model", "model_map_information": {"model_map_key": "azure/gpt-4.1", "model_map_value": {"key": "azure/gpt-4.1"}}}, "azure/gpt-4.1"),
        (AZURE | {"model_map_information": {"model_map_key": "prod-east", "model_map_value": None}}, "gpt-4o"),
        (AZURE | {"metadata": json.dumps({"model_info": {"base_model": "azure/gpt-4o-mini"}})}, "azure/gpt-4o-mini"),
        (AZURE | {"model_group": ""}, "azure/prod-east"),
        ({"model": "", "model_group": "claude-example-2"}, "claude-example-2"),
        ({"model_group": "team-model"}, "claude-example-1"),
    ],
)
def test_a_deployment_on_azure_is_known_by_its_model(row, model):
    assert one(ROW | row).fields["model"] == model


@pytest.mark.parametrize(
    ("row", "region"),
    [
        ({"custom_llm_provider": "bedrock", "model": "bedrock/eu-west-3/anthropic.claude-example-v1:0"}, "eu-west-3"),
        ({"custom_llm_provider": "bedrock_converse", "model": "us-gov-east-1/anthropic.claude-example-v1:0"}, "us-gov-east-1"),
        ({"custom_llm_provider": "openai", "model": "eu-west-3/example"}, None),
        ({"custom_llm_provider": "vertex_ai", "cost_breakdown": {"vertex_location": "europe-west4"}}, "europe-west4"),
    ],
)
def test_litellms_row_tells_where_a_call_ran(row, region):
    assert one(ROW | row).fields.get("detected_region") == region


NOTHING = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (NOTHING | {"call_type": "aimage_generation"}, "is an image model"),
        ({"call_type": "image_edit"}, "is an image model"),
        (NOTHING | {"call_type": "atranscription"}, "is a speech model"),
        (NOTHING | {"call_type": "aspeech"}, "is a speech model"),
        (NOTHING | {"call_type": "avideo_generation"}, "is a video model"),
        (NOTHING | {"call_type": "arerank"}, "is a reranker that counts no tokens"),
        (NOTHING | {"spend": 0.02}, "was paid for, and all of its token counts are 0"),
        (NOTHING | {"response_cost": 0.02}, "was paid for"),
    ],
)
def test_a_row_whose_cost_tokens_do_not_tell_is_left_out(row, message):
    [found] = read(ROW | row)
    assert isinstance(found, Rejected) and not found.is_fault
    assert message in str(found.error)


def test_a_row_of_nothing_that_cost_nothing_is_what_it_says():
    assert counted(one(ROW | NOTHING | {"spend": 0.0}))[:2] == (0, 0)
    assert counted(one(ROW | {"call_type": "arerank", "completion_tokens": 0, "total_tokens": 900}))[:2] == (900, 0)
