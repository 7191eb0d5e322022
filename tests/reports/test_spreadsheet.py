"""A report as a spreadsheet holds all that its JSON holds, adds up by formulas, and runs nothing that came from outside."""

import io
import json
import re
import shutil
import subprocess
import zipfile
from math import isclose

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

openpyxl = pytest.importorskip("openpyxl")

from ecocli.render.report.xlsx import workbook

MARCH_MS = 1_740_787_200_000
"""2025-03-01 in UTC."""
DAY_MS = 86_400_000
ATTACKS = [
    "=cmd|' /C calc'!A0", "=1+1", "+1+1", "-1+1", "@SUM(1)", '=HYPERLINK("https://example.org","x")', "＝1+1", "'=1+1", "#N/A", "#REF!", "TRUE", "1e5", "0012",
    "_x003D_1+1", "<https://example.org/>", "a" * 256, "x\u202ey", " leading", "https://example.org/", "{=1}", "&A &P", "<script>", "]]>",
]  # fmt: skip


@pytest.fixture
def env(env):
    """With a time zone of one's own choice, so that no report warns of the machine's."""
    return env | {"ECO_TZ": "UTC"}


def record(eco, *events) -> None:
    events = [{"prompt_tokens": 1000 + at, "completion_tokens": 500, "startTimeMs": MARCH_MS + at * DAY_MS} | each for at, each in enumerate(events)]
    eco("record", "--quiet", "--model-fallback", input="\n".join(map(json.dumps, events)))


@pytest.fixture
def made(eco, tmp_path):
    """(the workbook, the JSON) of the same calls: own, rented, cloud and API ones."""
    record(
        eco,
        {"provider": "OpenAI", "model": "gpt-4o"},
        {"provider": "AWS", "model": "claude-sonnet-4.5", "region": "us-east-1", "hosting": "cloud"},
        {"provider": "vLLM", "model": "llama-3.3-70b-instruct", "region": "DE", "hosting": "rented", "control": True},
        {"provider": "ollama", "model": "llama-3.1-8b", "region": "SE", "tags": {"session": "s1"}},
    )
    eco("report", "--output", "report.xlsx")
    return opened(tmp_path / "report.xlsx"), eco("report", "--json").json


def opened(file):
    return openpyxl.load_workbook(file)


def cells(book):
    return [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]


def leaves(value, name=""):
    """Every (name, number or text) of a JSON value."""
    if isinstance(value, dict | list):
        for key, each in value.items() if isinstance(value, dict) else ((name, each) for each in value):
            yield from leaves(each, key)
    elif value is not None and (name, value) != ("status", "success"):
        yield name, value


def test_every_number_and_text_of_the_json_is_in_a_cell(made):
    book, report = made
    texts = [cell.value for cell in cells(book) if cell.data_type == "s"]
    numbers = {cell.value for cell in cells(book) if cell.data_type in ("n", "b")}
    found = dict(leaves(report)).keys()
    assert {"energyMWh", "source", "version", "lacks", "meaning"} <= found
    for name, value in leaves(report):
        if name == "generated":  # the moment of each run
            continue
        if isinstance(value, str):
            assert any(value in text for text in texts), (name, value)
        else:
            assert value in numbers, (name, value)


KEYS = st.text("abcdefgh", min_size=1, max_size=6).filter(lambda key: key not in ("range", "tags", "status"))
SCALARS = st.none() | st.booleans() | st.integers(-(10**15), 10**15) | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20)
OBJECTS = st.dictionaries(KEYS, SCALARS, max_size=4)
SECTIONS = st.recursive(SCALARS | OBJECTS | st.lists(OBJECTS, max_size=4) | st.lists(st.text(max_size=9), max_size=3), lambda inner: st.dictionaries(KEYS, inner, max_size=4), max_leaves=12)


@settings(max_examples=50)
@given(st.dictionaries(KEYS, SECTIONS, max_size=5))
def test_a_section_of_any_shape_needs_no_code(report):
    """Whatever an answer holds: it is written and read again, and no number of it is lost."""
    book = opened(io.BytesIO(workbook({"title": "t", **report}, 0)))
    numbers = {cell.value for cell in cells(book) if cell.data_type in ("n", "b")}
    for _, value in leaves(report):
        assert isinstance(value, str) or value in numbers
    assert all(cell.data_type != "f" or cell.coordinate.startswith("B") for cell in cells(book))


