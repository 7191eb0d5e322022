"""Traceloop's SDK, which is OpenLLMetry with all its instrumentations."""

import os

import openai_calls
from traceloop.sdk import Traceloop

Traceloop.init(app_name="clients", api_endpoint=os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"], headers={}, disable_batch=True, telemetry_enabled=False)
openai_calls.make()
