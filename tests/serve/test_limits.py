"""What a connection may do, tried on bare sockets."""

import gzip
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


PIECES = b"POST /v1/calculate HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n"


def chunked(body: bytes) -> bytes:
    return b"%x\r\n%s\r\n0\r\n" % (len(body), body)


def statuses(answer: bytes) -> list[int]:
    return [int(part[:3]) for part in answer.split(b"HTTP/1.1 ")[1:]]


@pytest.mark.parametrize("before", [0, 1, 2, 5])
@pytest.mark.parametrize(
    ("last", "expected"),
    [
        (b"GARBAGE\r\n\r\n", 400),
        (b"GET /healthz HTTP/1.1\r\nX: " + b"a" * 80_000, 431),
        (PIECES + b"\r\nzz\r\n", 400),
        (PIECES + b"\r\n1\r\n{\r\nzz\r\n", 400),
    ],
    ids=["garbage", "headers", "chunks", "later chunks"],
)
def test_what_is_at_fault_is_told_after_the_answers_to_those_before_it(server, before, last, expected):
    """A client takes the first answer for that to its first request: one that was stored must not be told that it was not."""
    body = json.dumps(CALL).encode()
    stored = b"POST /v1/calculate HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    assert statuses(server.raw(stored * before + last)) == [200] * before + [expected]


def test_requests_before_it_do_not_count_as_headers(server):
    """Of many that are sent in one go the network cuts one in its head."""
    body = json.dumps(CALL).encode()
    one = b"POST /v1/calculate HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\nX: " + b"a" * 500 + b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    with socket.create_connection((server.host, server.port), timeout=ANSWER_S) as sending:
        sending.sendall(one * 200 + one[:100])
        answers = b""
        while len(statuses(answers)) < 200 and (some := sending.recv(65_536)):
            answers += some
        assert statuses(answers) == [200] * 200
        sending.sendall(one.replace(b"\r\nX", b"\r\nConnection: close\r\nX")[100:])
        answers += b"".join(iter(lambda: sending.recv(65_536), b""))
    assert statuses(answers) == [200] * 201


def test_an_answer_that_says_so_is_the_last_one(server):
    """Whether the request came in one piece or not."""
    packed = gzip.compress(b"a" * 3_000_000)
    body = json.dumps(CALL).encode()
    head = b"POST /v1/calculate HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\nContent-Length: %d\r\n"
    for target in b"/v1/calculate", b"/v1/calculate?store=true":
        bomb = head.replace(b"/v1/calculate", target) % len(packed) + b"Content-Encoding: gzip\r\n\r\n" + packed
        answer = server.raw(bomb + head % len(body) + b"\r\n" + body)
        assert statuses(answer) == [413] and b"\r\nconnection: close\r\n" in answer


def test_fields_behind_a_body_are_no_headers(server):
    """They may pass where the headers of a request are looked at, as by a proxy that sets its own key."""
    body = chunked(json.dumps(CALL).encode())
    key = f"Authorization: Bearer {server.token}\r\n".encode()
    for trailers in b"X-Sum: 5\r\n", b"Host: elsewhere\r\n", b"Origin: https://elsewhere\r\n", b"Authorization: Bearer wrong\r\n", b"Content-Length: 3\r\n":
        last = b"GET /healthz HTTP/1.1\r\n" + HOST + END
        found = statuses(server.raw(PIECES + b"\r\n" + body + trailers + b"\r\n" + last))
        assert found == ([400] if trailers.startswith(b"Content-Length") else [200, 200])
    with_key = b"GET /v1/history HTTP/1.1\r\n" + HOST + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + key + b"\r\n"
    assert statuses(server.raw(with_key)) == [401]
    assert statuses(server.raw(PIECES + b"\r\n" + body + b"X: 1\r\n" * 101 + b"\r\n"))[-1:] == [431]


@pytest.mark.parametrize(
    ("target", "host", "expected"),
    [
        (b"http://localhost/healthz", b"localhost", 200),
        (b"http://LOCALHOST:7411/healthz", b"localhost:7411", 200),
        (b"http://[::1]:7411/healthz", b"[::1]:7411", 200),
        (b"http://elsewhere.example/healthz", b"localhost", 400),
        (b"http://elsewhere.example/healthz", b"elsewhere.example", 403),
    ],
)
def test_a_whole_address_names_the_host_that_the_header_names(server, target, host, expected):
    """By its rules the address is what counts, and it is the header by which a request is let in."""
    assert status(server.raw(b"GET " + target + b" HTTP/1.1\r\nHost: " + host + b"\r\n" + END)) == expected


@pytest.mark.parametrize("encoding", [b"gzip, chunked", b"identity, chunked", b"chunked;q=1"])
def test_a_transfer_encoding_that_would_have_to_be_undone_is_refused(server, encoding):
    head = b"POST /v1/calculate HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: " + encoding + b"\r\n" + END
    assert status(server.raw(head + chunked(json.dumps(CALL).encode()) + b"\r\n")) == 400


@pytest.mark.parametrize(("version", "expected"), [(b"1.0", 200), (b"1.1", 200), (b"0.9", 400), (b"2.0", 400), (b"1.9", 400)])
def test_other_versions_of_the_protocol_are_refused(server, version, expected):
    assert status(server.raw(b"GET /healthz HTTP/" + version + b"\r\n" + HOST + END)) == expected


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


@pytest.mark.faults
def test_a_body_that_waits_for_answers_before_it_is_not_late(start):
    """Nothing of it is read while a slow reader has the answer to another request, in whose middle a refusal would stand."""
    server = start()
    body = json.dumps(CALL).encode()
    for _ in range(3):
        assert server.post(body + (b"\n" + body) * 9_999, "?skipInvalid=true", content_type="application/x-ndjson").status == 200
    first = b"GET /v1/history HTTP/1.1\r\n" + HOST + b"Accept: application/x-ndjson\r\nAuthorization: Bearer %s\r\n\r\n" % server.token.encode()
    second = b"POST /v1/calculate HTTP/1.1\r\n" + HOST + b"Content-Type: application/json\r\nContent-Length: %d\r\n" % len(body) + END
    with socket.socket() as sending:
        sending.settimeout(ANSWER_S)
        sending.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
        sending.connect((server.host, server.port))
        sending.sendall(first)
        history = sending.recv(65_536)
        sending.sendall(second + body[:1])
        time.sleep(protocol.BODY_S + 1)
        while not history.endswith(b"\r\n0\r\n\r\n"):
            part = sending.recv(65_536)
            assert part, "it broke off"
            history += part
        sending.sendall(body[1:])
        answer = b"".join(iter(lambda: sending.recv(65_536), b""))
    assert statuses(history) == [200] and history.count(b'"id":') == 30_000
    assert statuses(answer) == [200]
