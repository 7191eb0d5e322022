"""Calls of models that write no text: refused where the caller names them, left out with a warning where a payload or a log does."""

import json

import pytest

from ecocli.errors import BadData
from ecocli.library import estimate
from tests.cli.test_cli_record import GPT, ndjson
from tests.import_helpers import write

SPEECH = {"id": "chatcmpl-9", "object": "chat.completion", "model": "gpt-9-mini-tts", "choices": [],
          "usage": {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}}  # fmt: skip
CALL = ("--prompt-tokens", "1", "--completion-tokens", "1")
TOLD = "'gpt-9-mini-tts' is a speech model: only models that write or embed text are estimated"


def test_flags_are_refused(eco):
    result = eco("record", "--model", "gpt-9-mini-tts", *CALL, exit_code=4)
    assert result.stderr.startswith(f"eco: {TOLD}\nhint: ")
    error = json.loads(eco("estimate", "--json", "--model", "gpt-9-mini-tts", *CALL, exit_code=4).stderr)["error"]
    assert (error["code"], error["message"]) == ("unsupported-modality", TOLD)


def test_an_event_is_refused(eco):
    events = ndjson(GPT, GPT | {"model": "sora-9"})
    assert eco("record", input=events, exit_code=4).stderr.startswith("eco: line 2: 'sora-9' is a video model")
    assert eco("history").json["data"] == []
    assert eco("record", "--skip-invalid", input=events, exit_code=4).json["audit"]["model"] == "openai/gpt-4o"


def test_a_flag_over_a_payload_is_refused(eco):
    eco("record", "--model", "whisper-9", input=json.dumps(SPEECH), exit_code=4)


def test_a_payload_is_left_out_with_a_warning(eco):
    result = eco("record", input=json.dumps(SPEECH))
    assert (result.stdout, result.stderr) == ("", f"eco: warning: {TOLD}; the call is left out\n")
    mixed = ndjson(SPEECH, GPT, SPEECH | {"id": "chatcmpl-10"})
    result = eco("record", "--format", "ndjson", input=mixed)
    assert result.stderr.count("warning") == result.stdout.count("\n") == 1
    assert [row["model"] for row in eco("history").json["data"]] == ["gpt-4o"]


def test_strictness_does_not_matter(eco):
    assert "is a speech model" in eco("record", "--strict", input=json.dumps(SPEECH)).stderr


def test_a_log_is_imported_without_them(eco, tmp_path):
    usage = {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10}
    rows = [
        {"id": f"c{number}", "call_type": "acompletion", "status": "success", "custom_llm_provider": "openai", "startTime": 1_780_000_000.0 + number,
         "endTime": 1_780_000_002.0 + number, "model": model, **usage, "response": {"usage": usage}}
        for number, model in enumerate(("gpt-4o", "gpt-9-mini-tts", "gpt-9-mini-tts"))
    ]  # fmt: skip
    result = eco("import", "litellm", str(write(tmp_path / "logs" / "calls.jsonl", *rows)))
    (counts,) = result.json["sources"]
    assert (counts["new"], counts["unsupported"], counts["rejected"]) == (1, 2, 0)
    assert result.stderr == f"eco: warning: {TOLD}; its calls are left out\n"
    assert len(eco("history").json["data"]) == 1


def test_a_long_input_is_read_as_a_short_one(eco):
    """Many portions, some of them with such a call."""
    answer = SPEECH | {"model": "gpt-4o-2024-08-06"}
    lines = [(SPEECH if number % 1500 == 7 else answer) | {"id": f"chatcmpl-{number}"} for number in range(6000)]
    result = eco("record", "-q", input=ndjson(*lines))
    assert result.stderr == "" and eco("history", "--limit", "1").json["pagination"]["totalElements"] == 5996


def test_what_was_recorded_before_is_left_as_it_is(eco, tmp_path):
    """As a user's own model, of which the catalogue no longer knows."""
    folder = tmp_path / "config" / "eco"
    folder.mkdir(parents=True)
    own = {"id": "acme/gpt-9-mini-tts", "base": "llama-3-8b", "developer": "acme", "reasoning": "no"}
    (folder / "models.yaml").write_text(json.dumps({"models": [own]}))
    eco("record", "--model", "gpt-9-mini-tts", *CALL, "-q")
    eco("record", "--model", "gpt-4o", *CALL, "-q")
    (folder / "models.yaml").unlink()
    change = eco("recompute", "--apply").json
    assert (change["calls"], change["unsupported"]) == (1, 1)
    assert len(eco("history").json["data"]) == 2


def test_python_refuses_them():
    from ecocli import Usage

    with pytest.raises(BadData) as refused:
        estimate(Usage(1, 1, model="sora-9"))
    assert (refused.value.code, refused.value.exit_code) == ("unsupported-modality", 4)
