"""The regular expressions that split a text before it is encoded: tiktoken's own, and the same for `re`, which knows no \\p{…}."""

import re

from ecocli.tokens.vocabulary import FOLDER

_R50K = r"""'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s"""
_CL100K = r"""'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s"""
_O200K = "|".join((
    r"""[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?""",
    r"""[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?""",
    r"""\p{N}{1,3}""",
    r""" ?[^\s\p{L}\p{N}]+[\r\n/]*""",
    r"""\s*[\r\n]+""",
    r"""\s+(?!\S)""",
    r"""\s+""",
))  # fmt: skip
PATTERNS = {"r50k_base": _R50K, "p50k_base": _R50K, "cl100k_base": _CL100K, "o200k_base": _O200K}
"""By vocabulary. Copied from tiktoken's openai_public.py, whose functions would download."""

KINDS = {"Lu": "A-Z", "Lt": "A-Z", "Ll": "a-z", "Lm": "\x01", "Lo": "\x01", "L": "A-Za-z\x01", "M": "\x02", "N": "0-9"}
"""The ASCII characters that stand for all characters of a Unicode category."""
STAND_INS = FOLDER / "characters.bin"
"""
For each character up to U+1FFFF one that the patterns treat alike: an ASCII character, or U+00FF where that depends on the
version of tiktoken, as with characters that Unicode may still assign.
"""


def stand_ins() -> str:
    """A table for `str.translate`, which leaves characters beyond its end as they are."""
    return STAND_INS.read_bytes().decode("latin-1")


def for_stand_ins(vocabulary: str) -> re.Pattern[str]:
    """The pattern of a vocabulary, which splits a text of stand-ins where tiktoken's splits the text itself."""
    in_sets = re.sub(r"\[[^]]+\]", lambda found: _spelled(found[0], "{}"), PATTERNS[vocabulary])
    return re.compile(_spelled(in_sets, "[{}]"))


def _spelled(pattern: str, form: str) -> str:
    return re.sub(r"\\p\{(\w+)\}", lambda found: form.format(KINDS[found[1]]), pattern)
