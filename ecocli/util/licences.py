"""The notice and the licences that ship with eco: in a checkout beside the package, else among the metadata of the installed one."""

from pathlib import Path

HERE = Path(__file__).resolve().parents[2]
NOTICE = "NOTICE"
CODE = "LICENSE"


def folder() -> Path | None:
    """Where NOTICE, LICENSE and LICENSES are; None where an installation left them out."""
    if (HERE / NOTICE).exists():
        return HERE
    from importlib.metadata import PackageNotFoundError, distribution

    try:
        files = distribution("ecocli").files or []
    except PackageNotFoundError:
        return None
    notices = (Path(str(file.locate())) for file in files if file.name == NOTICE)
    return next((notice.parent for notice in notices if notice.exists()), None)


def texts(folder: Path) -> dict[str, str]:
    """Every text by its name: the notice, the program's licence, then those of data."""
    files = [folder / NOTICE, folder / CODE, *sorted((folder / "LICENSES").glob("*.txt"))]
    return {file.relative_to(folder).as_posix(): file.read_text("utf-8") for file in files}
