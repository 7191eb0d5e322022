"""The usage of an answer as an instrumentation passes it on, beside counters of its own."""

from typing import Any

from ecocli.errors import BadData
from ecocli.ingest import fields as f
from ecocli.ingest.native import TOKEN_FIELDS


def counts(usage: dict[str, Any]) -> dict[str, int | None] | None:
    """The counts of a usage in the shape of OpenAI's chat completions or Responses API, or of Anthropic's; None for any other."""
    document = {"usage": usage}
    if f.has(document, "usage.prompt_tokens", "usage.completion_tokens"):
        from ecocli.ingest.chat_usage import counts as of_chat

        return of_chat(document)[0]
    if not f.has(document, "usage.input_tokens", "usage.output_tokens"):
        return None
    from ecocli.ingest import anthropic_usage
    from ecocli.ingest.formats import openai_responses

    is_anthropic = f.has(document, "usage.cache_read_input_tokens", "usage.cache_creation_input_tokens")
    return anthropic_usage.counts(usage) if is_anthropic else openai_responses.counts(document)


def filled(told: dict[str, int | None], usage: dict[str, Any]) -> dict[str, int | None]:
    """Counts with those that they lack, where the usage is that of the same answer: its input and output are the same."""
    try:
        found = counts(usage)
    except BadData:
        return told  # the counters are those that count
    if found is None or any(found[name] != told[name] for name in TOKEN_FIELDS[:2]):
        return told
    return {name: found.get(name) if value is None else value for name, value in told.items()}
