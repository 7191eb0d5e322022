"""Logs of coding agents: one file for each, and what several of them share."""
