"""`eco db`: where the file is, whether it is whole, a copy while others write, and space given back."""

import os
import resource
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing

import pytest

from ecocli.store import Store, migrations
from tests.store.test_store import add, new_call, start


@pytest.fixture
def file(env, tmp_path):
    """A store with a few calls, where eco looks for it."""
    path = tmp_path / "data" / "eco" / "eco.db"
    with Store.open(path) as store:
        add(store, *(new_call(str(number)) for number in range(5)))
    return path


def change(path, *statements):
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


class TestPath:
    def test_is_one_line_for_scripts(self, eco, tmp_path):
        expected = str(tmp_path / "data" / "eco" / "eco.db")
        assert eco("db", "path").stdout == f"{expected}\n"
        assert eco("db", "path", "--json").json == {"path": expected, "exists": False}
        assert not (tmp_path / "data").exists()

    def test_follows_the_settings(self, eco, tmp_path):
        assert eco("db", "path", ECO_DB="other.db").stdout == f"{tmp_path / 'other.db'}\n"
        assert eco("db", "path", "--db", "~/mine.db", ECO_DB="other.db").stdout == f"{tmp_path / 'mine.db'}\n"


@pytest.mark.parametrize("command", ["check", "backup", "vacuum"])
class TestWhatIsNoStore:
    def test_nothing(self, eco, tmp_path, command):
        refused = eco("db", command, "--db", "none.db", exit_code=4)
        assert refused.stderr == f"eco: no database '{tmp_path / 'none.db'}'\nhint: eco record makes it; --db or ECO_DB name another file\n"
        assert os.listdir(tmp_path) == []

    def test_a_folder(self, eco, tmp_path, command):
        (tmp_path / "folder").mkdir()
        refused = eco("db", command, "--db", "folder", exit_code=5)
        assert refused.stderr.startswith(f"eco: {tmp_path / 'folder'} is a folder, not a file\n")

    def test_text(self, eco, tmp_path, command):
        (tmp_path / "diary.txt").write_text("dear diary, " * 500)
        assert eco("db", command, "--db", "diary.txt", exit_code=5).stderr.startswith(f"eco: {tmp_path / 'diary.txt'} is not a database\n")

    def test_another_programs_database(self, eco, tmp_path, command):
        change(tmp_path / "other.db", "CREATE TABLE logs (id INTEGER)")
        refused = eco("db", command, "--db", "other.db", exit_code=5)
        assert refused.stderr.startswith(f"eco: {tmp_path / 'other.db'} is the database of another program\n")

    def test_a_newer_store(self, eco, file, command):
        change(file, "PRAGMA user_version = 99")
        assert "was written by a newer eco: version 99" in eco("db", command, exit_code=5).stderr


@pytest.mark.parametrize("command", ["check", "backup", "vacuum", "path"])
def test_keys_are_ignored(eco, command):
    eco("record", "-m", "gpt-4o", "--prompt-tokens", "1", "--completion-tokens", "1")
    eco("db", command, ECO_API_KEY="eco_wrong")


@pytest.fixture
def recorded(eco, tmp_path):
    """A store that eco itself filled."""
    eco("record", "-m", "gpt-4o", "--prompt-tokens", "1", "--completion-tokens", "1", "--tag", "p=x")
    return tmp_path / "data" / "eco" / "eco.db"


LOCK = "INSERT INTO locked_reports VALUES (1, 0, 9, 'UTC', '{{}}', 5, 'local', '1', '{{}}', '{{}}', 1, 1, printf('%064d', 7), {}, '{{}}', '[]', NULL, NULL, NULL)"
"""With figures that are to be an array."""


