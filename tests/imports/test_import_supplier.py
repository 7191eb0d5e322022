"""`eco import supplier`, and what else touches suppliers' figures: list, forget, merge, check, queries, copies."""

import json
import sqlite3
from contextlib import closing

import pytest

from ecocli.errors import BadData, MissingFile, SkippedLines, StoreError, UnknownSource, UsageError
from tests.supplier_helpers import AWS, AZURE, GOOGLE, nested, write, write_json

CALL = ("--provider", "AWS", "--model", "claude-sonnet-4.5", "--prompt-tokens", "10", "--completion-tokens", "5")


def counts(result) -> dict[str, int]:
    (source,) = result.json["sources"]
    assert source.pop("source") == "supplier"
    return {name: count for name, count in source.items() if count}


def figures(eco, more: str = "") -> list[dict]:
    return eco("db", "query", f"SELECT * FROM supplier_figures {more}").json


@pytest.fixture
def export(tmp_path):
    return write(tmp_path / "carbon.csv", AWS, AWS | {"product_code": "AmazonEC2"})


def test_figures_of_ai_services_are_kept_and_other_rows_are_counted(eco, export):
    assert counts(eco("import", "supplier", str(export))) == {"files": 1, "new": 2, "others": 1}
    (location,) = figures(eco, "WHERE basis = 'location'")
    assert {name: location[name] for name in ("supplier", "service", "place", "month", "scope", "kg", "model_version", "file", "replaced_at")} == {
        "supplier": "aws", "service": "AmazonBedrock", "place": "us-east-1", "month": "2025-03", "scope": "total", "kg": 4.0, "model_version": "v3.0.0",
        "file": "carbon.csv", "replaced_at": None,
    }  # fmt: skip
    assert eco("import", "supplier", str(export), "--format", "text").stdout == "supplier: 0 new figures, 2 seen before, 1 row of another service, 1 file read\n"


def test_a_restatement_takes_the_place_and_leaves_the_old_figure(eco, export):
    eco("import", "supplier", str(export))
    write(export, AWS | {"model_version": "v3.1.0", "total_lbm_emissions_value": "0.006"})
    assert counts(eco("import", "supplier", str(export))) == {"files": 1, "restated": 2}
    found = figures(eco, "WHERE basis = 'location' ORDER BY kg")
    assert [(each["kg"], each["replaced_at"] is None) for each in found] == [(4.0, False), (6.0, True)]


def test_a_folder_is_read_with_the_folders_in_it(eco, tmp_path):
    folder = tmp_path / "exports"
    (folder / "model_version=v3.0.0").mkdir(parents=True)
    write(folder / "model_version=v3.0.0" / "aws.csv", AWS)
    write_json(folder / "google.json", [nested(GOOGLE)])
    write_json(folder / "azure.json", {"value": [AZURE], "@odata.nextLink": "https://example.com/next"})
    (folder / "notes.txt").write_text("not read")
    found = eco("import", "supplier", str(folder))
    assert counts(found) == {"files": 3, "new": 9}
    assert found.stderr == "eco: warning: azure.json is one page of several: import the others too\n"


@pytest.mark.parametrize("name", [None, "notes.txt", "export.parquet"])
@pytest.mark.parametrize("more", [(), ("--dry-run",)])
def test_a_folder_without_an_export(eco, tmp_path, name, more):
    """A wrong folder, most likely: nothing is stored, and no database is made."""
    folder = tmp_path / "exports"
    folder.mkdir()
    if name:
        (folder / name).write_text("not read")
    found = eco("import", "supplier", "exports", *more, exit_code=BadData.exit_code)
    assert (found.stdout, found.stderr) == ("", "eco: no export of a supplier in 'exports'\nhint: their names end in .csv, .json, .jsonl, .ndjson, also with .gz\n")
    assert not (tmp_path / "data").exists()


def test_a_file_of_a_folder_that_is_no_export_is_named_and_the_others_are_read(eco, tmp_path):
    folder = tmp_path / "exports"
    folder.mkdir()
    write(folder / "aws.csv", AWS)
    (folder / "other.csv").write_text("date,amount\n1,2\n")
    found = eco("import", "supplier", str(folder), exit_code=SkippedLines.exit_code)
    assert counts(found) == {"files": 1, "new": 2, "rejected": 1}
    assert found.stderr.startswith(f"{folder / 'other.csv'}: 'other.csv' is no export that is known: its columns are amount, date\n")


