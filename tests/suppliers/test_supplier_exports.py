"""What is read of each supplier's export: kilograms worked by hand, the AI service alone, and each fault by its line and column."""

import gzip
import json

import pytest

from ecocli.core.supplier_figures import AWS as AMAZON
from ecocli.core.supplier_figures import AZURE as MICROSOFT
from ecocli.core.supplier_figures import GOOGLE_CLOUD, LOCATION, MARKET, MOST_KG, TOTAL, Figure, Identity, check
from ecocli.errors import BadData, MissingFile
from ecocli.suppliers import files
from tests.supplier_helpers import AWS, AZURE, GOOGLE, csv_text, nested, write, write_json


def kg(reading) -> dict[tuple[str, str | None], float]:
    """By scope and basis; of a reading with one row of an AI service."""
    found = {(figure.of.scope, figure.of.basis): figure.kg for figure in reading.figures}
    assert len(found) == len(reading.figures)
    return found


def fault(tmp_path, row) -> str:
    """The one fault of a file whose third line is this row."""
    first = {**row, **{name: "Compute" for name in ("service.description", "product_code", "azureServiceName") if name in row}, "service.id": "", "subService": ""}
    path = write(tmp_path / "export.csv", {name: first.get(name, "") for name in row}, row)
    reading = files.read(path)
    assert (reading.others, reading.figures) == (1, [])
    (rejected,) = reading.rejected
    assert rejected.where == f"{path}:3"
    return str(rejected.error)


def test_google_cloud_has_totals_and_scopes(tmp_path):
    reading = files.read(write(tmp_path / "a.csv", GOOGLE))
    assert reading.supplier == GOOGLE_CLOUD
    assert kg(reading) == {("total", "location"): 8.0, ("total", "market"): 3.5, ("1", None): 0.5, ("2", "location"): 6.0, ("2", "market"): 1.5, ("3", None): 1.5}
    assert {figure.of[:5] for figure in reading.figures} == {(GOOGLE_CLOUD, "0AAAAA-BBBBBB-CCCCCC/4711", "Vertex AI", "europe-west4", "2025-03")}
    assert {figure.model_version for figure in reading.figures} == {"12"}


@pytest.mark.parametrize("form", ["semicolons", "underscores", "array", "lines", "packed", "utf-16"])
def test_the_form_of_the_file_makes_no_difference(tmp_path, form):
    expected = files.read(write(tmp_path / "a.csv", GOOGLE)).figures
    path = tmp_path / "b"
    if form == "semicolons":
        path.write_text(csv_text(GOOGLE, separator=";"), "utf-8-sig")
    elif form == "underscores":
        write(path, {name.replace(".", "_"): value for name, value in GOOGLE.items()})
    elif form == "array":
        write_json(path, [nested(GOOGLE)])
    elif form == "lines":
        other = nested(GOOGLE | {"service.description": "Cloud Run", "service.id": "152E-C115-5142"})
        path.write_text("\n".join(map(json.dumps, (nested(GOOGLE), other))) + "\n", "utf-8")
    elif form == "packed":
        path.write_bytes(gzip.compress(csv_text(GOOGLE).encode()))
    else:
        path.write_text(csv_text(GOOGLE), "utf-16")
    assert files.read(path).figures == expected


def test_a_total_that_is_not_there_is_the_sum_of_its_scopes(tmp_path):
    """0.5 + 6 + 1.5 and 0.5 + 1.5 + 1.5, as the schema defines both."""
    path = write(tmp_path / "a.csv", {name: value for name, value in GOOGLE.items() if "_total_" not in name})
    found = kg(files.read(path))
    assert (found[TOTAL, LOCATION], found[TOTAL, MARKET]) == (8.0, 3.5)


@pytest.mark.parametrize(("name", "service_id"), [("Gemini API", "AEFD-7695-64FA"), ("gemini api", ""), ("A later name", "C7E2-9256-1C43")])
def test_google_clouds_ai_services_are_known_by_name_or_id(tmp_path, name, service_id):
    assert files.read(write(tmp_path / "a.csv", GOOGLE | {"service.description": name, "service.id": service_id})).figures


def test_a_deleted_project_keeps_its_number(tmp_path):
    accounts = [files.read(write(tmp_path / "a.csv", GOOGLE | project)).figures[0].of.account for project in ({"project.id": ""}, {"project.id": "", "project.number": ""})]
    assert accounts == ["0AAAAA-BBBBBB-CCCCCC/4711", "0AAAAA-BBBBBB-CCCCCC"]


