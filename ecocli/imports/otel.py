"""OTLP/JSON files, as the collector's file exporter writes them."""

from ecocli.imports import payloads
from ecocli.ingest.formats import otlp

SOURCE = payloads.source("otel", "OTLP/JSON files of the OpenTelemetry collector (PATH)", otlp, message_logs="claude-code")
