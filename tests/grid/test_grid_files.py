"""Each layout of hourly grid data, written by hand: hours are UTC and begin where they say, a mix has the intensity of its fuels."""

from datetime import UTC, datetime

import pytest

from ecocli.errors import BadData, MissingFile, UsageError
from ecocli.grid import files
from ecocli.grid.fuels import FACTORS
from ecocli.grid.series import DIRECT, LIFECYCLE

COAL, GAS, WIND, SOLAR, HYDRO = 820.0, 490.0, 11.0, 48.0, 24.0
"""Medians of AR5's table. [gCO2e/kWh]"""


def hour(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) // 3600


def read(tmp_path, *lines: str, layout: str | None = None):
    file = tmp_path / "hours.csv"
    file.write_text("\n".join(lines) + "\n", "utf-8")
    return files.read(file, layout)


def test_factors_are_those_of_the_table():
    assert [FACTORS[fuel].value for fuel in ("coal", "gas", "wind", "solar", "hydro")] == [COAL, GAS, WIND, SOLAR, HYDRO]
    assert all(factor.low <= factor.value <= factor.high and factor.source and factor.year for factor in FACTORS.values())


@pytest.mark.parametrize("column", ["Carbon Intensity gCO₂eq/kWh (LCA)", "Carbon intensity gCO₂eq/kWh (Life cycle)"])
def test_electricity_maps_is_taken_at_its_word(tmp_path, column):
    header = f"Datetime (UTC),Country,Zone Name,Zone Id,Carbon Intensity gCO₂eq/kWh (direct),{column}"
    name, found = read(tmp_path, header, "2025-03-01 00:00:00,X,X,DE,250,310.5", "2025-03-01 01:00:00,X,X,DE,200,", "2025-03-01 02:00:00,X,X,DE,150,200", "2025-03-01 03:00:00,X,X,DE,150,201")
    assert (name, found.basis) == ("electricity-maps", LIFECYCLE)
    assert found.zones == {"DE": {hour("2025-03-01T00"): 310.5, hour("2025-03-01T02"): 200.0, hour("2025-03-01T03"): 201.0}}


BALANCE = (
    "Balancing Authority,Data Date,UTC Time at End of Hour,Net Generation (MW) from Coal,Net Generation (MW) from Natural Gas,"
    "Net Generation (MW) from Wind,Net Generation (MW) from Other Fuel Sources,Net Generation (MW) from Natural Gas (Adjusted)"
)


def test_a_balance_file_names_hours_by_their_end_and_has_adjusted_values(tmp_path):
    name, found = read(tmp_path, BALANCE, 'CISO,01/01/2025,01/01/2025 1:00:00 AM,,"1,000",3000,50,', "CISO,01/01/2025,01/01/2025 2:00:00 AM,,9999,3000,50,1000")
    assert name == "eia-balance"
    assert found.zones["CISO"] == {hour("2025-01-01T00"): (GAS + 3 * WIND) / 4, hour("2025-01-01T01"): (GAS + 3 * WIND) / 4}


def test_an_hour_that_lacks_a_fuel_is_left_out(tmp_path):
    _, found = read(tmp_path, BALANCE, "CISO,x,01/01/2025 1:00:00 AM,,1000,3000,0,", "CISO,x,01/01/2025 2:00:00 AM,,,3000,0,", "CISO,x,01/01/2025 3:00:00 AM,,1000,1000,0,",
                    "CISO,x,01/01/2025 4:00:00 AM,,1000,1000,0,")  # fmt: skip
    assert found.incomplete == 1
    assert sorted(found.zones["CISO"]) == [hour("2025-01-01T00"), hour("2025-01-01T02"), hour("2025-01-01T03")]


def test_the_other_shapes_of_eia(tmp_path):
    by_hand = {hour("2025-06-01T00"): (COAL + GAS) / 2}
    assert read(tmp_path, "BA,UTC time,NG: COL,NG: NG,NG: WAT", "PJM,01Jun2025 1:00:00,100,100,-30") == ("eia-region", read(tmp_path, "BA,UTC time,NG: COL,NG: NG", "PJM,2025-06-01 01:00,100,100")[1])
    name, found = read(tmp_path, "period,respondent,fueltype,value", "2025-06-01T01,PJM,COL,100", "2025-06-01T01,PJM,NG,100", "2025-06-01T01,PJM,BAT,-900")
    assert (name, found.zones["PJM"]) == ("eia-api", by_hand)
    name, found = read(tmp_path, "BA,UTC time,CO2 Emissions Intensity for Generated Electricity", "PJM,2025-06-01 01:00,1")
    assert (name, found.basis) == ("eia-emissions", DIRECT)
    assert found.zones["PJM"] == {hour("2025-06-01T00"): pytest.approx(453.59237)}


def test_quarters_of_an_hour_count_as_their_mean(tmp_path):
    rows = [f"01.01.2025 00:{m:02} - 01.01.2025 00:{m + 15 if m < 45 else 0:02} (UTC),Germany (DE),{gas},n/e,{sun},-500" for m, gas, sun in ((0, 100, 0), (15, 300, 400), (30, 100, 400), (45, 300, 800))]
    header = "MTU,Area,Fossil Gas  - Actual Aggregated [MW],Marine  - Actual Aggregated [MW],Solar  - Actual Aggregated [MW],Hydro Pumped Storage  - Actual Aggregated [MW]"
    name, found = read(tmp_path, header, *rows)
    assert name == "entsoe"
    assert found.zones == {"DE": {hour("2025-01-01T00"): pytest.approx((200 * GAS + 400 * SOLAR) / 600)}}


