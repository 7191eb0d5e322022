"""OpenTelemetry, as OTLP/JSON or as an SDK prints it: the GenAI conventions, old and new names, and agents with events of their own."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from ecocli.core import signals
from ecocli.errors import BadData
from ecocli.ingest import fields as f
from ecocli.ingest import otel_agents as agents
from ecocli.ingest import otel_attributes as attributes
from ecocli.ingest import otel_nesting as nesting
from ecocli.ingest import otel_records as records
from ecocli.ingest.format import Format
from ecocli.ingest.otel_records import Record, integer
from ecocli.ingest.reading import Reading, Rejected

NAME = "otlp"

Reader = Callable[[Record], dict[str, Any] | None]
_EVENTS: dict[str, Reader] = {
    "claude_code.api_request": agents.claude_code,
    "claude_code.llm_request": agents.claude_code_span,
    "gemini_cli.api_response": agents.gemini_cli,
    "qwen-code.api_response": agents.qwen_code,
    "codex.sse_event": agents.codex,
}
_AGENTS = {"claude-code": "claude_code", "com.anthropic.claude_code.events": "claude_code", "gemini-cli": "gemini_cli", "qwen-code": "qwen-code"}
_AGENTS |= dict.fromkeys(("codex_cli_rs", "codex_exec", "codex-app-server", "codex_mcp_server", "codex_otel.log_only"), "codex")
"""By the name of the service, which people change, or of the scope."""


def matches(document: dict[str, Any]) -> bool:
    """An export of any signal, or one record of an SDK; metrics hold no calls."""
    return records.is_export(document) or records.is_printed(document)


def read(document: dict[str, Any]) -> Iterator[Reading | Rejected]:
    """The calls among spans and log records. What has no token counts, or sums up other spans, is none. One bad record does not take the others with it."""
    found: list[tuple[int, Reading | Rejected]] = []
    taken: list[Record] = []
    told = Counter[str]()
    for raw, service, scope in records.raw_records(document):
        try:
            taken.append(record := records.record(raw, service, scope))
            found += ((len(taken) - 1, reading) for reading in _read(record, told))
        except BadData as error:
            found.append((-1, Rejected(error, None, f.canonical(raw))))
    calls = {place: _counts(reading) for place, reading in found if isinstance(reading, Reading)}
    outer = nesting.wrappers(taken, calls) if len(calls) > 1 else ()
    yield from (reading for place, reading in found if place not in outer)


def _counts(reading: Reading) -> nesting.Counts:
    return reading.fields.get("prompt_tokens"), reading.fields.get("completion_tokens")


def _read(record: Record, told: Counter[str]) -> Iterator[Reading]:
    agent = _AGENTS.get(record.scope) or _AGENTS.get(record.service)
    name = f"{agent}.{record.name}" if agent and "." not in record.name else record.name
    fields = _fields(record, name, agent)
    if fields is None:
        return
    session, own_id = fields.pop("session"), fields.pop("id")
    identity = own_id or _identity(record, name, session, told)
    source = fields.pop("source", signals.TELEMETRY_SOURCE)
    request = own_id if agent == "claude_code" or (session and not agent) else None
    yield _dated(f.reading(NAME, attributes.not_understood(record), id=identity, source=source, tags=_tags(record, session, own_id, request), **fields))


def _dated(reading: Reading) -> Reading:
    """With the end as the start where only that is told: it may be read long after."""
    if "endTimeMs" in reading.fields:
        reading.fields.setdefault("startTimeMs", reading.fields["endTimeMs"])
    return reading


def _tags(record: Record, session: str | None, own_id: str | None, request: str | None) -> dict[str, str] | None:
    """With what the store matches several reports of one call by, where they have a session or an id in common, or tells two calls apart."""
    signal = (signals.SPAN if record.is_span else signals.EVENT) if session or own_id else None
    return f.tags(service=record.service, session=session, request=request, signal=signal)


def _fields(record: Record, name: str, agent: str | None) -> dict[str, Any] | None:
    """An agent tells of a call in an event of its own, and perhaps in another by the conventions, which lacks a part."""
    if reader := _EVENTS.get(name):
        return reader(record)
    if agent:
        return None
    return attributes.gen_ai(record) or agents.langfuse(record)


def _identity(record: Record, name: str, session: str | None, told: Counter[str]) -> str:
    """
    An id for a call that brings none.

    A span has its own. A log record only names the span around it, in which there may be several calls: it is told
    from others of its session by its number, or else by its time and what it says. Of those that say the same, each
    is a call of its own: nobody sends one twice in a document.
    """
    if record.is_span and record.trace and record.span:
        return f.shortened(f"{record.trace}:{record.span}")
    if session and (number := attributes.text(record.attributes, "event.sequence")):
        return f.shortened(f"{session}:{name}:{number}")
    when = attributes.text(record.attributes, "event.timestamp") or record.end_ms
    found = f"{session}:{name}:{when}{signals.SAYING}{f.fingerprint(_numbers_and_ids(record))}" if session and when else f.body_id(record.raw)
    told[found] += 1
    return f.shortened(found if told[found] == 1 else f"{found}:{told[found]}")


def _numbers_and_ids(record: Record) -> dict[str, Any]:
    """What a record says, in every encoding the same, and without any text of a person."""
    found = {key: integer(value) for key, value in record.attributes.items()}
    return {key: value for key, value in found.items() if type(value) is int or (type(value) is str and (key == "model" or key.endswith(("_id", ".id"))))}


FORMAT = Format(NAME, "OpenTelemetry: OTLP/JSON or an SDK's own records (GenAI conventions, OpenLLMetry, OpenInference, Langfuse, Claude Code, Gemini CLI, Codex)", matches, read)
