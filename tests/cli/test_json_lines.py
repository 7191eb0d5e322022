"""JSON of several elements has one on each line, and is still JSON."""

import json

import pytest

from ecocli.core import json_lines

CALLS = "".join(json.dumps({"model": model, "prompt_tokens": 10, "completion_tokens": 5, "startTimeMs": 1_763_800_000_000}) + "\n" for model in ("gpt-4o", "gpt-5"))


@pytest.mark.parametrize(
    "command",
    [
        *(("history",), ("history", "--all"), ("history", "--full"), ("summary", "--by", "model"), ("compare", "gpt-4o", "gpt-5"), ("report",), ()),
        *(("models", "list", "--search", "gpt-4o"), ("regions", "list", "--search", "west"), ("formats",), ("budget", "list"), ("keys", "list")),
    ],
    ids=" ".join,
)
def test_each_element_has_its_line(eco, command):
    eco("record", "-q", input=CALLS)
    for number in (1, 2):
        eco("budget", "set", f"{number}kg", "--tag", f"n={number}")
        eco("keys", "create", f"key {number}")
    text = eco(*command, "--json").stdout
    body = json.loads(text)
    elements = next(value for value in [body, *(body.values() if isinstance(body, dict) else ())] if isinstance(value, list) and len(value) > 1)
    lines = [json.loads(line.removesuffix(",")) for line in text.splitlines() if line.startswith("{") and line.removesuffix(",").endswith("}")]
    assert all(element in lines for element in elements)


def test_answers_to_many_events(eco):
    first, *answers, last = eco("estimate", "--json", input=CALLS).stdout.splitlines()
    assert (first, last) == ("[", "]")
    assert [json.loads(answer.removesuffix(","))["audit"]["modelMatch"] for answer in answers] == ["alias", "alias"]


@pytest.mark.parametrize("body", [[], [1, 2], {}, {"a": []}, [{"a": 1}], [{"a": [{"b": 1}, {"b": 2}]}, {}], {"a": {"b": [{}, {"c": None}]}}, "é", {"é": 1.5}])
def test_it_means_the_same(body):
    for ascii_only in (True, False):
        assert json.loads(json_lines.text(body, ascii_only)) == body
    assert json_lines.text([{"a": [{"b": 1}, {"b": 2}]}, {}]).count("\n") == 3


def test_one_answer_stays_on_one_line(eco):
    assert eco("estimate", "--model", "gpt-4o", "--prompt-tokens", "1", "--completion-tokens", "1", "--json").stdout.count("\n") == 1
