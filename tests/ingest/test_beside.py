"""What answers tell beside their tokens: the service tier, and the provider's own tools."""

import io
import json

import pytest

from ecocli import ingest
from ecocli.errors import BadField
from ecocli.ingest import native
from ecocli.ingest.reading import Reading


def one(document):
    [reading] = ingest.read(io.BytesIO(json.dumps(document).encode()))
    assert isinstance(reading, Reading), reading
    return reading


CHAT = {"id": "a", "object": "chat.completion", "model": "example-1", "choices": [{"index": 0}], "usage": {"prompt_tokens": 5, "completion_tokens": 2}}
RESPONSE = {"id": "r", "object": "response", "model": "example-1", "output": [], "usage": {"input_tokens": 5, "output_tokens": 2, "total_tokens": 7}}
MESSAGE = {"id": "msg_1", "type": "message", "model": "claude-example-1", "content": [], "usage": {"input_tokens": 5, "output_tokens": 2}}
GEMINI = {"responseId": "g", "modelVersion": "gemini-example", "candidates": [{"index": 0}], "usageMetadata": {"promptTokenCount": 5, "candidatesTokenCount": 2}}
ROW = {"id": "l", "call_type": "acompletion", "custom_llm_provider": "openai", "model": "example-1", "prompt_tokens": 5, "completion_tokens": 2}


@pytest.mark.parametrize(
    ("document", "tier"),
    [
        (CHAT, None),
        (CHAT | {"service_tier": "flex"}, "flex"),
        (RESPONSE | {"service_tier": "priority"}, "priority"),
        (MESSAGE | {"usage": MESSAGE["usage"] | {"service_tier": "standard"}}, "standard"),
        (GEMINI | {"usageMetadata": GEMINI["usageMetadata"] | {"trafficType": "PROVISIONED_THROUGHPUT"}}, "provisioned_throughput"),
        ({"stopReason": "x", "usage": {"inputTokens": 5, "outputTokens": 2}, "serviceTier": {"type": "flex"}}, "flex"),
        (ROW | {"cost_breakdown": {"service_tier": "priority"}}, "priority"),
        ({"custom_id": "1", "response": {"body": CHAT | {"service_tier": "default"}}}, "batch"),
        ({"custom_id": "1", "result": {"type": "succeeded", "message": MESSAGE}}, "batch"),
        ({"key": "1", "response": GEMINI}, "batch"),
        (CHAT | {"service_tier": {"odd": 1}}, None),
    ],
)
def test_service_tier(document, tier):
    assert one(document).fields.get("service_tier") == tier


GROUNDED = [{"index": 0, "groundingMetadata": {"webSearchQueries": ["plum", "pear"]}}]


@pytest.mark.parametrize(
    ("document", "calls"),
    [
        (MESSAGE | {"usage": MESSAGE["usage"] | {"server_tool_use": {"web_search_requests": 3, "web_fetch_requests": 0}}}, {"web_search": 3}),
        (RESPONSE | {"output": [{"type": kind} for kind in ("web_search_call", "web_search_call", "code_interpreter_call", "function_call", "message")]}, {"web_search": 2, "code_interpreter": 1}),
        (CHAT | {"usage": CHAT["usage"] | {"num_search_queries": 4}}, {"web_search": 4}),
        (CHAT | {"usage": CHAT["usage"] | {"server_side_tool_usage_details": {"x_search_calls": 2}}}, {"x_search": 2}),
        (CHAT | {"choices": [{"index": 0, "message": {"executed_tools": [{"type": "search"}, {"type": "python"}]}}]}, {"search": 1, "python": 1}),
        (GEMINI | {"candidates": GROUNDED}, {"google_search": 2}),
        (ROW | {"response": {"usage": {"prompt_tokens": 5, "prompt_tokens_details": {"web_search_requests": 1}}}}, {"web_search": 1}),
        (CHAT, None),
        (CHAT | {"usage": CHAT["usage"] | {"server_tool_use": {"web_search_requests": "many"}}}, None),
    ],
)
def test_tools_that_the_provider_ran(document, calls):
    assert one(document).fields.get("server_tool_calls") == calls


@pytest.mark.parametrize("value", [{"a": -1}, {"a": 1.5}, {"a": True}, {"": 1}, [], 3, {f"t{n}": 1 for n in range(65)}])
def test_what_is_no_count_of_tools_is_refused(value):
    with pytest.raises(BadField, match="server_tool_calls"):
        native.to_usage({"model": "m", "prompt_tokens": 1, "completion_tokens": 1, "server_tool_calls": value})


def test_both_are_kept_and_neither_changes_the_figures(eco):
    event = {"provider": "OpenAI", "model": "gpt-4o", "prompt_tokens": 100, "completion_tokens": 10}
    told = event | {"id": "e1", "service_tier": "flex", "server_tool_calls": {"web_search": 2, "code_interpreter": 1, "mcp": 0}}
    plain, with_them = (eco("record", input=json.dumps(one)).json for one in (event, told))
    assert with_them["energy_wh"] == plain["energy_wh"]
    assert (with_them["audit"]["serviceTier"], with_them["audit"]["serverToolCalls"]["web_search"]) == ("flex", 2)
    said = set(with_them["audit"]["assumptions"]) - set(plain["audit"]["assumptions"])
    assert said == {"web_search, which the provider ran 2 times, is not estimated", "code_interpreter, which the provider ran once, is not estimated"}
    row = json.loads(eco("history", "--full", "--format", "ndjson").stdout.splitlines()[0])
    assert (row["id"], row["serviceTier"], row["serverToolCalls"]) == ("e1", "flex", {"web_search": 2, "code_interpreter": 1, "mcp": 0})
