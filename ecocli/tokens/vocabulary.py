"""
The shipped tiktoken vocabularies, in a form in which single tokens are found without reading the others.

A vocabulary is a file with three parts: how many tokens there are of each length from 0 to 255 bytes; all tokens, shorter
ones first and those of one length sorted; their ranks in the same order. Numbers have 4 bytes, the lowest first.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from itertools import accumulate
from pathlib import Path
from struct import Struct, iter_unpack, pack, unpack_from
from typing import Self

FOLDER = Path(__file__).parent / "vocab"
COUNTS = Struct("<256I")
RANK = Struct("<I")
ABSENT = 1 << 32
"""In the place of a rank: higher than any."""


class Vocabulary:
    """A vocabulary in the form of its file. Use `Vocabulary.open`."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._counts = COUNTS.unpack_from(data)
        sizes = (length * count for length, count in enumerate(self._counts))
        *self._starts, self._ranks_start = accumulate(sizes, initial=COUNTS.size)
        self._numbers = list(accumulate(self._counts, initial=0))

    @classmethod
    def open(cls, name: str, folder: Path = FOLDER) -> Self:
        return cls((folder / f"{name}.bin").read_bytes())

    def rank(self, token: bytes) -> int:
        """The rank of a token, or ABSENT."""
        length = len(token)
        if length >= len(self._starts):
            return ABSENT
        data, start, count = self._data, self._starts[length], self._counts[length]
        at = bisect_left(range(count), token, key=lambda at: data[start + at * length : start + (at + 1) * length])
        if at == count or data[start + at * length : start + (at + 1) * length] != token:
            return ABSENT
        (rank,) = RANK.unpack_from(data, self._ranks_start + (self._numbers[length] + at) * RANK.size)
        return int(rank)

    def ranks(self) -> dict[bytes, int]:
        """Every token with its rank."""
        return dict(zip(self._tokens(), unpack_from(f"<{self._numbers[-1]}I", self._data, self._ranks_start), strict=True))

    def _tokens(self) -> Iterator[bytes]:
        for length, (start, count) in enumerate(zip(self._starts, self._counts, strict=True)):
            if count:
                for (token,) in iter_unpack(f"{length}s", memoryview(self._data)[start : start + length * count]):
                    yield token


def packed(ranks: Mapping[bytes, int]) -> bytes:
    """The file of a vocabulary: the same bytes on every machine."""
    tokens = sorted(ranks, key=lambda token: (len(token), token))
    counts = [0] * 256
    for token in tokens:
        counts[len(token)] += 1
    return COUNTS.pack(*counts) + b"".join(tokens) + pack(f"<{len(tokens)}I", *(ranks[token] for token in tokens))
