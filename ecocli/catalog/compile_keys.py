"""Compile what resolves the spellings of models: the active share of sizes."""

from ecocli.catalog.model_sizes import SPARSE_FROM_B, stated_size
from ecocli.catalog.schema_models import ModelsFile


def active_shares(file: ModelsFile) -> dict[str, float]:
    """Active share of the parameters by the total that names state in B, where all large open models of that size agree. [1]"""
    found: dict[str, set[float]] = {}
    for model in file.models:
        base = file.architectures[model.base]
        sizes = {size.total_b for name in (model.id, *model.aliases) if (size := stated_size(name))}
        if base.size_basis == "fact" and model.open_weights:
            for total_b in sizes:
                if total_b >= SPARSE_FROM_B and 0.9 <= total_b / base.total_params_b.value <= 1.1:
                    found.setdefault(f"{total_b:g}", set()).add(base.active_params_b.value / base.total_params_b.value)
    return {size: max(shares) for size, shares in found.items() if max(shares) <= 1.1 * min(shares)}
