"""A figure that a supplier itself gives for its service: the emissions of one account, service, place and month."""

import re
from typing import NamedTuple

from ecocli.errors import BadData, quoted

SUPPLIERS = GOOGLE_CLOUD, AWS, AZURE = ("google-cloud", "aws", "azure")
SCOPES = TOTAL, SCOPE_1, SCOPE_2, SCOPE_3 = ("total", "1", "2", "3")
"""What a figure holds: all that the supplier counts, or one of its own scopes."""
BASES = LOCATION, MARKET = ("location", "market")
"""How electricity counts in it; None where that makes no difference, or the supplier does not say."""
MONTH = re.compile(r"[12]\d{3}-(0[1-9]|1[0-2])")
LONGEST = 256
MOST_KG = 1e12
"""More than a whole supplier emits in a year."""
NUMBERS = re.compile(r"\d+")


class Identity(NamedTuple):
    """What a figure is of. Two figures of one identity are two editions of it."""

    supplier: str
    """One of SUPPLIERS."""
    account: str
    """Who pays, and whose project, subscription or account used the service, with a slash between."""
    service: str
    """As the supplier writes it."""
    place: str | None
    """A region, or a zone of it, as the supplier writes it."""
    month: str
    """Such as 2026-01."""
    scope: str
    """One of SCOPES."""
    basis: str | None
    """One of BASES, or None."""


class Figure(NamedTuple):
    """One figure of one edition."""

    of: Identity
    kg: float
    """CO2e."""
    model_version: str | None
    """Edition of the supplier's own method; None where the supplier names none."""

    @property
    def rank(self) -> tuple[int, ...]:
        """Higher for a later edition of the supplier's method."""
        return version_rank(self.model_version)


def version_rank(version: str | None) -> tuple[int, ...]:
    """
    The numbers of a version, by which versions are compared.

    >>> version_rank("v3.0.1") > version_rank("v3.0.0"), version_rank("10") > version_rank("9"), version_rank(None)
    (True, True, ())
    """
    return tuple(map(int, NUMBERS.findall(version or "")))


def check(figure: Figure) -> None:
    """BadData for a figure that no import would have stored."""
    of = figure.of
    for name, value, allowed in (("supplier", of.supplier, SUPPLIERS), ("scope", of.scope, SCOPES), ("basis", of.basis, (*BASES, None))):
        if value not in allowed:
            raise BadData(f"{name}: must be one of {', '.join(map(str, allowed))}, not {quoted(value)}")
    if not MONTH.fullmatch(of.month):
        raise BadData(f"month: must be a month such as 2026-01, not {quoted(of.month)}")
    for name, text in (("account", of.account), ("service", of.service), ("place", of.place), ("model_version", figure.model_version)):
        if text is not None and not (0 < len(text) <= LONGEST and text.isprintable()):
            raise BadData(f"{name}: must be text of 1 to {LONGEST} characters on one line, not {quoted(text)}")
    if not 0 <= figure.kg <= MOST_KG:  # nor is it what is not a number
        raise BadData(f"kg: must be a number from 0 to {MOST_KG:g}, not {quoted(figure.kg)}")
