"""NVML: the graphics boards' own meters, by NVIDIA's package nvidia-ml-py."""

from collections.abc import Callable
from typing import Any, Self

from ecocli.core.usage import GPU
from ecocli.measure.reader import Counted, Integrated, Unreadable

J_PER_MJ = W_PER_MW = 1e-3


class Nvml:
    """
    All NVIDIA boards of a machine: by their energy counters, which boards since Volta have, else by their power.

    Args:
        library: The module pynvml, after nvmlInit, or what behaves as it does.
    """

    boundary = GPU

    def __init__(self, library: Any) -> None:
        self._library = library
        handles = [library.nvmlDeviceGetHandleByIndex(index) for index in range(library.nvmlDeviceGetCount())]
        if not handles:
            raise Unreadable("NVML: no board is shown")
        self.name = f"NVML {', '.join(map(self._name_of, handles))}"
        self._meters = list(map(self._meter_of, handles))

    @classmethod
    def open(cls, library: Any = None) -> Self:
        """The boards of this machine. Unreadable without the package, the driver or a board."""
        library = library or _installed()
        try:
            library.nvmlInit()
            return cls(library)
        except library.NVMLError as error:
            raise Unreadable(f"NVML: {error}") from error

    def joules(self, now_s: float) -> float:
        try:
            return sum(meter(now_s) for meter in self._meters)
        except self._library.NVMLError as error:
            raise Unreadable(f"NVML: {error}") from error

    def close(self) -> None:
        self._library.nvmlShutdown()

    def _name_of(self, handle: Any) -> str:
        name = self._library.nvmlDeviceGetName(handle)
        return name.decode() if isinstance(name, bytes) else str(name)  # bytes before release 11.5

    def _meter_of(self, handle: Any) -> Callable[[float], float]:
        library = self._library
        try:
            library.nvmlDeviceGetTotalEnergyConsumption(handle)
        except library.NVMLError:
            library.nvmlDeviceGetPowerUsage(handle)  # a board with neither is an error here, not during the run
            integrated = Integrated()
            return lambda now_s: integrated.add(W_PER_MW * library.nvmlDeviceGetPowerUsage(handle), now_s)
        counted = Counted()
        return lambda _: J_PER_MJ * counted.add(library.nvmlDeviceGetTotalEnergyConsumption(handle))


def _installed() -> Any:
    try:
        import pynvml
    except ImportError as error:
        raise Unreadable("NVML: nvidia-ml-py is not installed, pip install 'ecocli[measure]' adds it") from error
    return pynvml
