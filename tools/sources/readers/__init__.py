"""
Readers of sources that are files: each turns a path into what the file states, by the name that it has there.

Nothing is fetched, and nothing of a file is kept but its numbers.
"""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tools.sources.readers import cards, clouds, configs, ecologits, grids, litgpt
from tools.sources.stated import Entry


class Reader(NamedTuple):
    read: Callable[[Path], dict[str, Entry]]
    wants: str
    """What PATH is."""


ECOLOGITS = Reader(ecologits.models, "ecologits/data/models.json of the release, models.csv of 0.4")
EMBER = Reader(grids.ember, "ecologits/data/electricity_mixes.json of EcoLogits 0.11")
COLLECTED = Reader(clouds.collected, "Cloud_Region_Metadata.csv of Green-Software-Foundation/real-time-cloud")

READERS = {
    "ecologits-0.11": ECOLOGITS,
    "ecologits-0.9": ECOLOGITS,
    "ecologits-0.4": ECOLOGITS,
    "hf-llmfit": Reader(cards.llmfit, "llmfit-core/data/hf_models.json of AlexsJones/llmfit"),
    "hf-aiconfigurator": Reader(configs.folder, "the folder model_configs of ai-dynamo/aiconfigurator"),
    "litgpt": Reader(litgpt.models, "litgpt/config.py of Lightning-AI/litgpt"),
    "vllm-recipes": Reader(cards.recipes, "the folder models of vllm-project/recipes"),
    "xinference": Reader(cards.xinference, "the folder xinference/model/llm/models of the package"),
    "em-2025": Reader(grids.electricity_maps, "dist/esm/data/electricity-maps/yearly_2025.js of the npm package @tgwf/co2"),
    "ember-2026": Reader(grids.ember_file, "backend/tret/data/grid_ember_2025.json of kith-ai-lab/tret"),
    "ember-2026-rest": EMBER,
    "ember-undated": EMBER,
    "egrid-2023": Reader(grids.egrid, "app/data/subregion.json of USEPA/power-profiler"),
    "google-grid-2025": Reader(grids.google, "data/yearly/2025.csv of GoogleCloudPlatform/region-carbon-info"),
    "mee-2023": Reader(grids.china, "codecarbon/data/private_infra/2023/china_provincial_emissions.json of codecarbon 3.3"),
    "aws-2025": Reader(clouds.aws, "src/main/resources/aws-pue-wue.csv of DigitalPebble/spruce"),
    "google-2025": COLLECTED,
    "oracle-2023": COLLECTED,
    "microsoft-sites": COLLECTED,
    "microsoft-designs": COLLECTED,
}
"""By the id of the source in the catalogue. What is not here is a page, a paper, a derivation or a memory."""
