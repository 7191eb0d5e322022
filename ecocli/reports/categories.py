"""The fifteen categories of scope 3, and why each is or is not in the inventory of calls."""

from ecocli.reports.inventory import CATEGORIES
from ecocli.util.valueclass import value_class


@value_class(frozen=True, slots=True)
class Decision:
    """What becomes of one category."""

    number: int
    name: str
    why: str

    @property
    def is_included(self) -> bool:
        return self.number in CATEGORIES


DECISIONS = (
    Decision(1, "purchased goods and services", "services by API and cloud services, from cradle to gate: their electricity, and making the hardware"),
    Decision(2, "capital goods", "making the hardware of own machines"),
    Decision(3, "fuel- and energy-related activities", "what is upstream of the electricity of scope 2, where it can be told apart; not losses in transmission"),
    Decision(4, "upstream transportation and distribution", "a call moves no goods; how hardware was delivered is not known apart from its making"),
    Decision(5, "waste generated in operations", "a call leaves no waste; what becomes of worn-out hardware is not in eco's data"),
    Decision(6, "business travel", "a call causes no travel"),
    Decision(7, "employee commuting", "a call causes no commuting"),
    Decision(8, "upstream leased assets", "rented machines that the undertaking does not control, and making them, which is optional"),
    Decision(9, "downstream transportation and distribution", "a call ships nothing to customers"),
    Decision(10, "processing of sold products", "a call is not a product that others process"),
    Decision(11, "use of sold products", "a recorded call that a customer causes is in the scope of who computes it; calls that customers make themselves are not recorded"),
    Decision(12, "end-of-life treatment of sold products", "a call leaves nothing that is sold and thrown away"),
    Decision(13, "downstream leased assets", "machines that the undertaking leases to others are not known to eco"),
    Decision(14, "franchises", "calls of franchisees are not recorded, or cannot be told from the undertaking's own"),
    Decision(15, "investments", "calls of companies that the undertaking has invested in are not recorded, unless they are its entities, which count by their share"),
)
"""In the order of the GHG Protocol."""
