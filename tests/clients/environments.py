"""An environment of its own for each client, kept in `build/` for the next run."""

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

HOME = Path(__file__).parents[2] / "build" / "clients"
VERSION = "from importlib.metadata import version; import sys; print(version(sys.argv[1]))"
INSTALL_S = 900


def python_of(name: str, packages: Sequence[str]) -> Path:
    """The interpreter of a client's environment, which is made where it is not there, or was made for other packages."""
    folder = HOME / name
    python, stamp = folder / "bin" / "python", folder / "packages.txt"
    wanted = "\n".join(packages)
    if not stamp.exists() or stamp.read_text() != wanted:
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run([*_installer(python), *packages], check=True, timeout=INSTALL_S)
        stamp.write_text(wanted)
    return python


def version_of(python: Path, package: str) -> str:
    return subprocess.run([str(python), "-c", VERSION, package], capture_output=True, check=True, text=True).stdout.strip()


def _installer(python: Path) -> list[str]:
    """uv where there is one, for it finds versions that fit each other in seconds where pip takes many minutes."""
    if uv := shutil.which("uv"):
        return [uv, "pip", "install", "--quiet", "--python", str(python)]
    return [str(python), "-m", "pip", "install", "--quiet"]
