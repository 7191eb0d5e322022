"""A row of the history has one table: written from it, read back by it, and its short form is the beginning of the full one."""

import json
from dataclasses import fields, replace

import pytest

from ecocli.contract.history import COLUMNS, FULL, full_row, row
from ecocli.core.footprint import Assessment, Basis
from ecocli.core.quantity import Estimate
from ecocli.core.usage import Usage
from ecocli.exchange.histories import foreign_call
from ecocli.pipeline.assessment import Assessor
from ecocli.store import ANY, NewCall, Store
from tests.estimator_helpers import NOW_MS, shipped

DERIVED = {"logDate", "keyName", "maskedKey", "model", "energyWh", "co2Grams", "waterMl", "treeDays", "range"}
"""Follow from other fields; a key is read back as a whole."""
KNOWN = Usage(
    input_tokens=100,
    output_tokens=50,
    provider="OpenAI",
    model="gpt-4o",
    reasoning_tokens=7,
    cached_tokens=3,
    cache_write_tokens=2,
    region="us-east-1",
    started_at_ms=1_700_000_000_000,
    first_token_at_ms=1_700_000_001_000,
    ended_at_ms=1_700_000_002_000,
    source="gateway",
    is_estimated=True,
    estimation_method="by length",
    id="call-1",
    tags={"project": 'α "quoted"', "note": "x"},
    format="openai-chat",
    encoding="o200k_base",
    assumptions=("reasoning was counted apart",),
    concurrency=12.5,
    accelerator="RTX 4090",
    weight_precision="q4_K_M",
    hosting="own",
    control=False,
    host="desk.local",
    hardware="desk",
    load_ms=250.0,
    prompt_ms=500.5,
    generation_ms=4000.0,
    measured_wh=0.25,
    measured_boundary="wall",
    measured_by="a meter",
    service_tier="flex",
    server_tool_calls={"web_search": 3},
)
PLAIN = Usage(0, 0, provider="OpenAI", started_at_ms=0, id="call-2")


def new_call(usage: Usage) -> NewCall:
    found = Assessor(shipped()).assess(replace(usage, model=usage.model or "gpt-4o"), NOW_MS).assessment
    footprint = replace(found.footprint, market_co2_g=0.25, inferred_reasoning_tokens=Estimate(1.0, 2.0, 3.0)) if usage is KNOWN else found.footprint
    as_read = Basis(json.loads(json.dumps(found.basis.content)), found.basis.digest)  # JSON has no tuples
    kept = Assessment(footprint, as_read, ("of this very call",) if usage is KNOWN else ())
    assert usage.id is not None and usage.started_at_ms is not None
    named = {"model_id": "openai/gpt-4o" if usage is KNOWN else None, "final_region": "us-east-1", "calculation_method": "EXACT_REGION"}
    times = {"started_at_ms": usage.started_at_ms, "recorded_at_ms": NOW_MS, "computed_at_ms": NOW_MS + 5}
    return NewCall(usage, "openai", "OpenAI", usage.id, key_id=None, assessment=kept, **named, **times)


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "eco.db") as store:
        with store.transaction():
            store.add_all([new_call(KNOWN), new_call(PLAIN)])
        yield store


def test_the_short_row_is_the_beginning_of_the_full_one(store):
    whole = [full_row(call, dict(store.basis(call.basis_id).content)) for call in store.rows()]
    short = [row(call) for call in store.history()]
    assert [list(one.items()) for one in short] == [list(one.items())[: len(COLUMNS)] for one in whole]
    assert short == [row(call) for call in store.history_page(ANY, 1, 10)]


def test_a_full_row_is_read_back_as_the_call_that_it_was_written_from(store):
    assert all(getattr(KNOWN, field.name) not in (None, ()) for field in fields(Usage) if not field.name.endswith("_reported")), "one was forgotten here"
    for usage in (KNOWN, PLAIN):
        [call] = store.find(usage.id)
        foreign = foreign_call(full_row(call, dict(store.basis(call.basis_id).content)))
        assert (foreign.new, foreign.past, foreign.key) == (new_call(usage), (), None)


def test_every_field_is_read_back_or_follows_from_others():
    assert {field.name for field in FULL if not (field.event or field.read)} == DERIVED
