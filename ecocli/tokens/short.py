"""Count short texts as tiktoken does, looking up each token in the file of its vocabulary instead of loading all of them."""

from functools import cache

from ecocli.tokens.patterns import for_stand_ins, stand_ins
from ecocli.tokens.vocabulary import ABSENT, Vocabulary

MOST_BYTES = 20_000
"""How much text of one vocabulary a process counts this way. [byte] While tiktoken loads, 300,000 of prose are counted here, or 40,000 of letters at random."""
LONGEST_MERGED = 200
"""Longest part of a text that is merged here, where the time grows with the square of the length. [byte]"""


class ShortTexts:
    """Counts by one vocabulary, as long as that is quicker than loading tiktoken."""

    def __init__(self, vocabulary: str, most_bytes: int = MOST_BYTES) -> None:
        self._pattern, self._stand_ins = for_stand_ins(vocabulary), stand_ins()
        self._rank = cache(Vocabulary.open(vocabulary).rank)
        self._tokens = cache(self._count)
        self._left = most_bytes

    def count(self, text: str) -> int | None:
        """The tokens of a text; None where tiktoken has to count: it is long, or has a long word or a character that may be new to Unicode."""
        if len(text) > self._left:
            return None
        alike = text.translate(self._stand_ins)
        if not alike.isascii() or (size := len(text.encode())) > self._left:
            return None
        self._left -= size
        total = 0
        for found in self._pattern.finditer(alike):
            tokens = self._tokens(text[found.start() : found.end()].encode())
            if tokens is None:
                return None
            total += tokens
        return total

    def _count(self, piece: bytes) -> int | None:
        if self._rank(piece) != ABSENT:
            return 1
        return len(self._merged(piece)) if len(piece) <= LONGEST_MERGED else None

    def _merged(self, piece: bytes) -> list[bytes]:
        """Its tokens by byte-pair encoding: the two neighbours that make the token of lowest rank are joined, until none do."""
        parts = [piece[at : at + 1] for at in range(len(piece))]
        ranks = [self._rank(piece[at : at + 2]) for at in range(len(piece) - 1)]
        while ranks and (lowest := min(ranks)) != ABSENT:
            at = ranks.index(lowest)
            parts[at : at + 2] = [parts[at] + parts[at + 1]]
            ranks[at : at + 2] = [self._rank(parts[at] + right) for right in parts[at + 1 : at + 2]]
            if at:
                ranks[at - 1] = self._rank(parts[at - 1] + parts[at])
        return parts
