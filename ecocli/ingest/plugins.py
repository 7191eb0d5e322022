"""Payload formats and log sources of other packages, by their entry points. Looked for only when nothing built in will do."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache, wraps
from typing import TYPE_CHECKING, Any, ParamSpec, Protocol, TypeVar

from ecocli.errors import BadPlugin, EcoError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint



class Named(Protocol):
    """A `Format` or a `LogSource`."""

    @property
    def name(self) -> str: ...


T = TypeVar("T", bound=Named)
P = ParamSpec("P")
R = TypeVar("R")

FORMATS = "ecocli.formats"
LOGS = "ecocli.logs"
"""Groups of entry points: the name is what users ask for, the object a `Format` or a `LogSource` of that name."""


def names(group: str) -> tuple[str, ...]:
    """Of all that other packages offer, in the order of the module search path."""
    return tuple(_entries(group))


@cache
def load(group: str, name: str, kind: type[T]) -> T | None:
    """
    The object of that kind that another package offers under a name; None when no package does.

    Raises:
        BadPlugin: It cannot be imported, or is something else.
    """
    if name not in _entries(group):
        return None
    with blamed(group, name):
        found = _entries(group)[name].load()
        if not isinstance(found, kind):
            raise TypeError(f"a {kind.__name__} is needed, not a {type(found).__name__}")
        if found.name != name:
            raise ValueError(f"the {kind.__name__} is named {found.name!r}")
    return found


@contextmanager
def blamed(group: str, name: str) -> Iterator[None]:
    """
    For all that a plug-in does: whatever it raises is an error that names it.

    Errors of eco stay what they are, for a plug-in raises them for data that cannot be used.
    """
    try:
        yield
    except EcoError:
        raise
    except (Exception, SystemExit) as error:  # code of others may raise anything
        entry = _entries(group)[name]
        raise BadPlugin(entry.dist.name if entry.dist else "", f"{group}: {name} = {entry.value}", error) from error


def guard(group: str, name: str, function: Callable[P, R]) -> Callable[P, R]:
    """A function of a plug-in, with `blamed` around each of its calls, and around each of the things that it yields."""

    @wraps(function)
    def guarded(*args: P.args, **options: P.kwargs) -> R:
        with blamed(group, name):
            found = function(*args, **options)
        return _each(group, name, found) if isinstance(found, Iterator) else found  # type: ignore[return-value]  # an iterator still

    return guarded


def _each(group: str, name: str, found: Iterator[Any]) -> Iterator[Any]:
    with blamed(group, name):
        yield from found


@cache
def _entries(group: str) -> "Mapping[str, EntryPoint]":
    from importlib.metadata import distributions  # takes longer to load than eco to record a call

    entries: dict[str, EntryPoint] = {}
    for distribution in distributions():
        with suppress(ValueError, TypeError):  # a file that no installer wrote offers nothing
            if group in (distribution.read_text("entry_points.txt") or ""):  # looking is quicker than parsing
                for entry in distribution.entry_points.select(group=group):
                    entries.setdefault(entry.name, entry)
    return entries
