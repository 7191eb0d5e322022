"""Every exit code, reached by a real process: one test for each, named after it."""

import importlib
import json
import pkgutil
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import ecocli
from ecocli.errors import EXIT_CODES, EcoError

README = Path(__file__).parents[2] / "README.md"
CALL = ("--model", "gpt-4o", "--prompt-tokens", "10", "--completion-tokens", "5")
ECO = (sys.executable, "-m", "ecocli")


def test_exit_0_done(eco_process):
    assert eco_process("record", *CALL).json["energy_wh"] > 0


def test_exit_1_a_bug(env, tmp_path):
    """A module of eco that is missing stands for every bug: nobody outside the program can mend it."""
    package = tmp_path / "ecocli"
    shutil.copytree(ecocli.__path__[0], package, ignore=shutil.ignore_patterns("__pycache__", "vocab"))
    (package / "ingest" / "formats" / "__init__.py").unlink()
    done = subprocess.run([*ECO, "formats"], capture_output=True, text=True, env=env, cwd=tmp_path, timeout=60)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Traceback")


def test_exit_2_wrong_use(eco_process):
    assert eco_process("history", "--limit", "0", exit_code=2).stderr.startswith("eco: --limit: must be 1 to 100000, not 0\n")


def test_exit_3_an_unknown_name(eco_process):
    for arguments in (("estimate", "--strict", *CALL[2:], "--model", "no-such-model"), ("explain", "no-such-id"), ("keys", "revoke", "nobody"), ("budget", "remove", "9")):
        assert eco_process(*arguments, exit_code=3).stderr.startswith("eco: no ")


def test_exit_4_unusable_data(eco_process, tmp_path):
    assert eco_process("record", input="{", exit_code=4).stderr.startswith("eco: ")
    assert eco_process("record", "--input", "no-such-file", exit_code=4).stderr.startswith("eco: no file 'no-such-file'\n")
    good = json.dumps({"model": "gpt-4o", "prompt_tokens": 1, "completion_tokens": 1})
    assert eco_process("record", "--skip-invalid", input=f"{good}\n{{}}\n", exit_code=4).stdout.count("\n") == 1


def test_exit_5_an_unusable_store(eco_process, tmp_path):
    (tmp_path / "no.db").write_text("not a database\n" * 100)
    assert eco_process("history", "--db", "no.db", exit_code=5).stderr.startswith(f"eco: {tmp_path / 'no.db'} is not a database\n")


def test_exit_6_not_permitted(eco_process):
    assert eco_process("record", *CALL, exit_code=6, ECO_API_KEY="wrong").stderr.startswith("eco: this key is not known to the store\n")


def test_exit_7_over_budget(eco_process):
    eco_process("record", *CALL)
    eco_process("budget", "set", "0.001mg")
    assert "over budget" in eco_process("budget", "check", exit_code=7).stderr


def test_exit_8_a_report_that_would_say_something_else(eco_process):
    eco_process("report", "--output", "report.json", "--tz", "UTC")
    eco_process("record", *CALL)
    assert "figures differ" in eco_process("report", "--verify", "report.json", exit_code=8).stderr


def test_exit_127_a_command_that_is_not_there(eco_process):
    done = eco_process("measure", "--idle-s", "0", "--", "no-such-command", "-x", exit_code=127)
    assert (done.stdout, done.stderr.partition("\n")[0]) == ("", "eco: 'no-such-command' cannot be run: no such file or directory")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT to send")
def test_exit_130_interrupted(env):
    with subprocess.Popen([*ECO, "record"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env) as process:
        process.stdin.write(b'{"model": "gpt-4o"')
        process.stdin.flush()
        time.sleep(1.0)
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=20) == (b"", b"")
    assert process.returncode == 130


def test_exit_141_a_reader_that_went_away(env):
    with subprocess.Popen([*ECO, "models", "list"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env) as process:
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


# The list is whole


def errors_of_eco() -> Iterator[type[EcoError]]:
    """Every class of error in the package, wherever it stands."""
    for module in pkgutil.walk_packages(ecocli.__path__, "ecocli."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    waiting = [EcoError]
    while waiting:
        found = waiting.pop().__subclasses__()
        yield from found
        waiting += found


def test_every_error_has_a_code_of_its_own_kind():
    codes = {error.exit_code for error in errors_of_eco()}
    assert codes == EXIT_CODES.keys() - {0, 1, 130, 141}


def test_every_code_has_its_test():
    tested = {int(found[1]) for name in globals() if (found := re.match(r"test_exit_(\d+)_", name))}
    assert tested == EXIT_CODES.keys()


def test_the_readme_has_the_same_list():
    section = README.read_text("utf-8").partition("### Exit codes\n")[2].partition("\n#")[0]
    rows = re.findall(r"^\| (\d+) \| (.+) \|$", section, re.MULTILINE)
    assert {int(code): text for code, text in rows} == EXIT_CODES
