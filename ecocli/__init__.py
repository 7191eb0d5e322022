"""
Energy, carbon and water of AI model calls, each with an honest range.

    from ecocli import Usage, estimate

`import ecocli` alone imports nothing else: each name below is imported when it is first used.
"""

__version__ = "0.1.0"
__all__ = ["Answer", "EcoError", "Estimate", "Footprint", "Usage", "estimate"]

TYPE_CHECKING = False  # known to every type checker, and defined here to avoid importing typing
if TYPE_CHECKING:
    from ecocli.core.footprint import Footprint
    from ecocli.core.quantity import Estimate
    from ecocli.core.usage import Usage
    from ecocli.errors import EcoError
    from ecocli.library import Answer, estimate

_HOMES = {"Answer": "library", "EcoError": "errors", "Estimate": "core.quantity", "Footprint": "core.footprint", "Usage": "core.usage", "estimate": "library"}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'ecocli' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"ecocli.{_HOMES[name]}"), name)
