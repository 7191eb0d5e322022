"""Count text as tiktoken does, offline from the first run: short texts without loading it, since that takes longer than all the rest."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from ecocli.errors import BadData
from ecocli.util.valueclass import value_class

if TYPE_CHECKING:
    import tiktoken

    from ecocli.tokens.short import ShortTexts

FALLBACK = "o200k_base"
VOCABULARIES = {"o200k_harmony": "o200k_base", "p50k_edit": "p50k_base", "gpt2": "r50k_base"}
"""Encodings that share the vocabulary of another one: they differ in special tokens only, which text does not have."""
ENCODINGS = {
    "cl100k_base": ("gpt-4-", "gpt-3.5-", "gpt-35-turbo-", "davinci-002-", "babbage-002-", "text-embedding-"),
    "o200k_harmony": ("gpt-oss-",),
    "p50k_edit": ("text-davinci-edit-", "code-davinci-edit-"),
    "p50k_base": ("text-davinci-002-", "text-davinci-003-", "code-davinci-", "code-cushman-", "davinci-codex-", "cushman-codex-"),
    "r50k_base": ("davinci-", "curie-", "babbage-", "ada-", "text-", "code-search-"),
    "gpt2": ("gpt2-", "gpt-2-"),
}
"""How the names of OpenAI's models begin, with a hyphen at their end, that do not use FALLBACK: the first that fits, as by tiktoken's table."""

LONGEST_SPACE = 500_000
"""Longest run of white space that is counted whole. [character] tiktoken's regular expression overflows its stack at a
million; a longer run is counted in pieces, with an error of at most one token at each boundary."""

PER_MESSAGE = 3
PER_NAME = 1
PRIMING = 3
"""Tokens that the chat format adds to the text. Source: OpenAI Cookbook, "How to count tokens with tiktoken". [token]"""


@value_class(frozen=True, slots=True)
class ChatCount:
    """Tokens of chat messages; `ignored_parts` is the number of parts that are not text and were not counted."""

    tokens: int
    ignored_parts: int


def encoding_for(model_id: str, developer: str) -> str:
    """The tiktoken encoding of a catalogue model: OpenAI's own for its models, o200k_base for all others."""
    name = f"{model_id.partition('/')[2].partition(':')[0]}-"
    fitting = (encoding for encoding, beginnings in ENCODINGS.items() if name.startswith(beginnings))
    return next(fitting, FALLBACK) if developer == "openai" else FALLBACK


def count(text: str, encoding: str) -> int:
    """
    Count the tokens of a text. [token]

    "<|endoftext|>" counts as ordinary text; a lone surrogate counts as U+FFFD.
    """
    vocabulary = VOCABULARIES.get(encoding, encoding)
    found = _short_texts(vocabulary).count(text)
    if found is not None:
        return found
    encode = _encoder(vocabulary).encode_ordinary
    return sum(len(encode(piece)) for piece in _pieces(text))


def _pieces(text: str) -> Iterator[str]:
    """Split `text` within runs of white space that are too long for tiktoken."""
    start = 0
    if len(text) > LONGEST_SPACE:
        # without the look-behind the search would be quadratic in the length of a run
        for run in re.finditer(rf"(?<!\s)\s{{{LONGEST_SPACE + 1},}}+", text):
            for cut in range(run.start() + LONGEST_SPACE, run.end(), LONGEST_SPACE):
                yield text[start:cut]
                start = cut
    yield text[start:]


def count_messages(messages: Iterable[Any], encoding: str) -> ChatCount:
    """
    Count OpenAI-style chat messages as a prompt, with the tokens that the chat format adds.

    Raises:
        BadData: A message does not have the required shape; the error names it.
    """
    tokens, ignored = PRIMING, 0
    for number, message in enumerate(messages, 1):
        if not isinstance(message, Mapping):
            raise BadData(f"message {number}: an object with role and content is needed")
        texts, skipped = _texts(message, number)
        tokens += PER_MESSAGE + sum(count(text, encoding) for text in texts)
        tokens += PER_NAME if message.get("name") else 0
        ignored += skipped
    return ChatCount(tokens, ignored)


def _texts(message: Mapping[str, Any], number: int) -> tuple[list[str], int]:
    """(texts of a message, number of parts that are not text: images, audio, files)"""
    texts = [_text(message[key], number, key) for key in ("role", "name") if message.get(key) is not None]
    content = message.get("content")
    parts = content if isinstance(content, list) else [] if content is None else [content]
    skipped = 0
    for part in parts:
        inner = part.get("text") if isinstance(part, Mapping) else part
        if inner is None:
            skipped += 1
        else:
            texts.append(_text(inner, number, "content"))
    return texts + list(_tool_texts(message, number)), skipped


def _tool_texts(message: Mapping[str, Any], number: int) -> Iterable[str]:
    calls = message.get("tool_calls") or []
    if not isinstance(calls, list):
        raise BadData(f"message {number}: tool_calls: a list is needed")
    for call in calls:
        function = call.get("function") if isinstance(call, Mapping) else None
        if not isinstance(function, Mapping):
            raise BadData(f"message {number}: tool_calls: an object with a function is needed")
        yield from (_text(function[key], number, "tool_calls") for key in ("name", "arguments") if key in function)


def _text(value: Any, number: int, field: str) -> str:
    if not isinstance(value, str):
        raise BadData(f"message {number}: {field}: a string is needed")
    return value


@cache
def _short_texts(vocabulary: str) -> "ShortTexts":
    from ecocli.tokens.short import ShortTexts

    return ShortTexts(vocabulary)


@cache
def _encoder(vocabulary: str) -> "tiktoken.Encoding":
    import tiktoken

    from ecocli.tokens.patterns import PATTERNS
    from ecocli.tokens.vocabulary import Vocabulary

    return tiktoken.Encoding(vocabulary, pat_str=PATTERNS[vocabulary], mergeable_ranks=Vocabulary.open(vocabulary).ranks(), special_tokens={})
