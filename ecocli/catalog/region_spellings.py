"""Spellings of one place: zones of a region, display names, a code beside a name."""

import re
from collections.abc import Iterator
from unicodedata import combining, normalize

MAX_LENGTH = 256
"""Longest string that the contract allows: a longer one is no name. [character]"""
ZONES = (r"(.+\d)-?[a-f]", r"(.+)-az\d+")
"""Zones of any cloud, each with the region as its group: AWS's us-east-1a and use1-az4, Google's us-central1-a."""
BRACKETS = r"(.*?)\s*\(([^()]+)\)"
"""Matches "Oregon (us-west1)" and "West US 2 (Washington)"; each group may be a code."""


def normal(name: str) -> str:
    """
    The letters and digits of `name`, in lower case and without accents; empty when it is too long.

    >>> normal("Côte d'Ivoire"), normal("x_ai"), normal("gcp.vertex_ai")
    ('cotedivoire', 'xai', 'gcpvertexai')
    """
    if len(name) > MAX_LENGTH:
        return ""
    return "".join(c for c in normalize("NFKD", name.casefold()) if c.isalnum())


def written(text: str) -> str:
    """A code in lower case; empty when it cannot be one."""
    return text.casefold() if text.isprintable() and len(text) <= MAX_LENGTH else ""


def display(name: str) -> str:
    """
    The words of a display name, without case, accents and punctuation. Hyphens stay, since codes differ by them.

    >>> display("EU (Frankfurt)"), display("South America (São Paulo)")
    ('eu frankfurt', 'south america sao paulo')
    """
    letters = (c for c in normalize("NFKD", name.casefold()) if not combining(c))
    words = "".join(c if c.isalnum() or c == "-" else " " for c in letters).split()
    return " ".join("eu" if word == "europe" else word for word in words)


def spellings(code: str) -> Iterator[str]:
    """The code, then codes of any cloud that it may stand for; `code` is in lower case."""
    yield code
    if " " in code:
        yield code.replace(" ", "")  # Azure's display names
        yield code.replace(" ", "-")
    if ":" in code:
        yield code.rpartition(":")[2]  # Oracle's availability domains begin with the tenancy's
    if "_" in code:
        yield code.replace("_", "-")
    if "(" in code:
        yield from (part.replace(" ", "") for part in _beside_brackets(code))
    for pattern in ZONES:
        if zone := re.fullmatch(pattern, code):
            yield zone[1]


def own_spellings(code: str, zone: str | None) -> Iterator[str]:
    """
    Codes of the asking cloud that `code` may stand for; `zone` matches what that cloud appends to the code of a region.

    >>> list(own_spellings("fr-par-1", "-[0-9]"))
    ['fr-par-1', 'fr-par']
    """
    for spelling in spellings(code):
        yield spelling
        if zone and (found := re.fullmatch(f"(.+?)(?:{zone})", spelling)):
            yield found[1]


def _beside_brackets(code: str) -> list[str]:
    """Split a name at its brackets: the text before them, or after them where they come first, and the text in them."""
    if found := re.fullmatch(BRACKETS, code):
        return [part for part in found.groups() if part]
    return [code.partition(")")[2]] if code.startswith("(") else []
