"""
What disclosure standards ask for that calls to models contribute to: one table, each entry with the paragraphs that were read.

A place that is None: none of the paragraphs of that text which were read asks for it. How each text was read stands in texts.py.
"""

from ecocli.core.organisation import REVISED, SET_1, VSME
from ecocli.util.valueclass import value_class

PREFIXES = {"esrs_element": "esrs:", "vsme_element": "vsme:"}


@value_class(frozen=True, slots=True)
class Place:
    """Where a standard asks for something."""

    id: str
    """Datapoint where EFRAG's taxonomy names one, else the disclosure requirement."""
    paragraph: str
    """Its number, several as 50-53, or that of an application requirement, with AR."""

    @property
    def words(self) -> str:
        """The paragraph as one says it: an application requirement is called by its own letters."""
        if self.paragraph.startswith("AR"):
            return self.paragraph
        return f"paragraphs {self.paragraph.replace('-', ' to ')}" if "-" in self.paragraph else f"paragraph {self.paragraph}"


@value_class(frozen=True, slots=True)
class Requirement:
    """What is asked for, and where."""

    name: str
    unit: str
    """MWh, tCO2e, %, text, or gCO2e by a currency, which is added to it."""
    set_1: Place | None = None
    revised: Place | None = None
    vsme: Place | None = None
    esrs_element: str | None = None
    """Name in the XBRL taxonomy of ESRS set 1; there is none of the revised set yet."""
    vsme_element: str | None = None

    def place(self, standard: str) -> Place | None:
        """Where one of STANDARDS asks for it."""
        return {SET_1: self.set_1, REVISED: self.revised, VSME: self.vsme}[standard]

    def element(self, standard: str) -> str | None:
        """Its name in the XBRL taxonomy of a standard, with the prefix."""
        field = "vsme_element" if standard == VSME else "esrs_element"
        name = getattr(self, field)
        return None if name is None else f"{PREFIXES[field]}{name}"


OWN_ENERGY, BY_CATEGORY, CLOUD, SCOPE_2_LOCATION, SCOPE_2_MARKET, SCOPE_3, TOTAL_LOCATION, TOTAL_MARKET = (
    "own_energy", "by_category", "cloud", "scope_2_location", "scope_2_market", "scope_3", "total_location", "total_market",
)  # fmt: skip
INTENSITY_LOCATION, INTENSITY_MARKET, INTENSITY_2_LOCATION, INTENSITY_2_MARKET = (
    "intensity_location", "intensity_market", "intensity_2_location", "intensity_2_market",
)  # fmt: skip
PRIMARY_DATA, INSTRUMENTS, METHODS, EXCLUDED, INCLUDED, BOUNDARIES = "primary_data", "instruments", "methods", "excluded", "included", "boundaries"

