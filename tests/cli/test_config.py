"""`eco config`: what is configured and from where; values checked as a reader of the file would; one test for each message."""

import json
import stat
import tomllib

import pytest

from ecocli.config.assigning import BY_HAND
from ecocli.config.listing import MEANINGS, UNUSED
from ecocli.config.settings import ALIASES, NAMES, Settings, load

CALL = ("-m", "gpt-4o", "--prompt-tokens", "10", "--completion-tokens", "5")
SECRET = "eco_0123456789abcdefghijklmnopqrstuv"
ALLOWED = {
    "db": "elsewhere.db", "region": "DE", "concurrency": "16", "accelerator": "H100", "weight_precision": "fp8", "tags": "project=x,team=y",
    "timezone": "Europe/Berlin", "format": "json", "busy_timeout_s": "2.5", "pager": "less -S", "strict": "true", "region_fallback": "false", "cost": "true",
}  # fmt: skip


@pytest.fixture
def config(tmp_path):
    return tmp_path / "config" / "eco" / "config.toml"


@pytest.fixture
def write(config):
    def put(text: str) -> None:
        config.parent.mkdir(parents=True, exist_ok=True)
        config.write_text(text, "utf-8")

    return put


def holds(config):
    return tomllib.loads(config.read_text("utf-8"))


def listed(eco, *arguments, **variables):
    return {row["name"]: row for row in eco("config", "list", *arguments, "--json", **variables).json["settings"]}


# list


def test_every_setting_has_its_meaning():
    assert set(MEANINGS) == {next((alias for alias, name in ALIASES.items() if name == setting), setting) for setting in NAMES} - set(UNUSED)


def test_nothing_is_configured(eco, tmp_path, config):
    rows = listed(eco)
    assert set(rows) == {*MEANINGS, "key"}
    assert {row["origin"] for row in rows.values()} == {"default"}
    assert rows["db"]["value"] == str(tmp_path / "data" / "eco" / "eco.db")
    assert rows["busy_timeout_s"]["value"] == Settings().busy_timeout_s
    assert not config.parent.exists()


def test_a_byte_order_mark_is_no_part_of_the_first_setting(eco, write, config):
    """Notepad writes one."""
    write('\ufeffregion = "FR"  # at home\n')
    assert listed(eco)["region"]["value"] == "FR"
    eco("config", "set", "concurrency", "4")
    assert holds(config) == {"region": "FR", "concurrency": 4}


def test_flags_beat_variables_beat_the_file(eco, write, config):
    write('db = "file.db"\nregion = "FR"\nconcurrency = 4\n[tags]\na = "1"\n')
    rows = listed(eco, "--db", "flag.db", ECO_DB="variable.db", ECO_REGION="DE", ECO_TAGS="b=2,c=3")
    assert (rows["db"]["value"], rows["db"]["origin"], rows["db"]["where"]) == ("flag.db", "flag", "--db")
    assert (rows["region"]["value"], rows["region"]["origin"], rows["region"]["where"]) == ("DE", "variable", "ECO_REGION")
    assert (rows["concurrency"]["value"], rows["concurrency"]["origin"], rows["concurrency"]["where"]) == (4, "file", str(config))
    assert [name for name in rows if name.startswith("tags")] == ["tags.b", "tags.c"]


def test_values_in_tables_have_dotted_names(eco, write):
    write('[hardware.desk]\nactive_w = [60, 90, 130]\nmatch = {hosts = ["desk"]}\n[provider.ollama]\nregion = "DE"\n')
    rows = listed(eco)
    assert rows["hardware.desk.active_w"]["value"] == [60, 90, 130]
    assert rows["hardware.desk.match.hosts"]["value"] == ["desk"]
    assert rows["provider.ollama.region"]["value"] == "DE"


def test_one_screen_of_a_small_terminal(eco):
    lines = eco("config", "list", "--format", "table", COLUMNS="80").stdout.splitlines()
    assert len(lines) < 24
    assert max(map(len, lines)) <= 80


