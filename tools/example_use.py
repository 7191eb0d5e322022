"""Two weeks of one developer, made up: what the pictures in the README show."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

FIRST_DAY, LAST_DAY = "2026-11-09", "2026-11-22"
NOW_MS = 1_795_420_800_000
"""2026-11-23 08:00 in UTC, when the report is made."""

ANSWER: dict[str, Any] = {
    "id": "chatcmpl-example",
    "object": "chat.completion",
    "created": 1_795_185_000,
    "model": "gpt-5.1",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "…"}, "finish_reason": "stop"}],
    "usage": {
        "prompt_tokens": 5210,
        "completion_tokens": 1184,
        "total_tokens": 6394,
        "prompt_tokens_details": {"cached_tokens": 3584},
        "completion_tokens_details": {"reasoning_tokens": 704},
    },
}
"""What a provider sends back for one call."""


class Session(NamedTuple):
    """Calls one after the other, each with more context than the last, as an agent makes them."""

    start: str
    minutes: int
    calls: int
    who: str
    """A key of WHO."""
    prompt_tokens: int
    """Of the first call."""
    growth: int
    """More prompt tokens with each call."""
    completion_tokens: int
    """Of a call in the middle."""
    project: str


WHO: dict[str, dict[str, Any]] = {
    "agent": {"provider": "Anthropic", "model": "claude-sonnet-4.5", "source": "claude-code"},
    "helper": {"provider": "Anthropic", "model": "claude-haiku-4.5", "source": "claude-code"},
    "review": {"provider": "OpenAI", "model": "gpt-5.1", "source": "ci"},
    "shop": {"provider": "AWS", "model": "claude-haiku-4.5", "detected_region": "eu-central-1", "source": "api"},
    "papers": {"provider": "Google", "model": "gemini-3-pro", "source": "api"},
    "laptop": {"provider": "ollama", "model": "qwen3-coder-30b-a3b-instruct", "detected_region": "DE", "source": "api", "is_estimated": True},
}

SESSIONS = (
    Session("2026-11-09T09:10", 95, 42, "agent", 14_000, 1_900, 420, "checkout"),
    Session("2026-11-09T09:40", 30, 12, "helper", 6_000, 700, 180, "checkout"),
    Session("2026-11-09T14:05", 60, 6, "review", 9_500, 1_200, 1_100, "checkout"),
    Session("2026-11-10T08:50", 170, 78, "agent", 15_000, 1_400, 510, "checkout"),
    Session("2026-11-10T10:00", 480, 60, "shop", 1_800, 0, 240, "search"),
    Session("2026-11-11T10:20", 45, 18, "agent", 13_000, 1_700, 380, "checkout"),
    Session("2026-11-11T13:30", 70, 9, "papers", 48_000, 6_500, 1_900, "research"),
    Session("2026-11-11T10:00", 480, 64, "shop", 1_800, 0, 250, "search"),
    Session("2026-11-12T09:00", 200, 96, "agent", 16_000, 1_300, 470, "search"),
    Session("2026-11-12T09:20", 90, 30, "helper", 7_000, 500, 200, "search"),
    Session("2026-11-12T16:00", 40, 8, "review", 11_000, 900, 1_300, "search"),
    Session("2026-11-13T09:30", 110, 44, "agent", 14_500, 1_600, 440, "search"),
    Session("2026-11-13T10:00", 480, 71, "shop", 1_900, 0, 240, "search"),
    Session("2026-11-13T15:00", 90, 35, "laptop", 4_000, 350, 300, "notes"),
    Session("2026-11-14T11:00", 40, 14, "laptop", 3_000, 400, 320, "notes"),
    Session("2026-11-16T08:40", 150, 66, "agent", 15_500, 1_500, 460, "search"),
    Session("2026-11-16T14:00", 50, 7, "review", 10_000, 1_000, 1_200, "search"),
    Session("2026-11-16T10:00", 480, 80, "shop", 1_900, 0, 250, "search"),
    Session("2026-11-17T09:15", 215, 104, "agent", 16_500, 1_250, 500, "checkout"),
    Session("2026-11-17T09:45", 80, 26, "helper", 6_500, 600, 190, "checkout"),
    Session("2026-11-18T09:05", 80, 33, "agent", 14_000, 1_800, 430, "checkout"),
    Session("2026-11-18T13:00", 120, 15, "papers", 52_000, 5_000, 2_200, "research"),
    Session("2026-11-18T10:00", 480, 83, "shop", 1_900, 0, 260, "search"),
    Session("2026-11-19T10:00", 60, 24, "agent", 13_500, 1_500, 400, "checkout"),
    Session("2026-11-19T15:30", 75, 12, "review", 12_000, 800, 1_400, "checkout"),
    Session("2026-11-20T09:00", 185, 88, "agent", 15_000, 1_350, 480, "search"),
    Session("2026-11-20T10:00", 480, 92, "shop", 2_000, 0, 260, "search"),
    Session("2026-11-20T16:10", 60, 28, "laptop", 4_200, 300, 310, "notes"),
    Session("2026-11-22T17:00", 30, 10, "laptop", 3_500, 400, 350, "notes"),
)
SWING = (0.4, 1.0, 1.7, 0.6, 1.3)
"""Answers are not all of one length."""


def events() -> str:
    """One native event per line."""
    return "".join(json.dumps(event) + "\n" for session in SESSIONS for event in _events(session))


def _events(session: Session) -> Iterator[dict[str, Any]]:
    start_ms = int(datetime.fromisoformat(session.start).replace(tzinfo=UTC).timestamp() * 1000)
    for at in range(session.calls):
        prompt_tokens = session.prompt_tokens + at * session.growth
        yield WHO[session.who] | {
            "prompt_tokens": prompt_tokens,
            # what the call before had sent is read from the cache
            "cached_tokens": prompt_tokens - session.growth if at and session.growth else 0,
            "completion_tokens": round(session.completion_tokens * SWING[at % len(SWING)]),
            "startTimeMs": start_ms + at * session.minutes * 60_000 // session.calls,
            "tags": {"project": session.project},
        }
