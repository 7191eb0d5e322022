"""Measurement of the power that this machine draws while a command runs: one small reader per instrument, a meter around them, and each call's share."""
