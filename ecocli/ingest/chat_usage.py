"""The counters of the OpenAI chat shape, which a dozen providers and gateways share."""

from typing import Any

from ecocli.ingest import fields as f

CLAMPED = "reasoning_tokens exceeded completion_tokens slightly (normalised counts) and was reduced to them"


def counts(document: dict[str, Any], upstream: bool = False) -> tuple[dict[str, int | None], list[str]]:
    """
    The five counts under `usage`, and what was assumed for them.

    Thinking that a provider hides shows only as total - prompt - completion; it is part of the output.

    Args:
        upstream: The answer came through a router that normalises counts, so reasoning can exceed completion.
    """
    assumptions: list[str] = []
    prompt, completion, whole = _sums(document)
    reasoning = f.count(
        document,
        "usage.completion_tokens_details.reasoning_tokens",
        "usage.output_tokens_details.reasoning_tokens",
        "usage.reasoning_tokens",
    )
    hidden = max(0, whole - prompt - completion) if None not in (prompt, completion, whole) else 0
    if hidden:
        completion += hidden
        if not reasoning:
            reasoning = hidden
            assumptions.append(f"total_tokens exceeds prompt and completion by {hidden}: counted as hidden reasoning")
    if reasoning and completion is not None and reasoning > completion and (upstream or reasoning == completion + 1):
        reasoning = completion
        assumptions.append(CLAMPED)
    return _named(document, prompt, completion, reasoning), assumptions


def _sums(document: dict[str, Any]) -> tuple[Any, Any, Any]:
    """Prompt, completion and total; one that is missing follows from the other two."""
    prompt, completion = f.count(document, "usage.prompt_tokens"), f.count(document, "usage.completion_tokens")
    whole = f.count(document, "usage.total_tokens")
    if whole is not None and prompt is not None and completion is None and whole >= prompt:
        completion = whole - prompt
    elif whole is not None and completion is not None and prompt is None and whole >= completion:
        prompt = whole - completion
    return prompt, completion, whole


def _named(document: dict[str, Any], prompt: Any, completion: Any, reasoning: Any) -> dict[str, int | None]:
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "reasoning_tokens": reasoning,
        "cached_tokens": f.count(
            document,
            "usage.prompt_tokens_details.cached_tokens",
            "usage.cached_tokens",
            "usage.num_cached_tokens",
            "usage.prompt_cache_hit_tokens",
            "usage.cached_prompt_text_tokens",
            "usage.cache_read_input_tokens",
        ),
        "cache_write_tokens": f.count(
            document,
            "usage.prompt_tokens_details.cache_write_tokens",
            "usage.prompt_tokens_details.cache_creation_tokens",
            "usage.cache_creation_input_tokens",
        ),
    }
