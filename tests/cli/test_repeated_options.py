"""Options that are given twice: each counts, or the command line is refused."""

import json

import pytest

CALL = ("--provider", "OpenAI", "--model", "gpt-4o", "--prompt-tokens", "100", "--completion-tokens", "10")


@pytest.mark.parametrize(
    ("words", "option"),
    [
        (("record", "--input", "a.json", "--input", "b.json"), "--input"),
        (("record", "-i", "a.json", "--input=b.json"), "--input"),
        (("record", *CALL, "--model", "gpt-4o-mini"), "--model"),
        (("estimate", *CALL, "--completion-tokens", "20"), "--completion-tokens"),
        (("history", "--model", "gpt-4o", "-m", "sonnet"), "--model"),
        (("summary", "--format", "json", "--format", "csv"), "--format"),
        (("forget", "--before", "2025-01-01", "--before", "2026-01-01", "--yes"), "--before"),
        (("--db", "a.db", "--db", "b.db", "history"), "--db"),
    ],
)
def test_one_value_is_given_once(eco, words, option):
    error, hint = eco(*words, exit_code=2).stderr.splitlines()
    assert error == f"eco: {option} is given 2 times"
    assert hint.startswith("hint: keep one of them")


def test_nothing_is_recorded_when_a_count_is_given_twice(eco):
    eco("record", *CALL, "--prompt-tokens", "5", exit_code=2)
    assert eco("history", "--json").json["data"] == []


def test_an_option_after_the_command_wins_over_one_before_it(eco):
    eco("record", *CALL)
    assert "calls" in json.loads(eco("--format", "text", "summary", "--format", "json").stdout)["total"]


def test_flags_may_be_repeated(eco):
    assert eco("-q", "-q", "record", *CALL, "--is-estimated", "--is-estimated").stdout == ""


def tags_of(eco, *options):
    eco("record", *CALL, *options)
    return eco("history", "--json").json["data"][0]["tags"]


def test_tags_behind_one_option_or_several(eco):
    assert tags_of(eco, "--tag", "a=1,b=2", "--tag", "c=3") == {"a": "1", "b": "2", "c": "3"}


def test_a_space_behind_the_comma_is_not_part_of_the_key(eco):
    assert tags_of(eco, "--tag", "a=1, b=2") == {"a": "1", "b": "2"}


def test_a_comma_without_an_equals_sign_is_part_of_the_value(eco):
    assert tags_of(eco, "--tag", "who=Smith, Anna") == {"who": "Smith, Anna"}


@pytest.mark.parametrize("command", [("record", *CALL), ("history",), ("forget", "--yes"), ("budget", "set", "1kg/month")])
def test_a_tag_has_one_value(eco, command):
    refused = eco(*command, "--tag", "project=a", "--tag", "project=b", exit_code=2)
    assert refused.stderr.startswith("eco: --tag: project cannot be both 'a' and 'b'\nhint: ")


def test_a_tag_that_a_machine_answers_for_has_one_value(eco):
    add = ("hardware", "add", "desk", "--active-w", "300", "--match-tag", "machine=desk")
    refused = eco(*add, "--match-tag", "machine=shelf", exit_code=2)
    assert refused.stderr.startswith("eco: --match-tag: machine cannot be both 'desk' and 'shelf'\n")
    eco(*add, "--match-tag", "room=attic,floor=3")
    assert eco("hardware", "list", "--json").stdout.count("attic") == 1


def test_a_tag_that_is_said_twice_alike_is_one(eco):
    assert tags_of(eco, "--tag", "a=1", "--tag", "a=1,b=2") == {"a": "1", "b": "2"}
    assert len(eco("history", "--json", "--tag", "a=1,b=2").json["data"]) == 1


def test_a_header_that_tells_the_region_is_there_once(eco):
    result = eco("estimate", *CALL, "--header", "x-ms-region: East US", "--header", "X-MS-Region: West Europe", exit_code=2)
    assert result.stderr == "eco: --header: x-ms-region cannot be both 'East US' and 'West Europe'\nhint: an answer has one; give that of the call\n"


def test_other_headers_may_be_there_as_often_as_http_has_them(eco):
    pasted = ("set-cookie: a=1", "set-cookie: b=2", "x-ms-region: East US", "x-ms-region: East US")
    audit = eco("estimate", *CALL, *(part for line in pasted for part in ("--header", line))).json["audit"]
    assert audit["finalRegion"] == "eastus"
