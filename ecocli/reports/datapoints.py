"""Contributions of the calls to datapoints of ESRS E1 in both versions, or of the voluntary standard for small undertakings."""

from collections.abc import Iterator
from datetime import tzinfo

from ecocli.core.days import local_day
from ecocli.core.hosting import API, CLOUD
from ecocli.core.organisation import KINDS, RESIDUAL_MIX, REVISED, SET_1, VSME, Organisation
from ecocli.core.quantity import ZERO, Estimate
from ecocli.reports import requirements as asked
from ecocli.reports import statements
from ecocli.reports.categories import DECISIONS
from ecocli.reports.market import Market
from ecocli.reports.requirements import REQUIREMENTS, Requirement
from ecocli.reports.scopes import Scopes
from ecocli.util.valueclass import value_class

ESRS = (SET_1, REVISED)
NAMES = {
    SET_1: "ESRS set 1, Delegated Regulation (EU) 2023/2772",
    REVISED: "revised ESRS, Delegated Regulation (EU) 2026/1563",
    VSME: "VSME, Recommendation (EU) 2025/1710",
}
SHORT = {SET_1: "ESRS set 1", REVISED: "revised ESRS", VSME: "VSME"}
ELECTIONS = {SET_1: "set 1", REVISED: "the revised standards"}
NOT_COVERED = (
    "Scope 1 and the split of electricity by fossil, nuclear and renewable sources are not known to eco: "
    "what depends on them is left out, and totals are contributions to the undertaking's own."
)
SUPPORTING = (
    "Electricity and water of bought AI services are neither the undertaking's own energy nor water of its own operations: "
    "they are supporting information and enter no datapoint on energy or water."
)
NOT_ASKED = "Where an identifier is missing, the paragraphs of that version on energy consumption and gross emissions do not ask for it."
SUCCESSOR = (
    "The paragraphs are those of Recommendation (EU) 2025/1710. Delegated Regulation (EU) 2026/1560 holds a later version of the standard; "
    "its paragraphs were not read, so none is named."
)
VSME_CHOSEN = "The undertaking reports by the voluntary standard for small and medium-sized undertakings: disclosure B3 stands in the place of ESRS E1."


@value_class(frozen=True, slots=True)
class Datapoint:
    """What the calls contribute to one requirement."""

    requirement: Requirement
    name: str
    unit: str
    amount: Estimate | float | None = None
    """In Wh or g, or a share of 1; None for a datapoint in words."""
    text: str | None = None
    member: str | None = None
    """The category of scope 3 that it is of, in the XBRL taxonomy."""

    @property
    def is_intensity(self) -> bool:
        """The amount is in the unit as it stands, not in Wh or g."""
        return self.unit.startswith("gCO2e/")


def standards(organisation: Organisation) -> tuple[str, ...]:
    """The standards whose datapoints the report shows: both versions of the ESRS, or VSME for who elected it."""
    return (VSME,) if organisation.standard == VSME else ESRS


def datapoints(scopes: Scopes, market: Market, organisation: Organisation) -> list[Datapoint]:
    """The datapoints of the undertaking's standards that calls to models contribute to."""
    shown = standards(organisation)
    every = [*_amounts(scopes, market), *_intensities(scopes, market, organisation), *_shares(market), *_words()]
    return [point for point in every if any(point.requirement.place(standard) for standard in shown)]


def applies(start_ms: int | None, tz: tzinfo, elected: str | None = None) -> str:
    """
    A sentence on the version that applies to a financial year beginning with the period.

    Args:
        elected: What the undertaking elected: VSME, or a version of the ESRS for the only year that leaves a choice, 2026.
    """
    if elected == VSME:
        return VSME_CHOSEN
    if start_ms is None:
        return "No period is given: set 1 holds for financial years that begin before 2027, the revised standards from 1 January 2027 on."
    year = local_day(start_ms, tz).year
    if year >= 2027:
        return "The period begins in 2027 or later: the revised standards hold for a financial year that begins with it."
    if year == 2026 and elected in ELECTIONS:
        return f"The period begins in 2026, when either may be applied: the undertaking elected {ELECTIONS[elected]}."
    optional = " The revised standards may be applied by choice; the sustainability statement has to say which." if year == 2026 else ""
    return f"The period begins in {year}: set 1 holds for a financial year that begins with it.{optional}"


def notes(organisation: Organisation) -> tuple[str, ...]:
    """Sentences that the datapoints are to be read with."""
    return SUPPORTING, NOT_COVERED, SUCCESSOR if organisation.standard == VSME else NOT_ASKED


def _point(key: str, amount: Estimate | float | None = None, *, detail: str = "", currency: str = "", text: str | None = None, member: str | None = None) -> Datapoint:
    found = REQUIREMENTS[key]
    return Datapoint(found, f"{found.name}{detail}", f"{found.unit}{currency}", amount, text, member)


def _amounts(scopes: Scopes, market: Market) -> Iterator[Datapoint]:
    scope_2, scope_3 = scopes.gross(2), scopes.gross(3)
    yield _point(asked.OWN_ENERGY, scopes.own_energy_wh)
    for number, name in sorted({line.category: line.category_name for line in scopes.lines if line.category}.items()):
        yield _point(asked.BY_CATEGORY, scopes.gross(3, number), detail=f": {number} {name}", member=asked.CATEGORY_MEMBERS[number])
    bought = (line.co2_g for line in scopes.lines if line.category == 1 and line.hosting in (API, CLOUD))
    yield _point(asked.CLOUD, sum(bought, start=ZERO), member=asked.CLOUD_MEMBER)
    yield _point(asked.SCOPE_2_LOCATION, scope_2)
    yield _point(asked.SCOPE_2_MARKET, market.co2_g)
    yield _point(asked.SCOPE_3, scope_3)
    yield _point(asked.TOTAL_LOCATION, scope_2 + scope_3)
    # only scope 2 has a market-based figure of the undertaking's own
    yield _point(asked.TOTAL_MARKET, market.co2_g + scope_3.value)


def _intensities(scopes: Scopes, market: Market, organisation: Organisation) -> Iterator[Datapoint]:
    if not organisation.revenue:
        return
    currency, scope_2, scope_3 = organisation.currency, scopes.gross(2), scopes.gross(3)
    of_all = f": contribution only, per {currency} of the whole undertaking's net revenue"
    amounts: dict[str, Estimate | float] = {
        asked.INTENSITY_LOCATION: scope_2 + scope_3,
        asked.INTENSITY_MARKET: market.co2_g + scope_3.value,
        asked.INTENSITY_2_LOCATION: scope_2,
        asked.INTENSITY_2_MARKET: market.co2_g,
    }
    for key, amount in amounts.items():
        yield _point(key, amount / organisation.revenue, detail=of_all, currency=currency)


def _shares(market: Market) -> Iterator[Datapoint]:
    yield _point(asked.PRIMARY_DATA, statements.PRIMARY_DATA)
    for kind in KINDS:
        # what nobody has claimed is not an instrument
        if kind != RESIDUAL_MIX and (share := market.share(kind)):
            yield _point(asked.INSTRUMENTS, share, detail=f": {kind.replace('-', ' ')}")


def _words() -> Iterator[Datapoint]:
    included = [str(each.number) for each in DECISIONS if each.is_included]
    yield _point(asked.METHODS, text="see Method and Factors")
    yield _point(asked.EXCLUDED, text="the reason for each: see Scope 3 categories")
    yield _point(asked.INCLUDED, text=f"{', '.join(included[:-1])} and {included[-1]}, as far as calls to AI models cause them")
    yield _point(asked.BOUNDARIES, text="see Boundaries")
