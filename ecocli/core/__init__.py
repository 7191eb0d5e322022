"""What a call is and costs: usage, quantities with their ranges, factors with their sources, footprints and sums."""
