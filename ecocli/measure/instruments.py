"""The instruments of this machine, and which of them a measurement takes."""

from collections.abc import Callable, Iterable

from ecocli.core.usage import GPU, SOC, WALL
from ecocli.measure.battery import Battery
from ecocli.measure.nvml import Nvml
from ecocli.measure.powermetrics import Powermetrics
from ecocli.measure.rapl import Rapl
from ecocli.measure.reader import Reader, Unreadable

Opener = Callable[[], Reader]
OPENERS: tuple[Opener, ...] = (Battery.open, Rapl.open, Powermetrics.open, Nvml.open)


def opened(openers: Iterable[Opener] = OPENERS) -> tuple[list[Reader], list[str]]:
    """The readers that can be read, and the reasons of those that cannot."""
    readers, reasons = [], []
    for open_one in openers:
        try:
            readers.append(open_one())
        except Unreadable as error:
            reasons.append(str(error))
    return readers, reasons


def chosen(readers: Iterable[Reader], boundary: str | None) -> tuple[str, list[Reader]]:
    """
    The boundary of a measurement, and its readers, none of which counts what another counts too.

    Boards beside the processor draw apart from it: a processor's energy and theirs add up, and are "soc" together, below the wall.

    Args:
        boundary: As asked for; the widest that can be read where it is None.
    """
    by = {place: [reader for reader in readers if reader.boundary == place] for place in (WALL, SOC, GPU)}
    widest = boundary or next((place for place, found in by.items() if found), WALL)
    return widest, by[SOC] + by[GPU] if widest == SOC and by[SOC] else by[widest]
