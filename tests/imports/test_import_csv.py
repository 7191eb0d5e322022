"""CSV files: eco's own on their way back, and those of others, whose columns are named."""

import csv
import io

import pytest

from ecocli.errors import UsageError
from ecocli.imports.csv_columns import parse_map

HEADER = "Date,Model,Input,Output"
MAP = "time=Date,prompt=Input,completion=Output,model=Model"
ROWS = ("2026-05-11T09:00:00Z,gpt-4o,1200,300", "2026-05-12T10:30:00Z,claude-sonnet-4.5,900,120")


@pytest.fixture
def usage(eco, tmp_path):
    """Import a file with these lines, by a map."""

    def run(*lines, map=MAP, encoding="utf-8", exit_code=0, more=()):
        path = tmp_path / "usage.csv"
        path.write_bytes("\r\n".join([*lines, ""]).encode(encoding))
        given = ("--map", map) if map else ()
        result = eco("import", "csv", str(path), *given, *more, "--json", exit_code=exit_code)
        run.stderr = result.stderr
        return {name: result.json["sources"][0][name] for name in ("new", "duplicates", "rejected")}

    return run


def stored(eco, *names):
    return [tuple(row[name] for name in names) for row in eco("history", "--all", "--json").json["data"]]


@pytest.mark.parametrize("full", [(), ("--full",)], ids=["short", "full"])
def test_what_eco_wrote_comes_back(eco, tmp_path, full):
    """Ids, tags and names that spreadsheets would run as formulas too, and the figures are those that they were."""
    cached = ("--cached-tokens", "600", "--id", "=SUM(A1)", "--tag", "p=a;=b")
    eco("record", "--model", "gpt-4o", "--prompt-tokens", "1000", "--completion-tokens", "50", "--region", "us-east-1", *cached, "-q")
    eco("record", "--model", "claude-sonnet-4.5", "--prompt-tokens", "70", "--completion-tokens", "5", "--id", "'-quoted", "-q")
    before = eco("history", "--format", "csv", *full).stdout
    (tmp_path / "own.csv").write_text(before, newline="")
    shown = ("--format", "csv")
    short = eco("history", *shown).stdout
    elsewhere = {"ECO_DB": str(tmp_path / "other.db")}
    for new, duplicates in ((2, 0), (0, 2)):
        (counts,) = eco("import", "csv", "own.csv", "--json", **elsewhere).json["sources"]
        assert (counts["new"], counts["duplicates"]) == (new, duplicates)
    assert eco("history", *shown, **elsewhere).stdout == short
    assert eco("import", "csv", "own.csv", "--json").json["sources"][0]["duplicates"] == 2


def test_a_full_csv_has_ranges_and_what_a_short_one_lacks(eco):
    eco("record", "--model", "gpt-4o", "--prompt-tokens", "1000", "--completion-tokens", "50", "-q")
    text = eco("history", "--format", "csv", "--full").stdout
    assert text == eco("history", "--format", "csv", "--full", "--limit", "5").stdout
    (row,) = csv.DictReader(io.StringIO(text))
    (full,) = eco("history", "--json", "--full").json["data"]
    assert (row["modelId"], row["method"]) == ("openai/gpt-4o", full["basis"]["method"])
    low, _, high = full["result"]["co2_g"]
    assert (float(row["co2GramsLow"]), float(row["co2GramsHigh"])) == (low, high)
    assert 0 < float(row["embodiedCo2Grams"]) < float(row["co2Grams"])
    assert {"cacheWriteTokens", "gridGramsPerKwh", "energyWhLow", "waterMlHigh"} <= row.keys()
    assert eco("history", "--format", "csv").stdout.splitlines()[0] == ",".join([*row][:19])


def test_the_export_of_another_program(eco, usage):
    assert usage(HEADER, *ROWS) == {"new": 2, "duplicates": 0, "rejected": 0}
    assert stored(eco, "model", "inputTokens", "outputTokens", "logDate", "source") == [
        ("claude-sonnet-4.5", 900, 120, "2026-05-12T10:30:00Z", "csv"),
        ("gpt-4o", 1200, 300, "2026-05-11T09:00:00Z", "csv"),
    ]
    assert usage(HEADER, *ROWS, "2026-05-13T08:00:00Z,gpt-4o,5,5") == {"new": 1, "duplicates": 2, "rejected": 0}


def test_equal_rows_are_calls_of_their_own(usage):
    assert usage(HEADER, ROWS[0], ROWS[0])["new"] == 2
    assert usage(HEADER, ROWS[0], ROWS[0]) == {"new": 0, "duplicates": 2, "rejected": 0}


