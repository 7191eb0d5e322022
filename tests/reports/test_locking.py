"""A locked period keeps what its report said; whatever happens to its calls afterwards is done, said, and shown as a restatement."""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from ecocli import __version__
from ecocli.errors import MissingFile, NotPermitted, UnknownName, UsageError
from ecocli.reports.figures import Change, Figure, changes
from tests.import_helpers import claude_line, write

CALL = ("--provider", "OpenAI", "--model", "gpt-4o", "--prompt-tokens", "1000", "--completion-tokens", "500")
MARCH_MS, DAY_MS = 1_740_787_200_000, 86_400_000
"""2025-03-01 in UTC."""
TOUCHED = "eco: 2025 is locked: eco report will show a restatement\n"
YEAR = ("--since", "2025", "--until", "2025")
FORMATS = ("text", "md", "html", "json", "csv")


@pytest.fixture
def env(env):
    return env | {"ECO_TZ": "UTC"}


def record(eco, id: str, start_ms: int = MARCH_MS, *more: str, **variables: str) -> str:
    return eco("record", "--id", id, *CALL, "--start-time-ms", str(start_ms), *more, "--json", **variables).stderr


@pytest.fixture
def locked(eco):
    """Three equal calls of 2025, which is locked, and one of 2024."""
    for id, start_ms in (("a", MARCH_MS), ("b", MARCH_MS + 1), ("c", MARCH_MS + 2), ("old", MARCH_MS - 365 * DAY_MS)):
        record(eco, id, start_ms)
    eco("report", "--lock", "2025")
    return eco


def restated(eco, *period: str) -> dict:
    return eco("report", *(period or YEAR), "--json").json["restatement"]


def since(eco) -> list[tuple]:
    return [(each["what"], each["by"], each["calls"]) for each in restated(eco)["since"]]


def test_what_is_kept(eco):
    record(eco, "a")
    result = eco("report", "--lock", "2025-Q1", "--json", "--organisation", "Example GmbH")
    report = result.json
    lock = report["restatement"]["locked"]
    assert result.stderr == f"eco: 2025-Q1 is locked: 1 call, SHA-256 {report['evidence']['sha256']}\n"
    assert (lock["by"], lock["ecoVersion"], lock["rows"], lock["sha256"]) == ("local", __version__, 1, report["evidence"]["sha256"])
    assert (lock["organisation"]["name"], lock["instruments"], lock["liftedAt"]) == ("Example GmbH", [], None)
    assert lock["methods"] == {line["name"]: line["calls"] for line in report["method"]}
    assert lock["dataEditions"] == {line["name"]: line["calls"] for line in report["dataEdition"]}
    assert (report["restatement"]["sameRows"], report["restatement"]["lines"], report["restatement"]["since"]) == (True, [], [])


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_shows_a_lock_and_what_changed(locked, format):
    lock = restated(locked)["locked"]
    assert lock["sha256"] in locked("report", *YEAR, "--format", format, "--full").stdout
    record(locked, "late")
    found = locked("report", *YEAR, "--format", format, "--full")
    assert lock["sha256"] in found.stdout and "late" not in found.stderr
    assert ("added" if format in ("json", "csv") else "recorded or imported later") in found.stdout
    assert "warning: This period has been locked since " in found.stderr and "figures have changed since: see Restatement." in found.stderr


def test_the_first_page_has_what_a_reader_has_to_know(locked):
    record(locked, "late")
    page = locked("report", *YEAR, "--format", "text").stdout
    assert "Restatement, mgCO2e" in page and "scopes 2 and 3" in page and "+33.3" in page and "recorded or imported later" in page
    assert "scopes 2 and 3" not in locked("report", "--since", "2024", "--until", "2024", "--format", "text").stdout


