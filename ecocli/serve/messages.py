"""Requests and responses, as the routes see them."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pydantic_core import to_json

from ecocli.serve.statuses import HTTPStatus

if TYPE_CHECKING:
    from ecocli.serve.access import Visitor
    from ecocli.serve.query import Query
    from ecocli.serve.services import Services

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

JSON, NDJSON, CSV = "application/json", "application/x-ndjson", "text/csv"


def json_bytes(body: Any) -> bytes:
    """Compact JSON, several times as quick as the standard library's."""
    return to_json(body)


@dataclass(slots=True)
class Response:
    """What is sent back."""

    body: bytes | AsyncIterator[bytes]
    """All of it, or parts that are sent as they come."""
    media_type: str = JSON
    status: HTTPStatus = HTTPStatus.OK
    headers: Mapping[str, str] = field(default_factory=dict)


class Request:
    """One request. Its caller was let in before a route sees it."""

    def __init__(self, scope: MutableMapping[str, Any], receive: Receive, headers: Mapping[bytes, bytes], services: "Services") -> None:
        self.scope, self.receive, self.headers, self.services = scope, receive, headers, services
        self.path: str = scope["path"]
        self.method: str = scope["method"]
        self.parameter = ""
        """What stands in the path where its route has a name in braces."""
        self.visitor: Visitor = None  # type: ignore[assignment]  # set before any route is called
        self.was_at_once = False
        """`Route.at_once` has looked at it."""

    def header(self, name: bytes) -> str:
        """A header, empty where it is missing. Names are in lower case."""
        return self.headers.get(name, b"").decode("latin-1")

    @cached_property
    def query(self) -> "Query":
        """The parameters behind the question mark."""
        from ecocli.serve.query import Query

        return Query.of(self.scope["query_string"])
