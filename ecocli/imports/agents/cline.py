"""
Cline: tasks of the extension, and since 2026 sessions that its command line and its extension share.

Read in cline/cline at 21cb8d2525bc: apps/vscode/src/shared/getApiMetrics.ts and ExtensionMessage.ts (counts of tasks, cache
apart from tokensIn), apps/vscode/src/core/storage/disk.ts (files), apps/vscode/src/core/context/context-tracking/
ContextTrackerTypes.ts (models), apps/vscode/src/sdk/legacy-task-handling.ts (tasks that go on as sessions),
sdk/packages/shared/src/llms/messages.ts, sdk/packages/shared/src/storage/paths.ts and sdk/packages/core/src/services/
session-data.ts (sessions), apps/vscode/src/sdk/message-translator.ts (cache inside inputTokens of those).
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from ecocli.errors import BadData
from ecocli.imports import files as below
from ecocli.imports.agents import cline_tasks, reader, vscode, whole_files
from ecocli.imports.agents.cline_tasks import Names, Task
from ecocli.imports.calls import LogCall, call, moment, name_or_none, rejected, tags
from ecocli.imports.log_file import LogFile
from ecocli.imports.source import LogSource, Piece
from ecocli.ingest import fields as f
from ecocli.ingest.reading import Rejected
from ecocli.store.imports import Position

GATEWAYS = ("cline", "cline-pass", "unknown", "openai", "vscode-lm")
"""Cline's own gateway, any server that speaks as OpenAI's does, and models of VS Code: none says who served a call."""
LEGACY = "unknown"
"""The provider of a message that holds the sum of a task which goes on as a session: the task's own file has its calls."""


def roots(env: Mapping[str, str]) -> list[Path]:
    data = Path(env.get("CLINE_DATA_DIR") or Path(env.get("CLINE_DIR") or below.home(env) / ".cline") / "data")
    sessions = Path(env.get("CLINE_SESSION_DATA_DIR") or data / "sessions")
    return [folder / "tasks" for folder in (*vscode.storages(env, "saoudrizwan.claude-dev"), data)] + [sessions]


def files(root: Path) -> Iterator[Path]:
    return below.below(root, r"ui_messages\.json|.*\.messages\.json")


def read_whole(file: LogFile, saved: Position | None) -> Iterator[Piece]:
    if file.path.name != cline_tasks.UI_MESSAGES:
        return _read_session(file)
    return Task(file, SOURCE.name, _names(file.path.parent), lambda *_: True, _project(file.path.parent)).read(saved)


def _names(task: Path) -> Any:
    """The source of a message's model: the message itself, or before November 2025 the models of the task by time."""
    used = f.objects(f.at(whole_files.beside(task / "task_metadata.json"), "model_usage"))

    def names(message: dict[str, Any]) -> Names:
        if isinstance(message.get("modelInfo"), dict):
            return _named(f.at(message, "modelInfo.modelId"), f.at(message, "modelInfo.providerId"))
        time = moment(message.get("ts")) or 0
        until = [each for each in used if (moment(each.get("ts")) or 0) <= time] or used[:1]
        return _named(until[-1].get("model_id"), until[-1].get("model_provider_id")) if until else {}

    return names


def _named(model: Any, provider: Any) -> Names:
    name = name_or_none(provider)
    return {"model": name_or_none(model), "provider": None if name in GATEWAYS else reader.provider(name)}


def _project(task: Path) -> str | None:
    history = task.parent.parent / "state" / "taskHistory.json"
    try:
        return name_or_none(_projects(history, history.stat().st_mtime_ns).get(task.name))
    except OSError:
        return None


@lru_cache(maxsize=1)
def _projects(history: Path, _: int) -> dict[Any, Any]:
    """The folder of each task, from one file about all of them as of when it was changed."""
    return {item.get("id"): item.get("cwdOnTaskInitialization") for item in f.objects(whole_files.beside(history))}


def _read_session(file: LogFile) -> Iterator[Piece]:
    """The calls of a session. A session that was forked begins with the messages of the other one, under their ids."""
    body = whole_files.body(file)
    if not isinstance(body, dict):
        raise BadData("not a JSON object")
    session = name_or_none(body.get("sessionId")) or file.path.name.removesuffix(".messages.json")
    manifest = whole_files.beside(file.path.with_name(f"{session}.json"))
    project = name_or_none(f.at(manifest, "workspace_root")) or name_or_none(f.at(manifest, "cwd"))
    known = tags(project=project, session=session, host=file.host)
    found = [each for message in f.objects(body.get("messages")) for each in _message(file, session, message, known)]
    yield Piece(found, Position(file.stamp))


def _message(file: LogFile, session: str, message: dict[str, Any], known: dict[str, str]) -> Iterator[LogCall | Rejected]:
    provider = name_or_none(f.at(message, "modelInfo.provider"))
    is_counted = message.get("role") == "assistant" and isinstance(message.get("metrics"), dict)
    if not is_counted or provider in (None, LEGACY, *cline_tasks.OTHER_TOOLS):
        return
    names = ("inputTokens", "outputTokens", "cacheReadTokens", "cacheWriteTokens")
    try:
        prompt, completion, cached, written = (f.count(message, f"metrics.{name}") for name in names)
    except BadData as error:
        yield rejected(file, None, error)
        return
    if not (prompt or completion):
        return
    fields = {
        "id": name_or_none(message.get("id")) or f.shortened(f"{session}:{message.get('ts')}"),
        "startTimeMs": moment(message.get("ts")) or file.mtime_ms,
        "source": SOURCE.name,
        "tags": known,
        **_named(f.at(message, "modelInfo.id"), provider),
        "prompt_tokens": prompt or 0,
        "completion_tokens": completion or 0,
        "cached_tokens": cached,
        "cache_write_tokens": written,
    }
    yield call(file, None, SOURCE.name, fields)


SOURCE = LogSource("cline", "Cline (tasks of the extension, ~/.cline/data, CLINE_DATA_DIR)", roots, files, read_whole=read_whole)
