"""`eco hardware`: profiles of own machines in a real config.toml, whose other lines stay as they are; one test for each message."""

import json
import os
import stat
import tomllib

import pytest

from ecocli.catalog.regions import normal_provider
from ecocli.pipeline.hosting import ENGINES
from ecocli.pipeline.own_hardware import RUNTIMES

OTHERS = '''# mine
region = "FR"   # where I am
tags = {team = "x"}

[provider.openai]
region = "SE"

[hardware."under the stairs"]  # a quiet one
active_w = 40
match = {hosts = ["stairs.example"]}
# the end
'''


@pytest.fixture
def config(tmp_path):
    file = tmp_path / "config" / "eco" / "config.toml"
    file.parent.mkdir(parents=True)
    return file


def profiles(config):
    return tomllib.loads(config.read_text("utf-8")).get("hardware", {})


# add


def test_a_machine_of_the_table_is_written(eco, config):
    done = eco("hardware", "add", "desk", "--gpu", "RTX 4090", "--region", "DE", "--format", "text")
    assert done.stdout == ""
    assert done.stderr == f"added: desk, PC with RTX 4090, 210 to 520 W at the wall, in {config}\n"
    desk = profiles(config)["desk"]
    assert (desk["machine"], desk["active_w"], desk["region"]) == ("PC with RTX 4090", [210, 335, 520], "DE")
    assert "ollama" in desk["match"]["providers"]


def an_hour(provider):
    return json.dumps({"provider": provider, "model": "llama3.2:3b", "prompt_tokens": 1, "completion_tokens": 300, "generation_ms": 3_600_000})


@pytest.mark.parametrize("provider", ["ollama", "LM Studio", "llama.cpp", "GPT4All", "lm_studio", "Jan"])
def test_it_works_at_once_for_every_runtime_and_spelling(eco, provider):
    eco("hardware", "add", "desk", "--active-w", "80,100,120")
    assert eco("estimate", input=an_hour(provider)).json["energy_wh"] == pytest.approx(100)


def test_a_new_profile_is_for_the_runtimes_of_own_machines(catalog):
    local = {name for name in catalog.keys("provider-name") if catalog.get("provider-name", name) == "local"}
    assert {normal_provider(catalog, name) for name in RUNTIMES} == {"local"}
    plain = {"".join(filter(str.isalnum, name)) for name in (*RUNTIMES, *ENGINES)}
    assert local - {"ollamachat"} <= plain
    assert not set(RUNTIMES) & set(ENGINES)


def test_what_the_owner_says_goes_before_the_table(eco, config):
    eco("hardware", "add", "mini", "--machine", "mac mini m4", "--active-w", "30", "--match-provider", "mlx", "--match-host", "mini.lan", "--match-tag", "machine=mini")
    mini = profiles(config)["mini"]
    assert (mini["active_w"], mini["idle_w"]) == (30, [4, 5, 8])
    assert mini["match"] == {"providers": ["mlx"], "hosts": ["mini.lan"], "tags": {"machine": "mini"}}
    assert mini["source"] == "its owner: active_w; eco's table of machines, Mac mini M4: idle_w, embodied_kg"


@pytest.mark.parametrize("text", [OTHERS, OTHERS.rstrip("\n"), OTHERS.replace("\n", "\r\n"), "", "\n", "# only a comment", 'region = "DE"\n'], ids=repr)
@pytest.mark.parametrize("name", ["desk", "mein Rechner", 'a "b" \\c', "ä.b"])
def test_the_rest_of_the_file_stays_byte_for_byte(eco, config, text, name):
    config.write_bytes(text.encode())
    eco("hardware", "add", name, "--gpu", "M3 Max")
    written = config.read_bytes()
    assert written.startswith(text.encode())
    assert (b"\r\n" in text.encode()) == (b"\r\n" in written)
    assert tomllib.loads(written.decode())["hardware"][name]["machine"] == "MacBook Pro with M3 Max"
    eco("hardware", "remove", name)
    assert config.read_bytes().rstrip(b"\r\n") == text.encode().rstrip(b"\r\n")
    if text.endswith("\n"):
        assert config.read_bytes() == text.encode()


