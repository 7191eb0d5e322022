"""Compile the catalogue while the wheel is built, and put it into the wheel, so that no run of eco has to."""

import os
import sys
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent
OPEN_GRID = "ECO_OPEN_GRID"
"""Set to anything, it builds a wheel without the figures of Electricity Maps, for who may not pass them on under their licence."""


class CatalogHook(BuildHookInterface):
    """Puts ecocli/data/catalog.db and the figures of zones into a wheel; an editable install compiles on first use instead."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        sys.path.insert(0, str(ROOT))
        from ecocli.catalog.compiled import compile_files
        from ecocli.catalog.entries import write
        from ecocli.catalog.zone_figures import OPEN, ZONES

        zones = OPEN if os.environ.get(OPEN_GRID) else ZONES[0]
        compiled = Path(mkdtemp()) / "catalog.db"
        write(compiled, compile_files([], zones=zones))
        build_data["force_include"][str(compiled)] = "ecocli/data/catalog.db"
        build_data["force_include"][str(ROOT / zones)] = f"ecocli/data/{zones}"
