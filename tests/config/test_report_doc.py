"""The samples of docs/report.md are configurations that eco reads."""

import re
import tomllib
from pathlib import Path

from ecocli.config.organisation import instruments, organisation

BLOCKS = re.findall(r"^```toml\n(.*?)^```$", (Path(__file__).parents[2] / "docs" / "report.md").read_text("utf-8"), re.MULTILINE | re.DOTALL)


def test_the_sample_of_an_organisation_is_read():
    found = organisation(tomllib.loads(BLOCKS[0])["organisation"])
    assert (found.name, found.entities[0].name, found.entities[0].share) == ("Example GmbH", "Labs", 0.6)


def test_the_sample_of_an_instrument_is_read():
    (found,) = instruments(tomllib.loads(BLOCKS[1])["instruments"])
    assert (found.name, found.mwh, found.market, found.retired) == ("wind-2025", 12.0, ("DE", "FR"), "2026-01-31")
