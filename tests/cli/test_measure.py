"""`eco measure`: real commands, and a RAPL counter in a file that these commands raise; real instruments were never at hand."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from ecocli.cli.measure_run import run
from ecocli.cli.session import Session
from ecocli.measure.instruments import opened
from ecocli.measure.rapl import Rapl

WH = 3_600_000_000
"""Of the counter's microjoules."""
SH = ("--idle-s", "0", "--", "sh", "-c")

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the commands are a shell's")


def call(id, provider="ollama", **fields):
    return json.dumps({"id": id, "provider": provider, "model": "llama3.2:3b", "prompt_tokens": 10, "completion_tokens": 20, **fields})


@pytest.fixture
def measure(tmp_path, env, monkeypatch, capfd):
    """Runs a shell's script and measures it by a counter in the file $COUNTER; gives its exit code, standard output and standard error."""
    zone = tmp_path / "powercap" / "intel-rapl:0"
    zone.mkdir(parents=True)
    for name, value in {"name": "package-0", "energy_uj": 0, "max_energy_range_uj": 10**12}.items():
        (zone / name).write_text(f"{value}\n")
    for name, value in {**env, "COUNTER": str(zone / "energy_uj")}.items():
        monkeypatch.setenv(name, value)

    def measured(script, find=lambda: opened([lambda: Rapl.open(tmp_path / "powercap")]), **options):
        given = {"boundary": None, "idle_s": 0, "from_format": None} | options
        code = run(Session({}), ["sh", "-c", script], given, find)
        return code, *capfd.readouterr()

    return measured


def stored(eco):
    """The stored calls by id."""
    rows = [json.loads(line) for line in eco("history", "--full", "--format", "ndjson").stdout.splitlines()]
    return {row["id"]: row for row in rows}


def used(wh):
    return f"echo {round(wh * WH)} > $COUNTER.new; mv $COUNTER.new $COUNTER; "  # never seen empty


def test_a_call_has_the_energy_of_the_run(measure, eco):
    code, out, errors = measure(used(2) + f"echo '{call('a')}'; exit 3")
    assert (code, out) == (3, call("a") + "\n")
    assert errors.startswith("eco: measured 2.00 Wh in ")
    row = stored(eco)["a"]
    assert (row["measuredWh"], row["measuredBoundary"], row["measuredBy"]) == (pytest.approx(2), "soc", "eco measure: RAPL package-0")
    assert row["energyWh"] == pytest.approx(2 * 1.35)  # E17: the wall over the chip


def test_calls_share_it_by_their_times(measure, eco):
    times = [call("a", load_ms=500, prompt_ms=500, generation_ms=1000), call("b", startTimeMs=1_764_000_000_000, endTimeMs=1_764_000_004_000)]
    measure(used(3) + "".join(f"echo '{each}'; " for each in times))
    rows = stored(eco)
    assert [rows[id]["measuredWh"] for id in "ab"] == pytest.approx([1, 2])


def test_without_all_times_calls_share_it_equally(measure, eco):
    measure(used(3) + f"echo '{call('a', generation_ms=1000)}'; echo '{call('b')}'; echo '{call('c')}'")
    assert [row["measuredWh"] for row in stored(eco).values()] == pytest.approx([1, 1, 1])


def test_a_call_without_times_gets_those_of_the_run(measure, eco):
    measure(used(1) + f"echo '{call('a')}'; sleep 0.3")
    row = stored(eco)["a"]
    assert 300 <= row["endTimeMs"] - row["startTimeMs"] < 5_000


def test_what_was_computed_elsewhere_has_no_energy_of_this_machine(measure, eco):
    _, _, errors = measure(used(2) + f"echo '{call('a', 'openai')}'; echo '{call('b')}'")
    rows = stored(eco)
    assert rows["a"]["measuredWh"] is None and rows["b"]["measuredWh"] == pytest.approx(2)
    assert "1 of 2 calls was computed elsewhere" in errors


def test_hosting_own_says_that_it_was_here(measure, eco):
    measure(used(2) + f"echo '{call('a', 'openai')}'", hosting="own")
    assert stored(eco)["a"]["measuredWh"] == pytest.approx(2)


class Steady:
    """36 W, whatever runs."""

    name, boundary = "steady", "soc"

    def joules(self, now_s):
        return 36 * now_s

    def close(self):
        pass


