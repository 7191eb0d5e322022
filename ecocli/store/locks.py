"""Locks of files: file systems that refuse them, such as NFS without its lock service, and a store that another program holds."""

import os
from pathlib import Path

from ecocli.util import whole_files

WRITE_LOCK = 120
"""The byte of a log's index that a writer locks, by SQLite's file format."""
READ_LOCKS = (0x4000_0002, 510)
"""First and number of the bytes of a database that each reader shares, and that a program which keeps all others out has for itself."""


def are_refused(folder: Path) -> bool:
    """
    True where SQLite would take a refusal for another program's lock, and wait: a file that nobody else can know cannot be locked.

    Not the database itself is tried: a process that closes a file loses all its locks on it. False where no file can be made.
    """
    import tempfile  # only where something failed

    try:
        import fcntl
    except ImportError:  # Windows
        return False
    try:
        file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed below, apart from the errors of making it
    except OSError:
        return False
    with file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
    return False


def is_write_locked(path: Path) -> bool:
    """
    True where another process is writing to a store, or keeps it locked. Nothing is changed.

    This process must not have the store open: closing a file gives up all its locks on it.
    """
    try:
        import fcntl
    except ImportError:  # Windows
        return False
    for name, start, length in ((f"{path}-shm", WRITE_LOCK, 1), (str(path), *READ_LOCKS)):
        if whole_files.is_endless(name):
            continue
        try:
            file = os.open(name, os.O_RDONLY)
        except OSError:  # nobody has it open, or nobody may
            continue
        try:
            fcntl.lockf(file, fcntl.LOCK_SH | fcntl.LOCK_NB, length, start)
        except OSError:
            return True
        finally:
            os.close(file)
    return False
