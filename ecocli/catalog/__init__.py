"""The catalogue of models and regions: compiled from YAML, resolves names to specs."""
