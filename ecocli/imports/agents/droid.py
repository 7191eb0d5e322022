"""
Droid, by Factory: one file of settings for each session, with the sum of its tokens, written anew as it grows.

Droid's source is not public: read as two others do, ryoppippi/ccusage at 5816e64, rust/crates/ccusage/src/adapter/droid/parser.rs,
and junhoyeo/tokscale at 15c1d0c, crates/tokscale-core/src/sessions/droid.rs: input leaves out both caches, and thinking is
counted beside the output. A session is one call with its last model. Whether a fork begins at zero is not known.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ecocli.errors import BadData
from ecocli.imports import files as below
from ecocli.imports.agents.reader import beside_cache, has_tokens, provider
from ecocli.imports.calls import LogCall, call, moment, name_or_none, tags
from ecocli.imports.log_file import LogFile
from ecocli.imports.source import LogSource, Piece
from ecocli.ingest import documents
from ecocli.ingest import fields as f
from ecocli.store.imports import Position

ENDING = ".settings.json"
COUNTERS = ("inputTokens", "outputTokens", "cacheReadTokens", "cacheCreationTokens")
TOGETHER = "Droid counts the calls of a session together: they are shown as one, with the session's last model"
CUSTOM = "custom:"
DECORATION = re.compile(r"[- ]*[\[(][^\])]*[\])](?:-\d+)?")
"""Behind the name of a model of one's own: the provider in brackets and a number, as in `Claude-Opus-4.5-[Anthropic]-0`."""


def roots(env: Mapping[str, str]) -> list[Path]:
    return [below.home(env) / ".factory" / "sessions"]


def files(root: Path) -> Iterator[Path]:
    return below.below(root, r".*\.settings\.json")


def read_whole(file: LogFile, _: Position | None) -> Iterator[Piece]:
    """The call of a session, which grows as the session does."""
    try:
        settings = documents.parse(file.path.read_bytes(), None)
    except OSError as error:
        raise below.unreadable(file.path, error) from error
    if not isinstance(settings, dict):
        raise BadData("not a JSON object")
    yield Piece(list(_call(settings, file)), Position(file.stamp))


def _call(settings: dict[str, Any], file: LogFile) -> Iterator[LogCall]:
    usage = settings.get("tokenUsage")
    if not isinstance(usage, dict):
        return
    counted, thinking = beside_cache(usage, *COUNTERS), f.count(usage, "thinkingTokens")
    counted |= {"completion_tokens": counted["completion_tokens"] + (thinking or 0), "reasoning_tokens": thinking}
    if not has_tokens(counted):
        return
    session = file.path.name.removesuffix(ENDING)
    fields = {
        "id": f.shortened(session),
        "provider": provider(settings.get("providerLock")),
        "model": model(settings.get("model")),
        "startTimeMs": moment(settings.get("providerLockTimestamp")) or file.mtime_ms,
        "source": SOURCE.name,
        "tags": tags(project=file.path.parent.name, session=session, host=file.host),
        **counted,
    }
    yield call(file, None, SOURCE.name, fields, assumptions=[TOGETHER])


def model(name: Any) -> str | None:
    """The name of a model without what Droid puts around it where the user added it."""
    known = name_or_none(name)
    if known is None or not known.startswith(CUSTOM):
        return known
    return DECORATION.sub("", known.removeprefix(CUSTOM)).strip() or None


SOURCE = LogSource("droid", "Droid sessions (~/.factory/sessions)", roots, files, read_whole=read_whole)
