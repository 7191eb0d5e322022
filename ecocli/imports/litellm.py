"""LiteLLM's records in files: what its callbacks and its proxy write, where they are told to."""

from ecocli.imports import payloads
from ecocli.ingest.formats import litellm

SOURCE = payloads.source("litellm", "LiteLLM StandardLoggingPayload and SpendLogs files (PATH)", litellm)
