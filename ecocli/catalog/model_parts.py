"""A model's name without what vendors, clouds and gateways add before and behind it: every way to cut it, the longest first."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from ecocli.catalog.model_affixes import PREFIXES
from ecocli.catalog.model_phrases import Words, is_suffix

SEPARATORS = str.maketrans({**dict.fromkeys("._ -:/@()[]{}~,;|\t\n\r\v\f\u00a0\u2013\u2014", " "), "+": " plus "})
MAX_WORDS = 32
MAX_PHRASE = 4
MAX_PREFIX = 3


class Part(NamedTuple):
    """A part of a name that may be the model's own."""

    words: Words
    after: Words
    """Words that were cut off behind it."""
    has_path: bool
    """It begins before the last component of the name's path."""


class Cuts(NamedTuple):
    """Where a name can be cut."""

    words: Words
    starts: tuple[int, ...]
    paths: frozenset[int]
    """Starts of path components."""
    ends: tuple[int, ...]
    sized_ends: tuple[int, ...]
    """Ends that need a stated size before them."""

    @property
    def last_path(self) -> int:
        """Start of the last component of the path."""
        return max((start for start in self.paths if 0 <= start < len(self.words)), default=0)


def parts(name: str) -> list[Part]:
    """
    Every way to cut a name, the longest part first.

    >>> ["-".join(part.words) for part in parts("us.deepseek.r1-fast")]
    ['us-deepseek-r1-fast', 'deepseek-r1-fast', 'us-deepseek-r1', 'r1-fast', 'deepseek-r1', 'r1']
    """
    cuts = cut(name)
    ends = (*cuts.ends, *cuts.sized_ends)
    found = [Part(cuts.words[i:j], cuts.words[j:], i < cuts.last_path) for i in cuts.starts for j in ends if i < j]
    return [part for part in sorted(found, key=_shortness) if _is_own(part, cuts)]


def tails(name: str) -> list[str]:
    """
    The last part of a path with hyphens, then without each prefix.

    >>> tails("databricks/databricks-grok-9")
    ['databricks-grok-9', 'grok-9']
    """
    cuts = cut(name)
    return ["-".join(cuts.words[i:]) for i in cuts.starts if cuts.last_path <= i < len(cuts.words)]


def has_suffix(name: str) -> bool:
    """True when a name ends with a date or another suffix that may have a price of its own."""
    return len(cut(name).ends) > 1


def key_of(words: Sequence[str]) -> str:
    """
    Key of a spelling: hyphens at every separator, and between letters and digits.

    >>> key_of(("gemma4", "31b")), key_of(("kimi", "k2p5"))
    ('gemma-4-31-b', 'kimi-k-2-5')
    """
    return "-".join(map(_spaced, words)).encode("utf-8", "replace").decode()  # Python allows lone surrogates in a string, UTF-8 does not


def words_of(text: str) -> Words:
    """The words of a name without a path, in lower case."""
    return tuple(text.lower().translate(SEPARATORS).split())


def states_size(words: Sequence[str]) -> bool:
    """True when a word is a number of parameters in billions: `70b`, `8x7b`, `0p5b`, `a3b`."""
    return any(len(word) > 1 and word[-1] == "b" and word[-2].isdecimal() for word in words)


def cut(name: str) -> Cuts:
    """Where a name can be cut: behind each prefix and path, and before each suffix."""
    words, paths, version_at = _read(_base_of_tuned(name.strip().lower()))
    ends = _ends(words, version_at, releases=False)
    sized = set(_ends(words, version_at, releases=True)) - set(ends)
    return Cuts(words, _starts(words, paths), paths, ends, tuple(sized))


def _base_of_tuned(name: str) -> str:
    """
    The model that a fine-tuned one of OpenAI, Mistral or Azure starts from, behind the path that it had.

    >>> _base_of_tuned("openai/ft:gpt-4o:acme::b1"), _base_of_tuned("gpt-4.1-2025-04-14.ft-0a1b-acme"), _base_of_tuned("davinci:ft-acme-2023")
    ('openai/gpt-4o', 'gpt-4.1-2025-04-14', 'davinci')
    """
    path, is_tuned, rest = name.partition("ft:")
    if is_tuned and (not path or path.endswith("/")):
        return path + rest.partition(":")[0]
    return name.partition(":ft-")[0].partition(".ft-")[0]


def _read(name: str) -> tuple[Words, frozenset[int], int]:
    """Words, where path components begin (`Maker: Model` is a path too), and where a version behind @ or : begins."""
    words: list[str] = []
    starts = set()
    version_at = -1
    for component in name.replace(": ", "/").split("/")[-MAX_WORDS:]:
        starts.add(len(words))
        model, at, version = component.partition("@")
        if not at or not model:
            model, colon, version = component.rpartition(":")
            model, version = (model, version) if colon and version.isdecimal() else (component, "")
        words.extend(words_of(model))
        version_at = len(words) if version else -1
        words.extend(words_of(version))
    dropped = max(0, len(words) - MAX_WORDS)
    return tuple(words[dropped:]), frozenset(start - dropped for start in starts), version_at - dropped


def _starts(words: Words, paths: frozenset[int]) -> tuple[int, ...]:
    """Where the model's own name can begin: behind a path, or behind words that are all prefixes."""
    found = {0} | {start for start in paths if 0 < start < len(words)}
    for end in range(1, len(words)):
        if any(end - size in found and "-".join(words[end - size : end]) in PREFIXES for size in range(1, min(end, MAX_PREFIX) + 1)):
            found.add(end)
    return tuple(sorted(found))


def _ends(words: Words, version_at: int, *, releases: bool) -> tuple[int, ...]:
    """Where the model's own name can end: before words that are all suffixes."""
    found = [len(words)]
    for start in range(len(words) - 1, 0, -1):
        sizes = (size for size in range(1, MAX_PHRASE + 1) if start + size in found)
        if start == version_at or any(is_suffix(words[start : start + size], releases=releases) for size in sizes):
            found.append(start)
    return tuple(found)


def _shortness(part: Part) -> tuple[int, int]:
    return -len(part.words), len(part.after)


def _is_own(part: Part, cuts: Cuts) -> bool:
    """False for a bare word, such as `router`, that a prefix left over, and for a release that states no size."""
    end = len(cuts.words) - len(part.after)
    if end in cuts.sized_ends and not states_size(part.words):
        return False
    return end - len(part.words) in cuts.paths or len(part.words) > 1 or not part.words[0].isalpha()


@lru_cache(maxsize=1024)
def _spaced(word: str) -> str:
    """A word with hyphens between digits and anything else; Fireworks writes a `p` for the point of a number."""
    cuts = [0, *(i for i in range(1, len(word)) if word[i].isdecimal() != word[i - 1].isdecimal()), len(word)]
    found = [word[start:end] for start, end in pairwise(cuts)]
    return "-".join(piece for i, piece in enumerate(found) if piece != "p" or not 0 < i < len(found) - 1)
