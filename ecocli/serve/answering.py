"""One request on its way to its answer: the checks that each passes, its route, what goes wrong, and its line in the log."""

from asyncio import Future
from collections.abc import Mapping, MutableMapping
from time import perf_counter
from typing import TYPE_CHECKING, Any

from ecocli.errors import EcoError, NotPermitted
from ecocli.serve import accept, bugs, origins, problems
from ecocli.serve.access import ANYBODY, NOBODY
from ecocli.serve.bodies import Gone
from ecocli.serve.messages import Receive, Request, Response
from ecocli.serve.refusals import Refused
from ecocli.serve.routing import GET, ErrorBody, Route, allowed
from ecocli.serve.statuses import HTTPStatus

if TYPE_CHECKING:
    from ecocli.serve.app import App

KEY_PREFIX = "/key/"
UNKNOWN_ROUTE = "-"


class Answering:
    """One request on its way to its answer."""

    def __init__(self, app: "App", scope: MutableMapping[str, Any], receive: Receive) -> None:
        self._app, self._scope, self._receive = app, scope, receive
        self._started_s = perf_counter()
        self.route_path = UNKNOWN_ROUTE
        """As the route is written: never what stands in its place, such as a key."""
        self.headers: Mapping[str, str] = {}
        """For whatever the answer will be."""
        self._parameter = ""
        self._errors: ErrorBody | None = None
        self._route: Route
        self._request: Request

    async def response(self) -> Response:
        """The answer, or what is wrong. Gone where nobody waits for it any more."""
        try:
            found = self._admitted()
        except Exception as error:  # noqa: BLE001 - one request must not end the server
            return self.failure(error)
        return found or await self.routed()

    async def routed(self) -> Response:
        """What the route answers to a request that was let in. Raises as `response` does."""
        try:
            return await self._route.answer(self._request)
        except Gone:
            raise
        except Exception as error:  # noqa: BLE001 - one request must not end the server
            return self.failure(error)

    def at_once(self, body: bytes) -> Future[bytes | None] | None:
        """What `Route.at_once` says to a request with this body, whose route has that; `routed` is for what it leaves. Raises what is wrong."""
        self._admitted()
        begin, self._request.was_at_once = self._route.at_once, True
        return begin and begin(self._request, body)

    def _admitted(self) -> Response | None:
        """Let the sender in, and find the route. An answer where that has none; raises what is wrong."""
        app, scope = self._app, self._scope
        sent = dict(scope["headers"])
        if len(sent) < len(scope["headers"]):
            _refuse_doubled(scope["headers"])
        origin = app.origins.check(sent)
        if origin is not None:
            self.headers = origins.shared_with(origin)
        key_in_path = self._take_key()
        request = Request(scope, self._receive, sent, app.services)
        methods, request.parameter = app.routes.find(request.path)
        self._parameter = request.parameter
        known = next(iter(methods.values()))
        self.route_path, self._errors = known.path, known.errors
        route = _route(methods, request.method)
        if route is None:
            return _options(methods, origin, sent)
        self._let_in(request, route, key_in_path)
        if route.media_types:
            accept.chosen(request.header(b"accept"), route.media_types)
        self._route, self._request = route, request
        return None

    def _take_key(self) -> str | None:
        """Move a key out of the path, for clients that cannot send headers."""
        path: str = self._scope["path"]
        if not path.startswith(KEY_PREFIX):
            return None
        key, slash, rest = path[len(KEY_PREFIX) :].partition("/")
        self._scope["path"] = slash + rest
        return key

    def _let_in(self, request: Request, route: Route, key_in_path: str | None) -> None:
        services = request.services
        if route.needs == ANYBODY and not self._sends_a_key(request, key_in_path):
            request.visitor = NOBODY
            return
        address = (self._scope.get("client") or ("",))[0]
        try:
            visitor = services.access.visitor(request.headers, self._scope["query_string"], key_in_path, services.clock())
        except NotPermitted:
            self._app.rates.take(address)  # whoever tries keys is counted, too
            raise
        self._app.rates.take(address if visitor.key_id is None else visitor.key_id)
        services.access.let_in(visitor, route.needs)
        request.visitor = visitor

    def _sends_a_key(self, request: Request, key_in_path: str | None) -> bool:
        return key_in_path is not None or b"authorization" in request.headers or b"token=" in self._scope["query_string"]

    def failure(self, error: Exception) -> Response:
        """The answer that tells of an error, which is a bug where it is none of eco's."""
        if isinstance(error, EcoError):
            return self._problem(error)
        bugs.report(error)
        return self._problem(EcoError("a bug in eco", code="bug"))

    def log(self, response: Response) -> None:
        """Write the request's line, where there is a log."""
        if self._app.access_log:
            took_s = perf_counter() - self._started_s
            self._app.access_log.write(self._app.request_id(self._scope), self.route_path, self._scope["method"], int(response.status), took_s)

    def _problem(self, error: EcoError) -> Response:
        in_path = bool(self._parameter) and not isinstance(error, Refused)  # a name that is not known may be the one there
        found = problems.response(error, in_path=in_path, request_id=self._app.request_id(self._scope))
        if self._errors is not None:
            found.body, found.media_type = self._errors(error, found.status, dict(self._scope["headers"]))
        return found


def _route(methods: Mapping[str, Route], method: str) -> Route | None:
    """The route; None for OPTIONS. Refused for a method that the path does not have."""
    found = methods.get(GET if method == "HEAD" else method)
    if found is None and method != "OPTIONS":
        raise Refused("method-not-allowed", "this path does not have this method", allow=allowed(methods))
    return found


def _options(methods: Mapping[str, Route], origin: str | None, sent: Mapping[bytes, bytes]) -> Response:
    headers = {"allow": allowed(methods)}
    if origin is not None and b"access-control-request-method" in sent:
        headers |= origins.preflight(origin, sent)
    return Response(b"", "", HTTPStatus.NO_CONTENT, headers)


def _refuse_doubled(headers: list[tuple[bytes, bytes]]) -> None:
    """Refused for a header that must have one value and has several: others on the way may have looked at another one."""
    names = [name for name, _ in headers]
    for name in (b"host", b"authorization", b"content-type", b"content-encoding", b"content-length", b"origin"):
        if names.count(name) > 1:
            raise Refused("bad-request", f"the header {name.decode()} is there twice")
