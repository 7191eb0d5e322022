"""LiteLLM's records in files: what its callbacks and its proxy write, where they are told to."""

from collections.abc import Iterator
from pathlib import Path

from ecocli.imports import files as below
from ecocli.imports import payloads
from ecocli.imports.found import LogFile, Piece, Saved
from ecocli.ingest.formats import litellm

NAME = "litellm"
TITLE = "LiteLLM StandardLoggingPayload and SpendLogs files (PATH)"
MANY_PROVIDERS = True


def roots(env: dict[str, str]) -> list[Path]:
    """It has no place of its own for them."""
    return []


def files(root: Path) -> Iterator[Path]:
    return below.below(root, payloads.PATTERN)


def read(file: LogFile, saved: Saved | None) -> Iterator[Piece]:
    return payloads.read(file, saved, NAME, litellm)
