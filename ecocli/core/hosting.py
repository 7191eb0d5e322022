"""Values of the tag "hosting": who operates the servers that a call runs on."""

TAG = "hosting"
BOUGHT, OWN, RENTED = "bought", "own", "rented"
NAMES = {
    OWN: ("own", "owned", "self", "self-hosted", "local", "on-prem", "on-premises"),
    RENTED: ("rented", "leased", "cloud"),
    BOUGHT: ("bought", "api", "service"),
}
"""Each kind of hosting with the values of the tag that mean it. The tag overrides the provider's name."""
BY_NAME = {name: hosting for hosting, names in NAMES.items() for name in names}
"""Maps a value of the tag to the kind of hosting."""
