"""Reads that give up soon: for commands that must never wait for their standard input."""

import os
import time
from select import select

FIRST_S, NEXT_S, TOTAL_S = 0.1, 0.05, 0.5
"""Longest wait for the first chunk, for each further chunk, and for all of them. [s]"""
MAX_BYTES = 1 << 20


def read_ready(descriptor: int) -> bytes:
    """The bytes that arrive within TOTAL_S, at most about MAX_BYTES; empty when none do."""
    data, patience_s, end_s = bytearray(), FIRST_S, time.monotonic() + TOTAL_S
    while len(data) < MAX_BYTES and time.monotonic() < end_s and select([descriptor], [], [], patience_s)[0]:
        chunk = os.read(descriptor, 1 << 16)
        if not chunk:
            break
        data += chunk
        patience_s = NEXT_S
    return bytes(data)
