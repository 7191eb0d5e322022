"""
Spellings of model names by people and clouds that most calls use: separators, paths, and Bedrock's prefixes.

`model_parts` takes off everything else; it is loaded only for names that are not known as they are.
"""

from collections.abc import Iterator

SEPARATORS = str.maketrans("._ ", "---")

GEOGRAPHIES = ("us", "eu", "apac", "global", "us-gov", "jp", "au", "ca", "sa", "me", "af", "il", "mx", "in", "amer")
"""Prefixes of Amazon Bedrock's cross-region inference profiles, before a dot."""

VENDORS = (
    *("ai21", "amazon", "anthropic", "cohere", "deepseek", "google", "meta", "minimax", "mistral", "moonshot"),
    *("moonshotai", "nvidia", "openai", "qwen", "writer", "xai", "zai"),
)
"""Prefixes by which Amazon Bedrock and OCI name the developer, before a dot."""

MAX_PATH_PARTS = 12


def normalised(name: str) -> str:
    """A name in lower case with hyphens for dots, underscores and spaces: `Claude Haiku 4.5` becomes `claude-haiku-4-5`."""
    # Python allows lone surrogates in a string, UTF-8 does not
    return name.strip().lower().translate(SEPARATORS).encode("utf-8", "replace").decode()


def candidates(name: str) -> Iterator[str]:
    """
    The normalised name, then the same without the paths and prefixes that clouds and gateways add.

    >>> list(candidates("bedrock/us.anthropic.claude-haiku-4.5"))
    ['bedrock/us-anthropic-claude-haiku-4-5', 'us-anthropic-claude-haiku-4-5', 'claude-haiku-4-5']
    """
    yield normalised(name)
    parts = name.strip().lower().split("/")[-MAX_PATH_PARTS:]
    yield from (normalised("/".join(parts[i:])) for i in range(1, len(parts)))
    last = _without_vendor(parts[-1])
    if last != parts[-1]:
        yield normalised(last)


def _without_vendor(name: str) -> str:
    """`us.anthropic.claude-…` and `anthropic.claude-…` both become `claude-…`."""
    for prefixes in (GEOGRAPHIES, VENDORS):
        first, dot, rest = name.partition(".")
        if dot and first in prefixes:
            name = rest
    return name