def test_a_table_within_a_table_has_what_it_belongs_to_beside_it(made):
    book, report = made
    rows = list(book["Data quality"].iter_rows(min_row=2, values_only=True))
    assert [row[:3] for row in rows[: sum(len(each["levels"]) for each in report["dataQuality"])]] == [
        (each["name"], each["title"], level["name"]) for each in report["dataQuality"] for level in each["levels"]
    ]


def test_numbers_are_numbers_in_full_precision_with_their_unit(made):
    book, report = made
    sheet = book["By model"]
    header = {cell.value: cell.column for cell in sheet[1]}
    for row, line in enumerate(report["byModel"], 2):
        for name, key in (("energy [MWh]", "energyMWh"), ("CO2 [tCO2e]", "co2Tonnes"), ("water [m3]", "waterM3"), ("calls", "calls"), ("share", "share")):
            cell = sheet.cell(row, header[name])
            assert (cell.data_type, cell.value) == ("n", line[key])
        low, high = line["range"]["co2Tonnes"]
        assert (sheet.cell(row, header["CO2 low [tCO2e]"]).value, sheet.cell(row, header["CO2 high [tCO2e]"]).value) == (low, high)
    assert sheet.cell(2, header["share"]).number_format == "0.0%"
    assert book["Total"]["E5"].value == "MWh"


SUMMED = {"Scopes", "By hosting", "By provider", "By model", "By region", "Over time data", "Data quality", "Scope 2 market based covered"}


def sums(book):
    """(sheet, column, row of a sum) wherever there is one; the total is a row below it, and the check below that."""
    for sheet in book:
        for (label,) in sheet.iter_rows(max_col=1):
            if str(label.value).startswith("sum") and label.font.bold:
                yield from ((sheet, cell.column_letter, label.row) for cell in sheet[label.row][1:] if cell.data_type == "f")


def differing(book):
    """The cell of the first sheet that counts sums which are not the report's totals."""
    return next(value for label, value in book["Report"].iter_rows(max_col=2, values_only=True) if str(label).startswith("sums that differ"))


def test_sums_are_formulas_over_all_rows_and_refer_to_the_total(made):
    """The formulas are read as a person reads them: what they add is the rows, and what they compare it with is what eco computed."""
    book, report = made
    seen = set()
    for sheet, letter, row in sums(book):
        first, last = map(int, re.fullmatch(rf"=SUM\({letter}(\d+):{letter}(\d+)\)", sheet[f"{letter}{row}"].value).groups())
        added = sum(sheet[f"{letter}{at}"].value for at in range(first, last + 1))
        name, cell = re.fullmatch(r"='?([^'!]+)'?!([A-Z]+\d+)", sheet[f"{letter}{row + 1}"].value).groups()
        total = book[name][cell].value
        assert isclose(added, total, rel_tol=1e-9), (sheet.title, letter)
        assert sheet[f"{letter}{row + 2}"].value == f'=IF(ABS({letter}{row}-{letter}{row + 1})<=1E-9*ABS({letter}{row + 1}),"agrees","differs")'
        seen.add(sheet.title)
    assert seen == SUMMED
    rows = {sheet.title: first for sheet, _, first in sums(book)}
    assert rows["By model"] == len(report["byModel"]) + 3  # the header, the rows, one that is empty
    checks = differing(book)
    assert all(f"{title}'!" in checks or f"{title}!" in checks for title in SUMMED)


@pytest.mark.package
@pytest.mark.skipif(shutil.which("soffice") is None, reason="no LibreOffice here: apt-get install libreoffice-calc")
def test_a_spreadsheet_program_agrees(made, tmp_path):
    """LibreOffice opens the file, computes the formulas, and finds no difference."""
    command = ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to", "xlsx:Calc MS Excel 2007 XML"]
    subprocess.run([*command, "--outdir", str(tmp_path / "computed"), str(tmp_path / "report.xlsx")], check=True, capture_output=True, timeout=120)
    book = openpyxl.load_workbook(tmp_path / "computed" / "report.xlsx", data_only=True)
    checked = [book[sheet.title][f"{letter}{row + 2}"].value for sheet, letter, row in sums(made[0])]
    assert len(checked) > 100 and set(checked) == {"agrees"}
    assert differing(book) == 0
    assert book["By model"]["A2"].value == made[1]["byModel"][0]["name"]


