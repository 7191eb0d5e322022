"""Files that people write, read as a whole."""

import os
import stat
from pathlib import Path


def read(path: Path, most_bytes: int = -1) -> bytes:
    """The bytes of a file, or its first ones. OSError also for a pipe or a device in its place: reading it might never end."""
    if is_endless(path):
        raise OSError(0, "is a pipe or a device, not a file", str(path))
    with path.open("rb") as stream:
        return stream.read(most_bytes)


def is_endless(path: Path | str) -> bool:
    """True where a pipe, a socket or a device is in the place of a file; False for what is not there."""
    try:
        mode = os.stat(path).st_mode
    except OSError:
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))
