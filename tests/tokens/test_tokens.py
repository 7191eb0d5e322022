"""Counts are tiktoken's own, with no network, from the vocabularies that ship with eco."""

import socket
import subprocess
import sys
import time
from hashlib import sha256

import pytest
import tiktoken
from hypothesis import given
from hypothesis import strategies as st

from ecocli import tokens
from ecocli.errors import BadData
from ecocli.tokens.patterns import PATTERNS
from ecocli.tokens.vocabulary import FOLDER, Vocabulary, packed
from tests.token_helpers import original
from tools.vocab import SHA256

CORPUS = (
    "",
    "hello world",
    "Ein Satz mit Umlauten: äöüß, und € 1.234,56!",
    "日本語のテキスト、中文文本，한국어 텍스트",
    "def f(x):\n    return x ** 2  # comment\n\n\n",
    "<|endoftext|> is only text here",
    "👩‍👩‍👧‍👦 \u200d \ufeff \x00",
    "a" * 1000,
    " " * 500 + "\t\n" * 50,
    "1234567890" * 30,
)


@pytest.mark.parametrize("name", SHA256)
def test_a_shipped_vocabulary_is_the_original(name: str) -> None:
    assert sha256(original(name)).hexdigest() == SHA256[name]


@pytest.mark.parametrize("name", SHA256)
def test_packing_is_reproducible(name: str) -> None:
    assert packed(Vocabulary.open(name).ranks()) == (FOLDER / f"{name}.bin").read_bytes()


@pytest.mark.parametrize("name", SHA256)
def test_patterns_are_tiktokens_own(name: str, stock: dict[str, tiktoken.Encoding]) -> None:
    assert stock[name]._pat_str == PATTERNS[name]


@pytest.mark.parametrize("name", SHA256)
@pytest.mark.parametrize("text", CORPUS)
def test_counts_are_tiktokens_own(name: str, text: str, stock: dict[str, tiktoken.Encoding]) -> None:
    assert tokens.count(text, name) == len(stock[name].encode(text, disallowed_special=()))


@given(text=st.text(max_size=300), name=st.sampled_from(sorted(SHA256)))
def test_counts_are_tiktokens_own_on_any_text(text: str, name: str, stock: dict[str, tiktoken.Encoding]) -> None:
    assert tokens.count(text, name) == len(stock[name].encode(text, disallowed_special=()))


def test_a_lone_surrogate_counts_as_a_replacement_character(stock: dict[str, tiktoken.Encoding]) -> None:
    assert tokens.count("a\ud800b", "o200k_base") == len(stock["o200k_base"].encode("a\ufffdb"))


@pytest.mark.parametrize("name", SHA256)
@pytest.mark.parametrize("run", [" " * 20_001, "\t" * 40_000, "\n " * 10_001, "\r\n" * 10_001, "\u3000" * 20_001, "a" * 50_000])
def test_a_long_run_is_counted_as_tiktoken_does(name: str, run: str, stock: dict[str, tiktoken.Encoding]) -> None:
    for text in (run, f"if x:{run}return", f"{run};"):
        assert tokens.count(text, name) == len(stock[name].encode_ordinary(text))


@pytest.mark.parametrize("name", SHA256)
def test_white_space_that_tiktoken_itself_cannot_count(name: str) -> None:
    # eleven pieces of 100 000 each round up by less than a token, and each seam costs one at most
    assert abs(tokens.count(" " * 1_100_000 + "word", name) - 11 * tokens.count(" " * 100_000, name)) <= 15


def test_many_runs_of_white_space_take_time_in_proportion() -> None:
    """A search for long runs that starts anew at every place of a shorter one takes half a minute here."""
    text = ("x" + " " * 19_999) * 100
    tokens.count("", "r50k_base")
    begin = time.perf_counter()
    tokens.count(text, "r50k_base")
    assert time.perf_counter() - begin < 10


def test_a_megabyte_of_one_letter_takes_seconds_at_most() -> None:
    """tiktoken before 0.13 was quadratic here: minutes."""
    tokens.count("", "r50k_base")
    begin = time.perf_counter()
    assert tokens.count("a" * 1_000_000, "r50k_base") > 0
    assert time.perf_counter() - begin < 10


def test_no_network_is_needed() -> None:
    code = """
import socket
def refuse(*_, **__): raise AssertionError("network")
socket.socket = socket.create_connection = socket.getaddrinfo = refuse
from ecocli import tokens
print(tokens.count("hello world", "o200k_base"))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "2\n"  # "hello", " world"
    assert socket.socket is not None


def test_importing_costs_nothing() -> None:
    code = "import sys, ecocli.tokens; print('tiktoken' in sys.modules, 'regex' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False False\n"


def openai_models() -> list[str]:
    """Names that tiktoken's own table knows, and names behind its prefixes; not those of fine-tuned models, which the catalogue does not have."""
    from tiktoken.model import MODEL_PREFIX_TO_ENCODING, MODEL_TO_ENCODING

    return [*MODEL_TO_ENCODING, *(f"{prefix}x" for prefix in MODEL_PREFIX_TO_ENCODING if not prefix.startswith("ft:"))]


@pytest.mark.parametrize("name", openai_models())
def test_encodings_are_by_tiktokens_own_table(name: str) -> None:
    assert tokens.encoding_for(f"openai/{name}", "openai") == tiktoken.encoding_name_for_model(name)


@pytest.mark.parametrize(
    ("model", "developer", "name"),
    [
        ("openai/gpt-4o", "openai", "o200k_base"),
        ("openai/gpt-4o:extended", "openai", "o200k_base"),
        ("openai/gpt-5-mini", "openai", "o200k_base"),
        ("openai/gpt-oss-120b", "openai", "o200k_harmony"),
        ("openai/gpt-4-turbo", "openai", "cl100k_base"),
        ("openai/gpt-3.5-turbo-16k", "openai", "cl100k_base"),
        ("openai/some-new-thing", "openai", "o200k_base"),
        ("anthropic/claude-sonnet-4.5", "anthropic", "o200k_base"),
    ],
)
def test_encoding_of_a_model(model: str, developer: str, name: str) -> None:
    assert tokens.encoding_for(model, developer) == name


def test_a_chat_costs_more_than_its_text() -> None:
    # two turns of 3, roles "system" and "user" of 1 each, "Hi" and "Hello" of 1 each, and 3 to prime the answer
    chat = tokens.count_messages([{"role": "system", "content": "Hi"}, {"role": "user", "content": "Hello"}], "o200k_base")
    assert chat == tokens.ChatCount(tokens=2 * 3 + 2 + 2 + 3, ignored_parts=0)


def test_parts_that_are_not_text_are_named() -> None:
    parts = [{"type": "text", "text": "Hi"}, {"type": "image_url", "image_url": {"url": "data:"}}]
    assert tokens.count_messages([{"role": "user", "content": parts}], "o200k_base") == tokens.ChatCount(3 + 1 + 1 + 3, 1)


@pytest.mark.parametrize(
    ("messages", "message"),
    [
        (["hello"], "message 1: an object with role and content is needed"),
        ([{"role": "user", "content": 5}], "message 1: content: a string is needed"),
        ([{"role": "user", "tool_calls": 5}], "message 1: tool_calls: a list is needed"),
        ([{"role": "user"}, {"role": "user", "tool_calls": [1]}], "message 2: tool_calls: an object with a function is needed"),
    ],
)
def test_a_turn_of_the_wrong_shape(messages: list[object], message: str) -> None:
    with pytest.raises(BadData) as error:
        tokens.count_messages(messages, "o200k_base")
    assert str(error.value) == message
