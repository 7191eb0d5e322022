"""The input of a call: fields from options and settings, and the stream that holds the rest."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from ecocli.cli.call_files import open_file, read_file
from ecocli.config.settings import Settings
from ecocli.core.usage import MANUAL, MEASURED, SERVING
from ecocli.errors import BadData, BadField, NoInput, UsageError, quoted, shorten
from ecocli.ingest import native, times
from ecocli.ingest.reading import Fill

if TYPE_CHECKING:
    from ecocli.cli.session import Session

TIME_OPTIONS = ("start_time_ms", "first_token_time_ms", "end_time_ms")
OPTION_FIELDS = {
    "provider": "provider",
    "model": "model",
    "prompt_tokens": "prompt_tokens",
    "completion_tokens": "completion_tokens",
    "reasoning_tokens": "reasoning_tokens",
    "cached_tokens": "cached_tokens",
    "cache_write_tokens": "cache_write_tokens",
    "region": "detected_region",
    **{name: name for name in (*SERVING, "hosting", "control", "hardware", *MEASURED)},
    "start_time_ms": "startTimeMs",
    "first_token_time_ms": "firstTokenTimeMs",
    "end_time_ms": "endTimeMs",
    "source": "source",
    "estimation_method": "estimation_method",
    "id": "id",
}
COUNTS = {"prompt_tokens", "completion_tokens"}
EXAMPLE = "eco record --provider Google --model gemini-3-pro --prompt-tokens 788 --completion-tokens 312"


def fill(options: Mapping[str, Any], settings: Settings) -> Fill:
    """Fields of every call: overrides from the options, defaults from the settings. UsageError for options that are not valid."""
    _check_sources(options)
    given = {option: field for option, field in OPTION_FIELDS.items() if options[option] is not None}
    over = {field: options[option] if option in TIME_OPTIONS else _check(field, options[option]) for option, field in given.items()}
    if options["is_estimated"]:
        over["is_estimated"] = True
    if options["tag"]:
        over["tags"] = dict(tag_pairs(options["tag"]))
    prompt, completion, messages = _text(options, "prompt"), _text(options, "completion"), _messages(options["messages"])
    known = settings.event_defaults
    if not COUNTS.isdisjoint(over) and (prompt, completion, messages) == (None, None, None):
        known["source"] = MANUAL
    return Fill(over, known, prompt_text=prompt, completion_text=completion, messages=messages, headers=_headers(options["header"] or []))


def dated(options: Mapping[str, Any], session: "Session") -> Mapping[str, Any]:
    """The options, with the start that --at names among them. UsageError where it names none."""
    zone = session.zone(options["tz"]) if options["tz"] is not None or options["at"] is not None else None
    if zone is None or options["at"] is None:
        return options
    if options["start_time_ms"] is not None:
        raise UsageError("--at and --start-time-ms both say when it began", "leave one of them out")
    from ecocli.cli import spans

    return {**options, "start_time_ms": spans.moment("--at", options["at"], zone, session.now_ms())}


def check_times(options: Mapping[str, Any], now_ms: int) -> None:
    """BadData for a time given by an option that no call can have."""
    for option in TIME_OPTIONS:
        if options.get(option) is not None:
            name = "at" if option == "start_time_ms" and options.get("at") is not None else option
            times.check(f"--{name.replace('_', '-')}", options[option], now_ms)


def _headers(lines: list[str]) -> dict[str, str]:
    """Parse `NAME: VALUE` lines, the form in which curl prints headers, and keep those that tell a region."""
    if not lines:
        return {}
    from ecocli.catalog.hints import HEADERS

    pairs = [line.partition(":") for line in lines]
    for name, colon, _ in pairs:
        if not (name.strip() and colon):
            raise UsageError(f"--header: no header {quoted(name)}", "a header is written NAME: VALUE, for example --header 'x-ms-region: East US'")
    known = [(name.strip().lower(), value.strip()) for name, _, value in pairs if name.strip().lower() in HEADERS]
    return dict(with_one_value("--header", known, "an answer has one; give that of the call"))


def open_stream(options: Mapping[str, Any], fill: Fill, tee: BinaryIO | None) -> BinaryIO | None:
    """
    The input to read; None when the options make a complete event, and standard input is not touched.

    Raises:
        NoInput: There is neither a complete event nor an input.
        BadData: The file cannot be read.
    """
    if tee is not None:
        return tee
    if options["input"] is not None:
        return open_file(options["input"])
    if _complete(fill):
        return None
    given: Any = sys.stdin.buffer
    if sys.stdin.closed or sys.stdin.isatty() or not given.peek(1):
        raise NoInput(_missing(fill), f"for example: {EXAMPLE}")
    return sys.stdin.buffer


def flag_error(error: BadField) -> UsageError:
    """The error for an option with a value that breaks the rule of its field."""
    option = next((option for option, field in OPTION_FIELDS.items() if field == error.field), "tag")
    return UsageError(f"--{option.replace('_', '-')}: {str(error).partition(': ')[2]}", error.hint)


def tag_pairs(pairs: list[str]) -> list[tuple[str, str]]:
    """Parse repeated `KEY=VALUE`, or several behind one option, `a=1,b=2`. UsageError when one is not valid, or a key has two values."""
    return with_one_value("--tag", [_tag(part) for pair in pairs for part in several(pair)])


def with_one_value(option: str, pairs: list[tuple[str, str]], hint: str = "a key has one value; use another key for the other") -> list[tuple[str, str]]:
    """The pairs, each once. UsageError for a key that has two values: one of them would be dropped."""
    found = list(dict.fromkeys(pairs))
    if len({key for key, _ in found}) == len(found):
        return found
    keys = [key for key, _ in found]
    twice = next(key for key in keys if keys.count(key) > 1)
    values = " and ".join(quoted(value, 30) for key, value in found if key == twice)
    raise UsageError(f"{option}: {shorten(twice)} cannot be both {values}", hint)


def several(pair: str) -> list[str]:
    """`a=1,b=2` as two tags, as in ECO_TAGS; a comma before anything else belongs to the value."""
    parts = pair.split(",")
    return [part.strip() for part in parts] if len(parts) > 1 and all("=" in part for part in parts) else [pair]


def tags(pairs: list[str]) -> dict[str, str]:
    """The tags of a call, from repeated `KEY=VALUE`. UsageError when they are not valid together."""
    return dict(_check("tags", dict(tag_pairs(pairs))))


def _tag(pair: str) -> tuple[str, str]:
    key, equals, value = pair.partition("=")
    if not (key and equals and value):
        raise UsageError(f"--tag: must be KEY=VALUE, not {quoted(pair)}", "for example --tag project=website")
    _check("tags", {key: value})
    return key, value if value.isascii() else _composed(value)


def _composed(value: str) -> str:
    """One spelling of what macOS and others spell in two ways, such as a folder's name with an accent."""
    from unicodedata import normalize

    return normalize("NFC", value)


