"""
One file that holds eco and all that it needs, for machines that have a Python and nothing to install packages with.

    python -m tools.zipapp eco.pyz

Some libraries in it are compiled: it runs on this platform and this version of Python alone. When it is first run it
unpacks itself into the user's cache folder, for compiled code cannot be loaded from an archive. Needs a package index.
"""

import compileall
import hashlib
import os
import py_compile
import shutil
import subprocess
import sys
import sysconfig
import zipapp
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parent.parent
EPOCH = (1980, 1, 2, 0, 0, 0)
EPOCH_S = 315_619_200
"""The time of every file in the archive, so that the same files are the same archive."""
NOT_NEEDED = ("bin", "share")
START = '''"""Runs eco; unpacks it when it is first run."""

import os
import sys

DIGEST, VERSION, PLATFORM = {digest!r}, {version!r}, {platform!r}


def place():
    cache = os.environ.get("XDG_CACHE_HOME", "")
    return os.path.join(cache if os.path.isabs(cache) else os.path.expanduser("~/.cache"), "eco", "pyz-" + DIGEST)


def unpack(folder):
    import shutil
    import sysconfig
    import tempfile
    import zipfile

    if sysconfig.get_platform() != PLATFORM:
        sys.exit("eco: this file is for " + PLATFORM + ", and this machine is " + sysconfig.get_platform())
    unfinished = None
    try:
        os.makedirs(os.path.dirname(folder), 0o700, exist_ok=True)
        unfinished = tempfile.mkdtemp(dir=os.path.dirname(folder))
        with zipfile.ZipFile(os.path.dirname(__file__)) as archive, archive.open("site.zip") as inner:
            zipfile.ZipFile(inner).extractall(unfinished)
        os.rename(unfinished, folder)
    except OSError as error:
        if unfinished:
            shutil.rmtree(unfinished, ignore_errors=True)
        if not os.path.isdir(folder):  # else another run was first
            sys.exit("eco: " + folder + " cannot be made: " + (error.strerror or "unknown reason").lower())


if sys.version_info[:2] != VERSION:
    sys.exit("eco: this file is for Python %d.%d, and this is %d.%d" % (VERSION + sys.version_info[:2]))
folder = place()
if not os.path.isdir(folder):
    unpack(folder)
sys.path.insert(0, folder)
from ecocli.__main__ import main

main()
'''


def build(target: Path, source: Path = ROOT) -> None:
    """
    One file of eco and its dependencies.

    Args:
        source: A checkout or a wheel.
    """
    with TemporaryDirectory() as folder:
        site = Path(folder) / "site"
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile", "--target", str(site), str(source)]
        subprocess.run(command, check=True)
        for name in NOT_NEEDED:
            shutil.rmtree(site / name, ignore_errors=True)
        # by content: unpacked files have other times than these
        compileall.compile_dir(site, quiet=1, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH, stripdir=str(site))
        pack(site, target)


def pack(site: Path, target: Path) -> None:
    """One file of a folder of packages; the same folder gives the same file."""
    with TemporaryDirectory() as folder:
        inner = Path(folder) / "site.zip"
        with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(each for each in site.rglob("*") if each.is_file()):
                about = zipfile.ZipInfo(str(path.relative_to(site)), EPOCH)
                archive.writestr(about, path.read_bytes(), zipfile.ZIP_DEFLATED)
        digest = hashlib.sha256(inner.read_bytes()).hexdigest()[:16]
        start = START.format(digest=digest, version=sys.version_info[:2], platform=sysconfig.get_platform())
        (Path(folder) / "__main__.py").write_text(start, "utf-8")
        for path in Path(folder).iterdir():
            os.utime(path, (EPOCH_S, EPOCH_S))
        zipapp.create_archive(folder, target, interpreter="/usr/bin/env python3")
        target.chmod(0o755)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("python -m tools.zipapp eco.pyz")
    build(Path(sys.argv[1]))
    print(f"{sys.argv[1]}: {Path(sys.argv[1]).stat().st_size / 1e6:.1f} MB, for Python {sys.version_info[0]}.{sys.version_info[1]} on {sysconfig.get_platform()}")
