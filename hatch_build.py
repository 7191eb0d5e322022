"""Compiles models.yaml and regions.yaml into the wheel, so that no run of eco has to."""

import sys
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent


class CatalogHook(BuildHookInterface):
    """Puts ecocli/data/catalog.db into a wheel; an editable install compiles on first use instead."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        sys.path.insert(0, str(ROOT))
        from ecocli.catalog.compiled import compile_files
        from ecocli.catalog.entries import write

        compiled = Path(mkdtemp()) / "catalog.db"
        write(compiled, compile_files([]))
        build_data["force_include"][str(compiled)] = "ecocli/data/catalog.db"