@pytest.mark.parametrize("separator", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_as_spreadsheets_save_it(eco, usage, separator, encoding):
    """However the file is divided and encoded, its calls are the same ones."""
    usage(HEADER, *ROWS)
    assert usage(*(line.replace(",", separator) for line in (HEADER, *ROWS)), encoding=encoding)["duplicates"] == 2
    assert usage(f"sep={separator}", *(line.replace(",", separator) for line in (HEADER, *ROWS)), encoding=encoding)["duplicates"] == 2


@pytest.mark.parametrize("written", ["1234567", "1.234.567", "1 234 567", "1,234,567", "1'234'567", "1\u202f234\u202f567", "1234567,0", "1234567.00"])
def test_counts_as_people_group_them(eco, usage, written):
    usage("Date;Model;Input;Output", f"2026-05-11 09:00:00;gpt-4o;{written};12")
    assert stored(eco, "inputTokens") == [(1_234_567,)]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("2026-05-11T09:00:00Z,gpt-4o,lots,3", "usage.csv:3: column 'Input': must be a count, not 'lots'"),
        ("2026-05-11T09:00:00Z,gpt-4o,1.5,3", "usage.csv:3: column 'Input': must be a count, not '1.5'"),
        ("2026-05-11T09:00:00Z,gpt-4o,0.123,3", "usage.csv:3: column 'Input': must be a count, not '0.123'"),
        (f"2026-05-11T09:00:00Z,gpt-4o,{'9' * 5000},3", "usage.csv:3: column 'Input': must be a count"),
        ("2026-05-11T09:00:00Z,gpt-4o,-1,3", "usage.csv:3: column 'Input': must be a count, not '-1'"),
        ("11/05/26,gpt-4o,1,3", "usage.csv:3: column 'Date': must be a time"),
        (",gpt-4o,1,3", "usage.csv:3: column 'Date': no time"),
        ("2026-05-11T09:00:00Z,gpt-4o", "usage.csv:3: 2 columns where the header has 4"),
    ],
)
def test_a_row_that_cannot_be_used_is_named_and_the_others_are_stored(usage, row, said):
    assert usage(HEADER, ROWS[0], row, ROWS[1], exit_code=4) == {"new": 2, "duplicates": 0, "rejected": 1}
    assert said in usage.stderr


def test_rejects_go_to_a_file(usage, tmp_path):
    usage(HEADER, "2026-05-11T09:00:00Z,gpt-4o,lots,3", exit_code=4, more=("--rejects", "bad.ndjson"))
    assert "column 'Input': must be a count" in (tmp_path / "bad.ndjson").read_text()


@pytest.mark.parametrize("column", ["Requests", "num_requests", "request count"])
def test_sums_of_several_calls_are_refused(usage, column):
    lines = (f"{HEADER},{column}", f"{ROWS[0]},1", f"{ROWS[1]},40")
    assert usage(*lines, exit_code=4) == {"new": 1, "duplicates": 0, "rejected": 1}
    assert f"column '{column}': 40 calls in one row" in usage.stderr


def test_the_map_says_which_column_counts_requests(usage):
    assert usage(f"{HEADER},Anzahl", f"{ROWS[0]},7", map=f"{MAP},requests=Anzahl", exit_code=4)["rejected"] == 1


def test_a_column_by_nearly_its_name(eco, usage):
    assert usage("Created At,Model Name,Tokens (in),Tokens (out)", ROWS[0], map="time=created_at,model=model name,prompt=tokens in,completion=Tokens (out)")["new"] == 1


def test_a_column_that_is_not_there(usage):
    usage(HEADER, *ROWS, map=MAP.replace("Output", "Completion"), exit_code=4)
    assert "no column 'Completion': the columns are Date, Model, Input, Output" in usage.stderr


def test_without_a_map_only_eco_s_own_is_read(usage):
    usage(HEADER, *ROWS, map=None, exit_code=4)
    assert "not a CSV of eco: its columns are Date, Model, Input, Output" in usage.stderr


def test_another_map_reads_the_same_file_again(eco, usage):
    usage(HEADER, *ROWS, map=MAP.replace("prompt=Input,completion=Output", "prompt=Output,completion=Input"))
    eco("undo", "--yes")
    assert usage(HEADER, *ROWS)["new"] == 2
    assert sum(row[0] for row in stored(eco, "inputTokens")) == 1200 + 900


@pytest.mark.parametrize("given", ["prompt=a", "time=a,prompt=b,completion=c", "colour=x", "time", "time=a,time=b,prompt=c,completion=d,model=e"])
def test_a_map_that_cannot_be_meant(given):
    with pytest.raises(UsageError, match="--map"):
        parse_map([given])


def test_wrong_use(eco, tmp_path):
    assert "eco import csv needs a file" in eco("import", "csv", exit_code=4).stderr
    assert "no file or folder" in eco("import", "csv", "none.csv", exit_code=4).stderr
    assert "--map is for eco import csv" in eco("import", "codex", "--map", MAP, exit_code=2).stderr


def test_what_is_no_text(usage, tmp_path, eco):
    (tmp_path / "x.csv").write_bytes(b"\x80\x81\xff,\xfe\n")
    assert "neither UTF-8 nor UTF-16" in eco("import", "csv", "x.csv", exit_code=4).stderr