def test_a_key_is_never_shown(eco, write):
    write(f'region = "{SECRET}"\n')
    for where, given in (("ECO_API_KEY", {"ECO_API_KEY": SECRET}), ("--key", {})):
        options = ("--key", SECRET) if where == "--key" else ()
        rows = listed(eco, *options, **given)
        assert (rows["key"]["value"], rows["key"]["where"]) == ("eco_...stuv", where)
        for command in (("list",), ("get", "key"), ("get", "region"), ("unset", "strict"), ("set", "timezone", SECRET)):
            result = eco("config", *command, *options, exit_code=None, **given)
            assert SECRET not in result.stdout + result.stderr
    assert listed(eco, ECO_API_KEY="sk-proj-something")["key"]["value"] == "no key of eco"


def test_what_cannot_be_used_is_named_and_the_rest_is_shown(eco, write, config):
    write('regoin = "DE"\nstrict = "yes"\ncost = true\n')
    found = eco("config", "list", "--json", exit_code=4)
    assert json.loads(found.stderr)["error"]["message"] == f"{config}: regoin is no setting"
    assert found.json["problems"] == [f"{config}: regoin is no setting", f"{config}: strict: must be true or false, not yes"]
    assert {row["name"]: row["value"] for row in found.json["settings"]}["cost"] is True


def test_variables_count_beside_a_file_that_cannot_be_read(eco, write):
    write("region = ")
    found = eco("config", "list", "--json", exit_code=4, ECO_TZ="UTC")
    assert {row["name"]: row["value"] for row in found.json["settings"]}["timezone"] == "UTC"


# get


def test_a_value_alone(eco, write):
    write('region = "FR"\nstrict = true\n[tags]\nteam = "x"\nproject = "y"\n')
    assert eco("config", "get", "region").stdout == "FR\n"
    assert eco("config", "get", "strict").stdout == "true\n"
    assert eco("config", "get", "tags").stdout == "tags.team = x\ntags.project = y\n"
    assert eco("config", "get", "tags.team").stdout == "x\n"
    assert eco("config", "get", "tz", ECO_TZ="UTC").stdout == "UTC\n"
    assert eco("config", "get", "region", "--json").json[0]["origin"] == "file"


def test_a_setting_without_a_value(eco):
    done = eco("config", "get", "timezone")
    assert (done.stdout, done.stderr) == ("", "timezone is not set\n")


@pytest.mark.parametrize("command", [("get", "regoin"), ("set", "regoin", "DE"), ("unset", "regoin")])
def test_an_unknown_setting(eco, command):
    assert eco("config", *command, exit_code=3).stderr == "eco: no setting named 'regoin'\nhint: did you mean region?\n"


@pytest.mark.parametrize("name", ["nothing.like.it", "region.x", "tags.", "", "model_fallbacks"])
def test_a_setting_like_none(eco, name):
    assert eco("config", "set", name, "x", exit_code=3).stderr.startswith(f"eco: no setting named '{name}'\n")


def test_the_hint_where_no_name_is_close(eco):
    assert eco("config", "get", "zzz", exit_code=3).stderr == "eco: no setting named 'zzz'\nhint: eco config list shows them all\n"


# set


@pytest.mark.parametrize(("name", "value"), ALLOWED.items())
def test_what_is_set_is_what_counts(eco, env, config, name, value):
    assert eco("config", "set", name, value).stderr == f"{name} = {value}, in {config}\n"
    assert stat.S_IMODE(config.stat().st_mode) == 0o600
    row = listed(eco)[name if name != "tags" else "tags.team"]
    assert row["origin"] == "file"
    by_words = {"tags": {"project": "x", "team": "y"}, "concurrency": 16, "busy_timeout_s": 2.5}
    expected = by_words.get(name, {"true": True, "false": False}.get(value, value))
    assert holds(config) == {name: expected}
    changed = load(env)
    assert str(getattr(changed, ALIASES.get(name, name))) == str(float(value) if name == "concurrency" else expected)


