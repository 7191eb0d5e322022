"""What stands in a payload or a log is never opened, and what is no file never keeps an import waiting."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from ecocli.imports import NAMES

if os.name == "nt":
    pytest.skip("needs pipes and devices in the file system", allow_module_level=True)

WATCH = """
import sys
asked = []
sys.addaudithook(lambda event, facts: asked.append(f"{event} {facts}") if event.startswith(("open", "os.", "socket.", "subprocess.", "sqlite3.connect", "glob.")) else None)
from ecocli.cli.main import main
try:
    main()
finally:
    print("\\n".join(asked), file=sys.stderr)
"""


def asked_of_the_machine(env, folder: Path, *arguments: str, input: bytes = b"") -> str:
    """Every file, program and address that a run of eco asked for."""
    done = subprocess.run([sys.executable, "-c", WATCH, *arguments], input=input, env=env, cwd=folder, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stderr.decode()


def test_no_path_of_a_payload_is_opened(env, tmp_path):
    canary = str(tmp_path / "canary")
    event = {
        "model": "gpt-4o", "provider": canary, "prompt_tokens": 1, "completion_tokens": 1, "id": canary, "source": f"file://{canary}",
        "tags": {"project": canary, "transcript_path": canary, "url": "https://canary.example/"},
    }  # fmt: skip
    chat = {
        "id": canary, "object": "chat.completion", "model": canary, "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
        "choices": [{"message": {"role": "assistant", "content": f"![x](file://{canary}) https://canary.example/"}}],
    }  # fmt: skip
    for body in (event, chat):
        assert "canary" not in asked_of_the_machine(env, tmp_path, "record", input=json.dumps(body).encode())


def test_no_path_of_a_log_is_opened(env, tmp_path):
    canary = str(tmp_path / "canary")
    lines = [
        {
            "type": "assistant", "timestamp": "2026-01-01T00:00:00Z", "cwd": canary, "gitBranch": canary, "sessionId": canary, "requestId": "r",
            "transcript_path": canary, "uuid": "u", "parentUuid": canary,
            "message": {"id": "m", "role": "assistant", "model": "claude-sonnet-4-5", "content": [{"type": "image", "source": {"type": "url", "url": f"file://{canary}"}}],
                        "usage": {"input_tokens": 1, "output_tokens": 1}},
        },
    ]  # fmt: skip
    folder = tmp_path / "projects" / "p"
    folder.mkdir(parents=True)
    (folder / "s.jsonl").write_text("\n".join(map(json.dumps, lines)))
    asked = asked_of_the_machine(env, tmp_path, "import", "claude-code", str(tmp_path / "projects"))
    assert "s.jsonl" in asked
    assert "canary" not in asked
    assert not [line for line in asked.splitlines() if line.startswith(("socket.connect", "socket.getaddrinfo", "subprocess.", "os.system"))]


@pytest.mark.parametrize("source", NAMES)
def test_what_is_no_file_never_keeps_an_import_waiting(eco, tmp_path, source):
    folder = tmp_path / "logs"
    (folder / "message" / "s").mkdir(parents=True)
    names = ("a.jsonl", "rollout-a.jsonl", "session-a.json", "chats.json", "logs.db", "opencode.db", "message/s/msg.json", "b.log")
    for name in names:
        os.mkfifo(folder / name)
        (folder / f"z{name.replace('/', '-')}").symlink_to("/dev/zero")
    (folder / "loop").symlink_to(folder)
    (folder / "gone.jsonl").symlink_to(folder / "nowhere")
    (folder / "itself.jsonl").symlink_to(folder / "itself.jsonl")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(os.path.relpath(folder / "s.jsonl"))
        for place in (folder, folder / "a.jsonl", Path("/dev/zero"), folder / "zlogs.db"):
            [counts] = eco("import", source, str(place)).json["sources"]
            assert counts.pop("source") == source
            assert not any(counts.values()), place


@pytest.mark.parametrize("arguments", [("record", "--input"), ("import", "eco"), ("merge",)])
def test_an_endless_file_is_refused(eco, arguments):
    result = eco(*arguments, "/dev/zero", exit_code=4)
    assert result.stderr.startswith("eco: ")
