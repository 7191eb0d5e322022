"""Which function answers which path and method. Exact paths are looked up; others have one name in braces."""

from asyncio import Future
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from ecocli.errors import EcoError
from ecocli.serve.access import READ
from ecocli.serve.messages import JSON, Request, Response
from ecocli.serve.refusals import Refused
from ecocli.serve.statuses import HTTPStatus
from ecocli.util.valueclass import value_class

Handler = Callable[[Request], Awaitable[Response]]
AtOnce = Callable[[Request, bytes], Future[bytes | None] | None]
ErrorBody = Callable[[EcoError, HTTPStatus, Mapping[bytes, bytes]], tuple[bytes, str]]
"""Body and media type for an error and its status, by the headers of the request."""
GET, POST = "GET", "POST"


@value_class(frozen=True, slots=True)
class Route:
    """One thing that can be asked for."""

    method: str
    path: str
    """With at most one name in braces, which stands for the rest of the path, slashes included."""
    answer: Handler
    summary: str
    """For openapi.json."""
    needs: str = READ
    """What a visitor has to be, see access.py."""
    media_types: tuple[str, ...] = (JSON,)
    """Of its answer, the usual one first."""
    also: tuple[str, ...] = ()
    """Other paths of the same."""
    operation: Mapping[str, Any] | None = None
    """What openapi.json says beyond that; None for a route that it leaves out."""
    errors: ErrorBody | None = None
    """How it tells of errors, where that is not a problem."""
    at_once: AtOnce | None = None
    """
    Begins the answer to a request that came in one piece, its body included, without the cost of a task. Nothing, at once or in
    the end, for one that `answer` has to look at.
    """


class Routes:
    """All routes."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self.all = tuple(routes)
        self.at_once = frozenset((route.method.encode(), path.encode()) for route in self.all if route.at_once for path in (route.path, *route.also))
        """Methods and paths of those that answer at once."""
        self._exact: dict[str, dict[str, Route]] = {}
        self._below: list[tuple[str, dict[str, Route]]] = []
        for route in self.all:
            for path in (route.path, *route.also):
                prefix, brace, _ = path.partition("{")
                if not brace:
                    self._exact.setdefault(path, {})[route.method] = route
                    continue
                known = next((methods for begin, methods in self._below if begin == prefix), None)
                if known is None:
                    self._below.append((prefix, known := {}))
                known[route.method] = route

    def find(self, path: str) -> tuple[Mapping[str, Route], str]:
        """The routes of a path by their methods, and what stands in it for a name in braces. Refused for a path that there is not."""
        methods = self._exact.get(path)
        if methods is not None:
            return methods, ""
        for prefix, below in self._below:
            if path.startswith(prefix) and len(path) > len(prefix):
                return below, path[len(prefix) :]
        raise Refused("no-such-route", "there is nothing at this path", "GET /openapi.json lists what there is")


def allowed(methods: Mapping[str, Route]) -> str:
    """The value of an Allow header."""
    return ", ".join(sorted({*methods, "OPTIONS", *(["HEAD"] if GET in methods else [])}))
