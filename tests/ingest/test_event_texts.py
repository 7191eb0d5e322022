"""Events that bring text in the place of counts."""

import json

import pytest
import tiktoken

from ecocli.tokens.patterns import PATTERNS
from ecocli.tokens.vocabulary import Vocabulary

PROMPT, ANSWER = "What is the tallest\nmountain of the Alps?", "Mont Blanc,\n4,806 metres."
SECRET = "a prompt that nobody may see"


def tokens(text: str) -> int:
    """By tiktoken itself, with the ranks that ship: the vocabulary of gpt-4o."""
    ranks = Vocabulary.open("o200k_base").ranks()
    return len(tiktoken.Encoding("o200k_base", pat_str=PATTERNS["o200k_base"], mergeable_ranks=ranks, special_tokens={}).encode(text))


def counts(answer) -> tuple[int, int]:
    return answer["audit"]["tokens"]["prompt"], answer["audit"]["tokens"]["completion"]


def test_texts_are_counted_as_those_of_options(eco):
    event = {"model": "gpt-4o", "prompt_text": PROMPT, "completion_text": ANSWER}
    answer = eco("estimate", input=json.dumps(event)).json
    assert counts(answer) == (tokens(PROMPT), tokens(ANSWER))
    assert answer["audit"]["encoding"] == "o200k_base"
    by_options = eco("estimate", "--model", "gpt-4o", "--prompt-text", PROMPT, "--completion-text", ANSWER).json
    assert counts(by_options) == counts(answer)


def test_messages_are_counted_with_what_the_chat_format_adds(eco):
    event = {"provider": "OpenAI", "model": "gpt-4o", "messages": [{"role": "user", "content": PROMPT}], "completion_tokens": 7}
    # OpenAI's cookbook: three tokens a message, three to begin the answer
    assert counts(eco("estimate", input=json.dumps(event)).json) == (3 + 3 + tokens("user") + tokens(PROMPT), 7)


def test_a_count_that_is_given_is_kept(eco):
    event = {"model": "gpt-4o", "prompt_tokens": 100, "prompt_text": PROMPT, "completion_tokens": 5}
    assert counts(eco("estimate", input=json.dumps(event)).json) == (100, 5)


def test_texts_in_many_lines_are_counted_each(eco):
    lines = [{"model": "gpt-4o", "prompt_text": "word " * n, "completion_tokens": 1} for n in range(1, 4)]
    answers = [json.loads(line) for line in eco("estimate", input="\n".join(map(json.dumps, lines))).stdout.splitlines()]
    assert [counts(answer)[0] for answer in answers] == [tokens("word " * n) for n in range(1, 4)]


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ({"prompt_text": [SECRET]}, "prompt_text: must be a string of at most 10,000,000 characters, not a list of 1"),
        ({"messages": SECRET}, "messages: must be a list of 1 to 10,000 objects with role and content, not a text of 28"),
        ({"messages": []}, "messages: must be a list of 1 to 10,000 objects with role and content, not a list of 0"),
        ({"prompt_text": SECRET, "messages": [{"role": "user", "content": SECRET}]}, "prompt_text and messages both say what was asked"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_without_the_text(eco, texts, message):
    result = eco("record", input=json.dumps({"model": "gpt-4o", "completion_tokens": 5} | texts), exit_code=4)
    assert message in result.stderr
    assert SECRET not in result.stderr + result.stdout


def test_an_object_with_choices_stays_a_payload(eco):
    body = {"model": "gpt-4o", "messages": [{"role": "user", "content": "x"}], "choices": [{"message": {"content": "y"}}], "usage": {"prompt_tokens": 9, "completion_tokens": 4}}
    answer = eco("estimate", input=json.dumps(body)).json
    assert counts(answer) == (9, 4)
    assert answer["audit"]["format"] == "openai-chat"


def test_no_text_is_stored(eco, tmp_path):
    eco("record", input=json.dumps({"model": "gpt-4o", "prompt_text": SECRET, "completion_text": SECRET[::-1]}))
    written = b"".join(file.read_bytes() for file in (tmp_path / "data").rglob("*") if file.is_file())
    assert b"gpt-4o" in written
    assert SECRET.encode() not in written and SECRET[::-1].encode() not in written