def test_only_the_report_of_that_period_and_those_calls_is_locked(locked):
    assert restated(locked, "--since", "2025-01", "--until", "2025-12")["sameRows"] is True  # the same days
    for other in (("--since", "2025"), ("--since", "2024", "--until", "2024"), ("--since", "2025-Q1", "--until", "2025-Q1"), (*YEAR, "--model", "gpt-4o")):
        assert restated(locked, *other) is None
    locked("report", "--lock", "2025", "--model", "gpt-4o")
    assert restated(locked, *YEAR, "--model", "gpt-4o")["locked"]["rows"] == 3


def test_a_period_may_be_that_of_the_dates(locked):
    locked("report", "--since", "2024-04", "--until", "2025-03-01", "--lock", "period")
    assert restated(locked, "--since", "2024-04", "--until", "2025-03-01")["locked"]["rows"] == 3


# what becomes of calls


def test_a_call_that_comes_later(locked):
    before = locked("report", *YEAR, "--json").json
    record(locked, "late")
    found = restated(locked)
    [total] = [line for line in found["lines"] if line["name"] == "scopes 2 and 3"]
    now = locked("report", *YEAR, "--json").json
    assert (total["then"], total["now"]) == tuple(pytest.approx(report["gross"]["total"]["co2Tonnes"] * 1e6, rel=1e-12) for report in (before, now))
    assert total["difference"] == pytest.approx(total["now"] - total["then"]) and total["share"] == pytest.approx(1 / 3)
    assert found["gross"] == total and found["sameRows"] is False
    assert since(locked) == [("added", "local", 1)]
    assert datetime.fromisoformat(found["locked"]["at"]) <= datetime.fromisoformat(found["since"][0]["first"]) <= datetime.now(UTC)


def test_who_recorded_it_is_named(locked):
    secret = locked("keys", "create", "Laptop").stdout.strip()
    record(locked, "late", ECO_API_KEY=secret)
    record(locked, "later")
    assert since(locked) == [("added", "Laptop", 1), ("added", "local", 1)]


def test_a_call_that_is_imported(locked, tmp_path):
    write(tmp_path / ".claude" / "projects" / "p" / "s.jsonl", claude_line(timestamp="2025-05-01T10:00:00.000Z"))
    locked("import", "claude-code")
    assert since(locked) == [("added", "local", 1)]


def test_calls_of_another_store_and_its_locks(locked, eco):
    """What was recorded there long before this store was locked is new here; what was locked there stays there."""
    record(eco, "there", MARCH_MS, "--db", "other.db")
    eco("report", "--lock", "2025-Q1", "--db", "other.db")
    eco("merge", "other.db")
    assert since(locked) == [("added", "local", 1)]
    assert restated(locked, "--since", "2025-Q1", "--until", "2025-Q1") is None


def test_a_call_that_is_undone(locked):
    locked("undo", "--yes")  # "old", which is of 2024
    result = locked("undo", "--yes")
    assert result.stderr == TOUCHED
    assert since(locked) == [("voided", "local", 1)]


def test_a_call_that_is_undone_after_it_came_later_leaves_no_trace(locked):
    record(locked, "late")
    locked("undo", "--yes")
    found = restated(locked)
    assert (found["sameRows"], found["lines"], found["since"]) == (True, [], [])


def test_a_call_that_is_replaced(locked):
    assert record(locked, "old", MARCH_MS - 365 * DAY_MS, "--replace") == ""
    assert record(locked, "a", MARCH_MS, "--replace") == TOUCHED
    assert since(locked) == [("added", "local", 1), ("replaced", "local", 1)]


def test_a_call_that_is_forgotten(locked):
    assert locked("forget", "--id", "old", "--yes").stderr == ""
    assert locked("forget", "--id", "a", "--dry-run").stderr == ""
    assert locked("forget", "--id", "a", "--yes").stderr == TOUCHED
    assert since(locked) == [("gone", None, 1)]
    assert locked("db", "check").json["problems"] == []


