"""The methods by their id, which every stored row carries. A later one is added beside those that were, never over them."""

from importlib import import_module
from types import ModuleType

METHOD = "eco-1"
"""The one that new calls are estimated with; a change of an equation or a constant is a new id."""

PACKAGES = {"eco-1": "ecocli.estimator.eco1"}
"""Where the constants and equations of each are."""


def package(method: str = METHOD, module: str = "") -> ModuleType:
    """
    The package of a method: its CONSTANTS, `make`, `aged`, `vintage`, `split`, `spent` and `footprint`. Of one that
    this program does not have METHOD's, so that the factors of a foreign result can be tried.

    Args:
        module: A module in it that is loaded only when it is asked for, e.g. ".steps".
    """
    return import_module(PACKAGES.get(method, PACKAGES[METHOD]) + module)
