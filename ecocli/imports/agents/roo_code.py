"""
Roo Code: tasks as Cline's, whose conversation beside them names the model.

Read in RooCodeInc/Roo-Code at cb836567180a: packages/core/src/message-utils/consolidateTokenUsage.ts and
src/core/task/Task.ts (counts), src/shared/cost.ts (cache), src/core/environment/getEnvironmentDetails.ts (model and folder),
src/core/task-persistence/ and packages/types/src/history.ts (files). tokensIn left out the cache of Anthropic's protocol
until 416fa5727e31 (2025-10-31).
"""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ecocli.imports.agents import cline_tasks, vscode, whole_files
from ecocli.imports.agents.cline_tasks import Names, Task
from ecocli.imports.calls import moment, name_or_none
from ecocli.imports.log_file import LogFile
from ecocli.imports.source import LogSource, Piece
from ecocli.ingest import fields as f
from ecocli.store.imports import Position

INSIDE_SINCE_MS = 1_761_868_800_000
"""From 2025-10-31 on tokensIn holds the cache, whatever the protocol."""
DETAILS = re.compile(r"<environment_details>.*?</environment_details>", re.DOTALL)
MODEL = re.compile(r"<model>([^<]+)</model>")
FOLDER = re.compile(r"# Current Workspace Directory \((.+?)\) Files")


def roots(env: Mapping[str, str]) -> list[Path]:
    return [folder / "tasks" for folder in vscode.storages(env, "rooveterinaryinc.roo-cline")]


def read_whole(file: LogFile, saved: Position | None) -> Iterator[Piece]:
    return read_task(file, saved, SOURCE.name)


def read_task(file: LogFile, saved: Position | None, source: str) -> Iterator[Piece]:
    """The calls of a task of Roo Code, or of an extension made from it, under the name of its source."""
    details = _details(file.path.parent)
    folder = whole_files.beside(file.path.with_name("history_item.json"))
    project = name_or_none(f.at(folder, "workspace")) or next((each for _, text in details if (each := _found(FOLDER, text))), None)
    return Task(file, source, _names(details), is_cache_apart, project).read(saved)


def is_cache_apart(info: dict[str, Any], names: Names, time_ms: int) -> bool:
    """True where tokensIn leaves out the cache; requests of before July 2025 do not name their protocol."""
    protocol = info.get("apiProtocol") or ("anthropic" if "claude" in (names.get("model") or "") else None)
    return protocol == "anthropic" and time_ms < INSIDE_SINCE_MS


def _details(task: Path) -> list[tuple[int, str]]:
    """Each request's words to the model about its surroundings, with the time; empty where the conversation is missing."""
    said = f.objects(whole_files.beside(task / "api_conversation_history.json"))
    texts = [(moment(message.get("ts")) or 0, text) for message in said if message.get("role") == "user" for text in _texts(message.get("content"))]
    return [(time, details) for time, text in texts for details in DETAILS.findall(text)]


def _texts(content: Any) -> list[str]:
    parts = [content] if isinstance(content, str) else [part.get("text") for part in f.objects(content)]
    return [part for part in parts if isinstance(part, str)]


def _names(details: list[tuple[int, str]]) -> Callable[[dict[str, Any]], Names]:
    """The model of a request: that of the details which were sent with it, written just after it."""
    models = [(time, model) for time, text in details if (model := _found(MODEL, text))]

    def names(message: dict[str, Any]) -> Names:
        asked = moment(message.get("ts")) or 0
        found = [model for time, model in models if time >= asked] or [model for _, model in models[-1:]]
        return {"model": found[0]} if found else {}

    return names


def _found(pattern: re.Pattern[str], text: str) -> str | None:
    match = pattern.search(text)
    return name_or_none(match[1].strip()) if match else None


SOURCE = LogSource("roo-code", "Roo Code (tasks of the extension)", roots, cline_tasks.files, read_whole=read_whole)
