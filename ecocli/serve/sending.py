"""Responses on their way out."""

import asyncio
from collections.abc import Iterable, Mapping

from ecocli.serve.messages import JSON, Response, Send

ALWAYS = [(b"x-content-type-options", b"nosniff"), (b"cache-control", b"no-store"), (b"referrer-policy", b"no-referrer")]
JSON_ALWAYS = [*ALWAYS, (b"content-type", JSON.encode())]
SLOWEST_PART_S = 60.0
"""A client that takes longer to read one part of an answer is left."""
NONE: Mapping[str, str] = {}


async def send(response: Response, send_: Send, more: Mapping[str, str], *, is_head: bool) -> None:
    """Send a response, and with it further headers."""
    headers, body = _headers(response, more), response.body
    if isinstance(body, bytes):
        await send_({"type": "http.response.start", "status": int(response.status), "headers": headers})
        await send_({"type": "http.response.body", "body": b"" if is_head else body})
        return
    await send_({"type": "http.response.start", "status": int(response.status), "headers": headers})
    if not is_head:
        async for part in body:
            async with asyncio.timeout(SLOWEST_PART_S):
                await send_({"type": "http.response.body", "body": part, "more_body": True})
    await send_({"type": "http.response.body", "body": b""})


def whole(response: Response, first: Iterable[tuple[bytes, bytes]] = (), more: Mapping[str, str] = NONE, *, keep_alive: bool = False) -> bytes:
    """
    A response as it goes over the wire, as uvicorn words it.

    Args:
        first, more: Further headers, before and behind its own.
        keep_alive: Whether the connection stays open.
    """
    assert isinstance(response.body, bytes)  # noqa: S101 - what is sent in parts is for `send`
    headers = [*first, *_headers(response, more)]
    if not keep_alive and "connection" not in response.headers:
        headers.append((b"connection", b"close"))
    return b"HTTP/1.1 %d %b\r\n%b\r\n%b" % (response.status, response.status.phrase.encode(), b"".join([b"%b: %b\r\n" % each for each in headers]), response.body)


def _headers(response: Response, more: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    if response.media_type == JSON:
        headers = [*JSON_ALWAYS]
    else:
        headers = [*ALWAYS, (b"content-type", response.media_type.encode())] if response.media_type else [*ALWAYS]
    for name, value in (*response.headers.items(), *more.items()):
        headers.append((name.encode(), value.encode("latin-1")))
    if isinstance(response.body, bytes) and response.media_type:
        headers.append((b"content-length", b"%d" % len(response.body)))
    return headers
