"""UUIDs that sort by time: ids for calls that have none of their own."""

import os


def uuid7(now_ms: int) -> str:
    """
    A UUID of version 7 (RFC 9562): 48 bits of time, then 74 random ones, so that ids sort by time.

    Written here because the standard library has none before Python 3.14.
    """
    number = (now_ms & (1 << 48) - 1) << 80 | int.from_bytes(os.urandom(10))
    number = number & ~(0xF << 76) | 7 << 76
    number = number & ~(0x3 << 62) | 2 << 62
    digits = f"{number:032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
