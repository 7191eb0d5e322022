"""Replaces a configuration file as a whole, or leaves it as it was."""

import os
import stat
from pathlib import Path

from ecocli.config.paths import PRIVATE_FILE, make_private_file, make_private_folder
from ecocli.errors import BadConfig


def replace_text(file: Path, text: str) -> None:
    """
    Put a text in the place of a file, which keeps its mode; a new one is its owner's alone.

    Raises:
        BadConfig: The file cannot be written. It is as before.
    """
    target = Path(os.path.realpath(file))  # a link to the file stays a link
    unfinished = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        make_private_folder(target.parent)
        mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else PRIVATE_FILE
        unfinished.unlink(missing_ok=True)
        make_private_file(unfinished)
        with unfinished.open("wb") as out:
            out.write(text.encode())
            out.flush()
            os.fsync(out.fileno())
        unfinished.chmod(mode)
        unfinished.replace(target)
    except OSError as error:
        raise BadConfig(f"{file} cannot be written: {(error.strerror or 'unknown reason').lower()}") from error
    finally:
        if unfinished.exists():
            unfinished.unlink()
