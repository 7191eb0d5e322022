"""The transport of a connection, which sends the head of a response together with the beginning of its body."""

from asyncio import Transport
from typing import Any

HEAD, INTERIM = b"HTTP/1.1 ", b"HTTP/1.1 100"


class Joined:
    """
    Keeps a head that is written until the body follows: uvicorn writes them apart, and uvloop sends each write at once.

    Half of what a short answer costs the system is this second packet.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport, self._head = transport, b""
        self.is_closing = transport.is_closing

    def write(self, data: bytes) -> None:
        if self._head:
            data, self._head = self._head + data, b""
        elif data.startswith(HEAD) and not data.startswith(INTERIM):
            self._head = data
            return
        self._transport.write(data)

    def flush(self) -> None:
        """Send a head that no body follows."""
        if self._head:
            self.write(b"")

    def close(self) -> None:
        self.flush()
        self._transport.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)
