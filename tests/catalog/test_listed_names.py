"""Names of models as public lists spell them are ids of the catalogue, not aliases."""

import json
from pathlib import Path

BY_MAKER = json.loads(Path(__file__).with_name("listed_names.json").read_text("utf-8"))
NAMES = [f"{maker}/{name}" if maker != "no maker" else name for maker, names in BY_MAKER.items() for name in names]


def test_each_name_matches_exactly(eco):
    calls = "".join(json.dumps({"model": name, "prompt_tokens": 1, "completion_tokens": 1}) + "\n" for name in NAMES)
    audits = [json.loads(line)["audit"] for line in eco("estimate", "--format", "ndjson", input=calls).stdout.splitlines()]
    assert {(name, audit["modelMatch"]) for name, audit in zip(NAMES, audits, strict=True)} == {(name, "exact") for name in NAMES}
    assert len(NAMES) == 384
