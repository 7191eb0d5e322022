"""The data of a call: usage, quantities with ranges, factors with sources, footprints and totals."""
