"""Names on machines of one's own: what those of Ollama's library mean there, and unknown ones without a size."""

import re
from typing import Any

from ecocli.catalog.entries import Entries
from ecocli.core.specs import ModelSpec

HOSTED = "hosted"
"""In place of a size: Ollama's own servers run this model, and nobody's machine."""

ABOUT = 1.6
"""x/÷ within which parameters are about as many: a tag 7b may mean 8.5 B, and the next size of a line is twice as large. [1]"""

STATES_A_SIZE = re.compile(r"[0-9][bmt](?![a-z])")


def library_size(entries: Entries, name: str) -> tuple[str, str] | None:
    """
    The name in Ollama's library and the size that a name without one means there, such as ("deepseek-r1", "8b").

    None where the library does not have the name, where the tag states a size, and where Ollama's own servers run it.
    """
    library, tag = _split(name)
    if STATES_A_SIZE.search(tag) or _is_hosted(entries, library, tag):
        return None
    size: str | None = (tag and entries.get("ollama", f"{library}:{tag}")) or entries.get("ollama", library)
    return (library, size) if size else None


def is_own(entries: Entries, name: str, provider_id: str | None, at_ollama: bool) -> bool:
    """True for a call that a machine of the caller's own computes."""
    if at_ollama:
        return not _is_hosted(entries, *_split(name))
    provider: dict[str, Any] | None = entries.get("provider", provider_id) if provider_id else None
    return bool(provider and provider.get("local"))


def is_of_size(spec: ModelSpec, other: ModelSpec) -> bool:
    """True for models whose parameters, of which tags state rounded numbers, are about as many."""
    return 1 / ABOUT <= spec.total_params_b.value / other.total_params_b.value <= ABOUT


def _split(name: str) -> tuple[str, str]:
    """The library's name and the tag: `ollama/qwen3:latest` is ("qwen3", "latest"), and ("qwen3", "") without it."""
    library, _, tag = name.strip().lower().rpartition("/")[2].partition(":")
    return library, tag


def _is_hosted(entries: Entries, library: str, tag: str) -> bool:
    return tag.endswith("cloud") or entries.get("ollama", library) == HOSTED
