"""Heads of responses go out with what follows them, and never stay behind."""

from asyncio import Transport

import pytest

from ecocli.serve.transport import Joined

HEAD = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n"


class Wire(Transport):
    """Keeps each packet."""

    def __init__(self):
        super().__init__({"peername": ("127.0.0.1", 1)})
        self.packets: list[bytes] = []

    def write(self, data):
        self.packets.append(data)

    def is_closing(self):
        return False

    def close(self):
        self.packets.append(b"closed")


@pytest.mark.parametrize(
    ("written", "packets"),
    [
        ([HEAD, b"{}"], [HEAD + b"{}"]),
        ([HEAD, b"2\r\n{}\r\n", b"0\r\n\r\n"], [HEAD + b"2\r\n{}\r\n", b"0\r\n\r\n"]),
        ([HEAD, b"{}", HEAD, b"[]"], [HEAD + b"{}", HEAD + b"[]"]),
        ([HEAD, b"HTTP/1.1 is what a body may begin with"], [HEAD + b"HTTP/1.1 is what a body may begin with"]),
        ([b"HTTP/1.1 100 Continue\r\n\r\n"], [b"HTTP/1.1 100 Continue\r\n\r\n"]),
    ],
)
def test_a_head_goes_with_what_follows(written, packets):
    wire = Wire()
    joined = Joined(wire)
    for data in written:
        joined.write(data)
    joined.flush()
    assert wire.packets == packets


def test_a_head_without_a_body_is_sent_when_the_response_is_complete():
    wire = Wire()
    joined = Joined(wire)
    joined.write(HEAD)
    joined.flush()
    joined.flush()
    assert wire.packets == [HEAD]


def test_closing_sends_what_was_held():
    wire = Wire()
    joined = Joined(wire)
    joined.write(HEAD)
    joined.close()
    assert wire.packets == [HEAD, b"closed"]


def test_all_else_is_the_transports():
    assert Joined(Wire()).get_extra_info("peername") == ("127.0.0.1", 1)
