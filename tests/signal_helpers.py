"""Reports of one call, as a collector's files and a tool's own log hold them."""

import itertools

from tests.import_helpers import write

SESSION = "s1"
ENDED_MS = 1_775_037_600_000  # 2026-04-01T10:00:00Z, as in a line of Claude Code's log


def telemetry(path, is_span, at_ms=ENDED_MS, output=100, service="claude-code", span="cd" * 8):
    """A file of a collector with a log event, or a span, of the call of `claude_line`."""
    counts = {"input_tokens": 4, "output_tokens": output, "cache_read_tokens": 1000, "cache_creation_tokens": 50}
    told = {"session.id": SESSION, "model": "claude-sonnet-4-5", **counts}
    record = {"attributes": [{"key": key, "value": {"stringValue": str(value)}} for key, value in told.items()]}
    if is_span:
        times = {"startTimeUnixNano": f"{at_ms - 3000}000000", "endTimeUnixNano": f"{at_ms}000000"}
        record |= times | {"name": "claude_code.llm_request", "traceId": "ab" * 16, "spanId": span}
        export = {"resourceSpans": [{"scopeSpans": [{"scope": {"name": "com.anthropic.claude_code.events"}, "spans": [record]}]}]}
    else:
        record |= {"timeUnixNano": f"{at_ms}000000", "body": {"stringValue": "claude_code.api_request"}}
        export = {"resourceLogs": [{"scopeLogs": [{"scope": {"name": "com.anthropic.claude_code.events"}, "logRecords": [record]}]}]}
    for resource in itertools.chain.from_iterable(export.values()):
        resource["resource"] = {"attributes": [{"key": "service.name", "value": {"stringValue": service}}]}
    return write(path, export)


def by_conventions(path, is_span, response, at_ms, session=SESSION, more=None):
    """A span, or a log event, of a program that names each response, and its conversation; its calls have the same counts."""
    told = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o", "gen_ai.response.id": response}
    told |= {"gen_ai.usage.input_tokens": "10", "gen_ai.usage.output_tokens": "1"} | (more or {})
    told |= {"gen_ai.conversation.id": session} if session else {}
    record = {"attributes": [{"key": key, "value": {"stringValue": value}} for key, value in told.items()]}
    if is_span:
        record |= {"startTimeUnixNano": f"{at_ms - 300}000000", "endTimeUnixNano": f"{at_ms}000000", "name": "chat gpt-4o", "traceId": "ab" * 16, "spanId": response.encode().hex()}
        return write(path, {"resourceSpans": [{"scopeSpans": [{"spans": [record]}]}]})
    record |= {"timeUnixNano": f"{at_ms}000000", "eventName": "gen_ai.client.inference.operation.details"}
    return write(path, {"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]})
