"""The original files of the vocabularies, rebuilt from those that are shipped."""

from base64 import b64encode

from ecocli.tokens.vocabulary import Vocabulary


def original(name: str) -> bytes:
    """The .tiktoken file that a shipped vocabulary was made from."""
    ranks = sorted(Vocabulary.open(name).ranks().items(), key=lambda item: item[1])
    return b"".join(b64encode(token) + b" " + str(rank).encode() + b"\n" for token, rank in ranks)
