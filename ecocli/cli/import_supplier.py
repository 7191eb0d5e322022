"""`eco import supplier`: what suppliers say of their own AI services, from their exports."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecocli.cli import outputs
from ecocli.cli.import_summary import Unusable
from ecocli.cli.session import Session
from ecocli.errors import BadData, MissingFile, SkippedLines, quoted, shorten
from ecocli.ingest.reading import Rejected

if TYPE_CHECKING:
    from ecocli.store.supplier_figures import Edition
    from ecocli.suppliers.files import Reading

NAME = "supplier"
WORDS = {"new": "new figures", "restated": "restated", "older": "of an earlier edition", "duplicates": "seen before", "others": "rows of other services", "rejected": "rows not usable", "files": "files read"}
ONE = {"new figures": "new figure", "rows of other services": "row of another service", "rows not usable": "row not usable", "files read": "file read"}
PAGE = "is one page of several: import the others too"


def run(meta: dict[str, Any], path: Path | None, rejects: Path | None, is_dry: bool) -> None:
    """Run the command. SkippedLines when rows could not be used."""
    from ecocli.store.supplier_figures import SupplierFigures
    from ecocli.suppliers import files

    session = Session(meta)
    format = session.format("text", "json")
    session.authorize("record")
    if path is None:
        raise MissingFile("eco import supplier needs a file", "an export of Google Cloud, AWS or Microsoft: eco import supplier FILE")
    if not path.exists():
        raise MissingFile(f"no file or folder {quoted(str(path), 200)}", "give the path of an export, or of a folder of exports")
    outputs.check("--rejects", rejects, session, [path])
    counts: Counter[str] = Counter(dict.fromkeys(("files", "new", "restated", "older", "duplicates", "others", "rejected"), 0))
    now_ms = session.now_ms()
    with Unusable(rejects, session.quiet) as unusable:
        editions = [edition for file in files.below(path) for edition in _editions(file, path.is_dir(), now_ms, counts, unusable)]
        with session.open_store(create=not is_dry) as store:
            figures = SupplierFigures(store)
            if is_dry:
                counts.update(figures.plan(editions))
            else:
                with store.transaction():
                    counts.update(figures.add(editions, now_ms))
    _show(session, counts, is_dry, format)
    if unusable.count:
        raise SkippedLines("1 row could not be used" if unusable.count == 1 else f"{unusable.count:,} rows could not be used", unusable.hint)


def _editions(file: Path, is_in_folder: bool, now_ms: int, counts: Counter[str], unusable: Unusable) -> Iterator["Edition"]:
    """What a file gives; one in a folder that is no export is named, and the others are read."""
    from ecocli.store.supplier_figures import Edition
    from ecocli.suppliers import files

    try:
        reading = files.read(file)
    except BadData as error:
        if not is_in_folder:
            raise
        unusable.add(Rejected(error, str(file), b""))
        counts["rejected"] += 1
        return
    _count(file, reading, counts, unusable)
    yield from (Edition(figure, shorten(file.name, 200), now_ms) for figure in reading.figures)


def _count(file: Path, reading: "Reading", counts: Counter[str], unusable: Unusable) -> None:
    counts.update({"files": 1, "others": reading.others, "rejected": len(reading.rejected)})
    for rejected in reading.rejected:
        unusable.add(rejected)
    if reading.is_page:
        unusable.warn(f"{file.name} {PAGE}")


def _show(session: Session, counts: Counter[str], is_dry: bool, format: str) -> None:
    if session.quiet:
        return
    if format == "json":
        session.show_json({"sources": [{"source": NAME, **counts, "dryRun": is_dry}]})
        return
    parts = [f"{counts[name]:,} {word if counts[name] != 1 else ONE.get(word, word)}" for name, word in WORDS.items() if counts[name] or name == "new"]
    print(f"{NAME}: {', '.join(parts)}{'; nothing was kept' if is_dry else ''}")
