"""TAB after an option with a closed list of values, also behind `=`; and the two words for plain output."""

import shutil
import subprocess
from pathlib import Path

import pytest

COMPLETIONS = Path(__file__).parents[2] / "completions"


@pytest.fixture
def offered(eco):
    """What eco offers a shell for the last word."""

    def complete(line: str) -> list[str]:
        return eco(_ECO_COMPLETE="complete_bash", COMP_WORDS=line, COMP_CWORD=str(len(line.split(" ")) - 1), exit_code=None).stdout.split()

    return complete


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("eco summary --by w", ["week"]),
        ("eco summary --by month,prov", ["month,provider"]),
        ("eco summary --by=ye", ["year"]),
        ("eco summary --format c", ["csv"]),
        ("eco explain --format ", ["text", "json"]),
        ("eco report --format h", ["html"]),
        ("eco estimate --format=nd", ["ndjson"]),
        ("eco budget set 5g --per d", ["day"]),
        ("eco keys create K --scope rec", ["record"]),
        ("eco recompute --grid an", ["annual"]),
        ("eco summary --compare p", ["previous"]),
        ("eco history --columns when,mod", ["when,model"]),
        ("eco regions list --cloud=al", ["alibaba"]),
        ("eco grid import F --layout=neso-", ["neso-mix"]),
    ],
)
def test_values(offered, line, values):
    assert offered(line) == values


@pytest.mark.parametrize("command", ["history", "summary", "compare gpt-4o", "models list", "regions list", "formats", "keys list", "report"])
def test_each_format_that_is_offered_is_taken(eco, offered, command):
    words = command.split()
    formats = offered(f"eco {' '.join(word for word in words if word != 'gpt-4o')} --format ")
    refused = eco(*words, "--format", "xml", exit_code=2).stderr
    assert formats
    taken = refused.split("one of ")[1].split(", not")[0].replace("table", "text").split(", ")  # text and table are one
    assert sorted(name.replace("table", "text") for name in formats) == sorted(taken)


def test_bash_keeps_what_stands_before_the_equals_sign(on_path, tmp_path):
    script = f"source {COMPLETIONS / 'eco.bash'}; COMP_LINE='eco record --from=lite'; COMP_POINT=${{#COMP_LINE}}; _eco eco; echo ${{COMPREPLY[@]}}"
    done = subprocess.run(["bash", "--norc", "-c", script], capture_output=True, text=True, env=on_path, cwd=tmp_path, timeout=30)
    assert done.stdout.split() == ["litellm"]


def test_fish_takes_whole_words(on_path, tmp_path):
    if shutil.which("fish") is None:
        pytest.skip("fish is not installed")
    script = f"source {COMPLETIONS / 'eco.fish'}; complete -C 'eco budget set 5g --per=w'; complete -C 'eco budget set 5g --per w'"
    done = subprocess.run(["fish", "--no-config", "-c", script], capture_output=True, text=True, env=on_path, cwd=tmp_path, timeout=30)
    assert done.stdout.split() == ["--per=week", "week"]


def test_text_and_table_are_one_word(eco):
    eco("record", "-m", "gpt-4o", "--prompt-tokens", "3", "--completion-tokens", "4", "--id", "a", "-q")
    for command in ("history", "summary", "explain a", "db path", "statusline", "models show gpt-4o", "estimate -m gpt-4o --prompt-tokens 3 --completion-tokens 4 --id b"):
        words = command.split()
        assert eco(*words, "--format", "text").stdout == eco(*words, "--format", "table").stdout
    assert eco("history", ECO_FORMAT="text").stdout == eco("history", "--format", "table").stdout