def test_a_profile_of_that_name_is_kept_unless_it_is_to_be_replaced(eco, config):
    config.write_text(OTHERS)
    done = eco("hardware", "add", "under the stairs", "--active-w", "50", exit_code=2)
    assert done.stderr == "eco: there is a hardware profile named 'under the stairs'\nhint: --replace takes its place\n"
    assert config.read_text() == OTHERS
    eco("hardware", "add", "under the stairs", "--active-w", "50", "--replace")
    assert profiles(config)["under the stairs"]["active_w"] == 50
    assert config.read_text().count("under the stairs") == 1
    assert "# the end" in config.read_text()
    assert 'region = "SE"' in config.read_text()


def test_the_file_keeps_its_mode_and_a_new_one_is_private(eco, config):
    eco("hardware", "add", "desk", "--active-w", "50")
    assert stat.S_IMODE(config.stat().st_mode) == 0o600
    config.chmod(0o644)
    eco("hardware", "add", "other", "--active-w", "50", "--match-host", "x.example")
    assert stat.S_IMODE(config.stat().st_mode) == 0o644
    assert os.listdir(config.parent) == ["config.toml"]


def test_a_link_to_the_file_stays_one(eco, config, tmp_path):
    real = tmp_path / "dotfiles.toml"
    real.write_text(OTHERS)
    config.symlink_to(real)
    eco("hardware", "add", "desk", "--active-w", "50")
    assert config.is_symlink()
    assert "[hardware.desk]" in real.read_text()


@pytest.mark.parametrize("text", ['hardware = {attic = {active_w = 40}}\n', "hardware.attic.active_w = 40\n"])
def test_profiles_that_are_no_tables_of_their_own_are_left_alone(eco, config, text):
    config.write_text(text)
    done = eco("hardware", "remove", "attic", exit_code=4)
    assert done.stderr == f"eco: {config}: its hardware profiles are not written as tables of their own\nhint: [hardware.NAME] begins one: change the file by hand\n"
    assert config.read_text() == text


def test_what_looks_like_a_table_inside_a_text_is_left_alone(eco, config):
    text = '[tags]\nnote = """\n[hardware.desk]\nis mine"""\n'
    config.write_text(text)
    eco("hardware", "add", "desk", "--active-w", "50")
    written = config.read_text()
    assert written.startswith(text)
    eco("hardware", "remove", "desk", exit_code=4)
    assert config.read_text() == written


def test_a_folder_that_cannot_be_written_is_named(eco, config):
    config.mkdir()  # a folder in the place of the file, which root may not write either
    done = eco("hardware", "add", "desk", "--active-w", "50", exit_code=4)
    assert str(config) in done.stderr
    assert os.listdir(config.parent) == ["config.toml"]


def test_a_file_that_cannot_be_replaced_stays(eco, config, monkeypatch):
    config.write_text(OTHERS)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    done = eco("hardware", "add", "desk", "--active-w", "50", exit_code=4)
    assert done.stderr == f"eco: {config} cannot be written: no space left on device\n"
    assert config.read_text() == OTHERS
    assert os.listdir(config.parent) == ["config.toml"]


def test_a_file_that_cannot_be_read_is_not_added_to(eco, config):
    config.write_text("region = \n")
    done = eco("hardware", "add", "desk", "--active-w", "50", exit_code=4)
    assert done.stderr.startswith(f"eco: {config}: ")
    assert config.read_text() == "region = \n"


@pytest.mark.parametrize(("arguments", "exit_code", "message"), [
    ((), 2, "eco: one of --gpu, --machine and --active-w is needed\nhint: eco hardware list shows the machines that are known\n"),
    (("--gpu", "RTX 4090", "--machine", "Mac mini M4"), 2, "eco: --gpu and --machine name the same thing: give one of them\n"),
    (("--gpu", "RTX 4900"), 3, "eco: no machine named 'RTX 4900' in the table\nhint: did you mean rtx 4090 or rtx 4080 or rtx 4070?\n"),
    (("--gpu", "☃"), 3, "eco: no machine named '☃' in the table\nhint: eco hardware list shows them all; --active-w states what yours draws\n"),
    (("--active-w", "60,90"), 2, "eco: --active-w: must be watts, or low,central,high, not '60,90'\n"),
    (("--active-w", "many"), 2, "eco: --active-w: must be watts, or low,central,high, not 'many'\n"),
    (("--active-w", "90,60,130"), 2, "eco: desk.active_w: must be a number or [low, central, high] in W, at least 0.5, not [90.0, 60.0, 130.0]\n"),
    (("--active-w", "nan"), 2, "eco: desk.active_w: must be a number or [low, central, high] in W, at least 0.5, not nan\n"),
    (("--active-w", "90", "--idle-w", "100"), 2, "eco: desk: idle_w (100) is more than active_w (90)\n"),
    (("--active-w", "90", "--region", "XQ"), 3, "eco: no region named 'XQ' in the catalogue\nhint: eco regions list --search TEXT shows those that there are\n"),
    (("--active-w", "90", "--match-tag", "desk"), 2, "eco: --match-tag: must be KEY=VALUE, not 'desk'\nhint: for example --match-tag machine=desk\n"),
])  # fmt: skip
def test_a_profile_that_cannot_be_is_refused(eco, config, arguments, exit_code, message):
    done = eco("hardware", "add", "desk", *arguments, exit_code=exit_code)
    assert (done.stdout, done.stderr) == ("", message)
    assert not config.exists()


