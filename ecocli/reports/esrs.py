"""Contributions of the calls to datapoints of ESRS E1, with ids in both versions of the standards."""

from collections.abc import Iterator
from datetime import tzinfo

from ecocli.core.days import local_day
from ecocli.core.organisation import KINDS, Organisation
from ecocli.core.organisation import REVISED as ELECTED_REVISED
from ecocli.core.organisation import SET_1 as ELECTED_SET_1
from ecocli.core.quantity import Estimate
from ecocli.reports.market import Market
from ecocli.reports.scopes import Scopes
from ecocli.util.valueclass import value_class

SET_1 = "ESRS set 1, Delegated Regulation (EU) 2023/2772"
REVISED = "revised ESRS, Delegated Regulation (EU) 2026/1563"
SHORT = {SET_1: "ESRS set 1", REVISED: "revised ESRS"}
RENUMBERED = {"E1-5": "E1-7", "E1-6": "E1-8"}
"""Disclosure requirements of set 1 to those of the revised standards."""
ELECTIONS = {ELECTED_SET_1: "set 1", ELECTED_REVISED: "the revised standards"}
NOT_COVERED = (
    "Scope 1 and the split of electricity by fossil, nuclear and renewable sources are not known to eco: "
    "what depends on them is left out, and totals are contributions to the undertaking's own."
)
SUPPORTING = (
    "Electricity and water of bought AI services are neither the undertaking's own energy nor water of its own operations: "
    "they are supporting information and enter no datapoint on energy or water."
)


@value_class(frozen=True, slots=True)
class Datapoint:
    """One datapoint. The id in the revised standards is that of the disclosure requirement."""

    set_1_id: str
    name: str
    unit: str
    """MWh, tCO2e, %, text, or gCO2e by a currency."""
    amount: Estimate | float | None = None
    """In Wh or g, or a share of 1; None for a datapoint in words."""
    text: str | None = None

    @property
    def is_intensity(self) -> bool:
        """The amount is in the unit as it stands, not in Wh or g."""
        return self.unit.startswith("gCO2e/")

    @property
    def revised_id(self) -> str:
        return RENUMBERED[self.set_1_id.partition("_")[0]]


def datapoints(scopes: Scopes, market: Market, organisation: Organisation) -> list[Datapoint]:
    """The datapoints that calls to models contribute to."""
    return [*_energy(scopes), *_emissions(scopes, market, organisation), *_instruments(market), *_words()]


def applies(start_ms: int | None, tz: tzinfo, elected: str | None = None) -> str:
    """
    A sentence on the version that applies to a financial year beginning with the period.

    Args:
        elected: What the undertaking elected for the only year that leaves a choice, 2026.
    """
    if start_ms is None:
        return "No period is given: set 1 holds for financial years that begin before 2027, the revised standards from 1 January 2027 on."
    year = local_day(start_ms, tz).year
    if year >= 2027:
        return "The period begins in 2027 or later: the revised standards hold for a financial year that begins with it."
    if year == 2026 and elected in ELECTIONS:
        return f"The period begins in 2026, when either may be applied: the undertaking elected {ELECTIONS[elected]}."
    optional = " The revised standards may be applied by choice." if year == 2026 else ""
    return f"The period begins in {year}: set 1 holds for a financial year that begins with it.{optional}"


def _energy(scopes: Scopes) -> Iterator[Datapoint]:
    yield Datapoint("E1-5_01", "energy consumption of own operations: machines in scope 2", "MWh", scopes.own_energy_wh)


def _emissions(scopes: Scopes, market: Market, organisation: Organisation) -> Iterator[Datapoint]:
    scope_2, scope_3 = scopes.gross(2), scopes.gross(3)
    # only scope 2 has a market-based figure of the undertaking's own
    by_place, by_market = scope_2 + scope_3, market.co2_g + scope_3.value
    for number, name in sorted({line.category: line.category_name for line in scopes.lines if line.category}.items()):
        yield Datapoint("E1-6_04", f"scope 3, category {number}: {name}", "tCO2e", scopes.gross(3, number))
    yield Datapoint("E1-6_09", "gross scope 2, location-based", "tCO2e", scope_2)
    yield Datapoint("E1-6_10", "gross scope 2, market-based", "tCO2e", market.co2_g)
    yield Datapoint("E1-6_11", "gross scope 3", "tCO2e", scope_3)
    yield Datapoint("E1-6_12", "total, location-based", "tCO2e", by_place)
    yield Datapoint("E1-6_13", "total, market-based", "tCO2e", by_market)
    if organisation.revenue:
        unit = f"gCO2e/{organisation.currency}"
        of_all = f"contribution only, per {organisation.currency} of the whole undertaking's net revenue"
        yield Datapoint("E1-6_30", f"intensity, location-based: {of_all}", unit, by_place / organisation.revenue)
        yield Datapoint("E1-6_31", f"intensity, market-based: {of_all}", unit, by_market / organisation.revenue)
    yield Datapoint("E1-6_25", "share of scope 3 from primary data of suppliers", "%", 0.0)


def _instruments(market: Market) -> Iterator[Datapoint]:
    """Shares of the electricity in scope 2 by kind of contractual instrument."""
    for kind in KINDS:
        if share := market.share(kind):
            yield Datapoint("E1-6", f"share of scope 2 electricity by contractual instrument: {kind.replace('-', ' ')}", "%", share)


def _words() -> Iterator[Datapoint]:
    yield Datapoint("E1-6_15", "methods and emission factors", "text", text="see Method and Factors")
    yield Datapoint("E1-6_26", "categories that are left out", "text", text="every category of scope 3 but 1, 2, 3 and 8; see Left out")
    yield Datapoint("E1-6_27", "categories that are included", "text", text="1, 2, 3 and 8, as far as calls to AI models cause them")
    yield Datapoint("E1-6_29", "boundaries", "text", text="see Boundaries")
