"""File systems that refuse locks, such as NFS without its lock service: SQLite takes that for another program's lock, and waits."""

from pathlib import Path


def are_refused(folder: Path) -> bool:
    """
    True where a file that nobody else can know cannot be locked.

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
