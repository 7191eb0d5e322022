"""
Factor on all accelerator energy by the date of the call, relative to H100 with late-2025 software.

    F(t) = old^s((t - 2024.9) / 0.15) * a100^s((t - 2024.25) / 0.35) * b200^(1 - s((t - 2026.75) / 0.5))
    s(x) = 1 / (1 + exp(x)),  t in decimal years, clamped to 2023..2028

The three ratios are fitted; the dates and time constants are ASSUMED.
"""

import numpy as np

SOFTWARE = (2024.9, 0.15)
"""ASSUMED mid-point and time constant [years] of the move from 2024 to 2025 serving software (vLLM 0.6 came in September 2024, its
V1 engine in January 2025). ML.ENERGY v2 ran in mid-2024, v3 in late 2025. Nothing is extrapolated before or after."""

A100_LEAVES = (2024.25, 0.35)
B200_ARRIVES = (2026.75, 0.50)
"""ASSUMED: year when half the tokens are on that generation, and time constant [years]."""

CLAMP = (2023.0, 2028.0)


def before(year: float, middle: float, span: float) -> float:
    """Share not yet moved: 1 long before the middle, 0 long after."""
    return float(1 / (1 + np.exp((year - middle) / span)))


def factor(year: float, old: float, a100: float, b200: float) -> float:
    """Energy of a call in `year` (decimal) relative to H100 with late-2025 software. Continuous, non-increasing, clamped."""
    year = float(np.clip(year, *CLAMP))
    return (
        old ** before(year, *SOFTWARE) * a100 ** before(year, *A100_LEAVES) * b200 ** (1 - before(year, *B200_ARRIVES))
    )


def bounds(year: float, low: dict[str, float], high: dict[str, float]) -> tuple[float, float]:
    """Low: every change half a year sooner, with the low ratios; high: half a year later, with the high ones. Never against the trend."""
    sooner = factor(year + 0.5, max(1.0, low["old"]), max(1.0, low["a100"]), min(1.0, low["b200"]))
    later = factor(year - 0.5, max(1.0, high["old"]), max(1.0, high["a100"]), min(1.0, high["b200"]))
    return sooner, later


def steps(old: float, a100: float, b200: float) -> float:
    """Largest relative change from one day to the next."""
    days = np.arange(2022.5, 2029, 1 / 365.25)
    values = np.array([factor(day, old, a100, b200) for day in days])
    return float(np.abs(np.diff(np.log(values))).max())
