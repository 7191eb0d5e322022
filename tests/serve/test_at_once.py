"""A request that comes in one piece is answered without a task of its own; what it is told, and what is kept of it, is the same."""

import asyncio
import gc
import io
import json
import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from uvicorn.server import ServerState

from ecocli.config.settings import Settings
from ecocli.ingest.reading import Fill
from ecocli.pipeline.assessment import Assessor
from ecocli.pipeline.builder import FEW
from ecocli.serve.access import Access, Policy
from ecocli.serve.access_log import AccessLog
from ecocli.serve.app import App
from ecocli.serve.exchange import Exchange
from ecocli.serve.options import Options
from ecocli.serve.origins import Origins
from ecocli.serve.protocol import Protocol
from ecocli.serve.rates import Rates
from ecocli.serve.routes import ROUTES
from ecocli.serve.routing import Routes
from ecocli.serve.server import config_for
from ecocli.serve.services import Configured, Services
from ecocli.serve.stores import OpenStore
from ecocli.store import Store
from tests.estimator_helpers import shipped
from tests.serve_helpers import ANSWER_S, CALL

NOW_MS = 1_790_000_000_000
MANY = 2 * FEW
CLOSE = "Connection: close"
TOKEN = "the-token-of-this-start"
PAGE = "https://page.example"
TASKS = Routes(replace(route, at_once=None) for route in ROUTES.all)
"""Each request is a task of uvicorn's."""
MASKED = re.compile(rb'[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{8}-\d+|"ms": [\d.]+|content-length: \d+')
"""Ids that the server gives, and times that it takes."""


@dataclass(repr=False)
class Side:
    """A server in the tests' own event loop."""

    listening: asyncio.Server
    state: ServerState
    protocols: list[Protocol]
    log: io.StringIO
    services: Services
    stores: OpenStore
    path: Path

    @property
    def port(self) -> int:
        return self.listening.sockets[0].getsockname()[1]

    async def close(self) -> None:
        self.listening.close()
        await self.listening.wait_closed()
        self.services.close()
        self.stores.close()

    def rows(self) -> list[tuple[object, ...]]:
        """What is stored of calls, in any order."""
        with closing(sqlite3.connect(self.path)) as store:
            return sorted(store.execute("SELECT model, input_tokens, output_tokens, co2_g, key_id FROM calls"), key=repr)

    def lines(self) -> list[bytes]:
        """The access log, in any order."""
        return sorted(MASKED.sub(b"", line) for line in self.log.getvalue().encode().splitlines())


async def served(path: Path, routes: Routes, rate_per_s: float | None = None) -> Side:
    loop, log = asyncio.get_running_loop(), io.StringIO()
    found = Configured(Settings(), shipped(), Fill(), Assessor(shipped()), Assessor(shipped()))
    stores = OpenStore(path, create=False)
    access = Access(Policy(requires_key=False, is_open=False), TOKEN, stores)
    services = Services(found, path, access, lambda: NOW_MS, loop)
    services.writer.start()
    app = App(services, routes, Origins.of("127.0.0.1", (), (PAGE,)), Rates(rate_per_s), AccessLog(log, lambda: NOW_MS))
    config, state, protocols = config_for(app, Options()), ServerState(), []
    state.default_headers = [(b"date", b"Mon, 01 Jan 2024 00:00:00 GMT")]

    def connection() -> Protocol:
        protocols.append(config.http_protocol_class(config=config, server_state=state, app_state={}, _loop=loop))
        return protocols[-1]

    listening = await loop.create_server(connection, "127.0.0.1", 0)
    return Side(listening, state, protocols, log, services, stores, path)


@dataclass(repr=False)
class Both:
    """The same server twice, with and without tasks for what comes in one piece."""

    runner: asyncio.Runner
    at_once: Side
    tasks: Side
    keys: Sequence[str]

    def ask(self, data: bytes, count: int = 1, cut: int | None = None) -> list[list[bytes]]:
        """What each side says to `asked`, in any order."""
        return [sorted(self.runner.run(asked(side, data, count, cut))) for side in (self.at_once, self.tasks)]


async def asked(side: Side, data: bytes, count: int = 1, cut: int | None = None) -> list[bytes]:
    """The answers to the same request on so many connections at once; in two packets where it is cut."""
    async with asyncio.timeout(ANSWER_S):
        clients = [await asyncio.open_connection("127.0.0.1", side.port) for _ in range(count)]
        for _, writer in clients:
            writer.write(data[:cut])
        if cut is not None:
            await asyncio.sleep(0.002)
            for _, writer in clients:
                writer.write(data[cut:])
        found = [await answer(reader) for reader, _ in clients]
        for _, writer in clients:
            writer.close()
            await writer.wait_closed()
        while side.state.tasks:
            await asyncio.sleep(0)
    return found