def test_calls_that_are_recomputed(locked, tmp_path):
    assert locked("recompute", "--apply").stderr == ""
    with closing(sqlite3.connect(tmp_path / "data" / "eco" / "eco.db")) as connection, connection:
        connection.execute("UPDATE calls SET co2_g = co2_g * 1.1, co2_g_high = co2_g_high * 1.1 WHERE call_id IN ('a', 'b')")
    assert locked("recompute").stderr == ""
    assert locked("recompute", "--until", "2025-03-31", "--apply").stderr == TOUCHED
    assert since(locked) == [("recomputed", "local", 2)]


def test_several_periods_are_named_in_one_line(locked):
    locked("report", "--lock", "2025-03")
    assert locked("forget", "--id", "a", "--yes").stderr == "eco: 2025, 2025-03 are locked: eco report will show a restatement\n"


def test_without_a_lock_nothing_is_said(locked):
    locked("report", "--unlock", "2025", "--why", "a mistake")
    assert locked("forget", "--id", "a", "--yes").stderr == ""


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('[organisation.entities.Labs]\nshare = 0.6\ncontrolled = false\ntags = { entity = "labs" }\n', "Settings are others than then: organisation."),
        ('[organisation]\nname = "Example"\n', None),
        ("", None),
    ],
)
def test_figures_that_are_others_by_settings_alone(eco, tmp_path, text, sentence):
    """An entity without control counts for nothing, and a name changes no figure."""
    record(eco, "a", MARCH_MS, "--tag", "entity=labs")
    eco("report", "--lock", "2025")
    (tmp_path / "config" / "eco").mkdir(parents=True)
    (tmp_path / "config" / "eco" / "config.toml").write_text(text, "utf-8")
    said = eco("report", *YEAR, "--format", "md").stdout
    assert (sentence or "Every figure is as it was then.") in said and ("Settings are others" in said) is (sentence is not None)


# the base year

BASE_YEAR = '[organisation]\nbase_year = 2025\nrecalculation_threshold = {}\n'


@pytest.mark.parametrize(("threshold", "calls", "verdict"), [(0.3, 0, False), (0.3, 1, True), (0.4, 1, False), (0.4, 2, True), (0.0, 0, False)])
def test_the_base_year_is_recalculated_from_its_threshold_on(locked, tmp_path, threshold, calls, verdict):
    """Each call that comes later adds a third."""
    (tmp_path / "config" / "eco").mkdir(parents=True)
    (tmp_path / "config" / "eco" / "config.toml").write_text(BASE_YEAR.format(threshold), "utf-8")
    for at in range(calls):
        record(locked, f"late{at}")
    assert restated(locked)["baseYearMustBeRecalculated"] is verdict
    words = f"It {'has to be recalculated' if verdict else 'need not be recalculated'}: the threshold is"
    assert words in locked("report", *YEAR, "--format", "md").stdout


def test_another_year_is_no_base_year(locked, tmp_path):
    (tmp_path / "config" / "eco").mkdir(parents=True)
    (tmp_path / "config" / "eco" / "config.toml").write_text(BASE_YEAR.format(0.1).replace("2025", "2024"), "utf-8")
    assert restated(locked)["baseYearMustBeRecalculated"] is None


# locking and lifting


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (("--lock", "2025"), 'eco: 2025 was locked on {today} by local\nhint: eco report --unlock 2025 --why "…" lifts that; then it can be locked anew\n'),
        (("--lock", "2199"), "eco: 2199 is not over yet\nhint: it can be locked from 2200-01-01 on\n"),
        (("--lock", "today"), "eco: {today} is not over yet\nhint: it can be locked from {tomorrow} on\n"),
        (("--lock", "period"), "eco: a period that is locked needs a beginning and an end\nhint: --start-date and --end-date give it, or --lock 2025\n"),
        (("--lock", "2025-Q5"), "eco: --lock: no date '2025-Q5'\nhint: for example 2025, 2025-Q3 or 2025-11; period means that of --start-date and --end-date\n"),
        (("--lock", "2024", "--since", "2023"), "eco: --lock 2024 and --since both say which period\nhint: leave one of them out, or say --lock period\n"),
        (("--lock", "2024", "--unlock", "2025"), "eco: --unlock and --lock name two periods\nhint: both together lift a lock and lock the same period anew\n"),
        (("--unlock", "2025"), 'eco: --unlock needs a reason, which stays beside what was locked\nhint: add --why "…"\n'),
        (("--why", "no reason"), "eco: --why is for --unlock\n"),
    ],
)
def test_what_is_refused(locked, asked, message):
    today = datetime.now(UTC).date()
    found = locked("report", *asked, exit_code=UsageError.exit_code)
    assert found.stdout == ""
    assert found.stderr == message.format(today=today, tomorrow=today.fromordinal(today.toordinal() + 1))
    assert restated(locked)["earlier"] == [] and restated(locked)["locked"]["liftedAt"] is None


