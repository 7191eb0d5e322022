"""A citation says whose a figure is, under which licence, and whether anyone read it at its owner's."""

import pytest

from ecocli.catalog.schema import SourceEntry

EMBER = {"title": "Yearly electricity data", "publisher": "Ember", "year": 2026}


@pytest.mark.parametrize(
    ("more", "citation"),
    [
        ({}, "Yearly electricity data. Ember, 2026"),
        ({"url": "https://ember-energy.org/"}, "Yearly electricity data. Ember, 2026 <https://ember-energy.org/>"),
        ({"licence": "CC-BY-4.0"}, "Yearly electricity data. Ember, 2026 (CC-BY-4.0)"),
        ({"checked": False}, "Yearly electricity data. Ember, 2026 (unchecked)"),
        ({"licence": "CC-BY-4.0", "checked": False}, "Yearly electricity data. Ember, 2026 (CC-BY-4.0, unchecked)"),
        ({"licence": "CC-BY-4.0", "via": "EcoLogits", "checked": False}, "Yearly electricity data. Ember, 2026 (CC-BY-4.0, read in EcoLogits)"),
    ],
)
def test_a_citation_is_complete_in_itself(more, citation):
    assert SourceEntry(**EMBER, **more).citation == citation


def test_what_was_read_second_hand_was_not_checked_at_its_source():
    with pytest.raises(ValueError, match="checked: true beside via: what was read in EcoLogits was not read at its source; write checked: false"):
        SourceEntry(**EMBER, via="EcoLogits")


CALL = ("--model", "gpt-4o", "--prompt-tokens", "100", "--completion-tokens", "50", "--provider", "aws", "--region", "us-east-1", "--start-time-ms", "1763800000000")


def test_the_licence_stands_where_the_source_does(eco):
    eco("record", *CALL)
    shown = [
        eco("regions", "show", "us-east-1", "--format", "text").stdout,
        eco("regions", "show", "us-east-1", "--format", "json").stdout,
        eco("explain", "last", "--format", "text").stdout,
        *(eco("report", "--format", format, "--full").stdout for format in ("text", "md", "html", "json", "csv")),
    ]
    for text in shown:
        assert "ODbL-1.0" in " ".join(text.split())
