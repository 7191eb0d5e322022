"""The file of the records and what was done to it, as the contract's JSON."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecocli.core.dates import iso

if TYPE_CHECKING:
    from ecocli.store.checks import Checked
    from ecocli.store.restoring import Restored
    from ecocli.store.trail import Run
    from ecocli.store.upkeep import Vacuumed


def place(path: Path) -> dict[str, Any]:
    return {"path": str(path), "exists": path.exists()}


def checked(found: "Checked", problems: Sequence[str]) -> dict[str, Any]:
    """
    Args:
        problems: Those that were found, as text for a person.
    """
    return {"path": str(found.path), "version": found.version, "calls": found.calls, "problems": problems}


def backed_up(copy: Path, size_bytes: int) -> dict[str, Any]:
    return {"path": str(copy), "bytes": size_bytes}


def restored(path: Path, done: "Restored") -> dict[str, Any]:
    return {"path": str(path), "calls": done.calls, "kept": None if done.kept is None else str(done.kept)}


def vacuumed(path: Path, done: "Vacuumed") -> dict[str, Any]:
    return {"path": str(path), "bytesBefore": done.bytes_before, "bytesAfter": done.bytes_after}


def forgotten(calls: int, removed: int, dry_run: bool, backups: Sequence[str]) -> dict[str, Any]:
    """
    Args:
        calls: How many were chosen.
        backups: Files that may still hold them.
    """
    return {"calls": calls, "removed": removed, "dryRun": dry_run, "backups": backups}


def forgotten_figures(supplier: str, figures: int, removed: int, dry_run: bool, backups: Sequence[str]) -> dict[str, Any]:
    """What became of a supplier's own figures."""
    return {"supplier": supplier, "figures": figures, "removed": removed, "dryRun": dry_run, "backups": backups}


def undone(run: "Run | None", voided: int, dry_run: bool) -> dict[str, Any]:
    """
    Args:
        run: The last one; None where there is none.
    """
    if run is None:
        return {"calls": 0, "voided": 0, "recordedTime": None, "models": [], "dryRun": dry_run}
    models = sorted(run.models)
    return {"calls": run.calls, "voided": voided, "recordedTime": iso(run.began_at_ms), "models": models, "dryRun": dry_run}