def test_a_sum_that_differs_is_seen():
    """A report whose models do not add up to its total."""
    line = {"name": "m", "calls": 2}
    book = opened(io.BytesIO(workbook({"total": {"calls": 5}, "byModel": [line, line]}, 0)))
    assert (book["By model"]["B5"].value, book["By model"]["B6"].value, book["Total"]["B2"].value) == ("=SUM(B2:B3)", "='Total'!B2", 5)
    assert differing(book) == """=COUNTIF('By model'!B7:B7,"differs")"""


@pytest.mark.parametrize("attack", ATTACKS)
def test_text_from_outside_is_a_cell_of_text(attack):
    """In every place that text of a user has: names, tags, keys, the organisation, sources."""
    report = {
        "title": "t", "filters": {"model": attack, "tags": {attack: attack}}, "warnings": [attack], "organisation": {"name": attack, "entities": [{"name": attack, "tags": {attack: attack}, "n": 1}]},
        "byModel": [{"name": attack, "calls": 1}], "byName": {attack: {"calls": 1}, "b": {"calls": 2}}, "total": {"calls": 1}, "factors": [{"source": attack, "value": 1}],
    }  # fmt: skip
    written = workbook(report, 0)
    found = [cell for cell in cells(opened(io.BytesIO(written))) if cell.data_type != "n" and attack.strip("'") in str(cell.value).replace("_x005F_", "_").replace("\\u202e", "\u202e")]
    assert len(found) >= 8
    assert {cell.data_type for cell in found} == {"s"}
    formulas = [cell.value for cell in cells(opened(io.BytesIO(written))) if cell.data_type == "f"]
    assert all(re.match(r"=(SUM\(|IF\(|'|COUNTIF\()", formula) for formula in formulas)


