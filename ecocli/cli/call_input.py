"""Where a call comes from: flags, a file, a pipe, or a pipe that is passed on."""

import io
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

from ecocli.errors import BadData, BadField, MissingFile, NoInput, UsageError, shorten
from ecocli.ingest import native
from ecocli.recording import Fill
from ecocli.settings import Settings, parse_tags

CHUNK_BYTES = 65_536
OPTION_FIELDS = {
    "provider": "provider",
    "model": "model",
    "prompt_tokens": "prompt_tokens",
    "completion_tokens": "completion_tokens",
    "reasoning_tokens": "reasoning_tokens",
    "cached_tokens": "cached_tokens",
    "cache_write_tokens": "cache_write_tokens",
    "region": "detected_region",
    "start_time_ms": "startTimeMs",
    "first_token_time_ms": "firstTokenTimeMs",
    "end_time_ms": "endTimeMs",
    "source": "source",
    "estimation_method": "estimation_method",
    "id": "id",
}
EXAMPLE = "eco record --provider Google --model gemini-3-pro --prompt-tokens 788 --completion-tokens 312"


def fill(options: Mapping[str, Any], settings: Settings) -> Fill:
    """What the flags say of every call, and what the settings say where nothing else does."""
    over = {field: _check(option, field, options[option]) for option, field in OPTION_FIELDS.items() if options[option] is not None}
    if options["is_estimated"]:
        over["is_estimated"] = True
    if options["tag"]:
        over["tags"] = parse_tag_options(options["tag"])
    under: dict[str, Any] = {}
    if settings.region:
        under["detected_region"] = settings.region
    if settings.tags:
        under["tags"] = dict(settings.tags)
    return Fill(
        over,
        under,
        prompt_text=_text(options, "prompt"),
        completion_text=_text(options, "completion"),
        messages=_messages(options["messages"]),
    )


def open_stream(options: Mapping[str, Any], fill: Fill, tee: BinaryIO | None) -> BinaryIO | None:
    """
    The input to read, or None when the flags make a complete event: standard input is then left alone.

    Raises NoInput, with an example, when there is neither.
    """
    if tee is not None:
        return tee
    if options["input"] is not None:
        return _open(options["input"])
    if _complete(fill):
        return None
    if sys.stdin is None or sys.stdin.closed or sys.stdin.isatty():
        raise NoInput(_missing(fill), f"for example: {EXAMPLE}")
    return _some_input(sys.stdin.buffer, fill)


def pass_through() -> BinaryIO:
    """Copy standard input to standard output as it comes, and keep it to be read. A closed reader does not stop it."""
    kept, out = io.BytesIO(), sys.stdout.buffer
    while chunk := os.read(sys.stdin.fileno(), CHUNK_BYTES):
        kept.write(chunk)
        if out is not None:
            try:
                out.write(chunk)
                out.flush()
            except BrokenPipeError:
                out = None
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    kept.seek(0)
    return kept


def _complete(fill: Fill) -> bool:
    prompt = "prompt_tokens" in fill.over or fill.prompt_text is not None or fill.messages is not None
    completion = "completion_tokens" in fill.over or fill.completion_text is not None
    return ("provider" in fill.over or "model" in fill.over) and prompt and completion


def _missing(fill: Fill) -> str:
    if not fill.over:
        return "no call to look at: neither flags nor input"
    wanted = {"--model or --provider": ("provider", "model"), "--prompt-tokens": ("prompt_tokens",), "--completion-tokens": ("completion_tokens",)}
    missing = [name for name, fields in wanted.items() if not any(field in fill.over for field in fields)]
    return f"the call is not complete: {', '.join(missing)} missing"


def _some_input(stream: BinaryIO, fill: Fill) -> BinaryIO:
    """The pipe, after a look that there is something in it; the message then is about what is missing."""
    buffered = stream if isinstance(stream, io.BufferedReader) else io.BufferedReader(stream)  # type: ignore[type-var]
    if not buffered.peek(1):
        raise NoInput(_missing(fill), f"for example: {EXAMPLE}")
    return buffered


def _open(path: Path) -> BinaryIO:
    if str(path) == "-":
        return sys.stdin.buffer
    try:
        return path.open("rb")
    except OSError as error:
        raise unreadable(path, error) from error


def unreadable(path: Path, error: OSError) -> BadData:
    """A file that is not there or cannot be read, as an error that names it."""
    if isinstance(error, FileNotFoundError):
        return MissingFile(f"no file {shorten(str(path))!r}", "give the path of a file that exists, or - for standard input")
    return BadData(f"{shorten(str(path))!r} cannot be read: {(error.strerror or 'unknown reason').lower()}")


def _check(option: str, field: str, value: Any) -> Any:
    """A flag's value by the very rule of the field; breaking it is wrong use of the command line."""
    try:
        return native.CHECKS[field](field, value)
    except BadField as error:
        raise UsageError(f"--{option.replace('_', '-')}: {str(error).partition(': ')[2]}") from error


def parse_tag_options(pairs: list[str]) -> dict[str, str]:
    """`KEY=VALUE`, repeated, as a mapping."""
    try:
        tags = [parse_tags({pair.partition("=")[0]: pair.partition("=")[2]}) for pair in pairs]
        return dict(native.CHECKS["tags"]("tags", {key: value for tag in tags for key, value in tag.items()}))
    except (ValueError, BadField) as error:
        raise UsageError(f"--tag: {error}", "a tag is written KEY=VALUE, for example --tag project=website") from error


def _text(options: Mapping[str, Any], which: str) -> str | None:
    text, file = options[f"{which}_text"], options[f"{which}_file"]
    if text is not None and file is not None:
        raise UsageError(f"--{which}-text and --{which}-file are both given", "keep one of them")
    return text if file is None else _read(file).decode("utf-8", "replace")


def _read(path: Path) -> bytes:
    with _open(path) as stream:
        try:
            return stream.read()
        except OSError as error:
            raise unreadable(path, error) from error


def _messages(path: Path | None) -> list[dict[str, Any]] | None:
    if path is None:
        return None
    from ecocli.ingest.documents import parse

    turns = parse(_read(path), str(path))
    if isinstance(turns, dict):
        turns = turns.get("messages")
    if not isinstance(turns, list):
        raise BadData(f"{path}: a list of messages is needed", '[{"role": "user", "content": "…"}, …]')
    return turns
