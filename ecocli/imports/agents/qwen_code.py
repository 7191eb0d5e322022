"""
Qwen Code: one JSON object per line, in files that only grow.

The lines are a payload format, `ecocli/ingest/formats/qwen_code.py`; the folders are those of QwenLM/qwen-code at 013e660,
packages/core/src/config/storage.ts. Calls that a sub-agent or a summary made beside the chat are in no line with usage.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ecocli.imports import files as below
from ecocli.imports.agents.reader import LineReader
from ecocli.imports.calls import LogCall, adopt, tags
from ecocli.imports.source import LogSource
from ecocli.ingest.formats import qwen_code


def roots(env: Mapping[str, str]) -> list[Path]:
    own = env.get("QWEN_RUNTIME_DIR") or env.get("QWEN_HOME") or below.home(env) / ".qwen"
    return [Path(own).expanduser() / "projects"]


def files(root: Path) -> Iterator[Path]:
    return below.below(root, below.JSON_LINES)


class Reader(LineReader):
    """Reads lines, each of which stands for itself."""

    telling = (b'"usageMetadata"',)

    def calls(self, number: int, body: dict[str, Any]) -> Iterator[LogCall]:
        if not qwen_code.matches(body):
            return
        path = self._file.path
        known = tags(project=path.parent.parent.name, session=self._file.stem, host=self._file.host)
        for reading in qwen_code.read(body):
            found = adopt(reading, self._file, number, SOURCE.name, known)
            found.fields.setdefault("startTimeMs", self._file.mtime_ms)
            yield found


SOURCE = LogSource("qwen-code", "Qwen Code chats (~/.qwen/projects, QWEN_RUNTIME_DIR)", roots, files, Reader)
