"""
The estimator beside every published figure, and beside its peers.

    python -m tools.validate                 prints the tables of docs/validation.md
    python -m tools.validate --write         writes them there, and docs/peers.md
    python -m tools.validate --ecologits     runs EcoLogits 0.11.3 again, which must be installed, and writes both

The figures are in published.yaml and peers.yaml, each with its source. Nothing in eco was fitted to them.
"""
