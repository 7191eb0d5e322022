"""Stock tiktoken, which all counts are compared with."""

from hashlib import sha1

import pytest
import tiktoken

from tests.token_helpers import original
from tools.vocab import SHA256

URL = "https://openaipublic.blob.core.windows.net/encodings/{}.tiktoken"


@pytest.fixture(scope="session")
def stock(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tiktoken.Encoding]:
    """Stock tiktoken, fed from a cache folder in its own layout."""
    folder = tmp_path_factory.mktemp("tiktoken")
    for name in SHA256:
        (folder / sha1(URL.format(name).encode()).hexdigest()).write_bytes(original(name))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TIKTOKEN_CACHE_DIR", str(folder))
        return {name: tiktoken.get_encoding(name) for name in SHA256}
