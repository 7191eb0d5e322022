"""The binary event stream of AWS (application/vnd.amazon.eventstream), decoded to the JSON documents inside."""

import struct
import zlib
from base64 import b64decode
from collections.abc import Iterator
from typing import Any

from ecocli.errors import BadData
from ecocli.ingest import documents

PRELUDE = struct.Struct(">III")
"""Length of the message, length of its headers, CRC-32 of these eight bytes."""

CRC_BYTES = 4
FIRST_BYTE = b"\0"
"""Messages are far shorter than the 16 MiB that would need it for their length."""

_SIZES = {0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16}
"""Bytes of a header's value by type: booleans, integers, a timestamp, a UUID."""
_COUNTED = (6, 7)
"""Bytes and text, whose length comes before them."""


def _is_prelude(data: bytes) -> bool:
    """True when the bytes open with a prelude whose checksum is right."""
    return len(data) >= PRELUDE.size and zlib.crc32(data[:8]) == PRELUDE.unpack_from(data)[2]


def messages(data: bytes) -> Iterator[tuple[dict[str, Any], bytes]]:
    """
    The JSON of each message, with the message's bytes.

    A converse event is wrapped in its event type, as SDKs do; an invoke chunk is taken out of its base64.
    Raises BadData where the stream is cut off or a checksum is wrong.
    """
    offset = 0
    while offset < len(data):
        message = _message(data, offset)
        (_, header_bytes, _) = PRELUDE.unpack_from(message)
        body = documents.parse(message[PRELUDE.size + header_bytes : -CRC_BYTES] or b"{}")
        yield _unwrapped(_headers(message[PRELUDE.size : PRELUDE.size + header_bytes]), body), message
        offset += len(message)


def _message(data: bytes, offset: int) -> bytes:
    if len(data) - offset < PRELUDE.size + CRC_BYTES or not _is_prelude(data[offset : offset + PRELUDE.size]):
        raise BadData(f"the event stream breaks off at byte {offset}")
    message = data[offset : offset + PRELUDE.unpack_from(data, offset)[0]]
    content, checksum = message[:-CRC_BYTES], int.from_bytes(message[-CRC_BYTES:])
    if len(content) < PRELUDE.size or zlib.crc32(content) != checksum:
        raise BadData(f"the event stream is damaged or cut off in the message at byte {offset}")
    return message


def _headers(data: bytes) -> dict[str, bytes]:
    """Name and raw value of every header."""
    found, position = {}, 0
    while position < len(data):
        name = data[position + 1 : position + 1 + data[position]].decode(errors="replace")
        position += 1 + data[position]
        kind, position = data[position] if position < len(data) else 0, position + 1
        if kind in _COUNTED:
            size, position = int.from_bytes(data[position : position + 2]), position + 2
        else:
            size = _SIZES.get(kind, 0)
        found[name] = data[position : position + size]
        position += size
    return found


def _unwrapped(headers: dict[str, bytes], body: Any) -> dict[str, Any]:
    if headers.get(":message-type", b"event") != b"event":
        kind = headers.get(":exception-type") or headers.get(":error-code") or b"error"
        return {"error": {"type": kind.decode(errors="replace")}}
    if isinstance(body, dict) and isinstance(body.get("bytes"), str):
        return _chunk(body["bytes"])
    return {headers.get(":event-type", b"event").decode(errors="replace"): body}


def _chunk(encoded: str) -> dict[str, Any]:
    try:
        inner = documents.parse(b64decode(encoded))
    except ValueError:  # not base64
        raise BadData("a chunk of the event stream is not base64") from None
    return inner if isinstance(inner, dict) else {}