@pytest.mark.parametrize("asked", [("--lock", "2024"), ("--unlock", "2025", "--why", "x")])
@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        (("--compare", "last"), UsageError, "eco: --compare: must be previous or a year, not 'last'\n"),
        (("--output", "nowhere/report.html"), MissingFile, "eco: no folder 'nowhere'\nhint: make it, or name a file in another one\n"),
        (("--output", "."), UsageError, "eco: '.' is a folder, and a file is needed\nhint: name a file inside it\n"),
    ],
)
def test_what_is_wrong_beside_it_leaves_locks_as_they_were(locked, asked, wrong, error, message):
    assert locked("report", *asked, *wrong, exit_code=error.exit_code).stderr == message
    assert restated(locked)["locked"]["liftedAt"] is None and restated(locked, "--since", "2024", "--until", "2024") is None


def test_what_is_not_locked_cannot_be_unlocked(locked):
    found = locked("report", "--unlock", "2024", "--why", "x", exit_code=UnknownName.exit_code)
    assert found.stderr == "eco: 2024 is not locked\nhint: eco report shows a period, and whether it is locked\n"


@pytest.mark.parametrize("asked", [("--lock", "2024"), ("--unlock", "2025", "--why", "x")])
def test_without_a_database_there_is_nothing_to_lock(eco, tmp_path, asked):
    found = eco("report", *asked, "--db", str(tmp_path / "none.db"), exit_code=MissingFile.exit_code)
    assert found.stderr == f"eco: no database '{tmp_path / 'none.db'}'\nhint: eco record makes it; --db or ECO_DB name another file\n"
    assert not (tmp_path / "none.db").exists()


def test_who_lifts_a_lock_and_why_stays_on_record(locked):
    record(locked, "late")
    secret = locked("keys", "create", "Auditor").stdout.strip()
    first = restated(locked)["locked"]
    assert " is locked no more; local locked it " in locked("report", "--unlock", "2025", "--why", " a call was missing ", ECO_API_KEY=secret).stderr
    lifted = restated(locked)["locked"]
    assert (lifted["liftedBy"], lifted["liftedWhy"], lifted["sha256"]) == ("Auditor", "a call was missing", first["sha256"])
    locked("report", "--lock", "2025", ECO_API_KEY=secret)
    found = restated(locked)
    assert (found["locked"]["by"], found["locked"]["rows"], found["sameRows"], found["lines"]) == ("Auditor", 4, True, [])
    assert found["earlier"] == [lifted]
    assert "a call was missing" in locked("report", *YEAR, "--format", "md").stdout.replace("\n", " ")


def test_a_lock_is_replaced_in_one_go(locked):
    record(locked, "late")
    locked("report", "--unlock", "2025", "--lock", "2025", "--why", "late")
    found = restated(locked)
    assert (found["locked"]["rows"], [each["liftedWhy"] for each in found["earlier"]]) == (4, ["late"])


@pytest.mark.parametrize("asked", [("--lock", "2024"), ("--unlock", "2025", "--why", "x")])
@pytest.mark.parametrize("scope", ["record", "history:read"])
def test_locking_needs_both_scopes(locked, asked, scope):
    """It shows what was recorded, and writes."""
    secret = locked("keys", "create", scope, "--scope", scope).stdout.strip()
    locked("report", *asked, exit_code=NotPermitted.exit_code, ECO_API_KEY=secret)
    assert restated(locked)["locked"]["liftedAt"] is None and restated(locked, "--since", "2024", "--until", "2024") is None


