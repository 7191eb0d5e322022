"""Calls from another eco: a store that is merged, a history that is read back."""