@pytest.mark.parametrize("name", ["", "x" * 65, "a\nb"])
def test_a_name_that_cannot_be_one_is_refused(eco, config, name):
    done = eco("hardware", "add", name, "--active-w", "90", exit_code=2)
    assert done.stderr.startswith("eco: name: must be a string of 1 to 64 printable characters")
    assert not config.exists()


# remove


def test_a_profile_is_taken_out(eco, config):
    config.write_text(OTHERS)
    done = eco("hardware", "remove", "under the stairs", "--format", "text")
    assert done.stderr == f"removed: under the stairs, from {config}\n"
    assert config.read_text() == OTHERS[: OTHERS.index("\n[hardware")] + "# the end\n"


def test_a_profile_that_is_not_there_cannot_be_removed(eco, config):
    config.write_text(OTHERS)
    done = eco("hardware", "remove", "under the stair", exit_code=3)
    assert done.stderr == "eco: no hardware profile named 'under the stair'\nhint: did you mean under the stairs?\n"
    assert "hint: eco hardware list shows them all" in eco("hardware", "remove", "zz", exit_code=3).stderr


def test_a_provider_that_names_a_removed_profile_is_said(eco, config):
    config.write_text('[provider.ollama]\nhardware = "attic"\n\n[hardware.attic]\nactive_w = 90\n')
    done = eco("hardware", "remove", "attic")
    assert done.stderr.endswith("eco: warning: attic: [provider.ollama] names it, and there is no such profile\n")


# list, show


def test_own_profiles_stand_before_the_table(eco, config):
    config.write_text(OTHERS)
    shown = eco("hardware", "list", "--format", "table").stdout
    assert shown.index("under the stairs") < shown.index("Mac mini M4")
    listed = eco("hardware", "list", "--search", "mac mini", "--format", "json").json
    assert [profile["name"] for profile in listed["profiles"]] == ["under the stairs"]
    assert {"Mac mini M1", "Mac mini M4"} <= {machine["name"] for machine in listed["machines"]}
    assert not any("PC" in machine["name"] for machine in listed["machines"])


def test_a_profile_or_a_machine_is_shown_with_its_sources(eco, config):
    config.write_text(OTHERS)
    assert "hardware profile under the stairs" in eco("hardware", "show", "under the stairs", "--format", "text").stdout
    machine = eco("hardware", "show", "rtx 3060", "--format", "json").json
    assert machine["active_w"]["basis"] == "measured"
    assert "github.com" in machine["active_w"]["source"]
    assert "measured, 2025" in eco("hardware", "show", "rtx 3060", "--format", "text").stdout


def test_what_is_neither_cannot_be_shown(eco):
    assert eco("hardware", "show", "Mac mini M44", exit_code=3).stderr.startswith("eco: no machine named 'Mac mini M44' in the table\n")


# check


def problems(eco, config, text):
    config.write_text(text)
    done = eco("hardware", "check", "--format", "json", exit_code=4)
    assert done.stderr.startswith(f"eco: {config}: something is odd about ")
    return [(row["profile"], row["problem"]) for row in json.loads(done.stdout)]


def test_sound_profiles_are_said_to_be(eco, config):
    config.write_text(OTHERS)
    assert eco("hardware", "check", "--format", "table").stdout == "nothing odd: under the stairs\n"
    assert eco("hardware", "check", "--json").json == []


