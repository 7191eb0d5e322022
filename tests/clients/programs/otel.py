"""The SDK of OpenTelemetry with an instrumentation of OpenAI's library, whose module is the first argument."""

import sys
from importlib import import_module

import openai_calls
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
trace.set_tracer_provider(provider)
import_module(sys.argv[1]).OpenAIInstrumentor().instrument()
openai_calls.make()
provider.shutdown()
