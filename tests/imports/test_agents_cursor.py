"""Cursor's export of usage events."""

import pytest

from tests.import_helpers import Logs

HEADER = "Date,Kind,Model,Max Mode,Input (w/ Cache Write),Input (w/o Cache Write),Cache Read,Output Tokens,Total Tokens,Cost"
OF_2025 = "Date,Model,Input (w/ Cache Write),Input (w/o Cache Write),Cache Read,Output Tokens,Total Tokens,Cost,Cost to you"
WITH_AGENTS = HEADER.replace("Date,", "Date,Cloud Agent ID,Automation ID,")


@pytest.fixture
def logs(eco):
    return Logs(eco)


def event(time, written=5000, fresh=700, read=60_000, completion=900, total=None, model="claude-4.5-sonnet", kind="Included"):
    total = written + fresh + read + completion if total is None else total
    return ",".join(f'"{value}"' for value in (time, kind, model, "No", written, fresh, read, completion, total, "0.19"))


def export(path, *rows, header=HEADER):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\ufeff" + "\r\n".join((header, *rows)) + "\r\n")
    return path


def counts(row):
    return tuple(row[name] for name in ("inputTokens", "outputTokens", "cachedTokens", "cacheWriteTokens"))


FIRST, SECOND, THIRD = "2026-05-11T09:00:00.120Z", "2026-05-11T09:04:00.500Z", "2026-05-12T10:00:00.000Z"


def test_exports_that_overlap(logs, tmp_path):
    folder = tmp_path / "config" / "tokscale" / "cursor-cache"
    export(folder / "usage.csv", event(SECOND), event(FIRST))
    assert logs.read("cursor")["new"] == 2
    export(folder / "usage.csv", event(THIRD, completion=50), event(SECOND, kind="On-Demand"))
    export(folder / "usage.work.csv", event(FIRST))
    result = logs.read("cursor")
    assert (result["new"], result["duplicates"]) == (1, 2)
    assert logs.totals() == (3, 3 * 65_700, 900 + 900 + 50)
    first = logs.rows[0]
    assert counts(first) == (65_700, 900, 60_000, 5000)
    assert (first["providerId"], first["model"], first["startTimeMs"]) == ("cursor", "claude-4.5-sonnet", 1_778_490_000_120)


def test_equal_events_of_one_moment_are_two(logs, tmp_path):
    path = export(tmp_path / "usage-events.csv", event(FIRST), event(FIRST))
    assert logs.read("cursor", path)["new"] == 2
    export(path, event(SECOND), event(FIRST), event(FIRST))
    assert logs.read("cursor", path)["new"] == 1


def test_a_row_whose_total_says_that_one_input_holds_the_other(logs, tmp_path):
    logs.read("cursor", export(tmp_path / "usage.csv", event(FIRST, 5000, 4000, 60_000, 900, total=64_900)))
    [row] = logs.rows
    assert counts(row) == (65_000, 900, 60_000, 1000)


def test_columns_are_found_by_their_names(logs, tmp_path):
    old = '2025-08-01,gpt-5,10,"1,500",0,20,,$0.10,$0.10'
    new = event(THIRD).replace(f'"{THIRD}",', f'"{THIRD}","bc-1","",')
    export(tmp_path / "exports" / "usage-old.csv", old, header=OF_2025)
    export(tmp_path / "exports" / "usage-new.csv", new, header=WITH_AGENTS)
    logs.read("cursor", tmp_path / "exports")
    assert {counts(row) for row in logs.rows} == {(1510, 20, 0, 10), (65_700, 900, 60_000, 5000)}


def test_events_without_tokens_and_rows_that_are_none(logs, tmp_path):
    path = export(tmp_path / "usage.csv", event(FIRST, 0, 0, 0, 0, kind="Errored"), event(SECOND, fresh="many", total=1), event(THIRD))
    assert logs.read("cursor", path, exit_code=4)["new"] == 1
    assert "Input (w/o Cache Write): must be a count, not 'many'" in logs.stderr


def test_another_csv(logs, tmp_path):
    path = export(tmp_path / "usage.csv", "1,2", header="a,b")
    logs.read("cursor", path, exit_code=4)
    assert "not an export of Cursor's usage events" in logs.stderr
