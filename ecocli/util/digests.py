"""The interpreter's built-in SHA-256: hashlib would load OpenSSL, which takes as long as storing a call."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hashlib import sha256
else:
    for home in ("_sha2", "_sha256", "hashlib"):  # Python 3.12, Python 3.11, an interpreter without either
        try:
            sha256 = import_module(home).sha256
            break
        except ImportError:
            continue

__all__ = ["sha256"]
