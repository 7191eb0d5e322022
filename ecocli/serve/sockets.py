"""The sockets that a server listens on."""

import socket
from collections.abc import Iterable
from ipaddress import ip_address

from ecocli.errors import EcoError, shorten

WAITING = 1024
"""Connections that the system keeps until they are accepted."""


class CannotListen(EcoError):
    """A port is in use, or an address is not this machine's."""

    exit_code = 5
    code = "port-in-use"


def listen(host: str, port: int) -> list[socket.socket]:
    """
    Sockets at every address that the host has, all with the same port; 0 is any that is free.

    Raises:
        CannotListen: The port is in use, or not allowed, or the address is none of this machine's.
    """
    opened: list[socket.socket] = []
    try:
        for family, address in _addresses(host, port):
            opened.append(_bound(family, address, opened[0].getsockname()[1] if opened and port == 0 else port))
    except OSError as error:
        for each in opened:
            each.close()
        raise _fault(host, port, error) from error
    return opened


def _addresses(host: str, port: int) -> Iterable[tuple[socket.AddressFamily, str]]:
    found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    return dict.fromkeys((family, str(address[0])) for family, _, _, _, address in found)


def _bound(family: socket.AddressFamily, address: str, port: int) -> socket.socket:
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)  # the same on every system: :: is IPv6 alone
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((address, port))
        made.listen(WAITING)
        made.setblocking(False)
    except BaseException:
        made.close()
        raise
    return made


def _fault(host: str, port: int, error: OSError) -> CannotListen:
    import errno

    shown = f"{shorten(host)}:{port}"
    if error.errno == errno.EADDRINUSE:
        return CannotListen(f"port {port} is in use", "eco serve --port 0 takes a free one; another eco serve may be running")
    if error.errno in (errno.EACCES, errno.EPERM):
        return CannotListen(f"{shown} may not be listened on", "a port above 1023 needs no rights")
    return CannotListen(f"{shown} cannot be listened on: {(error.strerror or 'unknown reason').lower()}", "name an address of this machine, such as 127.0.0.1 or ::1", code="no-such-address")


def is_loopback(host: str) -> bool:
    """True where nobody but this machine reaches the host."""
    name = host.strip("[]").lower()
    if name == "localhost":
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def url(scheme: str, made: socket.socket) -> str:
    """How a client on this machine names a socket."""
    host, port = made.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - where it listens, not a wish
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"