def test_a_backup_has_them(locked, tmp_path):
    locked("db", "backup", "copy.db")
    assert restated(locked)["locked"] == locked("report", *YEAR, "--json", "--db", "copy.db").json["restatement"]["locked"]


def test_figures_are_laid_side_by_side():
    """By hand: one that grows, one that goes, one that comes, one that is a rounding away."""
    then = [Figure("a", "grows", "g", 2.0), Figure("a", "goes", "g", 1.0), Figure("b", "stays", "g", 0.3)]
    now = [Figure("a", "grows", "g", 3.0), Figure("b", "stays", "g", 0.1 + 0.2), Figure("b", "comes", "g", 4.0)]
    found = changes(then, now)
    assert found == [Change("a", "grows", "g", 2.0, 3.0), Change("a", "goes", "g", 1.0, None), Change("b", "stays", "g", 0.3, 0.1 + 0.2), Change("b", "comes", "g", None, 4.0)]
    assert [change.differs for change in found] == [True, True, False, True]
    assert [change.share for change in found[:2]] == [0.5, -1.0] and found[3].share is None


KEYS = {
    *("total/calls", "total/inputTokens", "total/outputTokens", "total/electricity", "total/water"),
    *("emissions/electricity", "emissions/hardware", "emissions/scope2Location", "emissions/scope2Market", "emissions/scope3", "emissions/scopes2And3"),
    *("scopes/2/own/combustion", "scopes/3.3/own/upstream", "scopes/3.2/own/manufacture", "scopes/3.1/api/lifecycle", "scopes/3.1/api/manufacture"),
    *("providers/OpenAI", "providers/Local", "models/openai/gpt-4o", "models/meta-llama/llama-3.1-8b-instruct", "regions/us-openai", "regions/DE"),
    *("callsByModel/openai/gpt-4o", "callsByModel/meta-llama/llama-3.1-8b-instruct"),
}
"""Another one for a figure would show as a restatement of every period that is locked."""


def kept(path, change=None) -> list[list]:
    """The figures of the lock, which `change` makes others of first."""
    with closing(sqlite3.connect(path / "data" / "eco" / "eco.db")) as connection, connection:
        figures = json.loads(connection.execute("SELECT figures FROM locked_reports").fetchone()[0])
        if change:
            figures = list(map(change, figures))
            connection.execute("UPDATE locked_reports SET figures = ?", (json.dumps(figures),))
    return figures


@pytest.fixture
def locked_with_own(eco):
    record(eco, "a")
    eco("record", "--id", "b", "--provider", "ollama", "--model", "llama-3.1-8b", "--region", "DE", "--prompt-tokens", "9", "--completion-tokens", "9", "--start-time-ms", str(MARCH_MS), "--quiet")
    eco("report", "--lock", "2025")
    return eco


def test_keys_of_figures_stay(locked_with_own, tmp_path):
    figures = kept(tmp_path)
    assert {key for *_, key in figures} == KEYS and len(figures) == len(KEYS)


def test_a_figure_that_is_called_otherwise_now_is_the_same_figure(locked_with_own, tmp_path):
    kept(tmp_path, lambda figure: [f"old {figure[0]}", f"old {figure[1]}", *figure[2:]])
    found = restated(locked_with_own)
    assert (found["lines"], found["sameRows"]) == ([], True)
    record(locked_with_own, "late")
    names = {(line["section"], line["name"]) for line in restated(locked_with_own)["lines"]}
    assert ("emissions", "scopes 2 and 3") in names and not any("old" in part for name in names for part in name)


