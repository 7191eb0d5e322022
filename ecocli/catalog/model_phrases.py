"""Words behind a model's name: one of the known suffixes, a date, a context window or a release."""

from ecocli.catalog.model_affixes import RELEASES, SUFFIXES

CONTEXTS_M = ("1m", "2m", "4m", "10m")
"""Context windows; `270m` is a number of parameters."""

Words = tuple[str, ...]


def is_suffix(words: Words, *, releases: bool) -> bool:
    """True for one suffix; with `releases` also for what names another release of the same size."""
    phrase = "-".join(words)
    is_release = releases and (phrase in RELEASES or _is_version(words))
    return phrase in SUFFIXES or is_release or _is_date(words, releases=releases) or (len(words) == 1 and _is_window(phrase))


def _is_version(words: Words) -> bool:
    """`v2`, `v0.3`, `v0p3`."""
    digits = words[0][1:].replace("p", "", 1) + "".join(words[1:])
    return words[0][0] == "v" and digits.isdecimal() and len(digits) <= 3


def _is_window(word: str) -> bool:
    """A context window or a budget for thinking: `128k`, `1m`, and in tokens `32000`."""
    if word[-1] == "k":
        return len(word) <= 5 and word[:-1].isdecimal()
    return word in CONTEXTS_M or (word.isdecimal() and len(word) == 5)


def _is_date(words: Words, *, releases: bool) -> bool:
    """
    A year, a month and a day in one of the orders that vendors use.

    >>> [_is_date((date,), releases=False) for date in ("20250929", "250414", "0905", "2025", "2507")]
    [True, True, True, True, False]

    The last one is a year and month, by which Mistral and Qwen name other weights.
    """
    digits = "".join(words)
    if not digits.isdecimal() or not digits.isascii() or any(len(word) not in (2, 4, 6, 8) for word in words):
        return False
    lengths = tuple(map(len, words))
    if lengths in ((8,), (4, 2, 2)):
        return _is_year(digits[:4]) and _is_day(digits[4:])
    if lengths == (6,):
        return "23" <= digits[:2] <= "39" and _is_day(digits[2:])
    if lengths in ((2, 4), (4, 2)):
        year, month = (digits[:4], digits[4:]) if lengths == (4, 2) else (digits[2:], digits[:2])
        return _is_year(year) and _is_month(month)
    if lengths == (4,):
        return _is_day(digits) or _is_year(digits) or (releases and "23" <= digits[:2] <= "39" and _is_month(digits[2:]))
    return lengths == (2, 2) and _is_day(digits)


def _is_year(digits: str) -> bool:
    return "2020" <= digits <= "2039"


def _is_month(digits: str) -> bool:
    return "01" <= digits <= "12"


def _is_day(digits: str) -> bool:
    """A month and a day of it."""
    return _is_month(digits[:2]) and "01" <= digits[2:] <= "31"
