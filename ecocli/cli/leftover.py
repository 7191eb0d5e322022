"""The error for words that no option takes, with the option that was meant."""

from collections.abc import Collection, Sequence
from contextlib import suppress
from itertools import pairwise
from os.path import isfile
from shlex import quote as shell_word

from ecocli.cli import habits
from ecocli.cli.wrong_use import unexpected
from ecocli.errors import UsageError, shorten

FILES = (".json", ".jsonl", ".ndjson", ".sse", ".txt")
"""Endings of names that are a file's, also where there is none of that name."""
SEVERAL = "cat {} | {}"
LOOKS_BACK = "{0} looks back at what was recorded: eco estimate --input {1} shows what the calls of a file cost, eco record --input {1} keeps them"
SHOWN, LONGEST = 3, 160
COUNTS = ("--prompt-tokens", "--completion-tokens")


def leftover(words: Sequence[str], command: str, option_names: Collection[str], line: Sequence[str] = ()) -> UsageError:
    """The error for words of a command's `line` that it does not take, while it has options with these names."""
    if hint := _of_json(words, line):
        return unexpected(words, hint)
    if all(map(_is_file, words)):
        hint = _of_files(words, command, option_names)
    else:
        hint = _habit(words, command, option_names) or _grouping(words, option_names) or _time(words, option_names) or _count(words, option_names) or _value(words, option_names)
    fallback = "a model is named with --model" if "model" in option_names else f"{command} --help shows what it takes"
    return unexpected(words, hint or fallback)


def _habit(words: Sequence[str], command: str, option_names: Collection[str]) -> str | None:
    return habits.surplus(words[0], command, {"--help", *(f"--{name.replace('_', '-')}" for name in option_names)}) if len(words) == 1 else None


def _of_json(words: Sequence[str], line: Sequence[str]) -> str | None:
    """`eco history --json model`, and the filter that gh takes behind -q."""
    if len(words) != 1:
        return None
    if any(pair in (("--json", words[0]), ("-j", words[0])) for pair in pairwise(line)):
        return f"--json={_shown(words[0])} picks a field"
    is_filter = words[0].startswith((".", "[")) and not words[0].startswith(("./", "../")) and not _is_file(words[0])
    return f"--jq {_shown(words[0])} filters JSON; -q prints errors only" if is_filter else None


def _is_file(word: str) -> bool:
    return word == "-" or word.lower().endswith(FILES) or isfile(word)


def _of_files(words: Sequence[str], command: str, option_names: Collection[str]) -> str | None:
    files = " ".join(map(_shown, words[:SHOWN])) + " …" * (len(words) > SHOWN)
    if "input" in option_names:
        return f"--input {files}" if len(words) == 1 else SEVERAL.format(files, command)
    return LOOKS_BACK.format(command, _shown(words[0])) if "since" in option_names else None


def _grouping(words: Sequence[str], option_names: Collection[str]) -> str | None:
    """`eco summary by model`, `eco summary week`."""
    if "by" not in option_names:
        return None
    from ecocli.analysis.summaries import NAMES

    names = words[1:] if words[0] == "by" else words
    return f"--by {','.join(names)}" if names and all(name in NAMES for name in names) else None


def _time(words: Sequence[str], option_names: Collection[str]) -> str | None:
    """`eco history yesterday`, `eco summary last month`, `eco report 2026-11`, `eco summary 7d`."""
    if "since" not in option_names:
        return None
    from datetime import UTC
    from time import time_ns

    from ecocli.core import when

    text, now_ms = " ".join(words), time_ns() // 1_000_000
    if len(text) > SHOWN * LONGEST:
        return None
    with suppress(UsageError):
        when.rolling(text, UTC, now_ms)
        return f"--last {_shown(text)}"
    with suppress(UsageError):
        start_ms, end_ms = when.span(text, UTC, now_ms)
        return f"--since {_shown(text)}" + (f" --until {_shown(text)}" if end_ms - start_ms > 1 else "")
    return None


def _value(words: Sequence[str], option_names: Collection[str]) -> str | None:
    """`eco history 'gpt*'`, `eco models list gpt`, `eco summary project=website`."""
    if "model" in option_names and len(words) == 1 and "*" in words[0]:
        return f"--model {_shown(words[0])}"
    if "search" in option_names:
        return f"--search {_shown(' '.join(words))}"
    if "tag" in option_names and all("=" in word[1:-1] for word in words):
        return " ".join(f"--tag {_shown(word)}" for word in words[:SHOWN])
    return None


def _count(words: Sequence[str], option_names: Collection[str]) -> str | None:
    """`eco record gpt-4o 1000 500`, `eco history 5`, `eco serve 8080`."""
    name, *counts = words
    if "prompt_tokens" in option_names:
        if all(word.isdecimal() for word in words):
            return f"token counts are given with {' and '.join(COUNTS)}"
        if 0 < len(counts) <= len(COUNTS) and all(word.isdecimal() for word in counts):
            return " ".join((f"--model {_shown(name)}", *(f"{option} {_shown(count)}" for option, count in zip(COUNTS, counts, strict=False))))
    taken = next((name for name in ("limit", "port") if name in option_names), None)
    return f"--{taken} {_shown(name)}" if taken and name.isdecimal() and not counts else None


def _shown(word: str) -> str:
    return shell_word(shorten(word, LONGEST))