def test_aws_is_in_metric_tons(tmp_path):
    reading = files.read(write(tmp_path / "a.csv", AWS))
    assert (reading.supplier, kg(reading)) == (AMAZON, {("total", "location"): 4.0, ("total", "market"): 1.0})
    assert reading.figures[0].of[:5] == (AMAZON, "100000000001/100000000002", "AmazonBedrock", "us-east-1", "2025-03")


def test_aws_tells_scopes_in_some_exports(tmp_path):
    scopes = {"scope_1": 0.001, "scope_2_lbm": 0.002, "scope_2_mbm": 0, "scope_3_lbm": 0.003, "scope_3_mbm": 0.003}
    columns = {f"total_{name}_emissions_{part}": value for name, tons in scopes.items() for part, value in (("unit", "MTCO2e"), ("value", tons))}
    found = kg(files.read(write(tmp_path / "a.csv", AWS | columns)))
    assert found == {("total", "location"): 4.0, ("total", "market"): 1.0, ("1", None): 1.0, ("2", "location"): 2.0, ("2", "market"): 0.0, ("3", "location"): 3.0, ("3", "market"): 3.0}


def test_aws_products_without_a_region_have_the_name_of_their_place(tmp_path):
    (place,) = {figure.of.place for figure in files.read(write(tmp_path / "a.csv", AWS | {"region_code": "", "location": "Global"})).figures}
    assert place == "Global"


def test_both_versions_of_a_method_in_one_file_are_two_editions(tmp_path):
    reading = files.read(write(tmp_path / "a.csv", AWS | {"model_version": "v2.0.0", "total_lbm_emissions_value": "0.009"}, AWS))
    assert [(figure.model_version, figure.kg) for figure in reading.figures if figure.of.basis == LOCATION] == [("v2.0.0", 9.0), ("v3.0.0", 4.0)]
    assert not reading.rejected


@pytest.mark.parametrize("form", ["page", "array", "csv"])
def test_azure_is_in_metric_tons_by_scope(tmp_path, form):
    path = tmp_path / "a"
    rows = [AZURE, AZURE | {"scope": "Scope 3", "scopeId": 3, "totalEmissions": 0.0005}]
    if form == "csv":
        write(path, *rows)
    else:
        write_json(path, {"value": rows, "@odata.nextLink": "https://example.com/next"} if form == "page" else rows)
    reading = files.read(path)
    assert (reading.supplier, reading.is_page) == (MICROSOFT, form == "page")
    assert kg(reading) == {("2", None): 2.0, ("3", None): 0.5}
    assert reading.figures[0].of[:5] == (MICROSOFT, "8000001/00000000-0000-0000-0000-000000000001", "Azure OpenAI", "Sweden Central", "2025-03")
    assert reading.figures[0].model_version is None


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (GOOGLE | {"usage_month": "2025-03-02"}, "column usage_month: must be the first day of a month, not '2025-03-02'"),
        (GOOGLE | {"usage_month": ""}, "column usage_month: nothing in it"),
        (GOOGLE | {"carbon_model_version": "NULL"}, "column carbon_model_version: nothing in it"),
        (GOOGLE | {"carbon_footprint_kgCO2e.scope3": "-1"}, "column carbon_footprint_kgco2e_scope3: must be a number from 0 to 1e+12, not '-1'"),
        (GOOGLE | {"carbon_footprint_kgCO2e.scope3": "nan"}, "column carbon_footprint_kgco2e_scope3: must be a number from 0 to 1e+12, not 'nan'"),
        (GOOGLE | {"carbon_footprint_kgCO2e.scope3": "1_0"}, "column carbon_footprint_kgco2e_scope3: must be a number from 0 to 1e+12, not '1_0'"),
        (
            GOOGLE | {"carbon_footprint_kgCO2e.scope3": "", "carbon_footprint_total_kgCO2e.location_based": ""},
            "column carbon_footprint_total_kgco2e_location_based: nothing in it, nor in the scopes that it is the sum of",
        ),
        (GOOGLE | {"billing_account_id": "x" * 257}, f"column billing_account_id: must be text of at most 256 characters on one line, not '{'x' * 59}…'"),
        (AWS | {"total_lbm_emissions_unit": "kg"}, "column total_lbm_emissions_unit: must be MTCO2e, not 'kg'"),
        (AWS | {"total_lbm_emissions_unit": ""}, "column total_lbm_emissions_unit: nothing in it"),
        (AWS | {"total_lbm_emissions_value": "", "total_mbm_emissions_value": ""}, "column total_lbm_emissions_value: nothing in it, nor in any other figure"),
        (AWS | {"usage_period_start": "2025-13-01"}, "column usage_period_start: must be the first day of a month, not '2025-13-01'"),
        (AZURE | {"dateKey": "20250315"}, "column datekey: must be the first day of a month, such as 20260101, not '20250315'"),
        (AZURE | {"scopeId": 4}, "column scopeid: must be a scope, 1 to 3, not '4'"),
        (AZURE | {"totalEmissions": ""}, "column totalemissions: nothing in it"),
    ],
)  # fmt: skip
def test_each_fault_names_its_column_and_what_is_wrong(tmp_path, row, message):
    assert fault(tmp_path, row) == message


