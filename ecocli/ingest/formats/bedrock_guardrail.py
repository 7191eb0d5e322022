"""Answers that a guardrail of Amazon Bedrock gave in the model's place, whichever shape they have."""

from collections.abc import Iterator
from typing import Any

from ecocli.errors import BadData
from ecocli.ingest import fields as f
from ecocli.ingest.format import Format
from ecocli.ingest.formats import bedrock_invoke
from ecocli.ingest.reading import Reading, Rejected

NAME = "bedrock-guardrail"


def matches(document: dict[str, Any]) -> bool:
    """A guardrail stepped in, and no tokens were counted: an answer with counts was written by the model and read as any other."""
    return bedrock_invoke.is_of_guardrail(document)


def read(document: dict[str, Any]) -> Iterator[Reading | Rejected]:
    """Nothing where the input was stopped, for then no model ran; what the model wrote before its output was stopped is not counted anywhere."""
    if _output_was_stopped(document):
        yield Rejected(BadData("a guardrail withheld what the model wrote, and no token counts are in it"), None, f.canonical(document))


def _output_was_stopped(document: dict[str, Any]) -> bool:
    traces = (f.section(document, "trace.guardrail"), f.section(document, "amazon-bedrock-trace.guardrail"))
    return any(trace.get("outputAssessments") or trace.get("outputs") or trace.get("output") for trace in traces)


FORMAT = Format(NAME, "Amazon Bedrock answers of a guardrail (where it stopped the input, no model ran)", matches, read)
