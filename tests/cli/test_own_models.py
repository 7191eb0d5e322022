"""`eco models add` and `remove`: models of one's own, from their files and by hand, in a file that may be written by hand."""

import json
import os

import pytest
import yaml

from tests.gguf_helpers import SPARSE, SPARSE_TENSORS, header

CALL = ("--prompt-tokens", "1000", "--completion-tokens", "500", "--start-time-ms", "1763800000000")
CONFIG = {
    "model_type": "llama", "hidden_size": 4096, "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8, "intermediate_size": 14336,
    "vocab_size": 128256, "max_position_embeddings": 131072, "torch_dtype": "bfloat16", "tie_word_embeddings": False,
}  # fmt: skip
HAND = """# our own, ask Ann
edition: "2026-01-01"   # of no use here
models:
  # the tuned one
  - id: house/tuned-8b    # since May
    base: llama-3-8b
    developer: house
    aliases: [tuned]
    reasoning: "no"
    open_weights: true

  # the last word
sources:
    invoice: {title: "Contract", publisher: "House", year: 2026}   # four spaces

precisions: {}
"""


@pytest.fixture
def file(tmp_path):
    return tmp_path / "config" / "eco" / "models.yaml"


@pytest.fixture
def config(tmp_path):
    folder = tmp_path / "acme-8b"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(CONFIG))
    return folder / "config.json"


def put(file, text):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def test_a_config_makes_a_model_that_calls_may_name(eco, config, file):
    done = eco("models", "add", "./acme-8b/config.json", "--format", "text")
    assert done.stderr == f"added: acme-8b, dense, 8.03 B, in {file}\n"
    assert yaml.safe_load(done.stdout) == yaml.safe_load(file.read_text())
    assert file.stat().st_mode & 0o777 == 0o600
    answer = eco("estimate", "--strict", "--model", "acme-8b", "--region", "us-east-1", "--provider", "aws", *CALL).json
    known = eco("estimate", "--model", "llama-3.1-8b-instruct", "--region", "us-east-1", "--provider", "aws", *CALL).json
    assert (answer["audit"]["model"], answer["audit"]["modelMatch"]) == ("acme-8b", "exact")
    assert answer["energy_wh"] == pytest.approx(known["energy_wh"], rel=0.01)  # of the same sizes


def test_show_says_whose_it_is(eco, config, file):
    eco("models", "add", str(config.parent), "--name", "Acme/Eight")
    shown = eco("models", "show", "acme/eight", "--format", "text").stdout
    assert shown.endswith(f"this model is your own, from {file}\n")
    assert "config.json (llama)" in shown
    assert eco("models", "show", "Acme/Eight").json["ownFile"] == str(file)
    assert eco("models", "show", "gpt-4o").json["ownFile"] is None
    assert "your own" not in eco("models", "show", "gpt-4o", "--format", "text").stdout
    assert [row["id"] for row in eco("models", "list", "--search", "acme").json] == ["Acme/Eight"]


def test_by_hand(eco, file):
    done = eco("models", "add", "my-org/big", "--active", "32", "--total", "1000", "--context", "200000", "--alias", "the big one", "--precision", "fp8")
    assert done.json["written"] is True
    row = eco("models", "show", "The Big One").json
    assert (row["architecture"], row["totalParamsB"], row["activeParamsB"], row["contextTokens"], row["sizeBasis"]) == ("moe", 1000, 32, 200000, "fact")
    assert row["weight_bits"]["value"] == 8
    dense = eco("models", "add", "my-org/small", "--total", "6,7,9b").json["entry"]["architectures"]["own/my-org/small"]
    assert (dense["architecture"], dense["size_basis"]) == ("dense", "estimate")
    assert (dense["total_params_b"]["low"], dense["total_params_b"]["value"], dense["total_params_b"]["high"]) == (6, 7, 9)


