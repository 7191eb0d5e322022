"""What was written, in a native event: taken out of it, counted later, and never kept."""

from collections.abc import Mapping
from typing import Any

from ecocli.errors import BadData
from ecocli.ingest import rules

PROMPTS, COMPLETIONS = ("prompt_text", "messages"), ("completion_text",)
"""Fields whose text stands for a count that is missing."""
FIELDS = (*PROMPTS, *COMPLETIONS)
_NAMES = frozenset(FIELDS)
CHECKS = {"prompt_text": rules.WRITTEN, "completion_text": rules.WRITTEN, "messages": rules.MESSAGES}


def taken(document: Mapping[str, Any]) -> tuple[Mapping[str, Any], dict[str, Any]]:
    """
    The event without its texts, and these by the names that a `Reading` has for them.

    Raises BadField, naming the field but nothing of its value, for what the contract does not allow.
    """
    if _NAMES.isdisjoint(document):
        return document, {}
    texts = {name: document[name] for name in FIELDS if name in document}
    for name, value in texts.items():
        CHECKS[name](name, value)
    if len(texts.keys() & set(PROMPTS)) > 1:
        raise BadData("prompt_text and messages both say what was asked", "keep one of them")
    return {name: value for name, value in document.items() if name not in texts}, texts
