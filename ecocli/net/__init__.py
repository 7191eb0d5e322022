"""The network: only what a user asks for by name goes there."""
