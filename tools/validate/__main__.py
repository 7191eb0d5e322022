"""Prints the validation tables, or writes them into docs/."""

import argparse
from pathlib import Path

from tools.validate import document, peers
from tools.validate.estimates import assessor
from tools.validate.figures import published

DOCS = Path(__file__).resolve().parents[2] / "docs"
BEGIN = "<!-- begin: python -m tools.validate -->\n"
END = "<!-- end: python -m tools.validate -->\n"


def main() -> None:
    options = _parser().parse_args()
    if options.ecologits:
        peers.store(peers.run_ecologits())
    text = document.validation(assessor(), published())
    if options.write or options.ecologits:
        _write(DOCS / "validation.md", text)
        (DOCS / "peers.md").write_text(peers.peers(assessor()), "utf-8")
    else:
        print(text, end="")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.validate", description=__doc__)
    parser.add_argument("--write", action="store_true", help="write docs/validation.md and docs/peers.md instead of printing")
    parser.add_argument("--ecologits", action="store_true", help="run EcoLogits again (ecologits 0.11.3) and write both")
    return parser


def _write(path: Path, text: str) -> None:
    """Replace what stands between the markers; the words around them are anyone's."""
    before, _, rest = path.read_text("utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    path.write_text(before + BEGIN + text + END + after, "utf-8")


if __name__ == "__main__":
    main()
