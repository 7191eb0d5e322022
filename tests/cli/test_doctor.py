"""`eco doctor`: what is wrong, with the command that mends it, on real stores in every state; and it leaves no trace."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from ecocli.store.migrations import MIGRATIONS
from tests.import_helpers import claude_line, write
from tests.schema_helpers import leave

ROOT = Path(__file__).parents[2]
CALL = ("record", "-m", "gpt-4o", "--prompt-tokens", "10", "--completion-tokens", "5", "-q")
SECRET = "eco_0123456789abcdefghijklmnopqrstuv"
SCHEMA = Draft202012Validator(json.loads((ROOT / "ecocli" / "contract" / "schemas" / "doctor.json").read_text("utf-8")))
WELL, DATA, STORE = 0, 4, 5


@pytest.fixture
def db(tmp_path):
    return tmp_path / "data" / "eco" / "eco.db"


@pytest.fixture
def config(tmp_path):
    folder = tmp_path / "config" / "eco"
    folder.mkdir(parents=True)
    return folder / "config.toml"


@pytest.fixture
def examined(eco, tmp_path):
    """What eco doctor says, after a look that it changed nothing and kept to its schema."""

    def examine(exit_code=WELL, *arguments, **variables):
        before = snapshot(tmp_path)
        done = eco("doctor", "--json", *arguments, exit_code=exit_code, **variables)
        assert snapshot(tmp_path) == before
        body = done.json
        SCHEMA.validate(body)
        assert (body["status"] == "well") == (exit_code == WELL) == (body["problems"] == [])
        return body

    return examine


def snapshot(folder):
    """Every file below with its content, time and mode."""
    found = {}
    for path in sorted(folder.rglob("*")):
        status = path.lstat()
        content = path.read_bytes() if path.is_file() and not path.is_symlink() else None
        found[str(path)] = (status.st_mode, status.st_mtime_ns, content)
    return found


def codes(findings):
    return [each["code"] for each in findings]


# all is well


def test_nothing_is_there_yet(examined, tmp_path, db):
    body = examined()
    assert body["notes"] == []
    assert body["places"][0] | {"fileSystem": None} == {"what": "store", "path": str(db), "exists": False, "writable": True, "link": None, "fileSystem": None}
    assert body["store"]["sizeBytes"] is None
    assert body["versions"]["schema"] == len(MIGRATIONS)
    assert list(tmp_path.iterdir()) == []


def test_one_screen_when_all_is_well(eco, terminal, tmp_path):
    eco(*CALL)
    eco("config", "set", "region", "DE")
    for source in (".claude/projects/p", ".qwen/projects/p/chats", ".pi/agent/sessions/p", ".factory/sessions", ".kimi/sessions/a/b", ".codex/sessions", ".omp/agent/sessions/p", ".grok/sessions"):
        write(tmp_path / source / "s.jsonl", claude_line())
    shown = terminal("doctor", COLUMNS="80", LINES="24")
    lines = shown.splitlines()
    assert lines[0] == "all is well"
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80
    assert "region = DE (config.toml)" in shown
    assert "1 call, the last recorded" in " ".join(shown.split())
    assert "eco import --all reads what is new" in shown


def test_where_each_value_comes_from(examined, config, tmp_path):
    config.write_text('region = "FR"\n')
    settings = {row["name"]: row for row in examined(WELL, "--db", "other.db", ECO_TZ="UTC", ECO_API_KEY=SECRET)["settings"]}
    assert settings["db"]["where"] == "--db"
    assert settings["region"]["where"] == str(config)
    assert settings["timezone"]["where"] == "ECO_TZ"
    assert (settings["key"]["value"], settings["key"]["where"]) == ("eco_...stuv", "ECO_API_KEY")
    assert settings["strict"]["origin"] == "default"


def test_no_secret_is_shown(eco, config):
    config.write_text(f'[tags]\nowner = "{SECRET}"\n')
    for arguments in (("--json",), ("--format", "text")):
        done = eco("doctor", *arguments, "--key", SECRET, ECO_API_KEY=SECRET)
        assert SECRET not in done.stdout + done.stderr


def test_quiet_prints_problems_only(eco, db):
    eco(*CALL)
    assert eco("doctor", "-q").stdout == ""
    db.chmod(0o640)
    done = eco("doctor", "-q", exit_code=STORE)
    assert (done.stdout, done.stderr) == ("", f"eco: not well: others can get at {db}\nhint: chmod 600 {db}\n")


# the store


def test_what_is_stored(eco, examined):
    eco(*CALL, "--start-time-ms", "1763800000000")
    store = examined()["store"]
    assert (store["calls"], store["schemaVersion"], store["lastCallTime"]) == (1, len(MIGRATIONS), "2025-11-22T08:26:40Z")


def test_a_store_that_others_can_get_at_is_closed_by_the_command(eco, examined, db):
    eco(*CALL)
    db.chmod(0o644)
    db.parent.chmod(0o755)
    problems = examined(STORE)["problems"]
    assert codes(problems) == ["exposed", "exposed"]
    for problem in problems:
        subprocess.run(["sh", "-c", problem["mend"]], check=True)
    examined()


def test_an_older_store_is_looked_at_and_left_as_old(examined, db):
    db.parent.mkdir(mode=0o700, parents=True)
    for version in range(1, len(MIGRATIONS)):
        leave(version, db)
        body = examined()
        assert codes(body["notes"]) == ["older-store"]
        assert body["store"]["schemaVersion"] == version
        assert body["store"]["calls"] > 0
        db.unlink()


def test_a_newer_store(eco, examined, db):
    eco(*CALL)
    with closing(sqlite3.connect(db)) as connection:
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    (problem,) = examined(STORE)["problems"]
    assert (problem["code"], problem["mend"]) == ("newer-store", "upgrade eco, or point --db or ECO_DB at another file")


def test_a_damaged_store_and_its_backup(eco, examined, db):
    for _ in range(50):
        eco(*CALL)
    whole = db.read_bytes()
    middle = len(whole) // 2
    db.write_bytes(whole[:middle] + b"\xff" * 20_000 + whole[middle + 20_000 :])
    (problem,) = examined(STORE)["problems"]
    assert problem["code"] == "store-damaged"
    assert problem["mend"] == "eco db check says where; eco db restore FILE puts a backup in its place"
    db.write_bytes(whole)
    eco("db", "backup")
    db.write_bytes(b"no database" * 1000)
    (problem,) = examined(STORE)["problems"]
    assert problem["code"] == "no-store"
    eco(*problem["mend"].split()[1:])
    assert examined()["store"]["calls"] == 50


def test_a_file_of_another_program(examined, db):
    db.parent.mkdir(mode=0o700, parents=True)
    with closing(sqlite3.connect(db)) as connection:
        connection.execute("CREATE TABLE t (x)")
    db.chmod(0o600)
    assert codes(examined(STORE)["problems"]) == ["no-store"]


def test_a_folder_in_its_place(examined, db):
    db.mkdir(parents=True, mode=0o700)
    db.parent.chmod(0o700)
    assert "store-is-a-folder" in codes(examined(STORE)["problems"])


@contextmanager
def holding(db, *statements):
    """Another program that has done this to the store, and stays."""
    script = "import sqlite3, sys\nc = sqlite3.connect(sys.argv[1], isolation_level=None)\nfor s in sys.argv[2:]: c.execute(s).fetchall()\nprint(flush=True)\nsys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", script, db, *statements], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        yield process
        process.kill()


@pytest.mark.parametrize("how", [("BEGIN IMMEDIATE",), ("PRAGMA locking_mode = EXCLUSIVE", "BEGIN EXCLUSIVE", "COMMIT")], ids=["writing", "for itself"])
def test_a_store_that_another_program_keeps_locked(eco, examined, db, how):
    pytest.importorskip("fcntl")
    eco(*CALL)
    with holding(db, *how):
        (problem,) = examined(STORE)["problems"]
        assert problem["code"] == "store-locked"
    examined()


def test_readers_are_in_nobody_s_way(eco, examined, db):
    eco(*CALL)
    with holding(db, "BEGIN", "SELECT * FROM calls"):
        assert examined()["store"]["calls"] == 1


def test_what_a_crash_left_is_read_and_not_touched(eco, examined, db):
    eco(*CALL)
    with holding(db, "UPDATE calls SET started_at_ms = 1700000000000"):
        pass  # killed: the log and its index stay
    assert db.with_name("eco.db-wal").stat().st_size > 0
    assert examined()["store"]["lastCallTime"] == "2023-11-14T22:13:20Z"
    db.with_name("eco.db-shm").unlink()
    assert codes(examined()["notes"]) == ["unread-log"]


def test_a_link_and_a_second_name(eco, examined, db, tmp_path):
    eco(*CALL)
    moved = tmp_path / "moved.db"
    shutil.move(db, moved)
    db.symlink_to(moved)
    body = examined()
    assert codes(body["notes"]) == ["link"]
    assert body["places"][0]["link"] == str(moved)
    os.link(moved, tmp_path / "second.db")
    assert codes(examined(STORE)["problems"]) == ["store-linked"]


def test_a_link_that_leads_nowhere(examined, db, tmp_path):
    db.parent.mkdir(mode=0o700, parents=True)
    db.symlink_to(tmp_path / "none" / "eco.db")
    assert codes(examined(STORE)["problems"]) == ["no-access"]


AS_NOBODY = """
import os, sys
from contextlib import redirect_stdout, suppress
from ecocli.cli.main import main
with suppress(SystemExit), redirect_stdout(open(os.devnull, "w")):
    main()  # nobody may not be able to read Python itself: what is needed is loaded before
