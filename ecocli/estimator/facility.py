"""From the accelerators to the data centre's meter: E6 and E7."""

from ecocli.core.quantity import Estimate


def it_energy(accelerator_energy: Estimate, host: Estimate, idle: Estimate) -> Estimate:
    """
    Energy at the servers: host processors, memory, network and fans, and capacity that waits.

    E6:  E_it = E_acc * host * idle

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


def facility_energy(it_energy: Estimate, pue: Estimate) -> Estimate:
    """
    Energy at the data centre's meter: cooling and power conversion included.

    E7:  E_facility = E_it * PUE

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
