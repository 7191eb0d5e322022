"""From the accelerators to the data centre's meter, E6 and E7, and what that energy costs: carbon, water and a tree's days, E8 to E13."""

from ecocli.core.quantity import ONE, Estimate
from ecocli.core.specs import SiteSpec
from ecocli.estimator.equations import equation
from ecocli.estimator.numbers import Number

WH_PER_KWH = 1000.0


@equation("E6", "at the servers", "E_it = E_acc * host * idle", "Wh")
def it_energy(accelerator_energy: Estimate, host: Estimate, idle: Estimate) -> Estimate:
    """
    Energy at the servers: host processors, memory, network and fans, and capacity that waits.

    Args:
        accelerator_energy: Energy at the accelerators, E5. [Wh]
        host: Server power over accelerator power while serving. [1]
        idle: Provisioned over used capacity, in energy. [1]

    Returns:
        Energy at the servers. [Wh]

    Sources:
        arXiv:2508.15734 (the split of a median production prompt)

    >>> it_energy(Estimate(1, 2, 4), Estimate(1.25, 1.25, 1.25), Estimate(2, 2, 2))
    Estimate(low=2.5, value=5.0, high=10.0)
    """
    return accelerator_energy * (host * idle)


@equation("E7", "at the meter", "E_facility = E_it * PUE", "Wh")
def facility_energy(it_energy: Estimate, pue: Estimate) -> Estimate:
    """
    Energy at the data centre's meter: cooling and power conversion included.

    Args:
        it_energy: Energy at the servers, E6. [Wh]
        pue: Power usage effectiveness, at least 1. [1]

    Returns:
        Energy at the meter. [Wh]

    Sources:
        ISO/IEC 30134-2 (definition of PUE)

    >>> facility_energy(Estimate(1, 2, 4), Estimate(1.25, 1.25, 1.25))
    Estimate(low=1.25, value=2.5, high=5.0)
    """
    return it_energy * pue


@equation("E8", "operational carbon", "co2 = E_facility / 1000 * intensity", "g")
def operational_carbon(facility_energy: Estimate, intensity: Estimate) -> Estimate:
    """
    Operational, location-based CO2e of the electricity.

    Args:
        facility_energy: Energy at the meter, E7. [Wh]
        intensity: Lifecycle intensity of the grid at the time of the call, as far as that is known. [gCO2e/kWh]

    Returns:
        Mass of CO2e. [g]

    Sources:
        GHG Protocol Scope 2 Guidance (location-based method)

    >>> operational_carbon(Estimate(1, 2, 4), Estimate(500, 500, 500))
    Estimate(low=0.5, value=1.0, high=2.0)
    """
    return facility_energy * intensity / WH_PER_KWH


@equation("E9", "embodied carbon", "embodied = E_it * embodied_per_wh", "g")
def embodied_carbon(it_energy: Estimate, embodied_per_wh: Estimate) -> Estimate:
    """
    Making the servers, spread over the work that they do in their life.

    Args:
        it_energy: Energy at the servers, E6. [Wh]
        embodied_per_wh: Manufacture per energy used over the hardware's life. [g/Wh]

    Returns:
        Mass of CO2e, reported apart from E8. [g]

    >>> embodied_carbon(Estimate(1, 2, 4), Estimate(0.5, 0.5, 0.5))
    Estimate(low=0.5, value=1.0, high=2.0)
    """
    return it_energy * embodied_per_wh


@equation("E10", "water on site", "water_onsite = E_it * WUE_site", "mL")
def onsite_water(it_energy: Estimate, wue_site: Estimate) -> Estimate:
    """
    Water that cools the servers. WUE is defined on IT energy, not on the meter's.

    Args:
        it_energy: Energy at the servers, E6. [Wh]
        wue_site: Water usage effectiveness of the site. [L/kWh of IT energy, which is mL/Wh]

    Returns:
        Volume. [mL]

    Sources:
        ISO/IEC 30134-9 (definition of WUE)

    >>> onsite_water(Estimate(1, 2, 4), Estimate(0.5, 0.5, 0.5))
    Estimate(low=0.5, value=1.0, high=2.0)
    """
    return it_energy * wue_site


@equation("E11", "water off site", "water_offsite = E_facility * WUE_source", "mL")
def offsite_water(facility_energy: Estimate, wue_source: Estimate) -> Estimate:
    """
    Water consumed where the electricity is generated, so it follows the energy at the meter.

    Args:
        facility_energy: Energy at the meter, E7. [Wh]
        wue_source: Consumption embedded in the electricity. [L/kWh]

    Returns:
        Volume. [mL]

    Sources:
        Macknick et al., 2012 (what technologies consume; tools/water.py)

    >>> offsite_water(Estimate(1, 2, 4), Estimate(4.0, 4.0, 4.0))
    Estimate(low=4.0, value=8.0, high=16.0)
    """
    return facility_energy * wue_source


@equation("E12", "water", "water = on site + off site", "mL")
def total_water(onsite: Number, offsite: Number) -> Number:
    """
    Both parts; they share the energy, so their bounds add.

    >>> total_water(Estimate(1, 2, 4), Estimate(3, 6, 12))
    Estimate(low=4, value=8, high=16)
    """
    return onsite + offsite


@equation("E13", "a tree's days", "tree_days = co2 / uptake", "day")
def tree_days(co2: Number, uptake_per_day: Number) -> Number:
    """
    Days that one mature tree takes to absorb the operational carbon.

    Args:
        co2: Operational CO2e, E8. [g]
        uptake_per_day: A fixed convention, without a range. [g/day]

    Returns:
        Time. [day]

    >>> tree_days(Estimate(30, 60, 120), 60)
    Estimate(low=0.5, value=1.0, high=2.0)
    """
    return co2 / uptake_per_day


def site_costs(site: SiteSpec, host: Estimate, idle: Estimate, embodied_per_it_wh: Estimate) -> dict[str, Estimate]:
    """The equations E6 to E11 for one Wh at the accelerators: a call's figures, by their names and in their order, are multiples of these."""
    it = it_energy(ONE, host, idle)
    meter = facility_energy(it, site.pue.estimate)
    return {
        "it_energy_wh": it,
        "facility_energy_wh": meter,
        "co2_g": operational_carbon(meter, site.intensity_g_per_kwh.estimate),
        "embodied_co2_g": embodied_carbon(it, embodied_per_it_wh),
        "water_onsite_ml": onsite_water(it, site.wue_site_l_per_kwh.estimate),
        "water_offsite_ml": offsite_water(meter, site.wue_source_l_per_kwh.estimate),
    }
