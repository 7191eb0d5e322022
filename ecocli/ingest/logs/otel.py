"""OTLP/JSON files, as the collector's file exporter writes them."""

from collections.abc import Iterator
from pathlib import Path

from ecocli.ingest.formats import otlp
from ecocli.ingest.logs import files as below
from ecocli.ingest.logs import payloads
from ecocli.ingest.logs.found import LogFile, Piece, Saved

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