async def answer(reader: asyncio.StreamReader) -> bytes:
    """The next answer, without what is its own alone."""
    head = await reader.readuntil(b"\r\n\r\n")
    if head.startswith(b"HTTP/1.1 100 "):
        return head + await answer(reader)
    (length,) = re.findall(rb"content-length: (\d+)", head)
    return MASKED.sub(b"", head + await reader.readexactly(int(length)))


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    paths = [tmp_path_factory.mktemp(name) / "eco.db" for name in ("at-once", "tasks")]
    with Store.open(paths[0]) as store:
        keys = [store.keys.create(scope, (scope,), NOW_MS)[1] for scope in ("record", "history:read")]
        store.keys.create("old", ("record",), NOW_MS)
        store.keys.revoke("old", NOW_MS)
        store.connection.execute("VACUUM INTO ?", (str(paths[1]),))
    with asyncio.Runner() as runner:
        sides = [runner.run(served(path, routes)) for path, routes in zip(paths, (ROUTES, TASKS), strict=True)]
        yield Both(runner, sides[0], sides[1], keys)
        for side in sides:
            runner.run(side.close())


def request(body: bytes, *headers: str, target: str = "/v1/calculate", version: str = "1.1") -> bytes:
    """With headers of its own where none are given; one without a value is left out."""
    own = ["Host: localhost", "Content-Type: application/json", f"Content-Length: {len(body)}"]
    given = {line.partition(":")[0].lower() for line in headers}
    lines = [line for line in own if line.partition(":")[0].lower() not in given]
    return "\r\n".join([f"POST {target} HTTP/{version}", *lines, *(line for line in headers if not line.endswith(":")), "", ""]).encode() + body


LARGE = b"large"
"""Stands for more than is answered at once."""
EVENTS = st.sampled_from(
    [CALL, CALL | {"id": "mine"}, CALL | {"prompt_tokens": -1}, CALL | {"colour": "blue"}, CALL | {"model": "unheard of"}, CALL | {"prompt_text": "Hello"}, {}, [CALL, CALL], [], 7]
)
BODIES = st.one_of(EVENTS.map(lambda event: json.dumps(event).encode()), st.sampled_from([b"", b"{", b"\xff", b'{"a":1}\n{"b":2}', LARGE]))
HEADERS = st.lists(
    st.sampled_from([
        "Host: elsewhere.example", "Host:", "Host: 127.0.0.1:7411", "Content-Type: text/plain; charset=utf-8", "Content-Type:", "Content-Type: text/html",
        "Content-Type: application/x-ndjson", "Accept: application/json", "Accept: application/x-ndjson", "Accept: text/html", "Origin: null", f"Origin: {PAGE}",
        "Origin: http://localhost", "Content-Encoding: gzip", "Content-Encoding: identity", "Content-Encoding: brotli", "Content-Length:", "Expect: 100-continue",
        "Upgrade: h2c", CLOSE, "Authorization: Bearer 0", "Authorization: Bearer 1", "Authorization: Bearer eco_nobody", f"Authorization: Bearer {TOKEN}", "Authorization: Basic !",
    ]), max_size=3, unique=True,
)  # fmt: skip
TARGETS = st.sampled_from(["/v1/calculate"] * 4 + ["/api/v1/calculate", "/v1/calculate?store=false", "/v1/calculate?colour=blue", "/key/0/v1/calculate", "/v1/%63alculate", "/v1/nothing"])


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(body=BODIES, headers=HEADERS, target=TARGETS, version=st.sampled_from(["1.1", "1.1", "1.0"]), count=st.sampled_from([1, 1, MANY]), cut=st.one_of(st.none(), st.integers(1, 400)))
def test_it_is_answered_and_stored_and_logged_as_any_other(both, body, headers, target, version, count, cut):
    """Byte for byte, whatever is right or wrong with it, wherever the network cuts it, whoever comes with it."""
    if CLOSE in headers or "Content-Length:" in headers or version == "1.0":
        cut = None  # nobody reads what comes after a refusal that ends the connection
    for number, key in enumerate(both.keys):
        headers = [line.replace(f"Bearer {number}", f"Bearer {key}") for line in headers]
    body = b"%20000b" % b"{}" if body == LARGE else body
    one, other = both.ask(request(body, *headers, target=target, version=version), count, cut)
    assert one == other
    assert both.at_once.rows() == both.tasks.rows()
    assert both.at_once.lines() == both.tasks.lines()