def test_a_line_that_is_cut_off_is_a_fault_of_its_own(tmp_path):
    path = write(tmp_path / "a.csv", GOOGLE)
    path.write_text(path.read_text("utf-8") + "2025-03-01,0AAAAA\n", "utf-8")
    reading = files.read(path)
    assert len(reading.figures) == 6
    assert [(rejected.where, str(rejected.error)) for rejected in reading.rejected] == [(f"{path}:3", "2 columns where the header has 15")]


def test_two_figures_for_the_same_are_a_fault_and_the_same_twice_is_none(tmp_path):
    reading = files.read(write(tmp_path / "a.csv", AWS, AWS, AWS | {"total_lbm_emissions_value": "0.005"}))
    assert {(figure.of.basis, figure.kg) for figure in reading.figures} == {("location", 4.0), ("market", 1.0)}
    assert [str(rejected.error) for rejected in reading.rejected] == ["the same account, service, place, month and version as line 2, with another figure"]


@pytest.mark.parametrize("row", [7, None, "text", {"service": {"description": "Vertex AI"}}, {"a": {"b": {"c": {"d": {"e": 1}}}}}])
def test_rows_of_json_that_are_none(tmp_path, row):
    reading = files.read(write_json(tmp_path / "a.json", [nested(GOOGLE), row]))
    assert len(reading.figures) == 6
    assert len(reading.rejected) + reading.others == 1


def test_half_a_character_is_a_fault(tmp_path):
    reading = files.read(write_json(tmp_path / "a.json", [nested(GOOGLE | {"location.location": "x\ud800"})]))
    assert [str(rejected.error) for rejected in reading.rejected] == ["column location_location: must be text of at most 256 characters on one line, not 'x\\ud800'"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "'a.csv' is empty"),
        (b"PAR1\x15", "'a.csv' is Parquet"),
        (b"PK\x03\x04", "'a.csv' is a spreadsheet"),
        (b"\xff\x00\x01\x02", "'a.csv' is no CSV or JSON in UTF-8"),
        (gzip.compress(b"usage_month", mtime=0)[:-6], "'a.csv' is damaged: it cannot be unpacked"),
        (b"{nothing", "'a.csv': not JSON: Expecting property name enclosed in double quotes (column 2)"),
        (b"date,amount\n1,2\n", "'a.csv' is no export that is known: its columns are amount, date"),
        (b"a,a\n1,2\n", "'a.csv': two columns are called 'a'"),
        (b"usage_month,carbon_footprint_kgCO2e.scope1\n", "'a.csv' lacks columns of Google Cloud, Carbon Footprint: billing_account_id, service_description, carbon_model_version"),
    ],
)
def test_what_is_no_export_says_what_it_is(tmp_path, content, message):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(BadData) as refused:
        files.read(path)
    assert str(refused.value) == message


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(MissingFile, match="no file"):
        files.read(tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("change", "name"),
    [({"supplier": "moon"}, "supplier"), ({"month": "2025-00"}, "month"), ({"scope": "4"}, "scope"), ({"basis": ""}, "basis"), ({"account": ""}, "account"), ({"place": "a\nb"}, "place")],
)
def test_a_figure_that_no_import_makes_is_refused(change, name):
    of = Identity(AMAZON, "1/2", "AmazonBedrock", "us-east-1", "2025-03", TOTAL, LOCATION)
    check(Figure(of, MOST_KG, "v3.0.0"))
    with pytest.raises(BadData, match=f"^{name}: must be "):
        check(Figure(of._replace(**change), 1.0, None))


@pytest.mark.parametrize("kg", [-1.0, 2 * MOST_KG, float("nan"), float("inf")])
def test_an_amount_that_is_none_is_refused(kg):
    with pytest.raises(BadData, match=r"^kg: must be a number from 0 to 1e\+12, not "):
        check(Figure(Identity(AMAZON, "1/2", "AmazonBedrock", None, "2025-03", TOTAL, LOCATION), kg, None))
