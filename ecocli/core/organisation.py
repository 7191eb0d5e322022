"""The undertaking that a report is for: how it consolidates, what belongs to it, and the contractual instruments that it holds."""

from collections.abc import Mapping
from dataclasses import field

from ecocli.util.valueclass import value_class

CONSOLIDATIONS = OPERATIONAL_CONTROL, FINANCIAL_CONTROL, EQUITY_SHARE = ("operational-control", "financial-control", "equity-share")
"""Approaches of the GHG Protocol."""
LEASES = OPERATING, FINANCE = ("operating", "finance")
"""What a rented machine is in the accounts: an expense, or an asset of the undertaking's own."""
STANDARDS = SET_1, REVISED, VSME = ("esrs-set-1", "esrs-revised", "vsme")
"""What the undertaking reports by."""
KINDS = CERTIFICATE, CONTRACT, SUPPLIER_RATE, RESIDUAL_MIX = ("certificate", "contract", "supplier-rate", "residual-mix")
"""Kinds of contractual instruments, in the order in which the scope 2 quality criteria of the GHG Protocol rank their factors."""
LIMITED = (CERTIFICATE, CONTRACT)
"""Kinds that are for so many MWh; the others hold for all electricity in their market."""


@value_class(frozen=True, slots=True)
class Entity:
    """A part of the undertaking, with the calls that are its own."""

    name: str
    share: float = 1.0
    """What the undertaking owns of it, which counts under the equity share. [1]"""
    controlled: bool = True
    """Under the undertaking's control, which counts under both approaches by control."""
    key: str | None = None
    """Name of the API key that its calls were recorded with."""
    tags: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Tags that its calls have, all of them."""


@value_class(frozen=True, slots=True)
class Organisation:
    """The undertaking. None where something was not said."""

    name: str | None = None
    consolidation: str = OPERATIONAL_CONTROL
    """One of CONSOLIDATIONS."""
    lease: str = OPERATING
    """One of LEASES, for rented machines."""
    standard: str | None = None
    """One of STANDARDS that the undertaking elected; None: by the year."""
    base_year: int | None = None
    recalculation_threshold: float | None = None
    """Change of the base year's emissions from which they are recalculated. [1]"""
    revenue: float | None = None
    """Net revenue of the period, in `currency`."""
    currency: str = "EUR"
    prepared_by: str | None = None
    cost_centre: str | None = None
    """Name of the tag whose values are cost centres."""
    entities: tuple[Entity, ...] = ()

    def counted(self, entity: str | None) -> float:
        """The share of an entity's calls that counts as the undertaking's own; all of a call that belongs to none. [1]"""
        found = next((each for each in self.entities if each.name == entity), None)
        if found is None:
            return 1.0
        return found.share if self.consolidation == EQUITY_SHARE else float(found.controlled)


@value_class(frozen=True, slots=True)
class Instrument:
    """A contractual instrument for electricity, which a market-based figure of scope 2 rests on."""

    name: str
    kind: str
    """One of KINDS."""
    g_per_kwh: float
    """Of the electricity that it stands for. [gCO2e/kWh]"""
    market: tuple[str, ...]
    """Countries whose electricity it may cover, as ISO 3166-1 alpha-3."""
    year: int
    """Vintage: the year in which the electricity was generated, and must have been used."""
    mwh: float | None = None
    """How much it is for; None for those that are not LIMITED. [MWh]"""
    place: str | None = None
    """Where the electricity was generated."""
    tracking: str | None = None
    """Tracking system that it was issued in, such as GO, REGO or I-REC."""
    retired: str | None = None
    """Date or number of its retirement."""
    owner: str | None = None
    """For whom it was retired."""
    source: str | None = None
    """Where the factor can be read."""
