"""
What eco is made of besides itself: few packages, each bounded, justified and free to use, and data whose terms are known.

    python -m tools.supply       prints every package with its licence; exit 1 when something is not as it should be

Needs no network. Whether a package has a known weakness does: `pip-audit` asks for that, see SECURITY.md.
"""

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools import licences

PYPROJECT = Path(__file__).parent.parent / "pyproject.toml"
MOST_PACKAGES = 35
"""Direct and indirect ones, on any one platform."""

FREE = re.compile(r"\b(MIT|BSD|0BSD|Apache|ISC|PSF|Python Software Foundation|CNRI|Unlicense|Public Domain)\b", re.IGNORECASE)
"""Licences that ask for no more than their own text."""
BESIDE = {"certifi": "MPL-2.0"}
"""Weak copyleft that is kept by leaving the package as it is: certificates, asked for by tiktoken through requests."""


def main() -> int:
    text = PYPROJECT.read_text("utf-8")
    found = closure(tomllib.loads(text)["project"]["dependencies"])
    for name, package in found.items():
        print(f"{name:<22} {package.version if package else 'missing':<14} {licence(package) if package else ''}")
    read = list(licences.sources())
    problems = [*unbounded(text), *unjustified(text), *unfree(found), *too_many(found), *unsound(read)]
    print("\n".join([f"{len(found)} packages, at most {MOST_PACKAGES}", f"{len(read)} sources of data", *problems]))
    return 1 if problems else 0


def unbounded(text: str) -> Iterator[str]:
    """What a user installs needs a lowest and a highest version; what only developers install, a lowest."""
    read = tomllib.loads(text)
    for line in [*read["project"]["dependencies"], *read["build-system"]["requires"]]:
        if not {">=", "<"} <= _operators(line):
            yield f"{line}: needs a lowest and a highest version"
    for line in (each for extra in read["project"].get("optional-dependencies", {}).values() for each in extra):
        if not {">=", "=="} & _operators(line):
            yield f"{line}: needs a lowest version"


def unjustified(text: str) -> Iterator[str]:
    """Dependencies at run time without a reason in a comment on their line."""
    for requirement in tomllib.loads(text)["project"]["dependencies"]:
        (line,) = (line for line in text.splitlines() if line.strip().startswith(f'"{requirement}"'))
        if not re.search(r"#\s*\w", line):
            yield f"{requirement}: needs its reason in a comment"


def closure(requirements: Iterable[str]) -> dict[str, Distribution | None]:
    """Every installed package that these ask for, and what those ask for; None is one that is not installed."""
    found: dict[str, Distribution | None] = {}
    waiting = list(requirements)
    while waiting:
        wanted = Requirement(waiting.pop())
        name = canonicalize_name(wanted.name)
        if name in found or not (wanted.marker is None or wanted.marker.evaluate({"extra": ""})):
            continue
        found[name] = _installed(name)
        waiting += (package.requires or []) if (package := found[name]) else []
    return dict(sorted(found.items()))


def unfree(packages: Mapping[str, Distribution | None]) -> Iterator[str]:
    for name, package in packages.items():
        if package is None:
            yield f"{name}: is not installed, so its licence is not known"
        elif not is_free(licence(package)) and BESIDE.get(name) != licence(package):
            yield f"{name}: licence {licence(package)!r} is not among the free ones"


def too_many(packages: Mapping[str, Any]) -> Iterator[str]:
    if len(packages) > MOST_PACKAGES:
        yield f"{len(packages)} packages are more than {MOST_PACKAGES}"


def unsound(read: Iterable[licences.Source]) -> Iterator[str]:
    """Sources of data whose licence is not known, or that nobody could find again."""
    for source in read:
        yield from filter(None, (licences.unlicensed(source), licences.unplaced(source)))


def is_free(licence: str) -> bool:
    """
    Every part of it; of alternatives one is enough.

    >>> [is_free(text) for text in ("MIT", "Apache-2.0 AND CNRI-Python", "GPL-3.0 OR MIT", "MIT AND GPL-3.0", "LGPL-2.1", "")]
    [True, True, True, False, False, False]
    """
    return all(any(FREE.search(choice) for choice in part.split(" OR ")) for part in licence.split(" AND "))


def licence(package: Distribution) -> str:
    """As an SPDX expression where the package has one, else by its classifiers, else the first line of its text."""
    about = package.metadata
    named = [each.rpartition(" :: ")[2] for each in about.get_all("Classifier") or [] if each.startswith("License ::")]
    text = (about.get("License") or "").strip().partition("\n")[0]
    return about.get("License-Expression") or (text if len(text) <= 20 else "") or " AND ".join(named) or text


def _installed(name: str) -> Distribution | None:
    try:
        return distribution(name)
    except PackageNotFoundError:
        return None


def _operators(requirement: str) -> set[str]:
    return {each.operator for each in Requirement(requirement).specifier}


if __name__ == "__main__":
    sys.exit(main())
