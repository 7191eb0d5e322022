"""A short text is counted without tiktoken, and as tiktoken counts it."""

import json
import re
import subprocess
import sys
from random import Random

import pytest
import tiktoken
from hypothesis import example, given
from hypothesis import strategies as st

from ecocli import tokens
from ecocli.tokens.patterns import KINDS, stand_ins
from ecocli.tokens.short import LONGEST_MERGED, MOST_BYTES, ShortTexts
from ecocli.tokens.vocabulary import ABSENT, Vocabulary
from tools.vocab import CHARACTERS, SHA256, UNKNOWN, matched

TABLE = stand_ins()
KNOWN = "".join(c for c in CHARACTERS if c.translate(TABLE).isascii())
TELLING = "sStTrReEvVmMlLdDaAéÉǅʰªあ中\u0301٣Ⅷ09'’/!-_—👍€ \t\r\n\x0b\x85\u00a0\u3000\x00\x1c\x01\x02"
"""Every letter and mark that a pattern names, and characters of each kind."""
PROSE = (
    "It's what they'd expect: WE'LL see, I'VE seen, isn't it?\r\n\r\n  def f(x):\n\treturn x**2  # ok//\n/* … */ 1234567 ½ Ⅷ ٣٤\n"
    "Ein Satz mit Umlauten: äöüß, und € 1.234,56! Ça va, œuvre; Россия и Україна; Ελλάδα; 日本語のテキスト、中文文本，한국어 텍스트 👩‍👩‍👧‍👦 e\u0301 don\u2019t"
)


@pytest.fixture(scope="module")
def short() -> dict[str, ShortTexts]:
    return {name: ShortTexts(name, most_bytes=10**12) for name in SHA256}


@pytest.mark.parametrize("name", SHA256)
@given(text=st.text(st.sampled_from(TELLING), max_size=80) | st.text(st.sampled_from(KNOWN), max_size=80))
@example(text="'ſ")
@example(text=" \n \n  x")
@example(text=PROSE)
def test_it_counts_as_tiktoken_does(name: str, text: str, short: dict[str, ShortTexts], stock: dict[str, tiktoken.Encoding]) -> None:
    expected = len(stock[name].encode_ordinary(text))
    assert short[name].count(text) == (None if "ſ" in text else expected)
    assert tokens.count(text, name) == expected


@pytest.mark.parametrize("name", SHA256)
def test_words_of_any_length(name: str, short: dict[str, ShortTexts], stock: dict[str, tiktoken.Encoding]) -> None:
    random = Random(1)
    for length in (*range(1, 20), 50, 99, 100, 101, LONGEST_MERGED - 1, LONGEST_MERGED, LONGEST_MERGED + 1):
        word = "".join(random.choices("abcdeéöжの", k=length))
        expected = len(stock[name].encode_ordinary(word))
        assert short[name].count(word) == (expected if len(word.encode()) <= LONGEST_MERGED else None)
        assert tokens.count(word, name) == expected


@pytest.mark.parametrize("name", SHA256)
def test_every_token_is_found_and_no_other(name: str) -> None:
    vocabulary = Vocabulary.open(name)
    ranks = vocabulary.ranks()
    for token in Random(1).sample(sorted(ranks), 2000):
        assert vocabulary.rank(token) == ranks[token]
        for other in (token + b"\xff", token[:-1], token[1:] + b"\x00"):
            assert vocabulary.rank(other) == ranks.get(other, ABSENT)
    assert vocabulary.rank(b"a" * 255) == vocabulary.rank(b"a" * 256) == ABSENT


@pytest.mark.parametrize(
    ("pattern", "stand_in"),
    [
        *((r"[\p{Lu}\p{Lt}]", "[A-Z]"), (r"\p{Ll}", "[a-z]"), (r"[\p{Lm}\p{Lo}]", "\x01"), (r"\p{L}", f"[{KINDS['L']}]")),
        *((r"\p{M}", "\x02"), (r"\p{N}", "[0-9]"), (r"\s", r"\s"), (r"[^\s\p{L}\p{M}\p{N}]", "[!'/]")),
        *((f"(?i:{letter})", f"(?i:{letter})") for letter in "sdmtlrve"),
        *((mark, mark) for mark in "'/\r\n "),
    ],
)
def test_a_stand_in_is_matched_where_its_character_is(pattern: str, stand_in: str) -> None:
    """Of all of Unicode, by tiktoken's own regular expressions."""
    kind = re.compile(stand_in)
    assert {c for c in KNOWN if kind.fullmatch(c.translate(TABLE))} == matched(pattern) & {*KNOWN}


def test_what_unicode_may_still_assign_is_left_to_tiktoken() -> None:
    for character in ("\u0378", "\uffff", "\U0002fffe", "\U000e0001", "\ud800"):
        assert character.translate(TABLE) in (UNKNOWN, character)
        assert ShortTexts("r50k_base").count(f"a{character}b") is None


def test_much_text_is_left_to_tiktoken() -> None:
    """Once its tables are worth loading; they count quicker."""
    assert ShortTexts("r50k_base").count("a " * MOST_BYTES) is None
    assert ShortTexts("r50k_base").count("é" * (MOST_BYTES // 2 + 1)) is None
    fresh = ShortTexts("r50k_base")
    assert fresh.count(" a" * (MOST_BYTES // 2 - 1)) == MOST_BYTES // 2 - 1
    assert (fresh.count("a"), fresh.count("a"), fresh.count("a")) == (1, 1, None)


PROBE = """
import json, sys
from ecocli.cli.main import main
try:
    main()
finally:
    print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""


@pytest.mark.parametrize(("words", "loads"), [(100, False), (MOST_BYTES, True)])
def test_a_command_loads_tiktoken_for_long_texts_only(words: int, loads: bool, eco, env, tmp_path) -> None:
    (tmp_path / "prompt.txt").write_text("Why is the sky blue? " * (words // 5))
    arguments = ("estimate", "-m", "gpt-4o", "--prompt-file", "prompt.txt", "--completion-text", "Rayleigh scattering — since 1871.")
    done = subprocess.run([sys.executable, "-c", PROBE, *arguments], capture_output=True, env=env, cwd=tmp_path, check=True)
    assert json.loads(done.stdout)["audit"]["tokens"]["prompt"] == 6 * (words // 5) + 1  # the last space is a token of its own
    assert ({"tiktoken", "regex"} & {*json.loads(done.stderr.splitlines()[-1])} != set()) == loads
