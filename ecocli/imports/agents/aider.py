"""
Aider: the events that `--analytics-log FILE` keeps, one `message_send` for each answer.

Read in Aider-AI/aider at 5dc9490bb35f: aider/coders/base_coder.py (the counts, which leave out how much of the prompt came
from the cache, and calls of the weak model), aider/analytics.py (the line; a model that LiteLLM does not know is REDACTED),
aider/args.py (the option, and AIDER_ANALYTICS_LOG).
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ecocli.imports import files as below
from ecocli.imports.agents import reader
from ecocli.imports.calls import LogCall, call, moment, name_or_none, tags
from ecocli.imports.source import LogSource
from ecocli.ingest import fields as f

ANY_SERVER = "openai"
"""A prefix that says how a server is spoken to: it may be any."""
NO_MODEL = "Aider keeps no name of a model that LiteLLM does not know"


def roots(env: Mapping[str, str]) -> list[Path]:
    return [Path(given).expanduser()] if (given := env.get("AIDER_ANALYTICS_LOG")) else []


def files(root: Path) -> Iterator[Path]:
    return below.below(root, r".*\.(jsonl|log)(\.\d+)?")


class Reader(reader.LineReader):
    """Reads lines. Nothing in a line is its own: of equal ones, written within a second, it remembers how many there were."""

    telling = (b'"message_send"',)

    def calls(self, number: int, body: dict[str, Any]) -> Iterator[LogCall]:
        if body.get("event") != "message_send":
            return
        prompt, completion = f.count(body, "properties.prompt_tokens"), f.count(body, "properties.completion_tokens")
        if not (prompt or completion):
            return
        provider, model = _names(f.at(body, "properties.main_model"))
        fields = {
            "id": self._identity(f.body_id(body)),
            "startTimeMs": moment(body.get("time")) or self._file.mtime_ms,
            "source": SOURCE.name,
            "tags": tags(host=self._file.host),
            "provider": provider or (None if model else "unknown"),
            "model": model,
            "prompt_tokens": prompt or 0,
            "completion_tokens": completion or 0,
        }
        yield call(self._file, number, SOURCE.name, fields, [] if model else [NO_MODEL])

    def _identity(self, digest: str) -> str:
        before, times = self._memory.get("last") or (None, 0)
        times = times + 1 if digest == before else 1
        self._memory["last"] = (digest, times)
        return digest if times == 1 else f"{digest}:{times}"


def _names(name: Any) -> tuple[str | None, str | None]:
    """Provider and model of a name as LiteLLM writes it; None is written as text."""
    known = name_or_none(name)
    if known is None or known == "None":
        return None, None
    prefix, slash, rest = known.partition("/")
    if not slash:
        return None, known
    return None if prefix == ANY_SERVER else reader.provider(prefix), None if rest == "REDACTED" else rest


SOURCE = LogSource("aider", "Aider (the file of --analytics-log, AIDER_ANALYTICS_LOG)", roots, files, Reader)