def test_a_closed_model_is_served_as_one(eco):
    """Its maker alone runs it, for many at once."""
    eco("models", "add", "my-org/open", "--active", "32", "--total", "1000")
    eco("models", "add", "my-org/closed", "--active", "32", "--total", "1000", "--closed")
    operators = [eco("estimate", "--model", f"my-org/{name}", *CALL).json["audit"]["operator"] for name in ("open", "closed")]
    assert operators == ["open_host", "frontier"]


def test_a_gguf_file(eco, tmp_path):
    (tmp_path / "Tiny-Sparse-Q4_K_M.gguf").write_bytes(header(SPARSE, SPARSE_TENSORS))
    eco("models", "add", "Tiny-Sparse-Q4_K_M.gguf")
    row = eco("models", "show", "tiny-sparse-q4_k_m.gguf").json
    assert (row["architecture"], row["totalParamsB"]) == ("moe", pytest.approx(0.00693453))
    assert row["weight_bits"]["low"] == row["weight_bits"]["high"] == pytest.approx(5.35, abs=0.01)


def test_what_ollama_shows_by_a_pipe(eco):
    shown = {
        "details": {"quantization_level": "Q4_K_M"}, "capabilities": ["completion", "thinking"],
        "model_info": {"general.architecture": "llama", "general.parameter_count": 8_030_261_248, "llama.block_count": 32},
    }  # fmt: skip
    refused = eco("models", "add", "-", input=json.dumps(shown), exit_code=2)
    assert refused.stderr == "eco: '-' does not say what the model is called\nhint: --name says it\n"
    eco("models", "add", "-", "--name", "house/coder", input=json.dumps(shown))
    assert eco("models", "show", "house/coder").json["reasoning"] == "optional"


def test_the_text_that_ollama_shows_is_told_how_to_get_json(eco):
    refused = eco("models", "add", "-", input="  Model\n    architecture   llama\n    parameters   8.0B\n", exit_code=4)
    assert "curl localhost:11434/api/show" in refused.stderr


def test_the_cache_of_hugging_face_names_the_repository(eco, tmp_path):
    folder = tmp_path / ".cache/huggingface/hub/models--acme--Eight-B/snapshots/0123456789abcdef"
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps(CONFIG))
    assert eco("models", "add", str(folder)).json["id"] == "acme/Eight-B"


def test_a_dry_run_writes_nothing(eco, config, file):
    done = eco("models", "add", str(config), "--dry-run", "--format", "text")
    assert done.stderr == f"would be added: acme-8b, dense, 8.03 B, to {file}\n"
    assert not file.exists()


def test_a_name_that_is_taken_is_replaced_only_when_asked_for(eco, file):
    eco("models", "add", "my/own", "--total", "7")
    refused = eco("models", "add", "My/Own", "--total", "8", exit_code=2)
    assert refused.stderr == f"eco: 'My/Own' is in {file} already\nhint: --replace takes its place, --name gives another name\n"
    eco("models", "add", "my/other", "--total", "3")
    eco("models", "add", "My/Own", "--total", "8", "--replace")
    assert eco("models", "show", "my/own").json["totalParamsB"] == 8
    assert eco("models", "show", "my/other").json["totalParamsB"] == 3
    assert [entry["id"] for entry in yaml.safe_load(file.read_text())["models"]] == ["my/other", "My/Own"]


@pytest.mark.parametrize("name", ["openai/gpt-4o", "GPT-4o", "chatgpt-4o-latest"])
def test_a_name_of_the_catalogue_is_taken_only_when_asked_for(eco, file, name):
    refused = eco("models", "add", name, "--total", "8", exit_code=2)
    assert "eco: eco's catalogue has openai/" in refused.stderr
    assert not file.exists()


