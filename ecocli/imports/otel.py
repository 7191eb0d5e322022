"""OTLP/JSON files, as the collector's file exporter writes them."""

from collections.abc import Iterator
from pathlib import Path

from ecocli.imports import files as below
from ecocli.imports import payloads
from ecocli.imports.found import LogFile, Piece, Saved
from ecocli.ingest.formats import otlp

NAME = "otel"
TITLE = "OTLP/JSON files of the OpenTelemetry collector (PATH)"
MANY_PROVIDERS = True
LOGS_OF_REQUESTS = "claude-code"
"""The source whose own logs tell the message that belongs to a request."""


def roots(env: dict[str, str]) -> list[Path]:
    """It has no place of its own for them."""
    return []


def files(root: Path) -> Iterator[Path]:
    return below.below(root, payloads.PATTERN)


def read(file: LogFile, saved: Saved | None) -> Iterator[Piece]:
    return payloads.read(file, saved, NAME, otlp)