def test_a_row_that_cannot_be_used_is_named_and_the_others_are_kept(eco, tmp_path):
    path = write(tmp_path / "a.csv", AWS, AWS | {"usage_period_start": "March"})
    found = eco("import", "supplier", str(path), exit_code=SkippedLines.exit_code)
    assert counts(found) == {"files": 1, "new": 2, "rejected": 1}
    assert found.stderr == (
        f"{path}:3: column usage_period_start: must be the first day of a month, not 'March'\neco: 1 row could not be used\nhint: they are named above\n"
    )


def test_rejects_go_to_a_file(eco, tmp_path):
    path = write(tmp_path / "a.csv", AWS | {"total_lbm_emissions_unit": "lb"})
    eco("import", "supplier", str(path), "--rejects", "bad.ndjson", exit_code=SkippedLines.exit_code)
    assert json.loads((tmp_path / "bad.ndjson").read_text()) == {"where": f"{path}:2", "error": "column total_lbm_emissions_unit: must be MTCO2e, not 'lb'"}


@pytest.mark.parametrize("there", [True, False])
def test_a_dry_run_counts_and_keeps_nothing(eco, tmp_path, export, there):
    if there:
        eco("record", *CALL)
    assert counts(eco("import", "supplier", str(export), "--dry-run")) == {"files": 1, "new": 2, "others": 1, "dryRun": True}
    assert (tmp_path / "data" / "eco" / "eco.db").exists() == there
    assert figures(eco) == []
    assert eco("import", "supplier", str(export), "--dry-run", "--format", "text").stdout.endswith("; nothing was kept\n")


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (("supplier",), MissingFile, "eco import supplier needs a file"),
        (("supplier", "none.csv"), MissingFile, "no file or folder 'none.csv'"),
        (("supplier", "export.csv", "--tag", "a=b"), UsageError, "eco import supplier takes no options of calls: --tag, --again, --map"),
        (("supplier", "export.csv", "--again"), UsageError, "eco import supplier takes no options of calls: --tag, --again, --map"),
        (("claude-code", "--dry-run"), UsageError, "--dry-run is for eco import supplier"),
        (("aws", "export.csv"), UnknownSource, "no log source named 'aws'"),
        (("supplier", "export.csv"), BadData, "'export.csv' is no export that is known: its columns are a"),
    ],
)
def test_each_error(eco, tmp_path, arguments, error, message):
    (tmp_path / "export.csv").write_text("a\n1\n")
    found = eco("import", *arguments, exit_code=error.exit_code)
    assert (found.stdout, found.stderr.splitlines()[0]) == ("", f"eco: {message}")


@pytest.mark.parametrize("word", ["suppliers", "azure", "google-cloud", "carbon", "suplier", "Supplier"])
def test_another_word_for_it_gets_the_one_that_was_meant(eco, word):
    assert eco("import", word, "export.csv", exit_code=UnknownSource.exit_code).stderr.endswith("hint: did you mean eco import supplier FILE?\n")


def test_what_a_pipe_holds_is_read(eco, export):
    assert counts(eco("import", "supplier", "/dev/stdin", input=export.read_bytes())) == {"files": 1, "new": 2, "others": 1}


def test_the_list_has_them_once_there_are_some(eco, export):
    assert "supplier" not in [row["source"] for row in eco("import", "list").json["sources"]]
    eco("import", "supplier", str(export))
    row = eco("import", "list").json["sources"][-1]
    assert (row["source"], row["figures"], row["calls"], row["logsRead"]) == ("supplier", 2, 0, 1)
    assert "supplier" in eco("import", "list", "--format", "table").stdout


