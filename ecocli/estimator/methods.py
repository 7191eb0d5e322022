"""The methods by their id, which every stored row carries. A later one is added beside those that were, never over them."""

from importlib import import_module
from types import ModuleType

METHOD = "eco-2"
"""The one that new calls are estimated with; a change of an equation or a constant is a new id."""

PACKAGES = {"eco-1": "ecocli.estimator.eco1", "eco-2": "ecocli.estimator.eco2"}
"""Where the constants and equations of each are."""

PROVISIONAL = ("eco-2",)
"""Methods whose constants and catalogue may still move: what they computed is recomputed once they are frozen."""


def package(method: str = METHOD, module: str = "") -> ModuleType:
    """
    The package of a method: its CONSTANTS, `make`, `aged` and `vintage`.

    Args:
        method: A key of PACKAGES.
        module: A module in it that is loaded only when it is asked for, e.g. ".steps".
    """
    return import_module(PACKAGES[method] + module)
