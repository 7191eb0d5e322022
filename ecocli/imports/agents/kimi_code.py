"""
Kimi Code: the records of each agent of a session, one JSON object per line.

Format: MoonshotAI/kimi-code at d723cc4, packages/agent-core/src/agent/records/types.ts and usage/index.ts (`usage.record`,
one for each answer, also those of a compaction, which have the scope `session`), packages/agent-core-v2/src/wire/record.ts,
packages/agent-core/src/session/store/session-store.ts (a fork copies the folder) and docs/en/configuration/data-locations.md.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ecocli.imports import files as below
from ecocli.imports.agents.reader import LineReader, beside_cache, has_tokens
from ecocli.imports.calls import LogCall, call, moment, name_or_none, tags
from ecocli.imports.source import LogSource
from ecocli.ingest import fields as f

COUNTERS = ("inputOther", "output", "inputCacheRead", "inputCacheCreation")
OWN = "kimi-code/"
"""In front of the models that a login to Kimi offers."""
MODEL = "kimi-for-coding"
NO_MODEL = f"the log names no model: taken as {MODEL}, which Kimi Code uses unless it is told otherwise"


def roots(env: Mapping[str, str]) -> list[Path]:
    return [Path(env.get("KIMI_CODE_HOME") or below.home(env) / ".kimi-code").expanduser() / "sessions"]


def files(root: Path) -> Iterator[Path]:
    return below.below(root, r"wire\.jsonl(\.zst|\.gz)?")


class Reader(LineReader):
    """Reads lines. It remembers the model of the last request, which a count may name by the settings' name for it."""

    telling = (b'"usage.record"', b'"llm.request"')

    def calls(self, number: int, body: dict[str, Any]) -> Iterator[LogCall]:
        if body.get("type") == "llm.request":
            self._memory["model"], self._memory["alias"] = _model(body.get("model")), body.get("modelAlias")
        if body.get("type") != "usage.record" or not isinstance(body.get("usage"), dict):
            return
        counted = beside_cache(body["usage"], *COUNTERS)
        if not has_tokens(counted):
            return
        model = self._named(body.get("model"))
        fields = {
            "id": f.body_id([self._file.path.parent.name, body.get("time"), body.get("model"), body["usage"]]),
            "provider": "Moonshot" if model is None or model.startswith("kimi") else None,
            "model": model or MODEL,
            "startTimeMs": moment(body.get("time")) or self._file.mtime_ms,
            "source": SOURCE.name,
            "tags": self._tags(),
            **counted,
        }
        yield call(self._file, number, SOURCE.name, fields, assumptions=[] if model else [NO_MODEL])

    def _named(self, name: Any) -> str | None:
        """The model of a count: that of its request, where the count names it by the settings' name."""
        requested: str | None = self._memory.get("model")
        is_alias = isinstance(name, str) and name == self._memory.get("alias")
        return (requested if is_alias else None) or _model(name) or requested

    def _tags(self) -> dict[str, str]:
        """The project is the name that Kimi Code gives to its folder."""
        parts = self._file.path.parts
        known = parts[: parts.index("agents")] if "agents" in parts else parts[:-1]
        return tags(project=known[-2] if len(known) > 1 else None, session=known[-1], host=self._file.host)


def _model(name: Any) -> str | None:
    """A model's own name; None for a reference to the settings, such as `__kimi_env_model__`."""
    known = (name_or_none(name) or "").removeprefix(OWN)
    return None if known.startswith("__") else known or None


SOURCE = LogSource("kimi-code", "Kimi Code sessions (~/.kimi-code/sessions, KIMI_CODE_HOME)", roots, files, Reader, lines_stand_alone=False)
