"""Connections, with the limits that uvicorn lacks: headers, the time that they and bodies may take, and how many connections an address has."""

from asyncio import TimerHandle, Transport
from collections import Counter
from typing import TYPE_CHECKING

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
        self._timer: TimerHandle | None = None
        self._refusal: Refused | None = None
        self._body: bytearray | None = None
        """What is here of a body that may come in one piece with its head: uvicorn hears of both when it does not."""
        self._exchange: Exchange | None = None
        """It begins when all that came is parsed."""
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
        before = self._state
        super().data_received(data)
        self._begin()
        if self.transport.is_closing():
            return
        if self._state == self.HEADERS:
            self._header_bytes += len(data)  # of a line without an end the parser tells nothing
            if self._header_bytes > MOST_HEADER_BYTES + MOST_ADDRESS_BYTES:
                self._refuse(_too_large())
            elif self._timer is None:
                self._wait(HEADERS_S)
        elif self._state == self.BODY and before != self.BODY:
            self._wait(BODY_S)

    def on_response_complete(self) -> None:
        self.transport.flush()
        super().on_response_complete()

    # from the parser

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._state, self._counted_bytes = self.HEADERS, 0

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        if len(self.url) > MOST_ADDRESS_BYTES:
            self._stop(Refused("address-too-long", f"the address is longer than {MOST_ADDRESS_BYTES >> 10} KiB"))

    def on_header(self, name: bytes, value: bytes) -> None:
        self._counted_bytes += len(name) + len(value) + 4
        if self._counted_bytes > MOST_HEADER_BYTES or len(self.headers) >= MOST_HEADERS:
            self._stop(_too_large())
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._unset_timer()
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
        self._state = self.IDLE
        if self._body is None:
            super().on_message_complete()
            return
        self.scope |= {"method": self.parser.get_method().decode(), "path": self.url.decode(), "raw_path": self.url, "query_string": b""}
        self.cycle = self._exchange = Exchange(self, bytes(self._body))  # type: ignore[assignment]  # it has what is looked at
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
        elif self._body is not None:
            body, self._body = self._body, None
            super().on_headers_complete()
            super().on_body(bytes(body))

    # refusing

    def _stop(self, why: Refused) -> None:
        """End parsing: `send_400_response` is asked next, and says why."""
        self._refusal = why
        raise why

    def send_400_response(self, msg: str) -> None:
        self._refuse(self._refusal or Refused("bad-request", "this is not a request of HTTP/1.1"))

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
        if self._state == self.HEADERS and not self._header_bytes and asked is None:
            self.transport.close()  # nothing was asked, so nothing is answered
            return
        self._refuse(Refused("too-slow", "the request took too long to arrive"))

    def _unset_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def _too_large() -> Refused:
    return Refused("headers-too-large", f"the headers are more than {MOST_HEADERS}, or larger than {MOST_HEADER_BYTES >> 10} KiB")


def protocol_for(application: "App | None", connections: Connections) -> type[Protocol]:
    """The protocol of one server."""
    return type("ServerProtocol", (Protocol,), {"limits": connections, "application": application})
