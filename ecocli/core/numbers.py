"""Numbers formatted for people: three significant digits, never an exponent, with their unit."""

from math import floor, isfinite, log10
from typing import TYPE_CHECKING

from ecocli.core.quantity import Estimate

if TYPE_CHECKING:
    from decimal import Decimal

DIGITS = 3
SCALES = {
    "Wh": ((1e9, "GWh"), (1e6, "MWh"), (1e3, "kWh"), (1.0, "Wh"), (1e-3, "mWh")),
    "g": ((1e6, "t"), (1e3, "kg"), (1.0, "g"), (1e-3, "mg")),
    "mL": ((1e6, "m³"), (1e3, "L"), (1.0, "mL")),
    "days": ((1.0, "days"),),
    "B": ((1e9, "GB"), (1e6, "MB"), (1e3, "kB"), (1.0, "B")),
}


def significant(value: float, digits: int = DIGITS) -> str:
    """
    `value` with that many significant digits, in plain decimals.

    >>> [significant(x) for x in (0.000123456, 3.4512, 9.996, 1234.5, 0)]
    ['0.000123', '3.45', '10.0', '1,230', '0']
    """
    if value == 0 or not isfinite(value):
        return "0" if value == 0 else str(value)
    rounded = round(value, digits - 1 - _power(value))
    return f"{rounded:,.{max(0, digits - 1 - _power(rounded))}f}"


def _power(value: float) -> int:
    """Exponent of ten of the first digit."""
    return floor(log10(abs(value)))


def factor_number(value: float, digits: int = 6) -> str:
    """
    A factor with that many significant digits and no thousands separators, so that it can be typed into a calculator.

    >>> [factor_number(x) for x in (2026.75, 389.8, 186435.573, 0.00001234567, 1.0, 0)]
    ['2026.75', '389.8', '186436', '0.0000123457', '1', '0']
    """
    text = significant(value, digits).replace(",", "")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _scale(value: float, unit: str) -> tuple[float, str]:
    """(factor, name) of the largest unit in which the rounded value is at least 1, else of the smallest unit."""
    scales, shown = SCALES[unit], abs(float(f"{value:.{DIGITS}g}"))
    return next((scale for scale in scales if shown >= scale[0]), scales[-1])


def scaled(value: float, unit: str) -> str:
    """
    `value`, given in `unit`, in the largest unit in which it is at least 1.

    >>> scaled(1234.5, "Wh"), scaled(0.02, "g"), scaled(999.6, "Wh")
    ('1.23 kWh', '20.0 mg', '1.00 kWh')
    """
    factor, name = _scale(value, unit)
    return f"{significant(value / factor)} {name}"


def amount(value: float, unit: str) -> str:
    """
    As `scaled`, with zero in the base unit.

    >>> amount(0.0, "Wh"), amount(1500.0, "g")
    ('0 Wh', '1.50 kg')
    """
    return scaled(value, unit) if value else f"0 {unit}"


def dollars(usd: "Decimal") -> str:
    """
    An amount of money to the cent; less than a dollar with three significant digits.

    >>> from decimal import Decimal
    >>> [dollars(Decimal(text)) for text in ("1234.5", "0.0075", "0")]
    ['$1,234.50', '$0.00750', '$0']
    """
    return f"${usd:,.2f}" if usd >= 1 else f"${significant(float(usd))}"


def ranged(estimate: Estimate, unit: str) -> str:
    """
    The central value and, in brackets, its range, all in one unit.

    >>> ranged(Estimate(0.5, 1.5, 4), "Wh")
    '1.50 Wh (0.500–4.00)'
    """
    factor, name = _scale(estimate.value, unit)
    low, value, high = (significant(x / factor) for x in (estimate.low, estimate.value, estimate.high))
    return f"{value} {name} ({low}–{high})"


def counted(number: int, noun: str) -> str:
    """
    So many of a thing.

    >>> counted(1, "call"), counted(0, "call"), counted(1_000, "row")
    ('1 call', '0 calls', '1,000 rows')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
