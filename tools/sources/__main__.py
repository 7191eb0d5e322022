"""Compares the catalogue with the sources given, and prints or writes the tables."""

import argparse
import sys
from pathlib import Path

import tools.sources
from tools.sources import document
from tools.sources.check import checked
from tools.sources.figures import figures
from tools.sources.readers import READERS
from tools.sources.stated import Entry

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "source-check.md"


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    if not options.sources:
        print("\n".join(f"{source:<18} {reader.wants}" for source, reader in READERS.items()))
        return 0
    stated = {source: _read(source, path) for source, path in options.sources}
    held = figures(ROOT)
    found = checked(held, stated)
    if options.write:
        document.write(PAGE, document.tables(held, found))
    else:
        print(document.tables(held, found), end="")
    return 1 if any(each.stated and not each.agrees for each in found) else 0


def _read(source: str, path: Path) -> dict[str, Entry]:
    """
    What the source states.

    Raises:
        SystemExit: The file is another, or has another shape than it had.
    """
    try:
        return READERS[source].read(path)
    except (OSError, ValueError, TypeError, LookupError, SyntaxError) as error:
        raise SystemExit(f"{source}: {path} cannot be read as {READERS[source].wants}: {type(error).__name__}: {error}") from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.sources", description=tools.sources.__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sources", nargs="*", type=_given, metavar="SOURCE=PATH", help="a source's id and where its file or folder is")
    parser.add_argument("--write", action="store_true", help=f"write docs/{PAGE.name} instead of printing")
    return parser


def _given(text: str) -> tuple[str, Path]:
    source, equals, path = text.partition("=")
    if source not in READERS:
        raise argparse.ArgumentTypeError(f"{source!r} is no source that can be read again; without arguments they are listed")
    if not equals or not Path(path).exists():
        raise argparse.ArgumentTypeError(f"{source} needs the path of its file: there is no {path!r}")
    return source, Path(path)


if __name__ == "__main__":
    sys.exit(main())