def test_idle_draw_between_calls_is_not_theirs(measure, eco):
    """A machine that draws no more than at rest: a call of 10 ms has 0.36 J, however long the command took."""
    _, _, errors = measure(f"sleep 0.2; echo '{call('a', generation_ms=10)}'", lambda: ([Steady()], []), idle_s=0.1)
    assert "at rest 36.0 W" in errors
    assert stored(eco)["a"]["measuredWh"] * 3600 == pytest.approx(0.36, rel=1e-3)


def test_a_counter_that_stands_still_is_no_measurement(measure, eco):
    _, _, errors = measure(f"echo '{call('a')}'")
    assert "nothing was measured" in errors and "RAPL package-0: no energy was counted" in errors
    assert stored(eco)["a"]["measuredWh"] is None


def test_a_counter_that_goes_away_is_no_measurement(measure, eco):
    _, _, errors = measure(f"rm $COUNTER; echo '{call('a')}'")
    assert "nothing was measured" in errors and "energy_uj" in errors
    assert stored(eco)["a"]["measuredWh"] is None


def test_a_boundary_that_nothing_measures_is_said(measure, eco):
    _, _, errors = measure(used(1) + f"echo '{call('a')}'", boundary="gpu")
    assert "nothing was measured" in errors
    assert stored(eco)["a"]["measuredWh"] is None


def test_measured_energy_outlives_recomputing(measure, eco):
    eco("hardware", "add", "desk", "--active-w", "80,100,120", "--region", "FR")
    measure(used(2) + f"echo '{call('a')}'", hardware="desk")
    before = stored(eco)["a"]
    eco("hardware", "remove", "desk")
    eco("hardware", "add", "desk", "--gpu", "RTX 4090")  # which has watts of its own, and whose making counts
    assert eco("recompute", "--apply").json["changed"] == 1
    after = stored(eco)["a"]
    assert (after["measuredWh"], after["measuredBoundary"], after["measuredBy"]) == (before["measuredWh"], before["measuredBoundary"], before["measuredBy"])
    assert after["energyWh"] == pytest.approx(before["energyWh"])
    assert eco("explain", "a", "--json").json["audit"]["energySource"] == "measured"


# as a command


def test_an_unmeasured_call_is_timed_by_the_profile(eco):
    """Where a battery or RAPL can be read, boundary gpu cannot: a test has no board."""
    eco("hardware", "add", "desk", "--active-w", "80,100,120")
    done = eco("measure", "--boundary", "gpu", *SH, f"echo '{call('a', generation_ms=3_600_000)}'")
    assert done.stdout == call("a", generation_ms=3_600_000) + "\n"
    assert eco("explain", "a", "--json").json["audit"]["energySource"] in ("timed", "measured")


def test_options_after_the_command_are_its_own(eco):
    assert eco("measure", "--idle-s", "0", "printf", "%s", "--json").stdout == "--json"


def test_what_is_no_call_passes_on_and_is_said(eco):
    done = eco("measure", *SH, f"echo hello; echo '{call('a')}'")
    assert done.stdout == f"hello\n{call('a')}\n"
    assert "1 part of the output is no call: line 1: not JSON" in done.stderr
    assert eco("history", "--format", "ndjson").stdout.count("\n") == 1


def test_a_command_may_print_nothing(eco):
    assert "printed no call" in eco("measure", *SH, "exit 5", exit_code=5).stderr


def test_its_input_is_the_commands(eco_process):
    assert eco_process("measure", "--idle-s", "0", "cat", input=call("a")).stdout == call("a")


@pytest.mark.parametrize("option", [("--boundary", "roof"), ("--hosting", "mine"), ("--tag", "x"), ("--from", "nothing")])
def test_a_wrong_option_is_found_before_the_command_runs(eco, tmp_path, option):
    eco("measure", *option, *SH, "echo > was-here", exit_code=2)
    assert not (tmp_path / "was-here").exists()


def test_a_signal_that_ends_it_is_in_the_exit_code(eco):
    eco("measure", *SH, "kill -9 $$", exit_code=128 + signal.SIGKILL)


def test_an_interrupt_ends_the_command_and_keeps_what_it_printed(env, tmp_path, eco):
    script = f"echo '{call('a')}'; sleep 30"
    command = [sys.executable, "-m", "ecocli", "measure", *SH, script]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env, cwd=tmp_path, start_new_session=True) as process:
        assert process.stdout.readline()
        time.sleep(0.2)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal sends it
        process.communicate(timeout=20)
    assert process.returncode == 128 + signal.SIGINT
    assert eco("history", "--format", "ndjson").stdout.count("\n") == 1