def parts(written: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(written)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_text_that_looks_like_a_formula_stays_text_when_it_is_edited():
    book = opened(io.BytesIO(workbook({"byModel": [{"name": "=1+1"}, {"name": "gpt-4o"}]}, 0)))
    assert [book["By model"][cell].quotePrefix for cell in ("A2", "A3")] == [True, False]


def test_what_xml_cannot_hold_is_shown_as_an_escape():
    book = opened(io.BytesIO(workbook({"byModel": [{"name": "a\x00\x1b[2J\ud800\ufffe"}, {"name": "_x001B_"}]}, 0)))
    assert book["By model"]["A2"].value == "a\\x00\\x1b[2J\\ud800\\ufffe"
    assert book["By model"]["A3"].value == "_x005F_x001B_"  # which is how the standard writes this very text


def test_text_that_is_too_long_for_a_cell_says_so():
    book = opened(io.BytesIO(workbook({"byModel": [{"name": "=" * 40_000}]}, 0)))
    assert len(book["By model"]["A2"].value) == 32_767
    assert book["By model"]["A2"].value.endswith("=…")


def test_hostile_names_by_the_whole_way(eco, tmp_path):
    names = [attack for attack in ATTACKS if len(attack) <= 200]
    record(eco, *({"provider": f"{name}", "model": name, "tags": {"t": name, "session": name}} for name in names))
    eco("report", "--tag", "t==1+1", "--organisation", "=1+1", "--output", "a.xlsx")
    eco("report", "--output", "b.xlsx")
    for file in ("a.xlsx", "b.xlsx"):
        book = opened(tmp_path / file)
        assert all(re.match(r"=(SUM\(|IF\(|'|COUNTIF\()", cell.value) for cell in cells(book) if cell.data_type == "f")
    assert {row[0] for row in book["By provider"].iter_rows(min_row=2, max_col=1, values_only=True)} >= {"=1+1", "+1+1", "-1+1", "@SUM(1)"}


def test_sources_are_links_and_nothing_else_is(made):
    book, report = made
    sheet = book["Factors"]
    column = [cell.value for cell in sheet[1]].index("source") + 1
    for row, factor in enumerate(report["factors"], 2):
        cell = sheet.cell(row, column)
        url = re.search(r"<(https://[^>]+)>", factor["source"])
        assert (cell.hyperlink.target if cell.hyperlink else None) == (url[1] if url else None)
    outside = [cell for cell in cells(book) if cell.hyperlink and cell.hyperlink.target and sheet_header(cell) != "source"]
    assert outside == []
    assert any(cell.hyperlink for cell in sheet["H"])


def sheet_header(cell) -> str:
    return cell.parent.cell(1, cell.column).value


def test_each_sheet_can_be_read_and_printed(made):
    for sheet in made[0]:
        assert sheet.freeze_panes == "A2"
        assert sheet.print_title_rows == "$1:$1"
        assert sheet.page_setup.orientation == "landscape" and sheet.sheet_properties.pageSetUpPr.fitToPage
        assert all(cell.font.bold for cell in sheet[1])
        assert all(8 <= sheet.column_dimensions[cell.column_letter].width <= 60 for cell in sheet[1])


def test_titles_are_as_excel_allows_them():
    names = ["a" * 40, "a" * 40 + "b", "History", "x:y/z?", "byModel", "By model", "'q'", "[1]*"]
    book = opened(io.BytesIO(workbook({name: [{"n": 1}] for name in names}, 0)))
    titles = [sheet.title for sheet in book]
    assert len(titles) == len(names) + 1 == len({title.lower() for title in titles})
    assert all(0 < len(title) <= 31 and not set(title) & set("[]:*?/\\") and title.lower() != "history" and title.strip("'") == title for title in titles)


def test_the_first_sheet_leads_to_every_table(made):
    book, report = made
    links = {cell.value: cell.hyperlink.location for (cell,) in book["Report"].iter_rows(max_col=1) if cell.hyperlink}
    assert list(links) == [sheet.title for sheet in book][1:]
    assert links["By model"] == "'By model'!A1"
    listed = {row[0]: row[1] for row in book["Report"].iter_rows(values_only=True)}
    assert report["corrections"] == [] and listed["corrections"] == 0


def test_the_same_report_is_the_same_bytes(made):
    report = made[1]
    assert workbook(report, MARCH_MS) == workbook(report, MARCH_MS)
    assert all(info.date_time == (1980, 1, 1, 0, 0, 0) for info in zipfile.ZipFile(io.BytesIO(workbook(report, MARCH_MS))).infolist())
    assert "2025-03-01T00:00:00Z" in parts(workbook(report, MARCH_MS))["docProps/core.xml"]


def test_an_empty_period_is_a_workbook_that_says_so(eco, tmp_path):
    eco("report", "--start-date", "2024-01-01", "--end-date", "2024-12-31", "--output", "empty.xlsx")
    book = opened(tmp_path / "empty.xlsx")
    assert book["Total"]["B2"].value == 0
    assert all(cell.value.startswith(("=SUM", "='", "=IF", "=COUNTIF")) for cell in cells(book) if cell.data_type == "f")


def test_a_spreadsheet_goes_to_a_file_or_a_pipe(eco, eco_process, terminal, tmp_path):
    record(eco, {"model": "gpt-4o"})
    refused = "eco: a spreadsheet needs a file\nhint: name it: --output report.xlsx; --output - is for a pipe\n"
    assert eco("report", "--format", "xlsx", exit_code=2).stderr == refused
    assert refused in terminal("report", "--format", "xlsx", "--output", "-", errors=True, exit_code=2)
    assert eco("report", "--output", "R.XLSX").stderr == "R.XLSX: 1 call\n"
    assert opened(tmp_path / "R.XLSX")["Total"]["B2"].value == 1


def test_without_openpyxl_it_says_how_to_get_it(eco_process, tmp_path):
    folder = tmp_path / "without"
    folder.mkdir()
    (folder / "openpyxl.py").write_text("raise ModuleNotFoundError('not here', name='openpyxl')\n")
    (tmp_path / "report.xlsx").write_text("an earlier one")
    result = eco_process("report", "--output", "report.xlsx", exit_code=4, PYTHONPATH=str(folder))
    assert result.stderr.endswith("eco: a report as a spreadsheet needs packages that are not installed\nhint: pip install 'ecocli[xlsx]' adds them\n")
    assert (tmp_path / "report.xlsx").read_text() == "an earlier one"
    eco_process("report", "--lock", "2025", "--output", "report.xlsx", exit_code=4, PYTHONPATH=str(folder))
    assert eco_process("report", "--since", "2025", "--until", "2025", "--json").json["restatement"] is None
