"""Paths of eco's files, and the user's settings."""
