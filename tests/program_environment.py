"""The environment of programs that tests start."""

import os
from pathlib import Path

KEPT = {"PATH", "TMPDIR", "TMP", "TEMP", "SYSTEMROOT", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "VIRTUAL_ENV"}
KEPT_PREFIXES = ("PYTHON", "COV", "PIP_", "SSL_", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")
"""Variables without which a program does not start, is not measured, or installs nothing."""


def environment(folder: Path, cache_folder: Path) -> dict[str, str]:
    """An environment in which nothing of the machine's own user shows: it is the same whoever runs the tests, and however."""
    kept = {name: value for name, value in os.environ.items() if name in KEPT or name.startswith(KEPT_PREFIXES)}
    return kept | {
        "HOME": str(folder),
        "SHELL": "/bin/bash",
        "LANG": "C.UTF-8",
        "PAGER": "cat",  # a real one would wait for a key
        "XDG_DATA_HOME": str(folder / "data"),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "XDG_CACHE_HOME": str(cache_folder),
        "COLUMNS": "100",
        "TZ": "UTC",
        "PYTHONWARNINGS": "error",
    }
