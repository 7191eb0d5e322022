"""Which scope and category a call's emissions are in, by who controls the machine and how the undertaking consolidates."""

from collections.abc import Mapping
from typing import Any

from ecocli.catalog.entries import Entries
from ecocli.core.hosting import API, BY_NAME, CLOUD, OWN, RENTED, UNKNOWN
from ecocli.core.organisation import FINANCE, OPERATIONAL_CONTROL, Organisation
from ecocli.store.breakdown import Cell
from ecocli.util.valueclass import value_class

HOSTINGS = (OWN, RENTED, CLOUD, API)
OPERATED, LEASED, BOUGHT = "operated", "leased", "bought"
"""Electricity of machines that the undertaking controls, of rented ones that it does not, and of services."""


@value_class(frozen=True, slots=True)
class Category:
    """A place in the inventory."""

    scope: int
    number: int | None = None
    """Of the scope 3 category in the GHG Protocol; None for scope 2."""
    name: str | None = None


SCOPE_2 = Category(2)
GOODS = Category(3, 1, "purchased goods and services")
CAPITAL = Category(3, 2, "capital goods")
FUELS = Category(3, 3, "fuel- and energy-related activities")
LEASES = Category(3, 8, "upstream leased assets")
CATEGORIES = (1, 2, 3, 8)
ELECTRICITY = {OPERATED: SCOPE_2, LEASED: LEASES, BOUGHT: GOODS}


def hosting(cell: Cell, basis: Mapping[str, Any], catalog: Entries) -> str:
    """
    One of HOSTINGS: as the call was recorded; of older calls by the tag, else own for providers that mean own servers, else api.

    An engine of which nothing else is known counts as one's own.
    """
    known = (basis.get("serving") or {}).get("hosting") or of_tag(cell.hosting)
    if known == UNKNOWN:
        return OWN
    if known in HOSTINGS:
        return str(known)
    return OWN if (catalog.get("provider", cell.provider) or {}).get("local") else API


def of_tag(tag: str | None) -> str | None:
    """The kind of hosting that a value of the tag means; None when it is not known."""
    return BY_NAME.get((tag or "").strip().lower())


def treatment(hosting: str, control: int | None, organisation: Organisation) -> str:
    """
    OPERATED, LEASED or BOUGHT.

    By operational control it is what the call says, by default of own machines only. By financial control and
    equity share an own machine is the undertaking's asset whoever runs it, and so is one under a finance lease.
    """
    by_operation = organisation.consolidation == OPERATIONAL_CONTROL
    if hosting == OWN:
        return BOUGHT if by_operation and control == 0 else OPERATED
    if hosting == RENTED:
        return OPERATED if (control == 1 if by_operation else organisation.lease == FINANCE) else LEASED
    return BOUGHT


def manufacture(hosting: str, treated: str, organisation: Organisation) -> tuple[Category, bool]:
    """(category of making the hardware, True where the GHG Protocol leaves it optional)"""
    if hosting == OWN or (hosting == RENTED and treated == OPERATED and organisation.lease == FINANCE):
        return CAPITAL, False
    return (LEASES, True) if hosting == RENTED else (GOODS, False)