class TestCheck:
    def test_a_whole_store(self, eco, recorded):
        version = len(migrations.MIGRATIONS)
        assert eco("db", "check").json == {"path": str(recorded), "version": version, "calls": 1, "problems": []}
        assert eco("db", "check", "--format", "text").stdout == f"{recorded}: whole, 1 call, version {version}\n"
        assert eco("db", "check", "-q").stdout == ""

    def test_an_empty_file(self, eco, tmp_path):
        (tmp_path / "empty.db").touch()
        assert eco("db", "check", "--db", "empty.db").json["problems"] == []

    @pytest.mark.parametrize(
        ("statement", "problem"),
        [
            ("UPDATE calls SET basis_id = 77", "calls 1 refers to a row of bases that is not there"),
            ("UPDATE bases SET content = replace(content, '440.0', '441.0')", "bases 1 is not what was stored"),
            ("UPDATE bases SET content = 'scrap'", "bases 1 is not what was stored"),
            ("UPDATE calls SET tags = '{'", "1 call with tags that are no JSON object"),
            ("UPDATE calls SET co2_g = co2_g_high * 2", "1 call with co2_g outside of its range"),
            (LOCK.format("'{}'"), "locked report 1 is not as eco writes it"),
            ("DROP INDEX calls_identity", "calls_identity is missing"),
            ("CREATE TABLE mine (id INTEGER)", "mine is not as version {version} has it"),
            ("ALTER TABLE calls ADD COLUMN mine TEXT", "calls is not as version {version} has it"),
        ],
    )
    def test_names_what_is_wrong(self, eco, recorded, statement, problem):
        version = eco("db", "check").json["version"]
        change(recorded, statement)
        problem = problem.format(version=version)
        found = eco("db", "check", exit_code=5)
        assert found.json["problems"] == [problem]
        assert found.stderr == (
            f"eco: {recorded} is damaged: {problem}\n"
            "hint: eco db restore FILE puts a backup in its place; eco history --all --full --format ndjson saves what can still be read\n"
        )

    def test_a_locked_report_is_looked_at_and_is_no_damage(self, eco, recorded):
        change(recorded, LOCK.format("'[]'"))
        assert eco("db", "check").json["problems"] == []

    def test_finds_bytes_that_were_overwritten(self, eco, recorded):
        change(recorded, "PRAGMA wal_checkpoint(TRUNCATE)")
        content = bytearray(recorded.read_bytes())
        content[4096 * 4 : 4096 * 9] = b"\xa5" * 4096 * 5
        recorded.write_bytes(content)
        found = eco("db", "check", exit_code=5)
        assert found.json["problems"]
        assert found.stderr.startswith(f"eco: {recorded} is damaged: ")
        assert recorded.read_bytes() == content


class TestBackup:
    def test_is_a_private_copy_beside_the_file(self, eco, recorded):
        copy = eco("db", "backup").json
        [found] = recorded.parent.glob("eco.db.*.bak")
        assert (copy["path"], copy["bytes"], mode(found)) == (str(found), found.stat().st_size, 0o600)
        assert eco("history", "--db", str(found), "--json").json == eco("history", "--json").json

    def test_goes_where_it_is_told(self, eco, recorded, tmp_path):
        (tmp_path / "stick").mkdir()
        eco("db", "backup", "mine.db")
        eco("db", "backup", "stick")
        assert mode(tmp_path / "mine.db") == 0o600
        assert [path.name.startswith("eco.db.2") for path in (tmp_path / "stick").iterdir()] == [True]

    def test_never_takes_the_place_of_a_file_unless_told(self, eco, recorded, tmp_path):
        (tmp_path / "mine.db").write_text("precious")
        refused = eco("db", "backup", "mine.db", exit_code=2)
        assert refused.stderr == "eco: mine.db is there already\nhint: name another file; --force takes its place\n"
        assert (tmp_path / "mine.db").read_text() == "precious"
        eco("db", "backup", "mine.db", "--force")
        assert eco("db", "check", "--db", "mine.db").json["calls"] == 1
        assert mode(tmp_path / "mine.db") == 0o600

    def test_is_not_the_file_itself(self, eco, recorded):
        before = recorded.read_bytes()
        refused = eco("db", "backup", str(recorded), "--force", exit_code=2)
        assert refused.stderr == f"eco: {recorded} is the database itself\nhint: name another file\n"
        assert recorded.read_bytes() == before

    def test_never_takes_the_place_of_a_device_or_pipe(self, eco, recorded, tmp_path):
        os.mkfifo(tmp_path / "pipe")
        refused = eco("db", "backup", "pipe", "--force", exit_code=2)
        assert refused.stderr == "eco: pipe is not a file that a backup may replace\nhint: name another file\n"
        assert (tmp_path / "pipe").is_fifo()

    def test_makes_no_folder(self, eco, recorded):
        assert eco("db", "backup", "none/mine.db", exit_code=4).stderr == "eco: no folder 'none'\nhint: make it first, or name another file\n"

    def test_without_room_leaves_nothing_behind(self, eco, env, recorded, tmp_path):
        few_bytes = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))  # noqa: E731
        command = [sys.executable, "-m", "ecocli", "db", "backup", "mine.db"]
        done = subprocess.run(command, env=env, cwd=tmp_path, capture_output=True, text=True, preexec_fn=few_bytes)
        assert (done.returncode, done.stdout) == (5, "")
        assert done.stderr.startswith("eco: ") and "mine.db" in done.stderr
        assert not list(tmp_path.glob("mine.db*"))
        assert eco("db", "check").json["calls"] == 1

    def test_while_others_write_is_whole_and_holds_what_was_acknowledged_before(self, eco, file, tmp_path):
        writer = start(
            """
with Store.open(path) as store:
    for number in range(100_000):
        add(store, new_call(f"w{number}"))
        print(number, flush=True)
""",
            file,
        )
        for name in ("one.db", "two.db", "three.db"):
            acknowledged = int(writer.stdout.readline())
            eco("db", "backup", name)
            with closing(sqlite3.connect(tmp_path / name)) as copy:
                assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
                assert copy.execute("SELECT 1 FROM calls WHERE call_id = ?", (f"w{acknowledged}",)).fetchone()
        writer.kill()
        writer.communicate()


