"""Fetches one document over HTTPS: the only place of eco that speaks to the network, and only when it is asked to."""

import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

from ecocli.errors import BadData, UsageError, quoted, shorten

TIMEOUT_S, MOST_S = 30.0, 120.0
"""Of silence, and of a whole answer."""
PIECE_BYTES = 65_536
OWN_HOSTS = ("localhost", "127.0.0.1", "::1")


class FetchFailed(BadData):
    """No answer, a refusal, or one that is too long. `status` is that of HTTP, where there was one."""

    code = "fetch-failed"
    status: int | None = None


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows none, or those that stay private: what was asked for by HTTPS is not fetched in the clear."""

    max_redirections = 5

    def __init__(self, allowed: bool) -> None:
        self._allowed = allowed

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        if not self._allowed or not is_private(newurl):
            return None
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def is_private(url: str) -> bool:
    """True for an address that nobody on the way can read along with: HTTPS, or this very machine."""
    try:
        address = urlsplit(url)
        return address.scheme == "https" or (address.scheme == "http" and address.hostname in OWN_HOSTS)
    except ValueError:
        return False


def fetch(url: str, whose: str, most_bytes: int, *, headers: Mapping[str, str] | None = None, redirects: bool = False) -> bytes:
    """
    What is at an address.

    Args:
        whose: Who answers, for messages.
        redirects: Follow where the answer is elsewhere, unless that is in the clear. Headers go along: not with a key.

    Raises:
        UsageError: The address is no HTTPS.
        FetchFailed: There is no answer that can be used.
    """
    if not is_private(url):
        raise UsageError(f"the address must begin with https://, not {quoted(url, 200)}")
    try:
        request = urllib.request.Request(url, headers=dict(headers or {}))  # noqa: S310 - the scheme was looked at
        with urllib.request.build_opener(_Redirects(redirects)).open(request, timeout=TIMEOUT_S) as response:
            return _body(response, whose, most_bytes)
    except urllib.error.HTTPError as error:
        with error:  # its connection stays open otherwise
            said = error.read(1000).decode("utf-8", "replace")
        failed = FetchFailed(f"{whose} answered {error.code}: {shorten(said or error.reason, 200)}")
        failed.status = error.code
        raise failed from error
    except (OSError, HTTPException, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        raise FetchFailed(f"{whose} cannot be reached: {shorten(str(reason), 200)}") from error


def _body(response: Any, whose: str, most_bytes: int) -> bytes:
    """All of an answer. FetchFailed when it has no end."""
    until, body = time.monotonic() + MOST_S, bytearray()
    while piece := response.read1(PIECE_BYTES):
        body += piece
        if len(body) > most_bytes:
            raise FetchFailed(f"{whose} answered with more than {most_bytes:,} bytes")
        if time.monotonic() > until:
            raise FetchFailed(f"{whose} took more than {MOST_S:.0f} s to answer")
    return bytes(body)