def test_every_setting_but_the_tables_is_tried():
    assert set(ALLOWED) == set(MEANINGS) - {"provider", *BY_HAND}


def test_comments_and_other_lines_stay(eco, write, config):
    write('# mine\nregion = "FR"  # where I am\n\n[tags]\n# who pays\nteam = "x"\n')
    eco("config", "set", "region", "DE")
    eco("config", "set", "tags.project", "y")
    text = config.read_text("utf-8")
    assert "# mine\n" in text and "# who pays\n" in text and 'region = "DE"  # where I am\n' in text
    assert holds(config) == {"region": "DE", "tags": {"team": "x", "project": "y"}}


def test_one_provider_s_settings(eco, config):
    eco("config", "set", "provider.llama.cpp.concurrency", "4")
    eco("config", "set", "provider.ollama.hosting", "own")
    assert holds(config) == {"provider": {"llama.cpp": {"concurrency": 4}, "ollama": {"hosting": "own"}}}


def test_the_spelling_that_the_file_has_is_kept(eco, write, config):
    write('tz = "UTC"\n')
    eco("config", "set", "timezone", "Europe/Berlin")
    assert holds(config) == {"tz": "Europe/Berlin"}
    eco("config", "unset", "timezone")
    assert holds(config) == {}


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("strict", "yes", "strict: must be true or false, not yes"),
        ("format", "xml", "format: must be one of text, table, json, ndjson, csv, md, html, not xml"),
        ("concurrency", "0.5", "concurrency: must be a number from 1 to 10^6, not 0.5"),
        ("concurrency", "many", "concurrency: must be a number from 1 to 10^6, not many"),
        ("busy_timeout_s", "inf", "busy_timeout_s: must be 0 to 3600 seconds, not inf"),
        ("busy_timeout_s", "1e999999", "busy_timeout_s: must be 0 to 3600 seconds, not 1e999999"),
        ("tags", "team", "tags: a tag is written key=value, not 'team'"),
        ("accelerator", "a\tb", "accelerator: must be a string of 1 to 64 printable characters, not a\\tb"),
        ("db", "", "db: must be a string of 1 to 256 characters, not "),
        ("timezone", "Europe/Berln", "no time zone 'Europe/Berln'"),
        ("provider.ollama.hosting", "mine", "provider: ollama.hosting: must be one of own, rented, cloud, api, not mine"),
        ("provider.ollama.regio", "DE", "provider: ollama.regio is no setting: did you mean region?"),
        ("provider.ollama", "DE", "provider.ollama is a table"),
        ("provider", "DE", "provider is a table"),
        ("hardware.desk.active_w", "90", "hardware.desk.active_w is not set by this command"),
        ("aliases.mine", "gpt-4o", "aliases.mine is not set by this command"),
        ("organisation.name", "Example", "organisation.name is not set by this command"),
        ("instruments.wind.mwh", "3", "instruments.wind.mwh is not set by this command"),
        ("key", SECRET, "a key is not kept in a file"),
    ],
)
def test_a_value_that_is_not_allowed(eco, config, name, value, said):
    assert eco("config", "set", name, value, exit_code=2).stderr.startswith(f"eco: {said}\n")
    assert not config.exists()


def test_a_place_that_there_is_not(eco, config):
    refused = eco("config", "set", "region", "Atlantis", exit_code=3).stderr
    assert refused == "eco: no region named 'Atlantis' in the catalogue\nhint: eco regions list --search TEXT shows the names that there are\n"
    assert not config.exists()


def test_a_variable_that_beats_it_is_named(eco, config):
    said = eco("config", "set", "region", "DE", ECO_REGION="FR").stderr
    assert said == f"region = DE, in {config}\neco: warning: ECO_REGION is set, and beats what config.toml says\n"


