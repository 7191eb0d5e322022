"""
Amp: whole threads in one JSON object each, written anew as they go on.

Amp's source is not public: read as two others do, ryoppippi/ccusage at 5816e64, rust/crates/ccusage/src/adapter/amp/parser.rs,
whose sample says that input leaves out both caches (`totalInputTokens` is their sum), and junhoyeo/tokscale at 3ccca40,
crates/tokscale-core/src/sessions/amp.rs. A ledger of older threads repeats what messages count, or has what they have lost.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ecocli.errors import BadData
from ecocli.imports import files as below
from ecocli.imports.agents.reader import beside_cache, has_tokens
from ecocli.imports.calls import LogCall, call, moment, name_or_none, rejected, tags
from ecocli.imports.log_file import LogFile
from ecocli.imports.source import LogSource, Piece
from ecocli.ingest import documents
from ecocli.ingest import fields as f
from ecocli.ingest.reading import Rejected
from ecocli.store.imports import Position

COUNTERS = ("inputTokens", "outputTokens", "cacheReadInputTokens", "cacheCreationInputTokens")
LEDGER = ("input", "output", "cacheReadInputTokens", "cacheCreationInputTokens")
Object = dict[str, Any]


def roots(env: Mapping[str, str]) -> list[Path]:
    data = Path(env.get("XDG_DATA_HOME") or below.home(env) / ".local" / "share")
    return [data / "amp" / "threads"]


def files(root: Path) -> Iterator[Path]:
    return below.below(root, r".*\.json")


def read_whole(file: LogFile, _: Position | None) -> Iterator[Piece]:
    """The calls of a thread, read anew whenever it changed; those that are known fall out by their ids."""
    try:
        thread = documents.parse(file.path.read_bytes(), None)
    except OSError as error:
        raise below.unreadable(file.path, error) from error
    if not isinstance(thread, dict):
        raise BadData("not a JSON object")
    yield Piece(list(_calls(thread, file)), Position(file.stamp))


def _calls(thread: Object, file: LogFile) -> Iterator[LogCall | Rejected]:
    answers = [each for each in f.objects(thread.get("messages")) if each.get("role") == "assistant" and isinstance(each.get("usage"), dict)]
    for message, event in _pairs(answers, f.objects(f.at(thread, "usageLedger.events"))):
        try:
            yield from _call(thread, file, message, event)
        except BadData as error:
            yield rejected(file, None, error)


def _pairs(answers: list[Object], events: list[Object]) -> Iterator[tuple[Object, Object]]:
    """Each answer with the event that counts it, either of them empty where there is no other: by id, else by equal counts."""
    left = [event for event in events if isinstance(event.get("tokens"), dict)]
    by_id = {event["toMessageId"]: event for event in left if isinstance(event.get("toMessageId"), int)}
    found = [(answer, by_id.pop(_number(answer), None)) for answer in answers]
    taken = {id(event) for _, event in found}
    left = [event for event in left if id(event) not in taken]
    for answer, known in found:
        counted = _signature(answer["usage"], answer["usage"], COUNTERS)
        event = known or next((each for each in left if _signature(each, each["tokens"], LEDGER) == counted), {})
        left = [each for each in left if each is not event]
        yield answer, event
    for event in left:
        yield {}, event


def _number(message: Object) -> int | None:
    number = message.get("messageId")
    return number if isinstance(number, int) else None


def _signature(named: Object, usage: Object, names: tuple[str, ...]) -> tuple[Any, ...]:
    return named.get("model"), *(usage.get(name) for name in names[:2])


def _call(thread: Object, file: LogFile, message: Object, event: Object) -> Iterator[LogCall]:
    usage = f.section(message, "usage")
    counted = beside_cache(usage, *COUNTERS) if usage else beside_cache(event["tokens"], *LEDGER)
    if not has_tokens(counted):
        return
    session = name_or_none(thread.get("id")) or file.path.stem
    times = (event.get("timestamp"), usage.get("timestamp"), message.get("timestamp"), thread.get("created"))
    fields = {
        "id": f.shortened(f"{session}:{_own_id(message, event)}"),
        "model": name_or_none(usage.get("model")) or name_or_none(event.get("model")),
        "startTimeMs": next(filter(None, map(moment, times)), file.mtime_ms),
        "source": SOURCE.name,
        "tags": tags(session=session, host=file.host),
        **counted,
    }
    yield call(file, None, SOURCE.name, fields)


def _own_id(message: Object, event: Object) -> str:
    """The event's, which stays when the message is deleted; else the message's number, or a hash of what was counted."""
    number = _number(message)
    stand_in = str(number) if number is not None else f.body_id(event or [message["usage"], message.get("timestamp")])
    return name_or_none(event.get("id")) or stand_in


SOURCE = LogSource("amp", "Amp threads (~/.local/share/amp/threads)", roots, files, read_whole=read_whole)