def test_a_figure_that_is_gone_has_the_name_that_it_had_in_the_section_of_now(locked_with_own, tmp_path):
    kept(tmp_path, lambda figure: [f"old {figure[0]}", f"old {figure[1]}", *figure[2:]])
    locked_with_own("forget", "--id", "b", "--yes")
    gone = {(line["section"], line["name"]) for line in restated(locked_with_own)["lines"] if line["now"] is None}
    assert ("by region", "old DE") in gone and {section for section, _ in gone} == {"scopes", "by provider", "by model", "by region", "calls by model"}


def test_what_was_locked_before_there_were_keys_is_known_by_its_words(locked_with_own, tmp_path):
    kept(tmp_path, lambda figure: figure[:4])
    assert restated(locked_with_own)["lines"] == []
    kept(tmp_path, lambda figure: [figure[0], "old water" if figure[1] == "water" else figure[1], *figure[2:]])
    assert [(line["name"], line["then"] is None, line["now"] is None) for line in restated(locked_with_own)["lines"]] == [("water", True, False), ("old water", False, True)]


def test_what_was_locked_is_json_and_holds_no_id(locked, tmp_path):
    with closing(sqlite3.connect(tmp_path / "data" / "eco" / "eco.db")) as connection:
        kept = connection.execute("SELECT figures, filters FROM locked_reports").fetchone()
    assert all(len(figure) == 5 for figure in json.loads(kept[0])) and json.loads(kept[1]) == {}


# other time zones

BERLIN = "Europe/Berlin"
"""Its year begins an hour before that of UTC."""


@pytest.mark.parametrize("word", ["2025", "2025-03", "2025-Q1", "2025-03-01"])
def test_a_period_is_locked_once_whatever_its_time_zone(eco, word):
    """An undertaking has one figure of a year: another one, of an hour's other calls, would be a restatement that nobody sees."""
    record(eco, "a")
    eco("report", "--lock", word)
    found = eco("report", "--lock", word, ECO_TZ=BERLIN, exit_code=UsageError.exit_code)
    said = f"eco: {word} was locked on {datetime.now(ZoneInfo(BERLIN)).date()} by local with the days of UTC\n"
    assert found.stderr == f'{said}hint: eco report --unlock {word} --tz UTC --why "…" lifts that; then it can be locked anew\n'
    eco("report", "--unlock", word, "--tz", "UTC", "--why", "our days are those of Berlin", ECO_TZ=BERLIN)
    eco("report", "--lock", word, ECO_TZ=BERLIN)


@pytest.mark.parametrize("format", FORMATS)
def test_a_report_with_other_days_says_that_the_period_is_locked(locked, format):
    found = locked("report", *YEAR, "--format", format, "--full", ECO_TZ=BERLIN)
    said = " with the days of UTC, and this report has those of Europe/Berlin: with --tz UTC it is the one that was locked."
    assert said in found.stderr and "2025 was locked on " in found.stderr
    assert "with the days of UTC" in " ".join(found.stdout.split())
    assert "with the days of" not in locked("report", *YEAR, "--format", format, "--full").stderr


def test_other_calls_or_days_of_another_name_are_another_report(locked):
    assert "days of UTC" not in locked("report", "--since", "2024", "--until", "2024", ECO_TZ=BERLIN).stderr
    assert "days of UTC" not in locked("report", *YEAR, "--model", "gpt-4o", ECO_TZ=BERLIN).stderr
    locked("report", "--lock", "2025", "--model", "gpt-4o", ECO_TZ=BERLIN)
    locked("report", "--lock", "2025-Q1", ECO_TZ=BERLIN)


def test_another_name_of_the_same_days_is_the_same_report(locked):
    locked("report", "--lock", "2025-03", ECO_TZ=BERLIN)
    assert restated(locked, "--since", "2025-03", "--until", "2025-03", "--tz", "Europe/Paris")["sameRows"] is True
    found = locked("report", "--lock", "2025-03", "--tz", "Europe/Paris", exit_code=UsageError.exit_code).stderr
    assert "with the days of" not in found and "--tz" not in found


def test_a_lock_of_another_time_zone_is_named_where_there_is_none_to_lift(locked):
    found = locked("report", "--unlock", "2025", "--why", "x", ECO_TZ=BERLIN, exit_code=UnknownName.exit_code)
    assert found.stderr == "eco: 2025 is not locked\nhint: with the days of UTC it is: --tz UTC\n"