@pytest.mark.parametrize(("body", "problem"), [
    ('active_w = [60, 90, 130]\nidle_w = [20, 90, 100]\nmatch = {hosts = ["x"]}', "idle_w is not below active_w"),
    ('active_w = [60, 90, 130]\nidle_w = [20, 50, 150]\nmatch = {hosts = ["x"]}', "idle_w is not below active_w"),
    ('active_w = 900\nmachine = "RTX 4090"\nmatch = {hosts = ["x"]}', "active_w is 900 W, and PC with RTX 4090 has 210 to 520 W"),
    ('active_w = 30\nembodied_kg = 900\nmachine = "Mac mini M4"\nmatch = {hosts = ["x"]}', "embodied_kg is 900 kgCO2e, and Mac mini M4 has 28 to 90 kgCO2e"),
    ('active_w = 90\nmachine = "Cray"\nmatch = {hosts = ["x"]}', "machine 'Cray' is not in eco's table"),
    ('active_w = 90\nregion = "XQ"\nmatch = {hosts = ["x"]}', "no region named 'XQ' in the catalogue"),
    ("active_w = 90", "it matches no calls: only those that name it have it"),
    ('active_w = 90\nmatch = {providers = ["olama"]}', "no provider is named 'olama': ollama?"),
])  # fmt: skip
def test_what_is_odd_is_said(eco, config, body, problem):
    assert problems(eco, config, f"[hardware.desk]\n{body}\n") == [("desk", problem)]


def test_a_profile_named_after_a_machine_is_compared_with_it(eco, config):
    found = problems(eco, config, '[hardware."RTX 3060"]\nactive_w = 20\nmatch = {hosts = ["x"]}\n')
    assert found == [("RTX 3060", "active_w is 20 W, and PC with RTX 3060 has 155 to 240 W")]


def test_the_second_of_two_for_the_same_calls_is_odd(eco, config):
    both = '[hardware.{}]\nactive_w = 90\nmatch = {{providers = ["Ollama"], hosts = ["{}"]}}\n'
    assert problems(eco, config, both.format("a", "x") + both.format("b", "X")) == [("b", "a matches some of its calls, and comes first in the file")]
    config.write_text(both.format("a", "x") + both.format("b", "y"))
    eco("hardware", "check")


def test_a_provider_that_names_no_profile_is_odd(eco, config):
    text = '[provider.ollama]\nhardware = "attic"\n'
    assert problems(eco, config, text) == [("attic", "[provider.ollama] names it, and there is no such profile")]
    config.write_text(text + "[hardware.attic]\nactive_w = 90\n")
    eco("hardware", "check")


def test_what_is_odd_about_a_new_profile_is_said_at_once(eco):
    eco("hardware", "add", "desk", "--active-w", "90")
    done = eco("hardware", "add", "lap", "--gpu", "M4")
    assert "eco: warning: lap: desk matches some of its calls, and comes first in the file\n" in done.stderr


# names


def test_no_name_drives_a_terminal(eco, config):
    for arguments in (("show", "\x1b[2J"), ("remove", "\x1b[2J"), ("add", "desk", "--gpu", "\x1b[2J"), ("add", "\x1b[2J", "--active-w", "9")):
        assert "\x1b" not in eco("hardware", *arguments, exit_code=None).stderr
    config.write_text('[hardware.desk]\nactive_w = 9\nmatch = {tags = {"\\u001b[2J" = "x"}}\n')
    done = eco("hardware", "list", exit_code=4)
    assert done.stderr == f"eco: {config}: hardware: desk.match.tags: must be a string of 1 to 256 printable characters, not \\x1b[2J\n"


def test_names_are_completed(eco):
    def offered(line):
        return eco(COMP_WORDS=line, COMP_CWORD=str(line.count(" ")), _ECO_COMPLETE="complete_bash").stdout.splitlines()

    eco("hardware", "add", "desk", "--active-w", "90", "-q")
    assert set(offered("eco hardware ")) == {"list", "show", "check", "add", "remove"}
    assert offered("eco hardware remove ") == ["desk"]
    assert offered("eco hardware show des") == ["desk"]
    assert "Mac Studio M3 Ultra" in offered("eco hardware add x --machine Mac")
    assert "RTX 4090" in offered("eco hardware add x --gpu RTX")
