"""Which kind of file describes a model, and what it says."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

from ecocli.errors import BadData, MissingFile, quoted
from ecocli.weights import gguf, gguf_model, hf_config, ollama_show
from ecocli.weights.described import Described

CONFIG, INDEX = "config.json", "model.safetensors.index.json"
MOST_BYTES = 64 * 1024 * 1024
"""Of a JSON file: the index of the largest checkpoints has some 20 MiB."""
CODE = "not-a-model-file"
SHOWN = "curl localhost:11434/api/show -d '{\"model\": \"NAME\"}' prints what Ollama knows as JSON"


def read(path: Path) -> Described:
    """
    A model by its config.json, the folder that has one, a GGUF file, or what `ollama show` answered.

    Raises:
        MissingFile: There is no such file, or the folder has none.
        BadData: The file is none of these, or damaged.
        NotUnderstoodModel: It does not tell the model's sizes.
    """
    file = _in_folder(path) if path.is_dir() else path
    try:
        with file.open("rb") as stream:
            start = stream.read(4)
            if gguf.is_gguf(start):
                return gguf_model.read(file)
            document = _document(start + stream.read(MOST_BYTES), str(file))
    except FileNotFoundError as error:
        raise MissingFile(f"no file {quoted(str(path), 200)}") from error
    except OSError as error:
        raise BadData(f"{quoted(str(file), 200)} cannot be read: {(error.strerror or 'unknown reason').lower()}") from error
    return _described(document, str(file), _index(file))


def read_stream(stream: BinaryIO) -> Described:
    """The same of JSON that is piped in."""
    return _described(_document(stream.read(MOST_BYTES + 1), "standard input"), "standard input", None)


def _in_folder(folder: Path) -> Path:
    """The file of a folder that describes its model."""
    if (folder / CONFIG).exists():
        return folder / CONFIG
    found = sorted(folder.glob("*.gguf"))
    whole = [file for file in found if "-of-" not in file.stem or file.stem.rpartition("-of-")[0].endswith("-00001")]
    if len(whole) == 1:
        return whole[0]
    if whole:
        raise BadData(f"{quoted(str(folder), 200)} has {len(whole)} models: {', '.join(quoted(file.name) for file in whole[:3])}", "name one of them", code=CODE)
    raise MissingFile(f"{quoted(str(folder), 200)} has no {CONFIG} and no GGUF file")


def _document(data: bytes, where: str) -> Mapping[str, Any]:
    if len(data) > MOST_BYTES:
        raise BadData(f"{quoted(where, 200)} is larger than any {CONFIG}", code=CODE)
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        hint = SHOWN if b"architecture" in data[:4096] and b"parameters" in data[:4096] else f"a {CONFIG} of Hugging Face, a GGUF file, or what Ollama's /api/show answers"
        raise BadData(f"{quoted(where, 200)} is no JSON and no GGUF file", hint, code=CODE) from error
    if not isinstance(found, dict):
        raise BadData(f"{quoted(where, 200)} describes no model: an object is needed", code=CODE)
    return found


def _described(document: Mapping[str, Any], where: str, index: Mapping[str, Any] | None) -> Described:
    if ollama_show.matches(document):
        return ollama_show.read(document, where)
    if "model_type" not in document and "architectures" not in document:
        raise BadData(f"{quoted(where, 200)} describes no model: it has no model_type", f"a {CONFIG} of Hugging Face, a GGUF file, or what Ollama's /api/show answers", code=CODE)
    return hf_config.read(document, index, where)


def _index(config: Path) -> Mapping[str, Any] | None:
    """The index beside a config. BadData where it cannot be used."""
    file = config.with_name(INDEX)
    if not file.exists():
        return None
    try:
        with file.open("rb") as stream:
            return _document(stream.read(MOST_BYTES + 1), str(file))
    except OSError as error:
        raise BadData(f"{quoted(str(file), 200)} cannot be read: {(error.strerror or 'unknown reason').lower()}") from error
