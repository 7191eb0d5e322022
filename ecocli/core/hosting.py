"""Who operates the machine that a call runs on: the field "hosting", and the tag of that name."""

TAG = "hosting"
OWN, RENTED, CLOUD, API = KINDS = ("own", "rented", "cloud", "api")
"""The caller's machine, a server that the caller rents and runs an engine on, a managed service in the caller's account, a provider's API."""
BOUGHT, UNKNOWN = "bought", "unknown"
"""Cloud and API together; an engine that is named, on a machine that is not."""
NAMES = {
    OWN: ("own", "owned", "self", "self-hosted", "local", "on-prem", "on-premises"),
    RENTED: ("rented", "leased"),
    CLOUD: ("cloud", "managed"),
    API: ("api", "bought", "service"),
}
"""Each kind of hosting with the values of the tag that mean it. The tag overrides the provider's name, the field overrides the tag."""
BY_NAME = {name: hosting for hosting, names in NAMES.items() for name in names}
"""Maps a value of the tag to the kind of hosting."""

LONGEST_NAME = 253
"""Of a host, by DNS. [characters]"""
NEAR = ("localhost", "host.docker.internal", "ip6-localhost")
NEAR_ENDS = (".localhost", ".local", ".lan", ".home.arpa", ".internal")


def stated(field: str | None, tag: str | None) -> str | None:
    """The kind of hosting that a call states; None where it states none, or something that is not known."""
    return field or BY_NAME.get((tag or "").strip().lower())


def runtime_of(model: str | None) -> str | None:
    """The program that runs a model by its name alone: llama.cpp for a file in its format, and else None."""
    return "llama.cpp" if model and model.strip().lower().endswith(".gguf") else None


def host_name(address: str) -> str | None:
    """
    The host of a URL or address and nothing else of it: no scheme, user, key, port or path. None where there is none.

    >>> host_name("https://me:secret@api.example.com:8443/v1?key=1"), host_name("localhost:11434"), host_name("[::1]:80"), host_name("/tmp/socket")
    ('api.example.com', 'localhost', '::1', None)
    """
    name = address.strip().lower()
    name = (name.partition("://")[2] if "://" in name else name).partition("/")[0].partition("?")[0].partition("#")[0].rpartition("@")[2]
    if name.startswith("["):
        name = name[1:].partition("]")[0]
    elif name.count(":") == 1:
        name = name.partition(":")[0]
    if ":" in name:
        is_one = all(character in "0123456789abcdef:." for character in name.partition("%")[0])
    else:
        is_one = bool(name) and all(character.isalnum() or character in "-_." for character in name)
    return name if is_one and name.isprintable() and len(name) <= LONGEST_NAME else None


def is_near(host: str) -> bool:
    """
    True for a host name or address of this machine or of its own network, which no cloud's API has.

    >>> is_near("localhost:11434"), is_near("192.168.1.20"), is_near("api.openai.com")
    (True, True, False)
    """
    from ipaddress import ip_address

    name = host_name(host) or ""
    if name in NEAR or name.endswith(NEAR_ENDS):
        return not name.endswith((".googleapis.internal", ".compute.internal"))
    try:
        address = ip_address(name)
    except ValueError:
        return False
    return address.is_loopback or address.is_private or address.is_link_local
