"""Answers with their status line and headers before them, as `curl -i` prints them."""

import json

import pytest

ANSWER = {"id": "chatcmpl-1", "object": "chat.completion", "model": "gpt-4o", "usage": {"prompt_tokens": 31, "completion_tokens": 7}}
HEAD = "HTTP/2 200 \r\ncontent-type: application/json\r\nopenai-version: 2020-10-01\r\n\r\n"
PROXY = "HTTP/1.1 200 Connection established\r\n\r\n"
CONTINUE = "HTTP/1.1 100 Continue\n\n"
STREAM = "".join(
    f"data: {json.dumps(chunk)}\n\n"
    for chunk in (
        {"id": "c", "object": "chat.completion.chunk", "model": "gpt-4o", "choices": [{"index": 0, "delta": {"content": "Hi"}}]},
        {"id": "c", "object": "chat.completion.chunk", "model": "gpt-4o", "choices": [], "usage": ANSWER["usage"]},
    )
)


@pytest.mark.parametrize("heads", [HEAD, PROXY + HEAD, PROXY + CONTINUE + HEAD, HEAD.replace("\r", ""), "\ufeff" + HEAD, HEAD + "\r\n"])
@pytest.mark.parametrize("body", [json.dumps(ANSWER), json.dumps(ANSWER, indent=2), json.dumps([ANSWER]), STREAM + "data: [DONE]\n\n"])
def test_headers_before_an_answer_change_nothing(eco, heads, body):
    bare, headed = (eco("estimate", "--format", "ndjson", input=text) for text in (body, heads + body))
    assert headed.stdout == bare.stdout and '"id":"c' in bare.stdout


PRETTY, PLAIN, NATIVE = json.dumps(ANSWER, indent=2), json.dumps(ANSWER), json.dumps({"id": "n", "model": "gpt-4o", "prompt_tokens": 31, "completion_tokens": 7})


@pytest.mark.parametrize(
    "bodies",
    [
        [PLAIN + "\n", PLAIN + "\n", PLAIN + "\n"],
        [PLAIN, PLAIN, PLAIN],
        [PRETTY, PLAIN, PRETTY + "\n"],
        [f"[{PLAIN}]", STREAM, PLAIN],
        [STREAM, STREAM + "data: [DONE]\n\n", f"{NATIVE}\n{NATIVE}"],
    ],
)
def test_several_answers_each_with_its_headers(eco, bodies):
    """`curl -i … >> answers.txt`, several times: curl ends no line that the answer did not."""
    alone = [eco("estimate", "--format", "ndjson", input=body).stdout for body in bodies]
    together = eco("estimate", "--format", "ndjson", input="".join(HEAD + body for body in bodies))
    assert together.stdout == "".join(alone)


def test_an_answer_that_failed_stands_between_two_that_count(eco):
    busy = "HTTP/2 429 \r\nretry-after: 1\r\n\r\n" + json.dumps({"error": {"message": "slow down", "type": "rate_limit"}})
    result = eco("estimate", "--format", "ndjson", "--skip-invalid", input=HEAD + PLAIN + busy + HEAD + PLAIN, exit_code=None)
    assert len(result.stdout.splitlines()) == 2


def test_the_line_of_a_later_answer_is_counted_from_the_top(eco):
    """Five lines of head and answer, then four of the next head."""
    assert eco("record", input=HEAD + PLAIN + "\n" + HEAD + "<html>\n", exit_code=4).stderr.startswith("eco: line 10: not JSON")


def test_a_status_line_inside_of_a_text_is_text(eco):
    told = PLAIN[:-1] + ', "note": "}HTTP/1.1 200 OK"}'
    assert eco("estimate", "--format", "ndjson", input=HEAD + told + HEAD + told).stdout.count("chatcmpl-1") == 2


def test_a_redirect_has_its_own_headers(eco):
    moved = "HTTP/1.1 307 Temporary Redirect\r\nlocation: https://example.org/v1\r\n\r\n"
    assert '"chatcmpl-1"' in eco("record", "--format", "json", input=moved + HEAD + json.dumps(ANSWER)).stdout


def test_tee_passes_the_headers_on(eco):
    answer = HEAD + json.dumps(ANSWER)
    assert eco("record", "--tee", input=answer).stdout.encode() == answer.encode()


@pytest.mark.parametrize("heads", [HEAD, HEAD.rstrip(), PROXY + HEAD])
def test_headers_alone_are_no_call(eco, heads):
    assert eco("record", input=heads, exit_code=4).stderr.startswith("eco: the answer has headers, and no body\n")


def test_an_error_after_headers_is_told_with_its_line(eco):
    assert eco("record", input=HEAD + "<html>\n", exit_code=4).stderr.startswith("eco: line 5: not JSON")


def test_what_only_begins_like_a_status_line_is_no_header(eco):
    assert eco("record", input="HTTP/answers\n\n" + json.dumps(ANSWER), exit_code=4).stderr.startswith("eco: line 1: not JSON")
