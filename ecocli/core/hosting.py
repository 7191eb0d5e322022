"""Who runs the servers that a call is computed on, as the tag "hosting" says it."""

TAG = "hosting"
BOUGHT, OWN, RENTED = "bought", "own", "rented"
NAMES = {
    OWN: ("own", "owned", "self", "self-hosted", "local", "on-prem", "on-premises"),
    RENTED: ("rented", "leased", "cloud"),
    BOUGHT: ("bought", "api", "service"),
}
"""What the tag may say for each. It goes before what the provider's name says."""
BY_NAME = {name: hosting for hosting, names in NAMES.items() for name in names}
