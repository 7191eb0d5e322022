"""`eco grid`: hours come in whole or not at all, the same file again changes nothing, and later files replace what they hold."""

import json

import pytest

HEADER = "Datetime (UTC),Zone id,Carbon intensity gCO₂eq/kWh (Life cycle)"


@pytest.fixture
def file(tmp_path):
    def write(*rows: str, name: str = "hours.csv") -> str:
        (tmp_path / name).write_text("\n".join((HEADER, *rows)) + "\n", "utf-8")
        return name

    return write


def held(eco) -> list:
    return json.loads(eco("grid", "list").stdout)


def test_a_file_comes_in_once(eco, file):
    name = file("2025-03-01 00:00:00,DE,310", "2025-03-01 01:00:00,DE,290")
    first, again = (json.loads(eco("grid", "import", name).stdout) for _ in range(2))
    assert [(one["zone"], one["hours"], one["new"], one["replaced"]) for one in (*first, *again)] == [("DE", 2, 2, 0), ("DE", 2, 0, 0)]
    (before,) = held(eco)
    assert (before["zone"], before["hours"], before["meanGramsPerKwh"], before["basis"]) == ("DE", 2, 300.0, "lifecycle")
    assert (before["firstHour"], before["lastHour"]) == ("2025-03-01T00:00:00Z", "2025-03-01T01:00:00Z")


def test_what_overlaps_is_replaced(eco, file):
    eco("grid", "import", file("2025-03-01 00:00:00,DE,310", "2025-03-01 01:00:00,DE,290"))
    (found,) = json.loads(eco("grid", "import", file("2025-03-01 01:00:00,DE,250", "2025-03-01 02:00:00,DE,240")).stdout)
    assert (found["new"], found["replaced"]) == (1, 1)
    assert held(eco)[0]["meanGramsPerKwh"] == pytest.approx((310 + 250 + 240) / 3)


def test_of_a_broken_file_nothing_is_kept(eco, file):
    result = eco("grid", "import", file("2025-03-01 00:00:00,DE,310", "2025-03-01 01:00:00,DE,oops"), exit_code=4)
    assert (result.stdout, "line 3" in result.stderr) == ("", True)
    assert held(eco) == []


def test_zones_are_those_of_the_catalogue(eco, file, tmp_path):
    (tmp_path / "eia.csv").write_text("period,respondent,fueltype,value\n2025-01-01T01,CISO,NG,5\n2025-01-01T01,PJM,NG,5\n2025-01-01T01,XXXX,NG,5\n")
    result = eco("grid", "import", "eia.csv")
    assert [one["zone"] for one in json.loads(result.stdout)] == ["US-CAL-CISO", "US-MIDA-PJM"]
    assert "1 area of the file left out: no zone of the catalogue" in result.stderr
    assert [one["zone"] for one in json.loads(eco("grid", "import", "eia.csv", "--zone", "PJM").stdout)] == ["US-MIDA-PJM"]
    unknown = file("2025-03-01 00:00:00,Ruritania,310")
    assert "--zone" in eco("grid", "import", unknown, exit_code=4).stderr
    assert [one["zone"] for one in json.loads(eco("grid", "import", unknown, "--zone", "se3").stdout)] == ["SE-SE3"]
    eco("grid", "import", unknown, "--zone", "Ruritania", exit_code=3)
    assert "of DE" in eco("grid", "import", "eia.csv", "--zone", "DE", exit_code=4).stderr


def test_it_is_said_in_words(eco, file):
    name = file("2025-03-01 00:00:00,DE,310")
    assert eco("grid", "list", "--format", "table").stdout == "no hours: eco grid import FILE.csv reads some\n"
    assert eco("grid", "import", name, "--format", "text").stdout == "DE: 1 hour from 2025-03-01T00 to 2025-03-01T00 (electricity-maps): 1 new, 0 replaced\n"
    assert "DE" in eco("grid", "list", "--format", "table").stdout
    assert eco("grid", "import", name, "--quiet").stdout == ""