def test_the_other_shapes_of_entsoe(tmp_path):
    expected = {hour("2025-01-01T05"): (3 * COAL + HYDRO) / 4}
    name, found = read(tmp_path, '"MTU (UTC)","Area","Production Type","Generation (MW)"', '"01/01/2025 05:00:00 - 01/01/2025 06:00:00","BZN|FR","Fossil Hard coal","300"',
                       '"01/01/2025 05:00:00 - 01/01/2025 06:00:00","BZN|FR","Hydro Water Reservoir","100"')  # fmt: skip
    assert (name, found.zones) == ("entsoe-long", {"FR": expected})
    name, found = read(tmp_path, "DateTime(UTC)\tResolutionCode\tMapCode\tProductionType\tActualGenerationOutput[MW]", "2025-01-01 05:00:00\tPT60M\tSE3\tFossil Hard coal\t300",
                       "2025-01-01 05:00:00\tPT60M\tSE3\tHydro Water Reservoir\t100")  # fmt: skip
    assert (name, found.zones) == ("entsoe-library", {"SE3": expected})


def test_times_of_entsoe_must_be_utc(tmp_path):
    with pytest.raises(BadData, match="not in UTC"):
        read(tmp_path, "MTU (CET/CEST),Area,Solar  - Actual Aggregated [MW]", "01.01.2025 00:00 - 01.01.2025 01:00,Germany (DE),1")
    with pytest.raises(BadData, match="line 2: mtu: must say that it is in UTC"):
        read(tmp_path, "MTU,Area,Solar  - Actual Aggregated [MW]", "01.01.2025 00:00 - 01.01.2025 01:00,Germany (DE),1")


def test_neso_by_its_mix_and_by_its_own_intensity(tmp_path):
    header = "DATETIME,GAS,COAL,NUCLEAR,WIND,WIND_EMB,HYDRO,IMPORTS,BIOMASS,OTHER,SOLAR,STORAGE,GENERATION,CARBON_INTENSITY"
    name, found = read(tmp_path, header, "2025-01-01T00:00:00,100,0,0,200,100,0,900,0,70,0,80,1450,99", "2025-01-01T00:30:00,300,0,0,200,100,0,0,0,0,0,0,600,99")
    assert (name, found.basis) == ("neso-mix", LIFECYCLE)
    assert found.zones == {"GB": {hour("2025-01-01T00"): pytest.approx((200 * GAS + 300 * WIND) / 500)}}
    name, found = read(tmp_path, "datetime,forecast,actual,index", "2025-01-01T00:00Z,90,100,low", "2025-01-01T00:30Z,90,110,low", "2025-01-01T01:00Z,90,,low")
    assert (name, found.basis, found.zones) == ("neso", DIRECT, {"GB": {hour("2025-01-01T00"): 105.0}})


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (("a,b,c", "1,2,3"), "no layout that is known"),
        (("",), "no layout that is known"),
        (("period,respondent,fueltype,value", "2025-01-01T01,PJM,COL,plenty"), 'line 2: value: must be a number, not \'plenty\''),
        (("period;respondent;fueltype;value", "2025-01-01T01;PJM;COL;12,5"), "line 2: value: must be a number"),
        (("period,respondent,fueltype,value", "yesterday,PJM,COL,1"), "line 2: period: must be a time"),
        (("period,respondent,fueltype,value", "2025-01-01T01,PJM"), "line 2: 2 columns where the header has 4"),
        (("period,respondent,fueltype,value",), "no hour with a value"),
        (("Datetime (UTC),Zone id,Carbon intensity gCO₂eq/kWh (Life cycle)", "2025-01-01 00:00:00,DE,300", "2025-01-02 00:00:00,DE,300"), "not hourly"),
        (("Datetime (UTC),Zone id,Carbon intensity gCO₂eq/kWh (Life cycle)", "2025-01-01 00:00:00,DE,300000"), "300000 g/kWh is none that a grid has"),
    ],
)  # fmt: skip
def test_another_file_is_refused_with_its_reason(tmp_path, lines, message):
    with pytest.raises(BadData, match=message) as caught:
        read(tmp_path, *lines)
    assert caught.value.exit_code == 4


def test_what_is_no_text_or_not_there_is_refused(tmp_path):
    with pytest.raises(MissingFile):
        files.read(tmp_path / "none.csv")
    with pytest.raises(BadData, match="cannot be read"):
        files.read(tmp_path)
    (tmp_path / "workbook.xlsx").write_bytes(b"PK\x03\x04\xff\xfe")
    with pytest.raises(BadData, match="no table of UTF-8 text"):
        files.read(tmp_path / "workbook.xlsx")


def test_a_layout_can_be_named_but_not_forced(tmp_path):
    with pytest.raises(UsageError, match="no layout 'neos'") as caught:
        read(tmp_path, "a,b", layout="neos")
    assert caught.value.hint == "did you mean neso?"
    with pytest.raises(BadData, match="is not of the layout neso"):
        read(tmp_path, "period,respondent,fueltype,value", layout="neso")