if os.geteuid() == 0:
    os.setuid(65534)
main()
"""


@pytest.mark.skipif(os.name == "nt", reason="no such permissions")
@pytest.mark.parametrize(("closed", "mend"), [("", "chmod u+w {}"), ("eco.db", "chmod u+w {}"), ("another's", "sudo chown $(id -un) {}")])
def test_a_place_that_cannot_be_written(eco, env, closed, mend):
    if closed == "another's" and os.geteuid() != 0:
        pytest.skip("only root can leave a file that is another's")
    with tempfile.TemporaryDirectory() as made:
        folder, file = Path(made), Path(made) / "eco.db"
        eco(*CALL, "--db", str(file))
        if os.geteuid() == 0 and closed != "another's":
            os.chown(file, 65534, 65534)
            os.chown(folder, 65534, 65534)
        place = file if closed else folder
        place.chmod({"": 0o500, "eco.db": 0o400, "another's": 0o644}[closed])
        folder.chmod(0o755 if closed else 0o500)
        command = [sys.executable, "-c", AS_NOBODY, "doctor", "--db", file, "--json"]
        before = snapshot(folder)
        own = {"PYTHONPATH": str(ROOT), "HOME": "/nowhere", "XDG_CONFIG_HOME": "/nowhere", "XDG_DATA_HOME": "/nowhere", "XDG_CACHE_HOME": "/nowhere"}
        done = subprocess.run(command, capture_output=True, text=True, env=env | own, cwd="/", timeout=60)
        assert snapshot(folder) == before
        folder.chmod(0o700)
    assert done.returncode == STORE
    body = json.loads(done.stdout)
    assert body["store"]["calls"] == 1
    problems = {each["code"]: each["mend"] for each in body["problems"]}
    assert problems["read-only"] == mend.format(place)


# the configuration and the catalogue


def test_a_broken_configuration(examined, config, eco):
    config.write_text("region = ")
    (problem,) = examined(DATA)["problems"]
    assert (problem["code"], problem["mend"]) == ("bad-configuration", f"${{EDITOR:-vi}} {config}")


def test_bad_settings_are_taken_out_by_the_commands(examined, config, eco):
    config.write_text('regoin = "DE"\nstrict = "yes"\ncost = true\n')
    problems = examined(DATA)["problems"]
    assert [each["mend"] for each in problems] == ["eco config unset regoin", "eco config unset strict"]
    for problem in problems:
        eco(*problem["mend"].split()[1:])
    examined()
    assert config.read_text() == "cost = true\n"


def test_a_bad_variable(examined):
    (problem,) = examined(DATA, ECO_FORMAT="xml")["problems"]
    assert problem["mend"] == "unset ECO_FORMAT"


@pytest.mark.parametrize(
    ("line", "code", "mend"),
    [
        ('timezone = "Europe/Berln"\n', "unknown-zone", "eco config set timezone NAME, or eco config unset timezone"),
        ('region = "Atlantis"\n', "unknown-region", "eco config set region NAME, or eco config unset region"),
    ],
)
def test_a_name_that_there_is_not(examined, config, line, code, mend):
    config.write_text(line)
    (problem,) = examined(DATA)["problems"]
    assert (problem["code"], problem["mend"]) == (code, mend)
    assert problem["message"].startswith(f"{config}: no ")


def test_an_odd_hardware_profile(examined, config):
    config.write_text("[hardware.desk]\nactive_w = [1, 2, 3]\n[provider.ollama]\nhardware = 'attic'\n")
    assert "odd-hardware" in codes(examined(DATA)["problems"])


def test_a_key_that_is_none(examined):
    (problem,) = examined(DATA, ECO_API_KEY="sk-proj-1234567890")["problems"]
    assert problem["code"] == "no-key-of-eco"


def test_a_broken_catalogue_of_one_s_own(examined, config):
    (config.parent / "models.yaml").write_text("models: [")
    body = examined(DATA)
    assert codes(body["problems"]) == ["bad-catalogue"]
    assert [place["path"] for place in body["places"] if place["what"] == "own catalogue"] == [str(config.parent / "models.yaml")]


def test_a_configuration_that_others_can_write(examined, config):
    config.write_text("")
    config.chmod(0o666)
    (problem,) = examined(DATA)["problems"]
    subprocess.run(["sh", "-c", problem["mend"]], check=True)
    examined()


def test_without_a_home_folder(eco):
    done = eco("doctor", "--json", "--db", "eco.db", exit_code=DATA, HOME="here", XDG_CONFIG_HOME="", XDG_CACHE_HOME="", XDG_DATA_HOME="")
    assert codes(done.json["problems"]) == ["no-home"]


def test_everything_at_once_and_the_store_first(eco, examined, config, db):
    eco(*CALL)
    db.write_bytes(b"no database" * 1000)
    config.write_text("broken")
    body = examined(STORE, TZ="Mars/Base", ECO_FORMAT="xml")
    assert codes(body["problems"])[0] == "no-store"
    assert {"bad-configuration", "unknown-zone"} <= set(codes(body["problems"]))
    shown = eco("doctor", "--format", "text", exit_code=STORE, TZ="Mars/Base").stdout.splitlines()
    assert shown[0] == "3 problems"
    assert shown[2].startswith("  problem    ") and shown[3].startswith("             → ")


# the clock


def test_a_time_zone_that_there_is_not(examined):
    assert codes(examined(DATA, TZ="Mars/Base")["problems"]) == ["unknown-zone"]


def test_a_clock_behind_the_last_record(eco, examined, db):
    eco(*CALL)
    with closing(sqlite3.connect(db)) as connection, connection:
        connection.execute("UPDATE calls SET recorded_at_ms = 4102444800000")
    (problem,) = examined(DATA)["problems"]
    assert problem["code"] == "clock-behind"
    assert problem["message"].endswith("the last call was recorded at 2100-01-01T00:00:00Z")


# logs


def test_what_would_be_imported(eco, examined, tmp_path):
    folder = tmp_path / ".claude" / "projects" / "p"
    for number in range(3):
        write(folder / f"{number}.jsonl", claude_line(f"msg_{number}"))
    size = sum(path.stat().st_size for path in folder.iterdir())
    (logs,) = examined()["logs"]
    assert logs == {"source": "claude-code", "places": [str(tmp_path / ".claude" / "projects")], "files": 3, "newFiles": 3, "newBytes": size}
    eco("import", "--all", "-q")
    assert examined()["logs"] == [logs | {"newFiles": 0, "newBytes": 0}]
    with (folder / "1.jsonl").open("a") as log:
        log.write("x" * 70 + "\n")
    assert examined()["logs"] == [logs | {"newFiles": 1, "newBytes": 71}]


def test_logs_beside_a_store_that_cannot_be_read(examined, db, tmp_path):
    write(tmp_path / ".claude" / "projects" / "p" / "s.jsonl", claude_line())
    db.parent.mkdir(mode=0o700, parents=True)
    db.write_bytes(b"no database" * 1000)
    db.chmod(0o600)
    assert examined(STORE)["logs"][0]["newFiles"] == 1
