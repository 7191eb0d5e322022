"""The clients, and what eco has of the calls that each of them makes."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.clients import environments
from tests.clients.fake_openai import SECRET, answering, usage
from tests.serve_helpers import Server, running

PROGRAMS = Path(__file__).with_name("programs")
RUN_S = 300
OPENAI = "openai"
EXPORTER = "opentelemetry-exporter-otlp-proto-http"
STREAM = 3
"""The last of the calls of programs/openai_calls.py."""
PROMPT = "Marillenmarmelade"
"""In every request."""

Counts = tuple[int, int, int | None, int | None]
"""Input, output, cached, reasoning."""


@dataclass(frozen=True)
class Client:
    """A program that people use, as it is in the package index."""

    name: str
    packages: tuple[str, ...]
    """The first is the one whose version is told."""
    program: tuple[str, ...]
    """The file in `programs`, and its arguments."""
    streams_lack_reasoning: bool = False
    """It leaves the reasoning tokens of a stream out."""


CLIENTS = (
    Client("litellm", ("litellm",), ("litellm_sdk.py",)),
    Client("litellm-proxy", ("litellm[proxy]", OPENAI), ("litellm_proxy.py",)),
    Client("opentelemetry", ("opentelemetry-instrumentation-genai-openai", "opentelemetry-sdk", EXPORTER, OPENAI), ("otel.py", "opentelemetry.instrumentation.genai.openai")),
    Client("openllmetry", ("opentelemetry-instrumentation-openai", "opentelemetry-sdk", EXPORTER, OPENAI), ("otel.py", "opentelemetry.instrumentation.openai"), True),
    Client("traceloop", ("traceloop-sdk", OPENAI, "httpx"), ("traceloop_sdk.py",), True),
    Client("langfuse", ("langfuse", OPENAI), ("langfuse_sdk.py",)),
    Client("logfire", ("logfire", OPENAI), ("logfire_sdk.py",)),
    Client("pydantic-ai", ("pydantic-ai-slim[openai]", "logfire"), ("pydantic_ai_agent.py",)),
)


@dataclass(frozen=True)
class Ran:
    """What one client did."""

    client: Client
    version: str
    calls: int
    """Answered by the model's server."""
    rows: list[Counts]
    """In eco's history, in the order of their input."""
    keeps_texts: bool
    """A prompt or an answer is found in the file of records."""

    @property
    def expected(self) -> list[Counts]:
        lacking = STREAM if self.client.streams_lack_reasoning else None
        each = ((number, usage(number)) for number in range(1, self.calls + 1))
        return [(one["prompt_tokens"], one["completion_tokens"], 128, None if number == lacking else 16) for number, one in each]


def run(client: Client, folder: Path) -> Ran:
    """Let a client make its calls with a new eco beside it."""
    python = environments.python_of(client.name, client.packages)
    package = client.packages[0].partition("[")[0]
    with answering() as model, running(_environment(folder), folder / "eco.db") as eco:
        env = _environment(folder) | _settings(eco, eco.new_key(client.name), model.url)
        program, *arguments = client.program
        subprocess.run([str(python), str(PROGRAMS / program), *arguments], env=env, cwd=folder, check=True, timeout=RUN_S)
        rows = sorted(map(_counts, eco.get("/v1/history?limit=1000").json["data"]))
        written = b"".join(path.read_bytes() for path in folder.glob("eco.db*"))
        return Ran(client, environments.version_of(python, package), model.calls, rows, any(text.encode() in written for text in (SECRET, PROMPT)))




def _counts(row: dict[str, Any]) -> Counts:
    return row["inputTokens"], row["outputTokens"], row["cachedTokens"], row["reasoningTokens"]


def _environment(folder: Path) -> dict[str, str]:
    """Nothing of the machine's own user shows, and no proxy stands between programs of this machine."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LD_LIBRARY_PATH") if name in os.environ}
    return kept | {"HOME": str(folder), "XDG_CACHE_HOME": str(folder / "cache"), "TZ": "UTC", "NO_PROXY": "127.0.0.1,localhost"}


def _settings(eco: Server, key: str, model_url: str) -> dict[str, str]:
    """Where each of them looks for the model and for the place to report to."""
    url = f"http://{eco.host}:{eco.port}"
    otlp = {"OTEL_EXPORTER_OTLP_ENDPOINT": url, "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf", "OTEL_EXPORTER_OTLP_HEADERS": f"Authorization=Bearer%20{key}"}
    langfuse = {"LANGFUSE_BASE_URL": url, "LANGFUSE_PUBLIC_KEY": "any", "LANGFUSE_SECRET_KEY": key}
    return {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "OPENAI_BASE_URL": model_url, "OPENAI_API_KEY": "none", "ECO_URL": url, "ECO_KEY": key, **otlp, **langfuse}
