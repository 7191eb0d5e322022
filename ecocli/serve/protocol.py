"""Connections, with the limits that uvicorn lacks: headers, the time that they and bodies may take, and how many connections an address has."""

from asyncio import TimerHandle, Transport
from collections import Counter
from typing import TYPE_CHECKING

import httptools
from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from ecocli.serve import problems
from ecocli.serve.exchange import Exchange
from ecocli.serve.refusals import Refused
from ecocli.serve.sending import whole
from ecocli.serve.transport import Joined

if TYPE_CHECKING:
    from ecocli.serve.app import App

MOST_HEADER_BYTES = 64 * 1024
MOST_HEADERS = 100
MOST_ADDRESS_BYTES = 8 * 1024
VERSIONS = ("1.0", "1.1")
HEADERS_S = 10.0
"""To send all headers, from the first byte of the connection or of the request. [s]"""
BODY_S = 30.0
"""To send the whole body, from the end of the headers. [s]"""


class Connections:
    """How many connections there are, in all and of each address."""

    def __init__(self, most_of_one: int, most: int) -> None:
        self._most_of_one, self._most = most_of_one, most
        self._open: Counter[str] = Counter()

    def add(self, address: str) -> bool:
        """False where it is one too many. Each that was added is removed when it ends, that one as well."""
        self._open[address] += 1
        return self._open[address] <= self._most_of_one and self._open.total() <= self._most

    def remove(self, address: str) -> None:
        self._open[address] -= 1
        if self._open[address] <= 0:
            del self._open[address]


