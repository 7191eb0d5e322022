"""API keys, which identify who recorded a call: shown once, kept as a salted hash and the last four characters."""

PREFIX = "eco_"
SECRET_BYTES = 32
SALT_BYTES = 16
SECRET = PREFIX + r"[A-Za-z0-9_-]{20,}"
"""Regular expression that matches a secret, truncated ones included."""
NO_KEY = "no key of eco"
SCOPES = ("record", "history:read")


def make() -> str:
    """A new secret with 256 bits of randomness, safe in a URL, a header and a shell."""
    import secrets  # only `eco keys` needs it; the import would slow down every record

    return PREFIX + secrets.token_urlsafe(SECRET_BYTES)


def make_salt() -> str:
    """128 random bits in hexadecimal."""
    import secrets

    return secrets.token_hex(SALT_BYTES)


def hash_key(secret: str, salt: str) -> str:
    """
    SHA-256 of salt and secret, in hexadecimal.

    A slow hash would add nothing: 256 random bits cannot be guessed, unlike a password.
    """
    from ecocli.util.digests import sha256  # only those who use keys wait for it

    # the environment may hold lone surrogates, which strict UTF-8 refuses
    return sha256((salt + secret).encode("utf-8", "surrogatepass")).hexdigest()


def is_same(secret: str, other: str) -> bool:
    """True for equal secrets; how long it takes tells nothing about where they differ."""
    from hmac import compare_digest

    return compare_digest(secret.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass"))


def last4(secret: str) -> str:
    """The last four characters: the only part of a secret that is stored in clear text."""
    return secret[-4:]


def mask(last4: str) -> str:
    """
    The masked form in which a key is displayed.

    >>> mask("a1b2")
    'eco_...a1b2'
    """
    return f"{PREFIX}...{last4}"


def masked(secret: str) -> str:
    """
    The masked form of a secret; what is no secret of eco's own, such as a provider's, is not shown at all.

    >>> masked("eco_0123456789abcdefghij"), masked("sk-123456")
    ('eco_...ghij', 'no key of eco')
    """
    import re

    return mask(last4(secret)) if re.fullmatch(SECRET, secret) else NO_KEY


def without_secrets(text: str) -> str:
    """
    Text in which each secret is masked: one given where a name belongs would stay in the store, and in every log that keeps errors.

    >>> without_secrets("no region eco_0123456789abcdefghij")
    'no region eco_...'
    """
    if PREFIX not in text:
        return text
    import re

    return re.sub(SECRET, mask(""), text)
