"""What a source states of one thing: numbers by field, each single or as a range."""

import math
from typing import NamedTuple

SAME = 0.002
"""Two numbers are the same within this, whatever their digits: a size counted with or without its smallest parts. [1]"""
COUNTED = 0.02
"""The same for numbers that are counted from dimensions here. [1]"""


class Stated(NamedTuple):
    """A number as a source has it; a range of two has its geometric mean as its centre, since ranges here are ratios."""

    low: float
    high: float
    counted: bool = False
    """Counted from dimensions here; makers count between low and high, as with or without embeddings."""

    @classmethod
    def exactly(cls, value: float) -> "Stated":
        return cls(value, value)

    @property
    def centre(self) -> float:
        return self.low if self.low == self.high else math.sqrt(self.low * self.high)

    def agrees(self, held: float) -> bool:
        """True when `held` is this number, as precisely as the coarser of the two is written."""
        if self.counted:
            return self.low / (1 + COUNTED) <= held <= self.high * (1 + COUNTED)
        if math.isclose(held, self.centre, rel_tol=SAME):
            return True
        digits = min(_digits(held), _digits(self.centre) if self.low == self.high else 3)
        return _rounded(held, digits) == _rounded(self.centre, digits)

    def __str__(self) -> str:
        written = f"{self.low:.6g}" if self.low == self.high else f"{self.low:.6g} to {self.high:.6g}"
        return f"{written}, counted" if self.counted else written


Entry = dict[str, Stated]
"""What a source states of one model or place, by the catalogue's name of the field."""


def _digits(value: float) -> int:
    """Significant digits as written; two at least."""
    return max(len(f"{value:.10g}".lstrip("0.").replace(".", "")), 2)


def _rounded(value: float, digits: int) -> float:
    return float(f"{value:.{digits}g}")
