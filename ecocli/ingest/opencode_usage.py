"""OpenCode's token counters, of a message or of one of its steps."""

from typing import Any

from ecocli.ingest import counters
from ecocli.ingest import fields as f

SPELLINGS = {
    "input": ("input",),
    "output": ("output",),
    "reasoning": ("reasoning",),
    "cache.read": ("cache.read", "cacheRead", "cache_read"),
    "cache.write": ("cache.write", "cacheWrite", "cache_write"),
    "total": ("total",),
}
"""Each counter under `tokens` with its names."""
KNOWN = frozenset(name.rpartition(".")[2] for names in SPELLINGS.values() for name in names)


def counts(body: dict[str, Any]) -> dict[str, Any]:
    """input leaves out the cache; whether output holds the reasoning, only the total tells."""
    known = {counter: f.count(body, *(f"tokens.{name}" for name in names)) for counter, names in SPELLINGS.items()}
    prompt = sum(known[name] or 0 for name in ("input", "cache.read", "cache.write"))
    output, reasoning = known["output"] or 0, known["reasoning"] or 0
    is_apart = reasoning > output or known["total"] == prompt + output + reasoning
    return {
        "prompt_tokens": prompt,
        "completion_tokens": output + reasoning if is_apart else output,
        "reasoning_tokens": known["reasoning"],
        "cached_tokens": known["cache.read"],
        "cache_write_tokens": known["cache.write"],
    }


def notes(body: dict[str, Any]) -> list[str]:
    """Assumptions about numbers under `tokens` that are none of its counters."""
    return counters.numbers(body["tokens"], KNOWN, "tokens")
