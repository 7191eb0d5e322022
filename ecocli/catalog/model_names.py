"""Spellings of model names by people and clouds: separators, prefixes, and suffixes that do not change the model."""

import re
from collections.abc import Iterator
from functools import cache

SEPARATORS = str.maketrans("._ ", "---")

GEOGRAPHIES = ("us", "eu", "apac", "global", "us-gov", "jp", "au", "ca", "sa", "me", "af", "il", "mx")
"""Prefixes of Amazon Bedrock's cross-region inference profiles, before a dot."""

VENDORS = (
    *("ai21", "amazon", "anthropic", "cohere", "deepseek", "google", "meta", "minimax", "mistral", "moonshot"),
    *("moonshotai", "nvidia", "openai", "qwen", "writer", "xai", "zai"),
)
"""Prefixes by which Amazon Bedrock and OCI name the developer, before a dot."""

MAX_PATH_PARTS = 12
MAX_SUFFIXES = 8
MAX_SUFFIX_LENGTH = 24

DATES = (
    r"-20[0-9]{2}-?[01][0-9]-?[0-3][0-9]",  # -20250929, -2025-08-07
    r"-[01][0-9]-20[0-9]{2}",  # -09-2025
    r"-[01][0-9]-[0-3][0-9]",  # -05-06
    r"-(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])",  # -0905; not -2507: Mistral's year and month name other weights
)
PRECISIONS = (
    r"-(?:fp4|nvfp4|mxfp4|fp8|fp16|bf16|awq|gptq|gguf|mlx|int4|int8|w4a16|w8a8|4bit|8bit|fp8-dynamic|fp8-kv|fp8-tput|tput)",
    r"[-:](?:i?q[2-8](?:-[0-9a-z]{1,2}){0,3}|fp16)",  # Ollama's :q4_0, -q4_K_M
)
SERVING = (
    r":(?:free|nitro|floor|online|extended|exacto|beta|thinking|latest|cloud|0|[0-9]{1,3}k)",
    r"(?:-v?[0-9]{1,2}:[0-9]|-v1|-v0-[1-9])",  # Bedrock's -v1:0, Hugging Face's -v0.1
    r"\[[0-9]{1,4}[km]\]",  # Claude Code's [1m]
    r"@(?:20[0-9]{6}|latest|default|00[0-9])",  # Vertex AI
    r"-00[0-9]",
    r"-(?:latest|preview|exp|experimental|instruct|it|hf|maas|tee|original)",
    r"(?<=-instruct)-(?:turbo|lite)",  # Together: a quantised deployment of the same weights
    r"-(?:thinking|reasoning|non-reasoning|xhigh|high|low|minimal|customtools)",
)
SUFFIX = f"(?:{'|'.join((*DATES, *PRECISIONS, *SERVING))})$"
"""
Suffixes for the date, the deployment or the precision of a model.

Each alternative is bounded, so a search is linear. Words that name a different model (mini, pro, turbo, chat,
medium, fast, large …) must never be added.
"""


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


@cache
def _suffix() -> "re.Pattern[str]":
    """The compiled SUFFIX. Most names are known as they are, and compiling takes as long as opening the store."""
    return re.compile(SUFFIX)


def without_suffixes(name: str) -> Iterator[str]:
    """
    A normalised name without its last serving suffix or date, then without the last two, and so on.

    >>> list(without_suffixes("claude-sonnet-4-5-20250929-v1:0"))
    ['claude-sonnet-4-5-20250929', 'claude-sonnet-4-5']
    """
    for _ in range(MAX_SUFFIXES):
        # only the end can match: a search from the start would try every position of a long name
        found = _suffix().search(name, max(0, len(name) - MAX_SUFFIX_LENGTH))
        if not found or not found.start():
            return
        name = name[: found.start()]
        yield name
