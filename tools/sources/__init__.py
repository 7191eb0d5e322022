"""
Does the catalogue say what its sources say? Reads those that are files again, and lists every difference.

    python -m tools.sources                         the sources that can be read again, and what each wants
    python -m tools.sources SOURCE=PATH...          compares, and prints the tables; exit 1 when a figure differs
    python -m tools.sources SOURCE=PATH... --write  writes them into docs/source-check.md

SOURCE is an id under `sources` in models.yaml, regions.yaml or zones.yaml, PATH a file or folder of a package or of a copy of a
repository. Nothing is fetched. `names.yaml` says what the source calls a thing where its name is another.
"""
