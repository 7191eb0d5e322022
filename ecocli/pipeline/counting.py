"""Text that came with a call, counted and forgotten."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ecocli import tokens
from ecocli.ingest import native
from ecocli.ingest.reading import Fill, Reading

if TYPE_CHECKING:
    from ecocli.pipeline.assessment import Assessor

SOURCE = "dom_estimated"
METHOD = "dom_gpt_tokenizer_v1"


def count_text(fields: dict[str, Any], reading: Reading, fill: Fill, assessor: "Assessor") -> tuple[str, tuple[str, ...]]:
    """
    Fill in the token counts that text stands for. A count that was given is kept.

    Args:
        fields: The event's fields; changed in place.
        reading, fill: Where the text is.
        assessor: Knows the model, whose own encoding counts.

    Returns:
        The encoding, and what was assumed.
    """
    for name in fields.keys() & {"model", "provider"}:  # looked up before the whole event is validated
        native.CHECKS[name](name, fields[name])
    model = assessor.model_named(fields.get("model"), fields.get("provider"), reading.format).spec
    encoding = tokens.encoding_for(model.id, model.developer)
    counts, assumptions = _counts(reading, fill, encoding)
    fields |= {name: count for name, count in counts.items() if name not in fields}
    fields.setdefault("source", SOURCE)
    fields |= {"is_estimated": True, "estimation_method": METHOD}
    return encoding, assumptions


def _counts(reading: Reading, fill: Fill, encoding: str) -> tuple[Mapping[str, int], tuple[str, ...]]:
    counts: dict[str, int] = {}
    assumptions: tuple[str, ...] = ()
    prompt = fill.prompt_text if fill.prompt_text is not None else reading.prompt_text
    completion = fill.completion_text if fill.completion_text is not None else reading.completion_text
    messages = fill.messages if fill.messages is not None else reading.messages
    if messages is not None:
        chat = tokens.count_messages(messages, encoding)
        counts["prompt_tokens"] = chat.tokens
        if chat.ignored_parts:
            assumptions += (f"{chat.ignored_parts} parts of the messages are not text and were not counted",)
    elif prompt is not None:
        counts["prompt_tokens"] = tokens.count(prompt, encoding)
    if completion is not None:
        counts["completion_tokens"] = tokens.count(completion, encoding)
    return counts, assumptions
