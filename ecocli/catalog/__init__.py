"""Models and regions: YAML in, specs and resolved names out."""
