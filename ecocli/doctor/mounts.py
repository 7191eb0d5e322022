"""The kind of file system that a path lies on, where the system has a table of them."""

import os
import re
from pathlib import Path

TABLE = Path("/proc/self/mounts")
NETWORK = re.compile(r"nfs\d?|cifs|smb\d?|smbfs|afs|ceph|9p|drvfs|glusterfs|lustre|davfs|fuse\.(sshfs|rclone|s3fs|glusterfs|ceph|davfs.*|google-drive.*)")
"""Names of those that another machine keeps, or another system: locks and write-ahead logs may not work there."""
ESCAPE = re.compile(r"\\([0-7]{3})")


def file_system(path: Path, table: Path = TABLE) -> str | None:
    """The kind of file system, such as "ext4" or "nfs4"; None where it is not known."""
    try:
        lines = table.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return None
    place, found, longest = os.path.realpath(path), None, -1
    for line in lines:
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = ESCAPE.sub(lambda code: chr(int(code[1], 8)), fields[1]).rstrip("/")
        if (place == point or place.startswith(f"{point}/")) and len(point) >= longest:  # of two at one place the later one is seen
            found, longest = fields[2], len(point)
    return found


def is_network(kind: str | None) -> bool:
    """True for a file system that is known to be another machine's."""
    return kind is not None and NETWORK.fullmatch(kind) is not None