REQUIREMENTS = {
    OWN_ENERGY: Requirement(
        "energy consumption of own operations: machines in scope 2", "MWh",
        Place("E1-5_01", "37"), Place("E1-7", "26"), Place("B3", "29"), "EnergyConsumptionRelatedToOwnOperations", "TotalEnergyConsumption",
    ),
    BY_CATEGORY: Requirement("scope 3 by category", "tCO2e", Place("E1-6", "51"), Place("E1-8", "30(a)(iii)"), esrs_element="GrossScope3GreenhouseGasEmissions"),
    CLOUD: Requirement(
        "of category 1: cloud computing and data centre services, as services by API and cloud services", "tCO2e",
        Place("E1-6", "AR 51"), Place("E1-8", "AR 24(g)"), esrs_element="GrossScope3GreenhouseGasEmissions",
    ),
    SCOPE_2_LOCATION: Requirement(
        "gross scope 2, location-based", "tCO2e", Place("E1-6_09", "49(a)"), Place("E1-8", "30(a)(ii)"), Place("B3", "30(b)"),
        "GrossLocationBasedScope2GreenhouseGasEmissions", "GrossLocationBasedScope2GreenhouseGasEmissions",
    ),
    SCOPE_2_MARKET: Requirement(
        "gross scope 2, market-based", "tCO2e", Place("E1-6_10", "49(b)"), Place("E1-8", "30(a)(ii)"), Place("B3", "30"),
        "GrossMarketBasedScope2GreenhouseGasEmissions", "GrossMarketBasedScope2GreenhouseGasEmissions",
    ),
    SCOPE_3: Requirement(
        "gross scope 3", "tCO2e", Place("E1-6_11", "51"), Place("E1-8", "30(a)(iii)"), Place("B3", "50-53"),
        "GrossScope3GreenhouseGasEmissions", "GrossScope3GreenhouseGasEmissions",
    ),
    TOTAL_LOCATION: Requirement(
        "total, location-based", "tCO2e", Place("E1-6_12", "52(a)"), None, Place("B3", "50-53"),
        "LocationBasedGreenhouseGasEmissions", "TotalGrossLocationBasedGHGEmissions",
    ),
    TOTAL_MARKET: Requirement(
        "total, market-based", "tCO2e", Place("E1-6_13", "52(b)"), None, Place("B3", "50-53"),
        "MarketBasedGreenhouseGasEmissions", "TotalGrossMarketBasedGHGEmissions",
    ),
    INTENSITY_LOCATION: Requirement(
        "intensity, location-based", "gCO2e/", Place("E1-6_30", "53"), esrs_element="GHGEmissionsIntensityLocationbasedTotalGHGEmissionsPerNetRevenue",
    ),
    INTENSITY_MARKET: Requirement(
        "intensity, market-based", "gCO2e/", Place("E1-6_31", "53"), esrs_element="GHGEmissionsIntensityMarketbasedTotalGHGEmissionsPerNetRevenue",
    ),
    INTENSITY_2_LOCATION: Requirement(
        "intensity of scopes 1 and 2, location-based", "gCO2e/", vsme=Place("B3", "31"),
        vsme_element="Scope1AndScope2GreenhouseGasEmissionsIntensityValueLocationBased",
    ),
    INTENSITY_2_MARKET: Requirement(
        "intensity of scopes 1 and 2, market-based", "gCO2e/", vsme=Place("B3", "31"),
        vsme_element="Scope1AndScope2GreenhouseGasEmissionsIntensityValueMarketBased",
    ),
    PRIMARY_DATA: Requirement(
        "share of scope 3 from primary data of suppliers", "%", Place("E1-6_25", "AR 46(g)"),
        esrs_element="PercentageOfGrossScope3GreenhouseGasEmissionsCalculatedUsingPrimaryDataObtainedFromSuppliersOrOtherValueChainPartners",
    ),
    INSTRUMENTS: Requirement(
        "share of scope 2 electricity by contractual instrument", "%", Place("E1-6_18", "AR 45(d)"), Place("E1-8", "AR 23(b)"),
        esrs_element="PercentageOfContractualInstrumentsScope2GHGEmissions",
    ),
    METHODS: Requirement(
        "methods and emission factors", "text", Place("E1-6_15", "AR 39(b)"), Place("E1-8", "30(b)"),
        esrs_element="DisclosureOfMethodologiesSignificantAssumptionsAndEmissionsFactorsUsedToCalculateOrMeasureGHGEmissionsExplanatory",
    ),
    EXCLUDED: Requirement(
        "categories that are left out", "text", Place("E1-6_26", "AR 46(i)"),
        esrs_element="DisclosureOfWhyScope3GHGEmissionsCategoriesHaveBeenExcludedFromInventoryExplanatory",
    ),
    INCLUDED: Requirement(
        "categories that are included", "text", Place("E1-6", "AR 46(i)"), Place("E1-8", "AR 24(c)"),
        esrs_element="ListOfScope3GHGEmissionsCategoriesIncludedInInventoryGHGProtocol",
    ),
    BOUNDARIES: Requirement(
        "boundaries", "text", Place("E1-6_29", "AR 46(h)"), Place("E1-8", "30(b)"),
        esrs_element="DisclosureOfReportingBoundariesConsideredAndCalculationMethodsForEstimatingScope3GHGEmissionsCategoryAndIfRelevantCalculationToolsAppliedExplanatory",
    ),
}  # fmt: skip

CLOUD_MEMBER = "esrs:Category11CloudComputingAndDataCentreServicesMember"
CATEGORY_MEMBERS = {
    1: "esrs:Category1PurchasedGoodsAndServicesMember",
    2: "esrs:Category2CapitalGoodsMember",
    3: "esrs:Category3FuelAndEnergyrelatedActivitiesMember",
    8: "esrs:Category8UpstreamLeasedAssetsMember",
}
"""Members of the axis of scope 3 categories in the taxonomy of ESRS set 1."""
