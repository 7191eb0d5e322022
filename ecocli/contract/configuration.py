"""Settings, as the contract's JSON."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ecocli.config.listing import Configuration, Setting


def body(found: "Configuration", file: Path) -> dict[str, Any]:
    return {"file": str(file), "exists": file.exists(), "settings": list(map(row, found.listed)), "problems": [str(problem.error) for problem in found.problems]}


def row(setting: "Setting") -> dict[str, Any]:
    return {"name": setting.name, "value": setting.value, "origin": setting.origin, "where": setting.where, "meaning": setting.meaning}
