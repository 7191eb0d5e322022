"""man/eco.1 is made from the commands, and man can show it."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import typer

import ecocli
from ecocli.cli.main import app
from ecocli.config.settings import VARIABLES
from tools import man


def test_the_page_is_current():
    # otherwise: python -m tools.man
    assert man.PAGE.read_text("utf-8") == man.page()


def test_it_has_every_command_and_every_option():
    page = man.PAGE.read_text("utf-8").replace("\\-", "-")
    for path, command in man.commands(typer.main.get_command(app)):
        part = page.partition(f".SS {path}\n")[2].partition(".S")[0]
        assert f"Example: {path.rpartition(' ')[0] if hasattr(command, 'list_commands') else path}" in part
        for option in (p for p in command.params if p.param_type_name == "option" and not p.hidden and p.name not in man.COMMON):
            assert all(rf"\fB{name}\fR" in part for name in option.opts), option.name


def test_it_has_every_variable():
    files = Path(ecocli.__file__).parent.rglob("*.py")
    read = {name for file in files for name in re.findall(r'"(ECO_[A-Z_]+)"', file.read_text("utf-8"))}
    assert set(VARIABLES) <= read
    assert read == {name for name in man.ENVIRONMENT if name.startswith("ECO_")}


def test_no_text_is_taken_for_a_macro():
    assert man._text(".TH 'a' \\fB --b") == "\\&.TH 'a' \\efB \\-\\-b"


@pytest.mark.skipif(shutil.which("groff") is None, reason="no groff here")
def test_roff_has_nothing_to_complain_about():
    done = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-Kutf8", str(man.PAGE)], capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stderr) == (0, "")
    assert "--prompt-tokens" in re.sub(r"\x1b\[\d*m|.\x08", "", done.stdout)