class Protocol(HttpToolsProtocol):
    """One connection."""

    limits: Connections
    application: "App"
    """Both of the server; set by `protocol_for`."""

    IDLE, HEADERS, BODY = range(3)

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # uvicorn narrows it likewise
        super().connection_made(transport)
        self.transport: Joined = Joined(transport)  # type: ignore[assignment]  # no subclass, which would have to have all methods
        self._address = self.client[0] if self.client else ""
        self._state, self._header_bytes, self._counted_bytes = self.HEADERS, 0, 0
        self._has_ended = False
        """A request did, in the data that came last."""
        self._timer: TimerHandle | None = None
        self._refusal: Refused | None = None
        self._body: bytearray | None = None
        """What is here of a body that may come in one piece with its head: uvicorn hears of both when it does not."""
        self._exchange: Exchange | None = None
        """It begins when all that came is parsed."""
        self._running: RequestResponseCycle | None = None
        """The request that is being answered, or was last; `cycle` is the one that arrived last."""
        if not self.limits.add(self._address):
            self._refuse(Refused("too-many-connections", "too many connections are open", retry_after="2"))
            return
        self._wait(HEADERS_S)

    def connection_lost(self, exc: Exception | None) -> None:
        self._unset_timer()
        self.limits.remove(self._address)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._refusal is not None:
            return
        if self._state == self.IDLE:
            self._state, self._header_bytes = self.HEADERS, 0
        before, self._has_ended = self._state, False
        super().data_received(data)
        self._begin()
        if self._is_over():
            return
        if self._state == self.HEADERS:
            self._header_bytes = self._begun_bytes(data) if self._has_ended else self._header_bytes + len(data)
            if self._header_bytes > MOST_HEADER_BYTES + MOST_ADDRESS_BYTES:
                self._refuse_in_turn(_too_large())
            elif self._timer is None:
                self._wait(HEADERS_S)
        elif self._state == self.BODY and before != self.BODY:
            self._wait(BODY_S)

    def _begun_bytes(self, data: bytes) -> int:
        """Of headers behind a request that ended in the same data: of a line without an end the parser tells nothing."""
        return self._counted_bytes + len(data) - (data.rfind(b"\n") + 1)

    def _is_over(self) -> bool:
        """True once nothing more is read."""
        return self._refusal is not None or self.transport.is_closing()

    def on_response_complete(self) -> None:
        self.transport.flush()
        super().on_response_complete()
        if self._refusal is not None and not self._is_answering() and not self.transport.is_closing():
            self._refuse(self._refusal)

    # from the parser

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._state, self._counted_bytes, self._trailers = self.HEADERS, 0, 0

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        if len(self.url) > MOST_ADDRESS_BYTES:
            self._stop(Refused("address-too-long", f"the address is longer than {MOST_ADDRESS_BYTES >> 10} KiB"))

    def on_header(self, name: bytes, value: bytes) -> None:
        self._counted_bytes += len(name) + len(value) + 4
        if self._counted_bytes > MOST_HEADER_BYTES or len(self.headers) + self._trailers >= MOST_HEADERS:
            self._stop(_too_large())
        if self._state == self.BODY:
            self._trailers += 1  # behind a body in chunks: no header, and nothing that a request may be let in by
            return
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._unset_timer()
        self._check_framing()
        self._state = self.BODY
        if self._may_be_answered_at_once():
            self._body = bytearray()
        else:
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        if self._body is None:
            super().on_body(body)
        else:
            self._body += body

    def on_message_complete(self) -> None:
        self._unset_timer()
        self._state, self._has_ended = self.IDLE, True
        if self._body is None:
            super().on_message_complete()
            return
        self.scope |= {"method": self.parser.get_method().decode(), "path": self.url.decode(), "raw_path": self.url, "query_string": b""}
        self.cycle = self._running = self._exchange = Exchange(self, bytes(self._body))  # type: ignore[assignment]  # it has what is looked at
        self._body = None

    # requests in one piece

    def _may_be_answered_at_once(self) -> bool:
        """True where nothing but the request and its answer has to be minded, if the body is here as well."""
        answers = (self.parser.get_method(), self.url) in self.application.routes.at_once
        earlier: RequestResponseCycle | None = self.cycle
        is_alone = earlier is None or earlier.response_complete
        return answers and is_alone and not (self.flow.write_paused or self.expect_100_continue or self.parser.should_upgrade())

    def _begin(self) -> None:
        """Begin with what came in one piece, and leave to uvicorn what did not."""
        if self._exchange is not None:
            exchange, self._exchange = self._exchange, None
            exchange.begin()
        elif self._body is not None and not self._is_over():
            body, self._body = self._body, None
            super().on_headers_complete()
            super().on_body(bytes(body))

    def _check_framing(self) -> None:
        """Refuse what others on the way may have taken for another request."""
        if self.parser.get_http_version() not in VERSIONS:
            self._stop(_not_http())
        for name, value in self.headers:
            if name == b"transfer-encoding" and value.lower() != b"chunked":
                self._stop(Refused("bad-request", "the Transfer-Encoding is not known", "send the body in chunks, or with Content-Length"))
        if not self.url.startswith(b"/"):
            target = httptools.parse_url(self.url)
            if target.host and not _is_same_host(target.host, target.port, dict(self.headers).get(b"host", b"")):
                self._stop(Refused("bad-request", "the address names another host than the Host header"))

    # refusing

    def _stop(self, why: Refused) -> None:
        """End parsing: `send_400_response` is asked next, and says why."""
        self._refusal = why
        raise why

    def send_400_response(self, msg: str) -> None:
        self._refuse_in_turn(self._refusal or _not_http())

    def _refuse_in_turn(self, why: Refused) -> None:
        """Refuse what is arriving, after the answers to the requests before it: a client would take it for the first of them."""
        if self._state == self.BODY and self.pipeline:
            self.pipeline.popleft()  # the request that is at fault: it waited for those before it
        if self._is_answering():
            self._refusal = why
            self._unset_timer()
        else:
            self._refuse(why)

    def _is_answering(self) -> bool:
        """True while requests that are whole have no answer yet."""
        running = self._running
        return bool(self.pipeline) or (running is not None and not (running.response_complete or (running is self.cycle and running.more_body)))

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._running = cycle
        if self._state == self.BODY and self._timer is not None:
            self._wait(BODY_S)  # anew: it had to stop for the answers before it
        super()._start_asgi_task(cycle, app)

    def _refuse(self, why: Refused) -> None:
        """Answer outside of any request, as far as no answer has begun, and close."""
        self._refusal = why
        self._unset_timer()
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is None or cycle.response_complete or not cycle.response_started:
            self.transport.write(whole(problems.response(why)))
        if cycle is not None:
            cycle.disconnected = True  # what it may still answer is not sent
            cycle.message_event.set()
        self.transport.close()

    def _wait(self, seconds: float) -> None:
        self._unset_timer()
        self._timer = self.loop.call_later(seconds, self._is_late)

    def _is_late(self) -> None:
        self._timer = None
        if self.transport.is_closing():
            return
        asked: RequestResponseCycle | None = self.cycle
        if self._state == self.HEADERS and asked is not None and not asked.response_complete:
            self._wait(HEADERS_S)  # the request before this one is being answered
            return
        if self._state == self.BODY and self.pipeline:
            self._wait(BODY_S)  # likewise; nothing is read meanwhile, however much was sent
            return
        if self._state == self.HEADERS and not self._header_bytes and asked is None:
            self.transport.close()  # nothing was asked, so nothing is answered
            return
        self._refuse(Refused("too-slow", "the request took too long to arrive"))

    def _unset_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def _not_http() -> Refused:
    return Refused("bad-request", "this is not a request of HTTP/1.1")


def _is_same_host(host: bytes, port: int | None, given: bytes) -> bool:
    """True where the host in an address is the one of the Host header, by which the request was let in."""
    name = (b"[%s]" % host if b":" in host else host).lower()
    return given.lower() in (name, b"%s:%d" % (name, port or 80))


def _too_large() -> Refused:
    return Refused("headers-too-large", f"the headers are more than {MOST_HEADERS}, or larger than {MOST_HEADER_BYTES >> 10} KiB")


def protocol_for(application: "App | None", connections: Connections) -> type[Protocol]:
    """The protocol of one server."""
    return type("ServerProtocol", (Protocol,), {"limits": connections, "application": application})
