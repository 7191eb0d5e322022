"""What a model is called, by where its files lie."""

from pathlib import Path

from ecocli.weights.described import Described

CACHED = "models--"
"""How the cache of Hugging Face names the folder of a repository: models--OWNER--NAME."""
SAYS_NOTHING = frozenset(("", "tmp", "downloads", "desktop", "documents", "models", "model", "data", "home", "snapshots"))


def name_of(path: Path, model: Described) -> str | None:
    """
    A name for a model; None where nothing says one.

    The repository of a cache, else what the config names, else a GGUF file's own name, which servers report, else the folder's.
    """
    file = path.absolute()
    for part in file.parts:
        owner, _, name = part.removeprefix(CACHED).partition("--")
        if part.startswith(CACHED) and owner and name:
            return f"{owner}/{name}"
    if file.suffix == ".gguf":
        stem = file.stem.rpartition("-of-")[0].rpartition("-")[0] if "-of-" in file.stem else file.stem
        return stem or model.name
    if model.name:
        return model.name
    folder = file if file.is_dir() else file.resolve().parent
    return None if folder.name.lower() in SAYS_NOTHING or folder == Path.home() else folder.name
