"""What README.md and METHODOLOGY.md say of the code is made from the code."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ecocli.cli.main import COMMANDS

ROOT = Path(__file__).parent.parent


def test_generated_parts_are_current(cache_folder: Path) -> None:
    arguments = [sys.executable, "-m", "cogapp", "--check", "README.md", "METHODOLOGY.md"]
    env = os.environ | {"XDG_CACHE_HOME": str(cache_folder), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(arguments, cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_a_line_in_the_readme(command: str) -> None:
    assert f"`eco {command}" in (ROOT / "README.md").read_text("utf-8")


def test_every_equation_is_numbered_once() -> None:
    text = (ROOT / "METHODOLOGY.md").read_text("utf-8")
    numbers = [int(n) for n in re.findall(r"^- \*\*E(\d+)\*\*", text, re.MULTILINE)]
    assert numbers == list(range(16))