def test_a_model_of_the_catalogue_keeps_its_names(eco):
    eco("models", "add", "OpenAI/gpt-4o", "--active", "100", "--total", "400", "--replace")
    row = eco("models", "show", "gpt-4o").json
    assert (row["id"], row["developer"], row["totalParamsB"]) == ("openai/gpt-4o", "openai", 400)
    eco("models", "remove", "openai/gpt-4o")
    assert eco("models", "show", "gpt-4o").json["ownFile"] is None


def test_a_file_by_hand_keeps_every_line(eco, file):
    put(file, HAND)
    eco("models", "add", "my-org/big", "--active", "32", "--total", "1000")
    lines = iter(file.read_text().splitlines())
    assert all(line in lines for line in HAND.splitlines())  # each of them, in their order
    assert {"house/tuned-8b", "my-org/big"} == {entry["id"] for entry in yaml.safe_load(file.read_text())["models"]}
    assert eco("models", "resolve", "tuned").json["model"] == "house/tuned-8b"
    eco("models", "remove", "my-org/big")
    assert yaml.safe_load(file.read_text()) == yaml.safe_load(HAND)
    lines = iter(file.read_text().splitlines())
    assert all(line in lines for line in HAND.splitlines())


def test_windows_line_ends_stay(eco, file):
    file.parent.mkdir(parents=True)
    file.write_bytes(HAND.replace("\n", "\r\n").encode())
    eco("models", "add", "my-org/big", "--total", "7")
    assert file.read_bytes().count(b"\n") == file.read_bytes().count(b"\r\n")


def test_the_own_entry_that_was_written_by_hand_can_go(eco, file):
    put(file, HAND)
    eco("models", "remove", "house/tuned-8b")
    assert "models" not in yaml.safe_load(file.read_text())
    assert "# our own, ask Ann" in file.read_text()


def test_a_link_stays_a_link(eco, file, tmp_path):
    real = tmp_path / "dotfiles" / "models.yaml"
    put(real, HAND)
    file.parent.mkdir(parents=True)
    file.symlink_to(real)
    eco("models", "add", "my-org/big", "--total", "7")
    assert file.is_symlink() and "my-org/big" in real.read_text()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("models: [", "line 2"),
        ("- 1", "a mapping is needed at the top"),
        ("modles: []", "modles"),
        ("models:\n  - {id: a/b, base: no-such-base, developer: a, reasoning: 'no'}", "no-such-base"),
        ("models: [{id: a/b, base: llama-3-8b, developer: a, reasoning: 'no'}]", "models is not written with an entry per line"),
        ("{models: []}", "can be changed from outside"),
        ('{edition: "2026-01-01"}', "can be changed from outside"),
        ("models: []\n", "models is not written with an entry per line"),
        (b"\xff\xfe", "cannot be read"),
    ],
)
def test_a_file_that_is_broken_or_written_otherwise_is_left_alone(eco, file, text, told):
    file.parent.mkdir(parents=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    before = file.read_bytes()
    refused = eco("models", "add", "my-org/big", "--total", "7", exit_code=4)
    assert str(file) in refused.stderr and told in refused.stderr
    assert file.read_bytes() == before
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written(eco, file):
    put(file, HAND)
    file.parent.chmod(0o500)
    assert "cannot be written" in eco("models", "add", "my-org/big", "--total", "7", exit_code=4).stderr
    file.parent.chmod(0o700)
    assert file.read_text() == HAND


@pytest.mark.parametrize(
    ("line", "code", "told"),
    [
        (("no-such.json",), 4, "no file 'no-such.json'\nhint: eco models add NAME --active B --total B states sizes by hand, in billions"),
        (("my/m", "--active", "3"), 2, "--active needs --total"),
        (("my/m", "--active", "8", "--total", "7"), 2, "--active 8 is more than --total 7"),
        (("my/m", "--total", "many"), 2, "--total: must be billions of parameters, or low,central,high, not 'many'"),
        (("my/m", "--total", "9,8,7"), 2, "--total: must be billions"),
        (("my/m", "--total", "0"), 2, "--total: must be billions"),
        (("my/m", "--total", "nan"), 2, "--total: must be billions"),
        (("my/m", "--total", "8000000000"), 2, "--total: '8000000000' billions of parameters are no model's\nhint: 8 means 8 billion"),
        (("my/m", "--total", "7", "--name", "x"), 2, "with --total the name is the argument"),
        (("my/m", "--total", "7", "--precision", "fp9"), 2, "--precision: must be one of unknown, bf16"),
        (("my/m", "--total", "7", "--reasoning", "maybe"), 2, "--reasoning: must be no, optional or yes, not 'maybe'"),
        (("my/m", "--total", "7", "--alias", "gpt-4o"), 2, "eco's catalogue has openai/gpt-4o for 'gpt-4o'"),
        (("a\nb", "--total", "7"), 2, "a model's name has 1 to 200 printable characters"),
        (("", "--total", "7"), 2, "a model's name has 1 to 200 printable characters"),
    ],
)
def test_what_cannot_be_added_writes_nothing(eco, file, line, code, told):
    refused = eco("models", "add", *line, exit_code=code)
    assert told in refused.stderr and refused.stdout == ""
    assert not file.exists()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is no JSON and no GGUF file"), (b"{", "is no JSON and no GGUF file"), (b"[1]", "an object is needed"), (b"{}", "it has no model_type"),
        (b"[" * 100_000, "is no JSON and no GGUF file"), (b'{"model_type": "zamba9"}', "cannot be counted by eco"), (b"GGUF", "is cut short"),
        (b"\xff" * 10, "is no JSON and no GGUF file"), (json.dumps(CONFIG | {"hidden_size": 10**30}).encode(), "hidden_size must be a whole number"),
    ],
)  # fmt: skip
def test_a_file_that_describes_no_model(eco, tmp_path, file, content, told):
    (tmp_path / "config.json").write_bytes(content)
    refused = eco("models", "add", "config.json", exit_code=4)
    assert told in refused.stderr
    assert not file.exists()


