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
    "Services by API and managed cloud services are purchased goods and services: scope 3, category 1, from cradle to gate, so the making of the hardware is in it.",
    ("Own machines are scope 2 by their electricity, and scope 3, category 2 by their making. Rented ones are scope 2 or category 8, by consolidation and lease; "
    "their making is optional in category 8."),
    "A call is on an own machine when it says so (hosting), or when its provider is one's own (local, ollama, vllm and the like).",
    "The headline is location-based: the mean of the grid where the call was computed. Scope 2 has its market-based figure beside it.",
    ("Grid factors are lifecycle factors. Where the same source year and place have a factor of combustion too, scope 2 holds combustion, "
    "and what is upstream stands in category 3; where they have not, scope 2 holds the life cycle, and the report says how much cannot be split."),
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
    "losses in transmitting electricity (category 3), buildings, staff, and the end of life of hardware",
    "water for making hardware",
    "calls that were not recorded with eco",
)
