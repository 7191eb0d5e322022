"""`eco setup`: real shells find the completion, man finds the page, and no file of the user's is changed without a word."""

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from ecocli.config.shell_files import LOADERS, SHELLS, start_up
from tests.shell_helpers import typing

ROOT = Path(__file__).parents[2]
COMPLETION = {"bash": ".local/share/bash-completion/completions/eco", "zsh": ".local/share/zsh/site-functions/_eco", "fish": ".local/share/fish/vendor_completions.d/eco.fish"}
PAGE = ".local/share/man/man1/eco.1"


@pytest.fixture
def home(tmp_path):
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture
def setup(eco, home):
    def run(shell, *options, exit_code=0, **variables):
        own = {"HOME": str(home), "XDG_DATA_HOME": "", "SHELL": f"/usr/bin/{shell}"}
        return eco("setup", *options, exit_code=exit_code, **own | variables)

    return run


def files_in(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("shell", SHELLS)
def test_what_would_be_written_is_written(setup, home, shell):
    would = setup(shell, "--dry-run").stdout
    assert files_in(home) == {}
    done = setup(shell)
    assert done.stdout == would.replace("would write", "wrote")
    source = {"bash": "eco.bash", "zsh": "_eco", "fish": "eco.fish"}[shell]
    assert files_in(home) == {COMPLETION[shell]: (ROOT / "completions" / source).read_bytes(), PAGE: (ROOT / "man" / "eco.1").read_bytes()}


@pytest.mark.parametrize("shell", SHELLS)
def test_again_changes_nothing_and_remove_takes_all_of_it_away(setup, home, shell):
    setup(shell, "--yes")
    first = files_in(home)
    assert "wrote" not in setup(shell, "--yes").stdout
    assert files_in(home) == first
    setup(shell, "--remove", "--yes")
    assert {content for content in files_in(home).values() if content} == set()
    assert "removed" not in setup(shell, "--remove", "--yes").stdout


def test_an_older_version_of_a_file_is_replaced(setup, home):
    setup("fish")
    completion = home / COMPLETION["fish"]
    completion.write_text("# Fish completion for eco. An older one.\n")
    assert f"replaced {completion}" in setup("fish").stdout
    assert completion.read_bytes() == (ROOT / "completions" / "eco.fish").read_bytes()


@pytest.mark.parametrize("options", [(), ("--remove",), ("--dry-run",)])
def test_a_file_that_is_somebody_else_s_stays(setup, home, options):
    page = home / PAGE
    page.parent.mkdir(parents=True)
    page.write_text(".TH ECO 1 another program of this name\n")
    refused = setup("zsh", *options, exit_code=4).stderr
    assert refused == f"eco: {page} is not a file of eco's\nhint: move it away, and run eco setup again\n"
    assert files_in(home) == {PAGE: page.read_bytes()}


def test_a_link_of_an_installer_stays(setup, home, tmp_path):
    installed = tmp_path / "share" / "eco.1"
    installed.parent.mkdir()
    shutil.copy(ROOT / "man" / "eco.1", installed)
    page = home / PAGE
    page.parent.mkdir(parents=True)
    page.symlink_to(installed)
    assert f"is there: {page}" in setup("fish").stdout
    setup("fish", "--remove")
    assert page.is_symlink() and installed.exists()


def test_lines_are_shown_and_not_written_without_a_word(setup, home):
    said = setup("zsh").stderr.splitlines()
    assert said == [f"needed in {home}/.zshrc, --yes adds them:", f"  fpath=({home}/.local/share/zsh/site-functions $fpath)", "  autoload -Uz compinit && compinit"]
    assert not (home / ".zshrc").exists()
    (home / ".zshrc").write_text("# mine, without an end of line")
    setup("zsh", "--yes")
    setup("zsh", "--yes")
    text = (home / ".zshrc").read_text()
    assert text.startswith("# mine, without an end of line\n# added by eco setup\nfpath=")
    assert text.count("compinit &&") == 1
    setup("zsh", "--remove")
    assert (home / ".zshrc").read_text() == text
    setup("zsh", "--remove", "--yes")
    assert (home / ".zshrc").read_text() == "# mine, without an end of line\n"


def test_lines_that_were_written_by_hand_count_and_stay(setup, home):
    lines = start_up("zsh", {"HOME": str(home)}).lines
    (home / ".zshrc").write_text(f"{lines}\n")
    assert "needed" not in setup("zsh").stderr
    setup("zsh", "--remove", "--yes")
    assert (home / ".zshrc").read_text() == f"{lines}\n"


def test_the_file_of_the_shell_keeps_its_mode_and_its_link(setup, home, tmp_path):
    kept = tmp_path / "dotfiles"
    kept.write_text("")
    kept.chmod(0o640)
    (home / ".zshrc").symlink_to(kept)
    setup("zsh", "--yes")
    assert "compinit" in kept.read_text()
    assert (home / ".zshrc").is_symlink()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o640


@pytest.mark.parametrize(("answer", "changed"), [("y", True), ("n", False), ("", False)])
def test_it_asks_at_a_terminal(env, home, answer, changed):
    command = (sys.executable, "-m", "ecocli", "setup", "--shell", "zsh")
    with typing(command, env | {"HOME": str(home), "XDG_DATA_HOME": ""}, ROOT) as screen:
        screen.wait_for("[y/N]")
        screen.type(f"{answer}\r")
        screen.wait_for("added to" if changed else "needed in")
    assert (home / ".zshrc").exists() is changed


def test_json(setup, home):
    body = setup("zsh", "--json", "--dry-run").json
    assert (body["shell"], body["dryRun"], body["startUp"]["toDo"]) == ("zsh", True, True)
    assert [row["action"] for row in body["files"]] == ["write", "write"]
    assert setup("fish", "--json").json["startUp"] is None
    assert [row["action"] for row in setup("fish", "--json").json["files"]] == ["keep", "keep"]


def test_which_shell(setup):
    assert setup("tcsh", exit_code=2).stderr == "eco: which shell is yours? SHELL is '/usr/bin/tcsh'\nhint: --shell names it: bash, zsh, fish\n"
    assert setup("", exit_code=2, SHELL="").stderr == "eco: which shell is yours? SHELL is not set\nhint: --shell names it: bash, zsh, fish\n"
    assert setup("bash", "--shell", "tcsh", exit_code=2).stderr == "eco: --shell: must be one of bash, zsh, fish, not 'tcsh'\n"


def test_a_place_where_nothing_can_be_written(setup, home):
    (home / ".local").write_text("a file where a folder belongs")
    assert "cannot be written: " in setup("fish", exit_code=4).stderr


def test_a_start_up_file_that_cannot_be_read(setup, home):
    (home / ".zshrc").write_bytes(b"\xff\xfe")
    assert setup("zsh", exit_code=4).stderr == f"eco: {home}/.zshrc cannot be read\nhint: add the lines by hand\n"
    assert files_in(home) == {".zshrc": b"\xff\xfe"}


@pytest.mark.parametrize("loader", LOADERS)
def test_bash_completion_needs_no_line(tmp_path, home, loader):
    env = {"HOME": str(home)}
    assert start_up("bash", env, tmp_path).lines == f"source {home / COMPLETION['bash']}"
    (tmp_path / loader).parent.mkdir(parents=True)
    (tmp_path / loader).touch()
    assert start_up("bash", env, tmp_path) is None


@pytest.mark.parametrize("shell", SHELLS)
def test_a_real_shell_completes(setup, env, home, shell):
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell} here")
    setup(shell, "--yes")
    folder = home / "bin"
    folder.mkdir()
    (folder / "eco").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m ecocli "$@"\n')
    (folder / "eco").chmod(0o755)
    own = {"HOME": str(home), "ZDOTDIR": str(home), "XDG_DATA_HOME": "", "XDG_CONFIG_HOME": "", "PATH": f"{folder}:{env['PATH']}", "TERM": "vt100", "PS1": "> "}
    loads = "" if shell != "bash" or start_up("bash", {"HOME": str(home)}) else f"source /{next(each for each in LOADERS if os.path.exists(f'/{each}'))}; "
    with typing((shell, "-i"), env | own, home) as screen:
        screen.type(f"{loads}echo re''ady\r")
        screen.wait_for("ready")
        screen.type("eco recom\t")
        screen.wait_for("recompute")


def test_man_finds_the_page(setup, env, home):
    if shutil.which("man") is None:
        pytest.skip("no man here")
    setup("fish")
    (home / ".local" / "bin").mkdir()
    found = subprocess.run(["man", "-w", "eco"], env=env | {"HOME": str(home), "PATH": f"{home}/.local/bin:{env['PATH']}"}, capture_output=True, text=True)
    assert found.stdout.strip() == str(home / PAGE)