def test_a_lock_that_was_lifted_is_no_concern_of_other_days(locked):
    locked("report", "--unlock", "2025", "--why", "x")
    assert "days of UTC" not in locked("report", "--lock", "2025", ECO_TZ=BERLIN).stderr


def test_a_time_zone_that_this_machine_does_not_know_stops_nothing(locked, tmp_path):
    with closing(sqlite3.connect(tmp_path / "data" / "eco" / "eco.db")) as connection, connection:
        connection.execute("UPDATE locked_reports SET time_zone = 'Mars/Base'")
    assert locked("forget", "--id", "a", "--yes").stderr == TOUCHED
    assert "with the days of Mars/Base" in locked("report", *YEAR, ECO_TZ=BERLIN).stderr


# periods without calls


@pytest.mark.parametrize("more", [(), ("--model", "gpt-4p")])
def test_a_period_without_calls_is_locked_only_where_it_is_meant_to_be(locked, more):
    """A lock stays on record for good, and what has no calls mostly is a slip."""
    year = "2025" if more else "2023"
    found = locked("report", "--lock", year, *more, exit_code=UsageError.exit_code)
    assert (found.stdout, found.stderr) == ("", f"eco: no calls of {year} are recorded, and nothing was locked\nhint: --nil locks a nil report: that there were none\n")
    assert restated(locked, "--since", year, "--until", year, *more) is None
    assert locked("report", "--lock", year, *more, "--nil").stderr == f"eco: {year} is locked: a nil report, of no calls\n"
    assert restated(locked, "--since", year, "--until", year, *more)["locked"]["rows"] == 0


@pytest.mark.parametrize("format", ["text", "md", "html"])
def test_a_nil_report_says_so_in_words_and_what_came_later(locked, format):
    asked = ("--since", "2023", "--until", "2023", "--format", format, "--full")
    locked("report", "--lock", "2023", "--nil")
    said = " ".join(locked("report", *asked).stdout.split())
    assert "No calls match: every figure below is zero because nothing was recorded" in said and "a nil report, since no call of it had been recorded" in said
    record(locked, "late", MARCH_MS - 730 * DAY_MS)
    said = " ".join(locked("report", *asked).stdout.split())
    assert "a nil report, since no call of it had been recorded" in said and "recorded or imported later" in said


@pytest.mark.parametrize("format", ["text", "md", "html"])
def test_a_report_that_lost_all_its_calls_still_warns(locked, format):
    locked("forget", "--since", "2025", "--until", "2025", "--yes")
    assert "This period has been locked since" in " ".join(locked("report", *YEAR, "--format", format, "--full").stdout.split())


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (("--lock", "2024", "--nil"), "eco: --nil is for a period without calls, and 2024 has 1 call\nhint: leave --nil out\n"),
        (("--unlock", "2025", "--lock", "2025", "--why", "x", "--nil"), "eco: --nil is for a period without calls, and 2025 has 3 calls\nhint: leave --nil out\n"),
        (("--nil",), "eco: --nil is for --lock\n"),
        (("--unlock", "2025", "--why", "x", "--nil"), "eco: --nil is for --lock\n"),
    ],
)
def test_a_report_with_calls_is_no_nil_report(locked, asked, message):
    """Where a lock cannot be replaced, it is not lifted either."""
    assert locked("report", *asked, exit_code=UsageError.exit_code).stderr == message
    assert restated(locked)["locked"]["liftedAt"] is None and restated(locked, "--since", "2024", "--until", "2024") is None


def test_a_lock_that_cannot_be_replaced_is_not_lifted(locked):
    locked("forget", "--since", "2025", "--until", "2025", "--yes")
    locked("report", "--unlock", "2025", "--lock", "2025", "--why", "x", exit_code=UsageError.exit_code)
    assert restated(locked)["locked"]["liftedAt"] is None
