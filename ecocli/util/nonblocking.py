"""Reading only what is there: for commands that must never wait for their standard input."""

import os
import time
from select import select

FIRST_S, NEXT_S, IN_ALL_S = 0.1, 0.05, 0.5
"""How long the first byte is waited for, then each following one, and all of them together."""
MOST_BYTES = 1 << 20


def read_ready(descriptor: int) -> bytes:
    """What can be read without waiting longer than a blink: all of it, or what came until then."""
    data, patience_s, end_s = bytearray(), FIRST_S, time.monotonic() + IN_ALL_S
    while len(data) < MOST_BYTES and time.monotonic() < end_s and select([descriptor], [], [], patience_s)[0]:
        chunk = os.read(descriptor, 1 << 16)
        if not chunk:
            break
        data += chunk
        patience_s = NEXT_S
    return bytes(data)