def test_one_bad_value_can_be_mended_beside_another(eco, write, config):
    write('strict = "yes"\ncost = 1\n')
    eco("record", *CALL, exit_code=4)
    eco("config", "set", "strict", "true")
    eco("config", "set", "cost", "false")
    eco("record", *CALL, "-q")
    assert holds(config) == {"strict": True, "cost": False}


@pytest.mark.parametrize("command", [("set", "region", "DE"), ("unset", "region")])
def test_a_broken_file_is_never_written_to(eco, write, config, command):
    write("region = ")
    assert eco("config", *command, exit_code=4).stderr.startswith(f"eco: {config}: ")
    assert config.read_text("utf-8") == "region = "


def test_a_file_that_cannot_be_written(eco, tmp_path):
    (tmp_path / "config").write_text("a file where the folder belongs")
    assert "cannot be written: " in eco("config", "set", "region", "DE", exit_code=4).stderr


# unset


def test_a_setting_that_is_none_can_be_taken_out(eco, write, config):
    write('regoin = "DE"\nregion = "FR"\n')
    assert eco("config", "unset", "regoin").stderr == f"removed: regoin, from {config}\n"
    assert eco("config", "unset", "strict").stderr == f"strict is not set in {config}\n"
    assert holds(config) == {"region": "FR"}


def test_a_whole_table(eco, write, config):
    write('[provider.ollama]\nregion = "FR"\n[provider.vllm]\nregion = "FR"\n[tags]\na = "b"\n')
    eco("config", "unset", "provider.ollama")
    eco("config", "unset", "tags")
    assert holds(config) == {"provider": {"vllm": {"region": "FR"}}}
    eco("config", "unset", "provider.vllm.region")
    eco("record", *CALL, "-q")  # what is left can be read


def test_a_name_with_dots_in_a_table(eco, write, config):
    write('[aliases]\n"my.gpt" = "gpt-4o"\n[organisation]\nname = "ACME"\n')
    assert eco("config", "get", "aliases.my.gpt").stdout == "gpt-4o\n"
    eco("config", "unset", "aliases.my.gpt")
    eco("config", "unset", "organisation.name")
    assert holds(config) == {"aliases": {}, "organisation": {}}


# path, and TAB


def test_where_the_file_is_or_would_be(eco, write, config):
    assert eco("config", "path").stdout == f"{config}\n"
    assert eco("config", "path", "--json").json == {"path": str(config), "exists": False}
    write("broken")
    assert eco("config", "path").stdout == f"{config}\n"


def test_without_a_home_folder(eco):
    for command in (("path",), ("list",), ("set", "region", "DE")):
        assert eco("config", *command, exit_code=4, HOME="here", XDG_CONFIG_HOME="").stderr == "eco: no home folder: HOME is not set\nhint: set HOME, or name the file with --db or ECO_DB\n"


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("eco config set re", ["region", "region_fallback"]),
        ("eco config set strict ", ["true", "false"]),
        ("eco config set format n", ["ndjson"]),
        ("eco config set timezone Europe/Berl", ["Europe/Berlin"]),
        ("eco config set provider.ollama.hosting r", ["rented"]),
        ("eco config get tags.t", ["tags.team"]),
        ("eco config ge", ["get"]),
    ],
)
def test_tab(eco, write, line, values):
    write('[tags]\nteam = "x"\n')
    done = eco(_ECO_COMPLETE="complete_bash", COMP_WORDS=line, COMP_CWORD=str(len(line.split(" ")) - 1), exit_code=None)
    assert done.stdout.split() == values


def test_tab_offers_places(eco):
    line = "eco config set region eu-west-"
    assert "eu-west-1" in eco(_ECO_COMPLETE="complete_bash", COMP_WORDS=line, COMP_CWORD="4", exit_code=None).stdout.split()
