"""The ASGI application: who asks is looked at first, then a route answers, and what goes wrong becomes a problem."""

from collections.abc import Mapping, MutableMapping
from itertools import count
from os import urandom
from time import perf_counter
from typing import Any

from ecocli.errors import EcoError, NotPermitted
from ecocli.serve import accept, bugs, origins, problems
from ecocli.serve.access import ANYBODY, NOBODY
from ecocli.serve.access_log import AccessLog
from ecocli.serve.bodies import Gone
from ecocli.serve.messages import Receive, Request, Response, Send
from ecocli.serve.origins import Origins
from ecocli.serve.rates import Rates
from ecocli.serve.refusals import Refused
from ecocli.serve.routing import GET, ErrorBody, Route, Routes, allowed
from ecocli.serve.sending import send
from ecocli.serve.services import Services
from ecocli.serve.statuses import HTTPStatus

KEY_PREFIX = "/key/"
UNKNOWN_ROUTE = "-"


class App:
    """Answers one request after another."""

    def __init__(self, services: Services, routes: Routes, origins: Origins, rates: Rates, log: AccessLog | None) -> None:
        self.services, self.routes, self.origins, self.rates = services, routes, origins, rates
        self._log = log
        self._prefix, self._numbers = urandom(4).hex(), count(1)

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send_: Send) -> None:
        started_s = perf_counter()
        answering = Answering(self, scope, receive)
        try:
            response = await answering.response()
        except Gone:
            return
        except EcoError as error:
            response = answering.problem(error)
        except Exception as error:  # noqa: BLE001 - one request must not end the server
            bugs.report(error)
            response = answering.problem(EcoError("a bug in eco", code="bug"))
        await send(response, send_, answering.headers, is_head=scope["method"] == "HEAD")
        if self._log:
            self._log.write(self.request_id(scope), answering.route_path, scope["method"], int(response.status), perf_counter() - started_s)

    def request_id(self, scope: MutableMapping[str, Any]) -> str:
        """A name for the request, in problems and in the access log."""
        found: str = scope.setdefault("eco.id", f"{self._prefix}-{next(self._numbers)}")
        return found


class Answering:
    """One request on its way to its answer."""

    def __init__(self, app: App, scope: MutableMapping[str, Any], receive: Receive) -> None:
        self._app, self._scope, self._receive = app, scope, receive
        self.route_path = UNKNOWN_ROUTE
        """As the route is written: never what stands in its place, such as a key."""
        self.headers: Mapping[str, str] = {}
        """For whatever the answer will be."""
        self._parameter = ""
        self._errors: ErrorBody | None = None

    async def response(self) -> Response:
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
        return await route.answer(request)

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

    def problem(self, error: EcoError) -> Response:
        """The answer that tells of an error."""
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
