"""Signals: the ways in which one call may be told of, each under an id of its own."""

from collections.abc import Mapping

SPAN, EVENT, LOG = "span", "event", "log"
RANKED = (SPAN, EVENT, LOG)
"""The better source stands later: a tool's own log knows more than its event, and that more than its span."""
TAG = "signal"
"""Names the signal of a call that came by telemetry."""
SAYING = "~"
"""In the id of an event that has no number: what stands before it was the whole id once."""
TOLERANCE_MS = 5_000
"""How far apart two reports of one call may be: a tool writes its log a moment after the answer, and its clock has only milliseconds."""
LONGEST_MS = 3_600_000
"""No call takes longer."""
TELEMETRY_FORMAT = "otlp"
TELEMETRY_SOURCE = "otel"
"""Of a call of a program that has no log of its own."""
SOURCES = ("claude-code", "codex", "gemini-cli", "qwen-code", TELEMETRY_SOURCE)
"""Of all calls that telemetry may tell of."""


def signal_of(format: str, tags: Mapping[str, str]) -> str | None:
    """The signal of a call: a log where it came by no telemetry; None for telemetry that does not say."""
    if format != TELEMETRY_FORMAT:
        return LOG
    return told if (told := tags.get(TAG)) in (SPAN, EVENT) else None


def is_better(signal: str, other: str) -> bool:
    """True where a report in one signal takes the place of one in the other."""
    return RANKED.index(signal) > RANKED.index(other)