class TestVacuum:
    def test_gives_space_back(self, eco, file):
        change(file, "CREATE TABLE ballast (bytes BLOB)", "INSERT INTO ballast VALUES (zeroblob(3000000))", "DROP TABLE ballast")
        done = eco("db", "vacuum").json
        assert done["bytesBefore"] > 3_000_000 > done["bytesAfter"] == file.stat().st_size
        assert sorted(path.name for path in file.parent.iterdir()) == ["eco.db"]
        assert eco("history", "--json").json["pagination"]["totalElements"] == 5

    def test_says_so_to_a_person(self, eco, file):
        assert " kB → " in eco("db", "vacuum", "--format", "text").stdout

    def test_waits_for_a_writer_as_long_as_it_is_told(self, eco, file):
        with Store.open(file) as writer, writer.transaction():
            refused = eco("db", "vacuum", exit_code=5, ECO_BUSY_TIMEOUT="0.1")
        assert refused.stderr.startswith(f"eco: {file} stayed locked by another program\n")

    def test_names_a_reader_that_holds_on_to_what_was(self, eco, file):
        with Store.open(file) as reader, reader.snapshot():
            assert reader.count() == 5
            refused = eco("db", "vacuum", exit_code=5, ECO_BUSY_TIMEOUT="0.1")
        assert refused.stderr == (
            f"eco: another program is reading {file}: until it ends, what was removed stays on the disk\n"
            "hint: run eco db vacuum when it is done\n"
        )


class TestNames:
    @pytest.mark.parametrize("ending", ["-wal", "-shm", "-journal"])
    def test_a_copy_is_not_called_as_what_sqlite_keeps_beside_a_database(self, eco, recorded, tmp_path, ending):
        for name in (f"other.db{ending}", f"{file_of(eco)}{ending}"):
            assert "keeps beside a database" in eco("db", "backup", name, exit_code=2).stderr
            assert not (tmp_path / name).exists() or name.startswith("/")

    @pytest.mark.parametrize("ending", ["-wal", "-journal"])
    def test_a_copy_is_not_put_beside_a_log_of_another_database(self, eco, recorded, tmp_path, ending):
        (tmp_path / f"copy.db{ending}").write_bytes(b"old")
        assert "of another database lies there" in eco("db", "backup", "copy.db", exit_code=2).stderr
        assert not (tmp_path / "copy.db").exists()

    def test_a_path_at_a_terminal_drives_nothing(self, terminal):
        assert terminal("db", "path", "--db", "a\x1b]0;mine\x07.db").endswith("a\\x1b]0;mine\\x07.db\n")

    def test_a_path_in_a_pipe_is_as_it_is(self, eco):
        assert eco("db", "path", "--db", "a\x1b.db").stdout.endswith("a\x1b.db\n")


def file_of(eco):
    return eco("db", "path").stdout.rstrip("\n")


@pytest.mark.parametrize("setting", ["db", "region", "tz", "format"])
def test_a_setting_with_nul_in_it_is_named(eco, tmp_path, setting):
    folder = tmp_path / "config" / "eco"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text(f'{setting} = "\\u0000x"\n')
    for command in (("history",), ("record", "--model", "gpt-4o", "--prompt-tokens", "3", "--completion-tokens", "2")):
        said = eco(*command, exit_code=4).stderr
        assert f"config.toml: {setting}: " in said and said.count("\n") <= 2