def test_it_is_no_task(both):
    """Else the property above would compare one way with itself."""
    for count in (1, MANY):
        both.ask(request(json.dumps(CALL).encode()), count)
        assert all(isinstance(each.cycle, Exchange) for each in both.at_once.protocols[-count:])
        assert not any(isinstance(each.cycle, Exchange) for each in both.tasks.protocols)


def test_it_is_gone_when_the_next_one_comes(both):
    """Without the garbage collector, which would cost a fifteenth of all time."""

    async def in_turn(side: Side) -> Protocol:
        reader, writer = await asyncio.open_connection("127.0.0.1", side.port)
        for _ in range(5):
            writer.write(request(json.dumps(CALL).encode()))
            await answer(reader)
        writer.close()
        await writer.wait_closed()
        return side.protocols[-1]

    both.runner.run(in_turn(both.tasks))  # both sides keep the same calls
    gc.disable()
    try:
        connection = both.runner.run(in_turn(both.at_once))
        assert [each for each in gc.get_objects() if isinstance(each, Exchange) and each.protocol is connection] == [connection.cycle]
    finally:
        gc.enable()


def test_it_may_come_in_chunks(both):
    body = json.dumps(CALL).encode()
    chunks = b"".join(b"1\r\n%c\r\n" % byte for byte in body) + b"0\r\n\r\n"
    for count in (1, MANY):
        one, other = both.ask(request(chunks, "Content-Length:", "Transfer-Encoding: chunked"), count)
        assert one == other and all(each.startswith(b"HTTP/1.1 200 ") for each in one)


def test_answers_stand_in_the_order_of_their_requests(both):
    events = [request(json.dumps(CALL | {"id": f"in a row {n}"}).encode()) for n in range(3)]

    async def in_a_row(side: Side) -> list[bytes]:
        reader, writer = await asyncio.open_connection("127.0.0.1", side.port)
        writer.write(b"".join(events))
        found = [await answer(reader) for _ in events]
        writer.close()
        await writer.wait_closed()
        return found

    one, other = (both.runner.run(in_a_row(side)) for side in (both.at_once, both.tasks))
    assert [re.findall(rb'"id":"([^"]*)"', each) for each in one] == [[b"in a row 0"], [b"in a row 1"], [b"in a row 2"]]
    assert one == other


def test_nothing_is_read_after_the_last_request_of_a_connection(both):
    last, more = (json.dumps(CALL | {"id": name}).encode() for name in ("the last", "one more"))
    one, other = both.ask(request(last, CLOSE) + request(more))
    assert one == other and b"the last" in one[0]
    for side in (both.at_once, both.tasks):
        with Store.open(side.path) as store:
            assert store.find("the last") and not store.find("one more")


def test_who_asks_too_often_is_told_so_either_way(tmp_path):
    async def statuses(path: Path, routes: Routes) -> list[bytes]:
        side = await served(path, routes, rate_per_s=0.001)
        found = [(await asked(side, request(json.dumps(CALL).encode())))[0] for _ in range(3)]
        await side.close()
        return [answer.split()[1] for answer in found]

    for name, routes in (("at-once", ROUTES), ("tasks", TASKS)):
        assert asyncio.run(statuses(tmp_path / f"{name}.db", routes)) == [b"200", b"429", b"429"]


def test_a_server_that_ends_answers_what_it_has_begun(both):
    """And closes the connection, as it says."""

    async def ending(side: Side) -> bytes:
        before = len(side.protocols)
        reader, writer = await asyncio.open_connection("127.0.0.1", side.port)
        writer.write(request(json.dumps(CALL).encode()))
        while len(side.protocols) == before or side.protocols[-1].cycle is None:
            await asyncio.sleep(0)
        assert not side.protocols[-1].cycle.response_complete
        side.protocols[-1].shutdown()
        async with asyncio.timeout(ANSWER_S):
            found = await reader.read()
        writer.close()
        await writer.wait_closed()
        return found

    for side in (both.at_once, both.tasks):
        answer = both.runner.run(ending(side))
        assert answer.startswith(b"HTTP/1.1 200 ") and b"\r\nconnection: close\r\n" in answer
