"""What fuzzing found, kept as cases, and a little of everything that it tries."""

import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecocli.catalog import compile
from ecocli.catalog.compiled import data_path
from ecocli.config import settings as own_settings
from ecocli.errors import BadCatalog, BadConfig
from tests.fuzz import guided, strategies
from tests.fuzz.targets import COMPILERS, Machine
from tests.fuzz.test_fuzz import machine  # noqa: F401  # a fixture

ROWS = {
    "opencode": [{"id": "x" * 5000, "data": "{"}, {"id": "\x1b[2J", "data": "{"}, {"time_updated": ""}, {"time_updated": b"\xff", "time_created": 1e300}],
    "llm": [{"id": b"\x02"}, {"id": None, "datetime_utc": b""}, {"id": "x" * 5000, "input_tokens": -1}],
}


@pytest.mark.parametrize(("source", "odd"), [(source, odd) for source in ROWS for odd in ROWS[source]], ids=lambda value: str(value)[:30])
def test_a_database_may_hold_anything_anywhere(machine: Machine, source: str, odd: dict[str, object]) -> None:
    table, row = strategies.TABLES[source]
    machine.database(source, table, [row | odd, row])


@pytest.mark.parametrize("text", ["db = " + "[" * 2000, "busy_timeout_s = 0x" + "F" * 500, "tags = {a = 0x" + "F" * 5000 + "}"], ids=lambda text: text[:20])
def test_a_setting_beyond_every_bound(tmp_path, text: str) -> None:
    (tmp_path / "eco").mkdir()
    (tmp_path / "eco" / "config.toml").write_text(text)
    with pytest.raises(BadConfig, match=re.escape(str(tmp_path))):
        own_settings.load({"XDG_CONFIG_HOME": str(tmp_path)})


def test_a_models_id_of_thousands_of_digits(tmp_path) -> None:
    own = strategies.OWN["models.yaml"]
    (tmp_path / "models.yaml").write_text(json.dumps(own).replace('"house/tuned-8b"', "0x" + "F" * 5000))
    merge, entries = COMPILERS["models.yaml"]
    with pytest.raises(BadCatalog, match=r"models.*id"):
        list(entries(merge(compile.load(data_path("models.yaml")), compile.load(tmp_path / "models.yaml"))))



@settings(max_examples=100, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_little_of_everything(machine: Machine, data: st.DataObject) -> None:
    """`pytest -m fuzz` tries ten thousand."""
    data.draw(guided.cases(machine))()
