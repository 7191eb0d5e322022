"""What a connection may do, tried on bare sockets."""

import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from ecocli.serve import options, protocol
from tests.serve_helpers import ANSWER_S, CALL

HOST = b"Host: localhost\r\n"
END = b"Connection: close\r\n\r\n"


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def code(answer: bytes) -> str:
    return json.loads(answer.partition(b"\r\n\r\n")[2])["code"]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"GET /healthz HTTP/1.1\r\n" + HOST + b"X: " + b"a" * 65_000 + b"\r\n" + END, 200),
        (b"GET /healthz HTTP/1.1\r\n" + HOST + b"X: " + b"a" * 65_600 + b"\r\n" + END, 431),
        (b"GET /healthz HTTP/1.1\r\n" + HOST + b"".join(b"X-%d: a\r\n" % n for n in range(98)) + END, 200),
        (b"GET /healthz HTTP/1.1\r\n" + HOST + b"".join(b"X-%d: a\r\n" % n for n in range(99)) + END, 431),
        (b"GET /healthz?token=" + b"a" * 8000 + b" HTTP/1.1\r\n" + HOST + END, 401),
        (b"GET /healthz?token=" + b"a" * 8193 + b" HTTP/1.1\r\n" + HOST + END, 414),
        (b"GET /healthz HTTP/1.1\r\n" + END, 400),
        (b"GET /healthz HTTP/1.1\r\n" + HOST + HOST + END, 400),
        (b"GARBAGE\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 80, 400),
        (b"POST /v1/calculate HTTP/1.1\r\n" + HOST + END, 411),
        (b"POST /v1/calculate HTTP/1.1\r\n" + HOST + b"Content-Length: 5\r\nContent-Length: 6\r\n" + END, 400),
        (b"POST /v1/calculate HTTP/1.1\r\n" + HOST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n" + END + b"0\r\n\r\n", 400),
        (b"POST /v1/calculate HTTP/1.1\r\n" + HOST + b"Content-Length: -1\r\n" + END, 400),
        (b"POST /v1/calculate HTTP/1.1\r\n" + HOST + b"Content-Length: 99999999999\r\n" + END, 413),
        (b"POST /v1/calculate HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n" + END + b"zz\r\n", 400),
    ],
    ids=lambda value: repr(value[:50]) if isinstance(value, bytes) else None,
)
def test_a_request_is_within_limits_or_refused(server, data, expected):
    answer = server.raw(data)
    assert status(answer) == expected
    if expected != 200:
        assert b"application/problem+json" in answer and code(answer)


def test_a_header_without_an_end_is_cut_off(server):
    with socket.create_connection((server.host, server.port), timeout=ANSWER_S) as sending:
        sending.sendall(b"GET /healthz HTTP/1.1\r\n" + HOST + b"X: ")
        try:
            for _ in range(200):
                sending.sendall(b"a" * 1024)
                time.sleep(0.001)
        except OSError:
            pass
        answer = b""
        try:
            answer = sending.recv(65_536)
        except OSError:  # it may be gone before this is read
            return
    assert answer == b"" or status(answer) == 431


def test_chunks_are_read_to_their_end(server):
    body = json.dumps(CALL).encode()
    chunks = b"".join(b"1\r\n%c\r\n" % byte for byte in body) + b"0\r\n\r\n"
    answer = server.raw(b"POST /v1/calculate?store=false HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n" + END + chunks)
    assert status(answer) == 200 and b"energy_wh" in answer


def test_a_client_may_wait_for_a_word_before_it_sends(server):
    body = json.dumps(CALL).encode()
    head = b"POST /v1/calculate?store=false HTTP/1.1\r\n" + HOST + b"Expect: 100-continue\r\nContent-Type: application/json\r\nContent-Length: %d\r\n" % len(body) + END
    with socket.create_connection((server.host, server.port), timeout=ANSWER_S) as sending:
        sending.sendall(head)
        assert sending.recv(100).startswith(b"HTTP/1.1 100 ")
        sending.sendall(body)
        assert status(sending.recv(65_536)) == 200


def test_several_requests_on_one_connection_are_answered_in_order(server):
    one = b"GET /%s HTTP/1.1\r\n" + HOST + b"\r\n"
    answer = server.raw(one % b"healthz" + one % b"nothing" + b"GET /readyz HTTP/1.1\r\n" + HOST + END)
    assert [int(part[1:4]) for part in answer.split(b"HTTP/1.1")[1:]] == [200, 404, 200]


def test_an_upgrade_is_not_taken(server):
    answer = server.raw(b"GET /healthz HTTP/1.1\r\n" + HOST + b"Upgrade: websocket\r\nConnection: Upgrade, close\r\nSec-WebSocket-Key: x\r\n\r\n")
    assert status(answer) == 200


def test_an_address_has_so_many_connections(start):
    server = start()
    opened = [socket.create_connection((server.host, server.port), timeout=ANSWER_S) for _ in range(options.MOST_CONNECTIONS_OF_ONE)]
    try:
        with socket.create_connection((server.host, server.port), timeout=ANSWER_S) as late:
            answer = late.recv(65_536)
        assert status(answer) == 503 and code(answer) == "too-many-connections" and b"retry-after: " in answer
    finally:
        for each in opened:
            each.close()
    for _ in range(100):
        try:
            assert server.ask("GET", "/healthz").status == 200
            break
        except (AssertionError, OSError):
            time.sleep(0.05)
    else:
        pytest.fail("connections that were closed are still counted")


def test_a_key_asks_so_often(start):
    server = start("--rate", "2")  # four at once: two seconds' worth
    one, other = server.new_key("one"), server.new_key("other")
    found = [server.ask("GET", "/v1/models/gpt-4o", key=one) for _ in range(12)]
    refused = [answer for answer in found if answer.status == 429]
    assert found[0].status == 200 and refused
    assert refused[0].json["code"] == "too-many-requests" and int(refused[0].headers["retry-after"]) >= 1
    assert server.ask("GET", "/v1/models/gpt-4o", key=other).status == 200


@pytest.mark.faults
def test_what_never_ends_is_ended(server):
    """Half of a head, and half of a body, are told after their time that they took too long; a connection without a word is closed."""
    cases = {
        protocol.HEADERS_S: (b"GET /healthz HTTP/1.1\r\nHost: loc", 408),
        protocol.BODY_S: (b"POST /v1/calculate HTTP/1.1\r\n" + HOST + b"Content-Length: 10\r\n\r\n{", 408),
        protocol.HEADERS_S + 0.5: (b"", None),
    }

    def told(wait_s: float) -> None:
        data, expected = cases[wait_s]
        begin_s = time.monotonic()
        answer = server.raw(data)
        assert wait_s - 1 <= time.monotonic() - begin_s < wait_s + 15
        assert (status(answer), code(answer)) == (expected, "too-slow") if expected else answer == b""

    with ThreadPoolExecutor() as clients:
        list(clients.map(told, cases))
