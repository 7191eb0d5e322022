"""
GitHub Copilot CLI: the events of a session, one JSON object per line; tokens are in the one that a run ends with.

Format: github/copilot-sdk at cc0438d, nodejs/src/generated/session-events.ts (`StartData`, `ResumeData`, `ShutdownData`,
`ShutdownModelMetricUsage`; `assistant.usage` is never written to disk), docs/features/session-persistence.md for the folder.
Input holds both caches: getagentseal/codeburn#693. The counts of a run that goes on from an earlier one begin anew:
PanAchy/copilot-arewecooked#45. A run that ends without that event left no counts (github/copilot-cli#3994).

Where Copilot writes OpenTelemetry to a file, each call is in it, and in the sums of its session: it is read only where it is
given as PATH. Its records: junhoyeo/tokscale at 095d852, crates/tokscale-core/src/sessions/copilot.rs.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ecocli.errors import BadData
from ecocli.imports import files as below
from ecocli.imports.agents.reader import LineReader, has_tokens
from ecocli.imports.calls import LogCall, adopt, call, moment, name_or_none, tags
from ecocli.imports.source import LogSource
from ecocli.ingest import fields as f
from ecocli.ingest.formats import otlp
from ecocli.ingest.reading import Rejected

BEGINNINGS = ("session.start", "session.resume")
END = "session.shutdown"
EVENTS = "events.jsonl"
PROVIDER = "GitHub Copilot"
TOGETHER = "Copilot counts the calls of a run together: {} are shown as one"


def roots(env: Mapping[str, str]) -> list[Path]:
    return [Path(env.get("COPILOT_HOME") or below.home(env) / ".copilot").expanduser() / "session-state"]


def files(root: Path) -> Iterator[Path]:
    """In sessions' folders lie other files, too; the oldest versions had one file beside another for the sessions."""
    return (path for path in below.below(root, below.JSON_LINES) if path.name.startswith(EVENTS) or root in (path.parent, path))


class Reader(LineReader):
    """Reads events. It remembers the session, its folder and branch, and when the run began."""

    telling = (b'"session.start"', b'"session.resume"', b'"session.shutdown"', b'"attributes"')

    def calls(self, number: int, body: dict[str, Any]) -> Iterator[LogCall]:
        if isinstance(body.get("attributes"), dict) and otlp.matches(body):
            yield from self._traced(number, body)
            return
        data = f.section(body, "data")
        if body.get("type") in BEGINNINGS:
            self._begin(body, data)
        elif body.get("type") == END:
            begun = self._memory.get("begun") or moment(data.get("sessionStartTime")) or moment(body.get("timestamp"))
            for model, metric in f.section(data, "modelMetrics").items():
                yield from self._call(number, body, model, metric, begun)

    def _traced(self, number: int, body: dict[str, Any]) -> Iterator[LogCall]:
        """The call of a record of OpenTelemetry."""
        for reading in otlp.read(body):
            if isinstance(reading, Rejected):
                raise BadData(str(reading.error))
            reading.fields["source"] = SOURCE.name
            found = adopt(reading, self._file, number, SOURCE.name, tags(host=self._file.host))
            found.fields.setdefault("startTimeMs", found.fields.get("endTimeMs", self._file.mtime_ms))
            yield found

    def _begin(self, body: dict[str, Any], data: dict[str, Any]) -> None:
        self._memory["begun"] = moment(body.get("timestamp")) or self._memory.get("begun")
        context = f.section(data, "context")
        for name, value in (("session", data.get("sessionId")), ("cwd", context.get("cwd")), ("branch", context.get("branch"))):
            self._memory[name] = name_or_none(value) or self._memory.get(name)

    def _call(self, number: int, body: dict[str, Any], model: str, metric: Any, begun: int | None) -> Iterator[LogCall]:
        """The calls of a run to one model; none where it counted nothing."""
        counted = _counts(f.section(metric, "usage"))
        if not has_tokens(counted):
            return
        own = name_or_none(body.get("id")) or f.body_id([self._session(), body.get("timestamp")])
        fields = {
            "id": f.shortened(f"{own}:{model}"),
            "provider": PROVIDER,
            "model": name_or_none(model),
            "startTimeMs": begun or self._file.mtime_ms,
            "source": SOURCE.name,
            "tags": tags(project=self._memory.get("cwd"), session=self._session(), branch=self._memory.get("branch"), host=self._file.host),
            **counted,
        }
        requests = f.count(metric, "requests.count")
        yield call(self._file, number, SOURCE.name, fields, assumptions=[TOGETHER.format(requests)] if requests and requests > 1 else [])

    def _session(self) -> str:
        path = self._file.path
        known: str | None = self._memory.get("session")
        return known or (path.parent.name if path.name.startswith(EVENTS) else self._file.stem)


def _counts(usage: dict[str, Any]) -> dict[str, Any]:
    names = ("inputTokens", "outputTokens", "reasoningTokens", "cacheReadTokens", "cacheWriteTokens")
    prompt, output, reasoning, cached, written = (f.count(usage, name) for name in names)
    if prompt is None and output is None:
        raise BadData("no token counts: usage holds neither inputTokens nor outputTokens")
    return {
        "prompt_tokens": prompt or 0,
        "completion_tokens": output or 0,
        "reasoning_tokens": reasoning,
        "cached_tokens": cached,
        "cache_write_tokens": written,
    }


SOURCE = LogSource("copilot", "GitHub Copilot CLI sessions (~/.copilot/session-state, COPILOT_HOME)", roots, files, Reader, lines_stand_alone=False)