def test_an_unknown_architecture_is_told_the_form_by_hand(eco, tmp_path):
    (tmp_path / "config.json").write_text(json.dumps(CONFIG | {"model_type": "zamba9"}))
    refused = eco("models", "add", "config.json", exit_code=4)
    assert refused.stderr.endswith("hint: eco models add NAME --active B --total B takes what its maker publishes, in billions\n")


def test_folders_that_do_not_say_which_model(eco, tmp_path):
    assert "has no config.json and no GGUF file" in eco("models", "add", ".", exit_code=4).stderr
    for name in ("a.gguf", "b.gguf"):
        (tmp_path / name).write_bytes(header(SPARSE, SPARSE_TENSORS))
    assert "has 2 models: 'a.gguf', 'b.gguf'\nhint: name one of them" in eco("models", "add", ".", exit_code=4).stderr


def test_only_own_models_can_be_removed(eco, file):
    refused = eco("models", "remove", "gpt-4o", exit_code=3)
    assert refused.stderr == f"eco: no model named 'gpt-4o' in {file}\nhint: only models of your own can be removed\n"
    eco("models", "add", "my/model", "--total", "7")
    assert "did you mean my/model?" in eco("models", "remove", "my/modle", exit_code=3).stderr
    before = file.read_text()
    eco("models", "remove", "my/model", "--dry-run")
    assert file.read_text() == before
    assert eco("models", "remove", "MY/model", "--format", "text").stderr == f"removed: MY/model, from {file}\n"
    eco("models", "resolve", "my/model", exit_code=3)


def test_all_but_the_head_line_is_gone_with_the_last_model(eco, file):
    eco("models", "add", "my/model", "--total", "7")
    eco("models", "remove", "my/model")
    assert yaml.safe_load(file.read_text()) is None
    eco("models", "add", "my/model", "--total", "7")
    assert eco("models", "resolve", "my/model").json["modelMatch"] == "exact"