def _check_sources(options: Mapping[str, Any]) -> None:
    """UsageError when standard input would be read twice."""
    readers = [name for name in ("prompt_file", "completion_file", "messages", "input") if str(options[name]) == "-"]
    if options["tee"] and options["input"] is not None and "input" not in readers:
        raise UsageError("--tee passes on standard input, and --input names a file", "keep one of them")
    if options["tee"] and "input" not in readers:
        readers.append("tee")
    if len(readers) > 1:
        names = " and ".join(f"--{name.replace('_', '-')}" for name in readers)
        raise UsageError(f"{names} read standard input", "it can be read once: put the rest into files")


def _complete(fill: Fill) -> bool:
    prompt = "prompt_tokens" in fill.overrides or fill.prompt_text is not None or fill.messages is not None
    completion = "completion_tokens" in fill.overrides or fill.completion_text is not None
    return ("provider" in fill.overrides or "model" in fill.overrides) and prompt and completion


def _missing(fill: Fill) -> str:
    if not fill.overrides:
        return "no call is given: neither flags nor input"
    wanted = {"--model or --provider": ("provider", "model"), "--prompt-tokens": ("prompt_tokens",), "--completion-tokens": ("completion_tokens",)}
    missing = [name for name, fields in wanted.items() if not any(field in fill.overrides for field in fields)]
    return f"the call is not complete: {', '.join(missing)} missing"


def _check(field: str, value: Any) -> Any:
    try:
        named = field in native.NAMES and isinstance(value, str)
        return native.CHECKS[field](field, value.strip("\t\r\n") if named else value)  # as copied from a table
    except BadField as error:
        raise flag_error(error) from error


def _text(options: Mapping[str, Any], which: str) -> str | None:
    text, file = options[f"{which}_text"], options[f"{which}_file"]
    if text is not None and file is not None:
        raise UsageError(f"--{which}-text and --{which}-file are both given", "keep one of them")
    return text if file is None else read_file(file).decode("utf-8", "replace")


def _messages(path: Path | None) -> list[dict[str, Any]] | None:
    if path is None:
        return None
    from ecocli.ingest.documents import parse

    turns = parse(read_file(path), shorten(str(path)))
    if isinstance(turns, dict):
        turns = turns.get("messages")
    if not isinstance(turns, list):
        raise BadData(f"{shorten(str(path))}: a list of messages is needed", '[{"role": "user", "content": "…"}, …]')
    return turns
