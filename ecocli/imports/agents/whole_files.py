"""Logs that are one JSON document and are written anew with every message."""

from pathlib import Path
from typing import Any

from ecocli.errors import BadData
from ecocli.imports import files as below
from ecocli.imports.log_file import LogFile
from ecocli.ingest import documents


def body(file: LogFile) -> Any:
    """
    The document.

    Raises:
        BadData: It cannot be read, is not JSON, or is longer than any log should be.
    """
    try:
        with file.path.open("rb") as stream:
            return documents.parse(documents.read_all(stream))
    except OSError as error:
        raise below.unreadable(file.path, error) from error


def beside(path: Path) -> Any:
    """A document that tells more about a log; None where it is missing or damaged, for the log counts without it."""
    try:
        return documents.parse(path.read_bytes())
    except (OSError, BadData):
        return None
