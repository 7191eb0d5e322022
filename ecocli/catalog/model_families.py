"""The family that an unknown name belongs to, by how it begins and by the words in it."""

import re
from typing import Any, NamedTuple

from ecocli.catalog.entries import Entries
from ecocli.catalog.model_affixes import SPEEDS
from ecocli.catalog.model_parts import tails
from ecocli.catalog.model_sizes import stated_size

WORD = re.compile(r"[a-z]+")
ENDINGS = ("x", "s")
"""Zhipu's FlashX and AirX are Flash and Air, served faster; `turbos` is Tencent's."""
NOT_SMALLER = (*SPEEDS, "instant")
"""Words of the small class that other families have for speed, or for the model without reasoning."""


class Family(NamedTuple):
    """The representative of a family."""

    model_id: str
    is_smaller: bool
    """The name is that of a smaller model, and the catalogue has none of this family."""


def family_of(entries: Entries, name: str) -> Family | None:
    """The most specific family that matches a name; None without a match."""
    if stated_size(name) or is_embedding(entries, name):
        return None  # better evidence than a family, which spans many sizes
    forms, words = tails(name), words_in(name.rpartition("/")[2])
    fits = [
        (len(family["words"]), len(start), family["id"], family)
        for family in entries.get("model-family", "all") or ()
        for start in family["start"]
        if words.issuperset(family["words"]) and any(begins(form, start) for form in forms)
    ]
    if not fits:
        return None
    family = max(fits, key=lambda fit: fit[:3])[-1]
    if _says_small(entries, name, family):
        return Family(family["small"] or family["model"], not family["small"])
    return Family(family["model"], False)


def begins(form: str, start: str) -> bool:
    """
    True when a form starts with `start` and neither the word nor the version goes on.

    >>> begins("o5-mini", "o"), begins("olmo", "o")
    (True, False)
    >>> begins("gpt-4-0613", "gpt-4"), begins("gpt-41", "gpt-4"), begins("gpt-4-5-preview", "gpt-4")
    (True, False, False)
    """
    rest = form[len(start) :]
    if not form.startswith(start) or rest[:1].isalpha():
        return False
    version = rest.removeprefix("-")
    goes_on = rest[:1].isdecimal() or (version[:1].isdecimal() and not version[1:2].isalnum())
    return not (start[-1].isdecimal() and goes_on)


def is_embedding(entries: Entries, name: str) -> bool:
    """True when the name holds a word of the embedding class, also within another: `embeddinggemma`."""
    return any(word in name.lower() for word in class_words(entries, "embedding"))


def words_in(name: str) -> set[str]:
    """
    The words of a name, without digits.

    >>> sorted(words_in("glm-4.7-flashx"))
    ['flash', 'flashx', 'glm']
    """
    words = set(WORD.findall(name.lower()))
    return words | {word[:-1] for word in words if word.endswith(ENDINGS)} - {""}


def class_words(entries: Entries, size_class: str) -> tuple[str, ...]:
    """Words that suggest a size class."""
    return tuple((entries.get("model-class", size_class) or {}).get("words", ()))


def _says_small(entries: Entries, name: str, family: dict[str, Any]) -> bool:
    """True when a name has a word of the class `small` that neither the representative nor the family's names have."""
    own = set(family["words"]).union(*map(words_in, (family["model"], *family["start"])))
    said = words_in(name.rpartition("/")[2].partition("(")[0])  # (Nano Banana) is a nickname
    return not said.intersection(class_words(entries, "small")).issubset(own.union(NOT_SMALLER))
