"""What energy costs: carbon, water and a tree's days. E8 to E13."""

from typing import TypeVar

from ecocli.core.quantity import Estimate

WH_PER_KWH = 1000.0
Amount = TypeVar("Amount", Estimate, float)
"""An estimate, or one of its bounds."""


def operational_carbon(facility_energy: Estimate, intensity: Estimate) -> Estimate:
    """
    Operational, location-based CO2e of the electricity.

    E8:  co2 = E_facility / 1000 * intensity

    Args:
        facility_energy: Energy at the meter, E7. [Wh]
        intensity: Lifecycle intensity of the grid, annual mean. [gCO2e/kWh]

    Returns:
        Mass of CO2e. [g]

    Sources:
        GHG Protocol Scope 2 Guidance (location-based method)

    >>> operational_carbon(Estimate(1, 2, 4), Estimate(500, 500, 500))
    Estimate(low=0.5, value=1.0, high=2.0)
    """
    return facility_energy * intensity / WH_PER_KWH


def embodied_carbon(it_energy: Estimate, embodied_per_wh: Estimate) -> Estimate:
    """
    Making the servers, spread over the work that they do in their life.

    E9:  embodied = E_it * embodied_per_wh

    Args:
        it_energy: Energy at the servers, E6. [Wh]
        embodied_per_wh: Manufacture per energy used over the hardware's life. [g/Wh]

    Returns:
        Mass of CO2e, reported apart from E8. [g]

    >>> embodied_carbon(Estimate(1, 2, 4), Estimate(0.5, 0.5, 0.5))
    Estimate(low=0.5, value=1.0, high=2.0)
    """
    return it_energy * embodied_per_wh


def onsite_water(it_energy: Estimate, wue_site: Estimate) -> Estimate:
    """
    Water that cools the servers. WUE is defined on IT energy, not on the meter's.

    E10:  water_onsite = E_it * WUE_site          (L/kWh is mL/Wh)

    Args:
        it_energy: Energy at the servers, E6. [Wh]
        wue_site: Water usage effectiveness of the site. [L/kWh of IT energy]

    Returns:
        Volume. [mL]

    Sources:
        ISO/IEC 30134-9 (definition of WUE)

    >>> onsite_water(Estimate(1, 2, 4), Estimate(0.5, 0.5, 0.5))
    Estimate(low=0.5, value=1.0, high=2.0)
    """
    return it_energy * wue_site


def offsite_water(facility_energy: Estimate, wue_source: Estimate) -> Estimate:
    """
    Water consumed where the electricity is generated, so it follows the energy at the meter.

    E11:  water_offsite = E_facility * WUE_source

    Args:
        facility_energy: Energy at the meter, E7. [Wh]
        wue_source: Consumption embedded in the electricity. [L/kWh]

    Returns:
        Volume. [mL]

    Sources:
        Reig et al. (WRI, 2020)

    >>> offsite_water(Estimate(1, 2, 4), Estimate(4.0, 4.0, 4.0))
    Estimate(low=4.0, value=8.0, high=16.0)
    """
    return facility_energy * wue_source


def total_water(onsite: Amount, offsite: Amount) -> Amount:
    """
    Both parts; they share the energy, so their bounds add.

    E12:  water = water_onsite + water_offsite     [mL]

    >>> total_water(Estimate(1, 2, 4), Estimate(3, 6, 12))
    Estimate(low=4, value=8, high=16)
    """
    return onsite + offsite


def tree_days(co2: Amount, uptake_per_day: float) -> Amount:
    """
    Days that one mature tree takes to absorb the operational carbon.

    E13:  tree_days = co2 / uptake

    Args:
        co2: Operational CO2e, E8. [g]
        uptake_per_day: A fixed convention, without a range. [g/day]

    Returns:
        Time. [day]

    >>> tree_days(Estimate(30, 60, 120), 60)
    Estimate(low=0.5, value=1.0, high=2.0)
    """
    return co2 / uptake_per_day
