"""Responses on their way out."""

import asyncio
from collections.abc import Mapping

from ecocli.serve.messages import JSON, Response, Send

ALWAYS = [(b"x-content-type-options", b"nosniff"), (b"cache-control", b"no-store"), (b"referrer-policy", b"no-referrer")]
JSON_ALWAYS = [*ALWAYS, (b"content-type", JSON.encode())]
SLOWEST_PART_S = 60.0
"""A client that takes longer to read one part of an answer is left."""


async def send(response: Response, send_: Send, more: Mapping[str, str], *, is_head: bool) -> None:
    """Send a response, and with it further headers."""
    if response.media_type == JSON:
        headers = [*JSON_ALWAYS]
    else:
        headers = [*ALWAYS, (b"content-type", response.media_type.encode())] if response.media_type else [*ALWAYS]
    for name, value in (*response.headers.items(), *more.items()):
        headers.append((name.encode(), value.encode("latin-1")))
    body = response.body
    if isinstance(body, bytes):
        if response.media_type:
            headers.append((b"content-length", b"%d" % len(body)))
        await send_({"type": "http.response.start", "status": int(response.status), "headers": headers})
        await send_({"type": "http.response.body", "body": b"" if is_head else body})
        return
    await send_({"type": "http.response.start", "status": int(response.status), "headers": headers})
    if not is_head:
        async for part in body:
            async with asyncio.timeout(SLOWEST_PART_S):
                await send_({"type": "http.response.body", "body": part, "more_body": True})
    await send_({"type": "http.response.body", "body": b""})
