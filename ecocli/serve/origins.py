"""Host and Origin: a page of somebody else's must not reach a server on this machine through the browser that shows it."""

import re
from collections.abc import Collection, Mapping
from ipaddress import ip_address

from ecocli.errors import UsageError, quoted
from ecocli.serve.refusals import Refused
from ecocli.util.valueclass import value_class

LOOPBACK_NAMES = ("localhost",)
ORIGIN = re.compile(r"(https?|chrome-extension|moz-extension|safari-web-extension)://(\[[0-9a-f:.]+\]|[a-z0-9_-]+(?:\.[a-z0-9_-]+)*)(:[0-9]{1,5})?")
HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(?::[0-9]{1,5})?")
PREFLIGHT_S = "600"
METHODS = "GET, POST, OPTIONS"
HEADERS = "authorization, content-type, content-encoding, accept"


@value_class(frozen=True, slots=True)
class Origins:
    """Which hosts a request may be for, and which pages may send one."""

    hosts: frozenset[str]
    origins: frozenset[str]

    @classmethod
    def of(cls, host: str, hosts: Collection[str], origins: Collection[str]) -> "Origins":
        """
        Those of a server that listens at `host`, and others that are allowed by name.

        Raises:
            UsageError: A name is a pattern, or none.
        """
        for name in hosts:
            if not HOST.fullmatch(name.lower()) or ":" in name.strip("[]0123456789abcdefABCDEF:."):
                raise UsageError(f"--allow-host: {quoted(name)} is no name of a host", "name one as it stands in the address, such as eco.example.com")
        for origin in origins:
            if not ORIGIN.fullmatch(origin.lower()):
                raise UsageError(f"--allow-origin: {quoted(origin)} is no origin", "name one exactly, such as https://example.com or chrome-extension://ID")
        return cls(frozenset(map(str.lower, (*LOOPBACK_NAMES, host, *hosts))), frozenset(map(str.lower, origins)))

    def check(self, headers: Mapping[bytes, bytes]) -> str | None:
        """The origin of a page elsewhere that may send requests; None for a request that no page elsewhere sent. Refused for all others."""
        given = headers.get(b"host")
        if given is None:
            raise Refused("bad-request", "the Host header is missing")
        host = given.decode("latin-1").lower()
        if not self._is_ours(host):
            raise Refused("host-not-allowed", "the Host header names another server", "eco serve --allow-host NAME allows it")
        sent = headers.get(b"origin")
        if sent is None:
            return None
        origin = sent.decode("latin-1").lower()
        if origin in self.origins:
            return sent.decode("latin-1")
        if origin.partition("://")[2] == host and origin.startswith(("http://", "https://")):
            return None
        raise Refused("origin-not-allowed", "pages of this origin may not send requests", "eco serve --allow-origin ORIGIN allows it")

    def _is_ours(self, host: str) -> bool:
        if host in self.hosts:
            return True
        found = HOST.fullmatch(host)
        return found is not None and (found[1] in self.hosts or _is_address(found[1]))


def _is_address(name: str) -> bool:
    """True for an address: only a name can be made to lead elsewhere."""
    try:
        ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


def shared_with(origin: str) -> dict[str, str]:
    """Headers that let a page of an allowed origin read the answer."""
    return {"access-control-allow-origin": origin, "access-control-expose-headers": "retry-after", "vary": "origin"}


def preflight(origin: str, headers: Mapping[bytes, bytes]) -> dict[str, str]:
    """Headers of the answer to a browser that asks before it sends."""
    found = shared_with(origin) | {
        "access-control-allow-methods": METHODS, "access-control-allow-headers": HEADERS, "access-control-max-age": PREFLIGHT_S,
    }  # fmt: skip
    if headers.get(b"access-control-request-private-network") == b"true":
        found["access-control-allow-private-network"] = "true"
    return found
