"""What `eco setup` did, as the contract's JSON."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ecocli.config.shell_files import ShellFile, StartUp


def body(shell: str, files: "Iterable[tuple[ShellFile, str]]", start_up: "StartUp | None", is_open: bool, dry_run: bool) -> dict[str, Any]:
    """
    Args:
        files: Each with what was done with it, or would be.
        is_open: The lines in the file that the shell reads when it starts are still to be changed.
    """
    rows = [{"what": file.what, "path": str(file.target), "action": action} for file, action in files]
    lines = start_up and {"file": str(start_up.file), "lines": start_up.lines.splitlines(), "toDo": is_open}
    return {"shell": shell, "dryRun": dry_run, "files": rows, "startUp": lines}
