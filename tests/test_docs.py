"""What README.md and METHODOLOGY.md say of the code is made from the code."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from ecocli.cli.main import COMMANDS, app
from tools import man

ROOT = Path(__file__).parent.parent


def test_generated_parts_are_current(cache_folder: Path) -> None:
    arguments = [sys.executable, "-m", "cogapp", "--check", "README.md", "METHODOLOGY.md"]
    env = os.environ | {"XDG_CACHE_HOME": str(cache_folder), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(arguments, cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_a_line_in_the_readme(command: str) -> None:
    assert f"`eco {command}" in (ROOT / "README.md").read_text("utf-8")


def examples() -> list[str]:
    """Every line that a reader may copy: of the README's shell blocks, and of each command's help."""
    blocks = re.findall(r"^```sh\n(.*?)^```", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines() if line.startswith("eco ")]
    helps = (" ".join(str(command.help).split()) for _, command in man.commands(typer.main.get_command(app)))
    return lines + [text.partition("Example: ")[2] for text in helps]


@pytest.mark.parametrize("example", dict.fromkeys(examples()))
def test_every_example_is_understood(example: str, env: dict[str, str], tmp_path: Path) -> None:
    command = re.split(r" +(?:[#|<>]|\|\|)", example)[0]
    arguments = [sys.executable, "-m", "ecocli", *shlex.split(command)[1:]]
    done = subprocess.run(arguments, cwd=tmp_path, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    assert done.returncode not in (1, 2), done.stderr


def test_every_equation_is_numbered_once() -> None:
    text = (ROOT / "METHODOLOGY.md").read_text("utf-8")
    numbers = [int(n) for n in re.findall(r"^- \*\*E(\d+)\*\*", text, re.MULTILINE)]
    assert numbers == list(range(16))
