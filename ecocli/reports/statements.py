"""Fixed statements of the report: title, label, boundaries and exclusions."""

TITLE = "Greenhouse gas report of AI model calls"
LABEL = (
    "An estimate made with eco from recorded calls and published factors. It is no disclosure, "
    "was not checked by anybody, and gives no assurance."
)
EMPTY = "No calls match: every figure below is zero because nothing was recorded, not because nothing was used."

UNCERTAINTY = "Ranges run from the 5th to the 95th percentile"
PRIMARY_DATA = 0.0
"""Share of emissions from primary data of suppliers: nobody publishes what single calls draw. [1]"""

BOUNDARIES = (
    "Bought AI services are purchased goods and services: scope 3, category 1, from cradle to gate, so the making of the hardware is in it.",
    ("Models on own servers, and on rented ones that the undertaking operates, are scope 2 by their electricity; "
    "their hardware is scope 3, category 2 where it is owned and category 8 where it is rented."),
    ("A call is on own servers when its provider is one's own (local, ollama, vllm and the like), or when its tag hosting says own or rented; "
    "every other call is bought."),
    "The headline is location-based: the mean of the grid where the call was computed. Market-based figures are a memo.",
    ("Grid factors are lifecycle factors: for own and rented servers they hold the upstream emissions of electricity, "
    "which an inventory may have to show apart, in scope 3, category 3. The memo on direct factors says what combustion alone would be."),
    "Electricity is measured at the data centre's meter, its cooling included.",
    ("Water is consumption: on site for cooling, off site for generating the electricity. "
    "Where an operator publishes withdrawal only, that stands in for it and is an upper bound; Assumptions names it."),
    "No carbon credits, offsets or avoided emissions are set against anything.",
)
EXCLUSIONS = (
    "training and developing the models",
    "networks between the caller and the data centre, and the caller's own devices",
    ("scope 1: calling a model burns nothing where the caller is; fuel for the emergency power of own servers and refrigerants that "
    "they lose are not known to eco"),
    "the split of electricity by fossil, nuclear and renewable sources: the factors are intensities of grids, without their mix",
    "greenhouse gas intensity per net revenue: eco knows no revenue",
    "losses in transmitting electricity, buildings, staff, and the end of life of hardware",
    "water for making hardware",
    "calls that were not recorded with eco",
)
