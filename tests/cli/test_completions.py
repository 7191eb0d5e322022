"""TAB in real shells: commands, options and names, and no name that a shell would run."""

import shutil
import subprocess
from pathlib import Path

import pytest

COMPLETIONS = Path(__file__).parents[2] / "completions"
DRIVER = """
source {file}
COMP_LINE={line}; COMP_POINT=${{#COMP_LINE}}
_eco eco; printf '%s\\n' "${{COMPREPLY[@]}}"
"""


@pytest.fixture
def tab(on_path: dict[str, str], tmp_path: Path):
    """What bash offers after a half-typed line."""

    def press(line: str) -> list[str]:
        script = DRIVER.format(file=COMPLETIONS / "eco.bash", line=f"$'{line}'")
        done = subprocess.run(["bash", "--norc", "-c", script], capture_output=True, env=on_path, cwd=tmp_path, timeout=30)
        assert done.stderr == b""
        return [name for name in done.stdout.decode().splitlines() if name]

    return press


def test_commands(tab):
    assert {"record", "estimate", "history", "keys"} <= set(tab("eco "))
    assert tab("eco rec")[0] == "record"
    assert set(tab("eco keys ")) == {"create", "list", "rename", "rotate", "revoke"}


def test_options(tab):
    assert {"--prompt-tokens", "--prompt-text", "--prompt-file"} <= set(tab("eco record --prompt-"))
    assert "--db" in tab("eco keys list --d")


def test_models(tab, catalog):
    assert "gpt-4o" in tab("eco record --model gpt-4")
    assert all(name.startswith("openai/gpt-4o-m") for name in tab("eco record -m openai/gpt-4o-m"))
    assert len(tab("eco record --model ")) >= 384
    assert "gpt-4o" in tab("eco models show gpt-4")


def test_an_id_with_a_colon_goes_on_after_it(tab, catalog):
    name = next((name for name in catalog.keys("model") if ":" in name), None)
    if name is None:
        pytest.skip("no id has a colon")
    before, _, after = name.partition(":")
    assert after in tab(f"eco record --model {before}:")


def test_regions(tab):
    assert {"us-west-1", "us-west-2"} <= set(tab("eco record --region us-west-"))
    assert "us-west-1" in tab("eco regions show us-west-")


def test_schemas(tab):
    assert tab("eco schema a") == ["answer"]
    assert {"event", "history", "models", "regions"} <= set(tab("eco schema "))


def test_names_of_keys(tab, eco):
    eco("keys", "create", "Production Key")
    revoked = "Old Key"
    eco("keys", "create", revoked)
    eco("keys", "revoke", revoked)
    assert tab("eco history --key-name P") == [r"Production\ Key"]
    assert set(tab("eco keys revoke ")) == {r"Production\ Key"}
    assert "local" in tab("eco history --key-name ")


def test_a_hostile_name_runs_nothing(tab, eco, tmp_path):
    for name in ("$(touch hit)", "`touch hit`", "; touch hit", "a && touch hit", "'; touch hit; '", '"$(touch hit)"', "x\\$(touch hit)"):
        eco("keys", "create", name)
    offered = tab("eco keys revoke ")
    assert len(offered) == 7
    for word in offered:  # as bash puts it on the line, it is one word again
        again = subprocess.run(["bash", "-c", f"printf %s {word}"], capture_output=True, cwd=tmp_path, timeout=10)
        assert "touch hit" in again.stdout.decode()
    assert not (tmp_path / "hit").exists()


def test_what_is_typed_runs_nothing_either(tab, tmp_path):
    tab("eco record --model $(touch hit) `touch hit` ")
    tab("eco history --key-name \\'; touch hit; \\'")
    assert not (tmp_path / "hit").exists()


def test_a_broken_setup_stays_silent(tab, tmp_path):
    folder = tmp_path / "config" / "eco"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text("broken")
    assert tab("eco history --key-name x") == []
    assert "record" in tab("eco rec")


def test_completing_makes_no_file(tab, tmp_path):
    tab("eco history --key-name ")
    assert not (tmp_path / "data").exists()


@pytest.mark.skipif(shutil.which("zsh") is None, reason="no zsh here")
def test_zsh_reads_its_file(on_path):
    script = f"autoload -U compinit; compinit -u -D; source {COMPLETIONS / '_eco'}; print ${{_comps[eco]}}"
    done = subprocess.run(["zsh", "-f", "-c", script], capture_output=True, env=on_path, timeout=30)
    assert (done.stdout.strip(), done.stderr) == (b"_eco", b"")


@pytest.mark.skipif(shutil.which("fish") is None, reason="no fish here")
def test_fish_offers_commands(on_path):
    script = f"source {COMPLETIONS / 'eco.fish'}; complete -C 'eco rec'"
    done = subprocess.run(["fish", "--no-config", "-c", script], capture_output=True, env=on_path, timeout=30)
    assert b"record" in done.stdout


def test_the_protocol_that_all_three_use(on_path, tmp_path):
    asked = on_path | {"COMP_WORDS": "eco record --region eu-west-", "COMP_CWORD": "3", "_ECO_COMPLETE": "complete_bash"}
    done = subprocess.run(["eco"], capture_output=True, env=asked, cwd=tmp_path, timeout=30)
    assert b"eu-west-1" in done.stdout.split()
    assert (done.returncode, done.stderr) == (0, b"")