def test_a_supplier_is_forgotten_alone(eco, export, tmp_path):
    eco("record", *CALL)
    eco("import", "supplier", str(export))
    eco("import", "supplier", str(write(tmp_path / "google.csv", GOOGLE)))
    assert eco("forget", "--supplier", "aws", "--dry-run", "--format", "text").stdout == "2 figures of aws would be removed\n"
    refused = eco("forget", "--supplier", "aws", exit_code=UsageError.exit_code)
    assert refused.stderr.startswith("eco: 2 figures of aws would be removed for good\n")
    assert eco("forget", "--supplier", "aws", "--yes").json == {"supplier": "aws", "figures": 2, "removed": 2, "dryRun": False, "backups": []}
    assert {each["supplier"] for each in figures(eco)} == {"google-cloud"}
    assert len(eco("history", "--format", "json").json["data"]) == 1
    assert eco("forget", "--supplier", "aws", "--yes", "--format", "text").stdout == "there are no figures of aws\n"


def test_calls_are_forgotten_without_suppliers_figures(eco, export):
    eco("record", *CALL)
    eco("import", "supplier", str(export))
    eco("forget", "--since", "2000", "--yes")
    assert len(figures(eco)) == 2


@pytest.mark.parametrize(("more", "message"), [(("--last",), "--supplier stands alone: its figures are no calls"), ((), "no supplier 'moon'")])
def test_forget_names_what_is_wrong(eco, more, message):
    found = eco("forget", "--supplier", "moon", *more, exit_code=UsageError.exit_code)
    assert found.stderr.splitlines()[0] == f"eco: {message}"


def test_merging_unites_them_and_the_later_edition_holds(eco, export, tmp_path):
    eco("import", "supplier", str(export), "--db", "other.db")
    later = write(tmp_path / "later.csv", AWS | {"model_version": "v4.0.0", "total_lbm_emissions_value": "0.007"})
    eco("import", "supplier", str(later))
    assert eco("merge", "other.db").json == {"new": 0, "updated": 0, "duplicates": 0, "supplierFigures": 2}
    assert [each["kg"] for each in figures(eco, "WHERE replaced_at IS NULL AND basis = 'location'")] == [7.0]
    assert len(figures(eco)) == 4
    assert eco("merge", "other.db").json == {"new": 0, "updated": 0, "duplicates": 0}
    eco("forget", "--supplier", "aws", "--yes")
    assert eco("merge", "other.db", "--format", "text").stdout == "0 new calls, 0 updated, 0 known before, 2 of suppliers' figures\n"


def test_a_figure_of_another_store_that_no_import_makes_is_refused(eco, export, tmp_path):
    eco("import", "supplier", str(export), "--db", "other.db")
    change(tmp_path / "other.db", "UPDATE supplier_figures SET kg = -1 WHERE basis = 'market'")
    found = eco("merge", "other.db", exit_code=SkippedLines.exit_code)
    assert found.json == {"new": 0, "updated": 0, "duplicates": 0, "refused": 1, "supplierFigures": 1}
    assert "a supplier's figure: kg: must be a number from 0" in found.stderr


def test_a_time_to_come_does_not_hold_for_ever(eco, export, tmp_path):
    eco("import", "supplier", str(export), "--db", "other.db")
    change(tmp_path / "other.db", "UPDATE supplier_figures SET imported_at_ms = 1 << 60")
    eco("merge", "other.db")
    write(export, AWS | {"total_lbm_emissions_value": "0.005"})
    assert counts(eco("import", "supplier", str(export))) == {"files": 1, "restated": 1, "duplicates": 1}
    assert [each["kg"] for each in figures(eco, "WHERE replaced_at IS NULL AND basis = 'location'")] == [5.0]


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("UPDATE supplier_figures SET month = '2025-13' WHERE basis = 'market'", "1 figures of suppliers that are none"),
        ("UPDATE supplier_figures SET replaced_at_ms = 5", "2 figures of suppliers of which no edition holds"),
    ],
)
def test_a_check_finds_what_no_import_makes(eco, export, tmp_path, statement, problem):
    eco("import", "supplier", str(export))
    assert eco("db", "check").json["problems"] == []
    change(tmp_path / "data" / "eco" / "eco.db", statement)
    assert eco("db", "check", exit_code=StoreError.exit_code).json["problems"] == [problem]


def test_a_backup_has_them(eco, export):
    eco("import", "supplier", str(export))
    eco("db", "backup", "copy.db")
    eco("forget", "--supplier", "aws", "--yes")
    eco("db", "restore", "copy.db")
    assert len(figures(eco)) == 2


def change(path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)
