"""`eco forget --supplier`: remove what a supplier said of itself."""

from collections.abc import Callable
from typing import Any


def run(session: Any, supplier: str, is_dry: bool, is_confirmed: Callable[[str], bool], format: str) -> None:
    """
    Run the command.

    Args:
        is_confirmed: Asks whether what these words name is to go.

    Raises:
        UsageError: There is no such supplier.
    """
    from ecocli.contract.database import forgotten_figures
    from ecocli.core.supplier_figures import SUPPLIERS
    from ecocli.errors import UsageError, quoted, shorten
    from ecocli.store import copies
    from ecocli.store.supplier_figures import SupplierFigures

    if supplier not in SUPPLIERS:
        raise UsageError(f"no supplier {quoted(supplier)}", f"one of {', '.join(SUPPLIERS)}")
    with session.open_store(create=False) as store:
        figures = SupplierFigures(store).count(supplier)
    removed = 0
    if figures and not is_dry and is_confirmed(_words(figures, supplier)):
        with session.open_store(create=False) as store:
            removed = SupplierFigures(store).forget(supplier)
    backups = [str(path) for path in copies.beside(session.db_path.absolute())]
    if format == "json":
        session.show_json(forgotten_figures(supplier, figures, removed, is_dry, backups))
    elif removed:
        session.show(f"removed {_words(removed, supplier)} for good")
    else:
        session.show(f"{_words(figures, supplier)} would be removed" if is_dry else "nothing was removed" if figures else f"there are no figures of {supplier}")
    if removed and backups:
        session.say(f"eco: warning: backups may still hold them: {', '.join(shorten(name, 200) for name in backups)}")


def _words(count: int, supplier: str) -> str:
    return f"{'1 figure' if count == 1 else f'{count:,} figures'} of {supplier}"
