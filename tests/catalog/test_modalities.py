"""Models of speech, images and the like are told from those that write text, by their names and by who serves them."""

import pytest

from ecocli.catalog import modalities
from ecocli.catalog.modalities import EMBEDDING, IMAGES, MODERATION, MUSIC, REALTIME, SPEECH, VIDEO, modality_of
from ecocli.catalog.models import resolve_model
from ecocli.errors import UnsupportedModality
from tests.estimator_helpers import every_model, shipped

KINDS = {
    EMBEDDING: """text-embedding-9-huge acme-embed-v7 cohere.embed-multilingual-v9 embeddinggemma9 bge-large-xy gte-huge-en multilingual-e5-huge
        jina-reranker-v9 voyage-9 azure/ada nomic-embed-text-v9 acme-embed-image""",
    SPEECH: """whisper-9 kb-whisper-huge gpt-9-transcribe gpt-9-mini-tts qwen9-tts-flash MeloTTS-9 acme-asr-large deepgram/nova-9
        assemblyai/best elevenlabs/eleven_v9 azure/speech/azure-tts-hd grok-voice-9""",
    IMAGES: """dall-e-9 gpt-image-9 flux-9-pro imagen-9.0-generate gemini-9-flash-image qwen-image-edit sd3.5-large stable-diffusion-9 seedream-9
        1024-x-1536/acme-draw nano-banana-9 grok-imagine-9""",
    VIDEO: "sora-9 veo-9.0-generate kling-v9 wan9.1-t2v seedance-9 hailuo-9 acme/image-to-video runwayml/gen9 nova-reel-v9",
    MUSIC: "lyria-9 musicgen-huge",
    MODERATION: "omni-moderation-2099 text-moderation-stable",
    REALTIME: "gpt-9-realtime gemini-9-flash-live gemini-9-flash-native-audio nova-9-sonic",
}
TEXT = """
    gpt-9 gpt-9-mini claude-opus-9 gemini-9-flash mistral-medium-9 qwen9-vl-72b qwen9-omni-flash llava-next-video-7b nova-9-pro llama-guard-9-8b
    wanda-7b alive-13b acme-vision command-a-vision-07 gpt-9-search-preview deep-research-9
"""


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, names in KINDS.items() for name in names.split()])
def test_a_kind_is_told_from_its_name(kind, name):
    assert modality_of(name) == kind


@pytest.mark.parametrize("name", TEXT.split())
def test_a_model_that_writes_text_is_left_alone(name):
    assert modality_of(name) is None


def test_a_provider_of_one_kind_alone():
    assert modality_of("best", "AssemblyAI") == SPEECH
    assert modality_of("rerank-lite-9", "voyage") == EMBEDDING
    assert modality_of("stablelm-9-12b", "stabilityai") is None


def test_every_kind_is_tried():
    assert {*modalities.WORDS, *modalities.PHRASES, *modalities.PROVIDERS} <= {*KINDS, modalities.DOCUMENTS, modalities.SEARCH}


@pytest.mark.parametrize("name", ["whisper-9", "sora-9", "acme-ocr-2", "openai/gpt-image-9", "gemini-9-flash-live"])
def test_an_unknown_one_goes_to_no_family(name):
    for fallback in (True, False):
        with pytest.raises(UnsupportedModality, match=r"only models that write or embed text are estimated"):
            resolve_model(shipped(), name, None, fallback)


@pytest.mark.parametrize("name", ["doubao-embedding-huge", "acme-rerank-9", "voyage-9-lite"])
def test_an_unknown_embedding_goes_to_its_class(name):
    assert resolve_model(shipped(), name, None, fallback=True).spec.id == "class:embedding"


def test_an_embedding_whose_name_states_its_size_has_that_size():
    assert resolve_model(shipped(), "acme-embedding-8b", None, fallback=True).spec.total_params_b.value == 8


def test_a_reader_of_pages_that_states_its_size_is_a_language_model():
    assert resolve_model(shipped(), "acme-ocr-7b", None, fallback=True).spec.total_params_b.value == 7


def test_known_models_stay_what_they_are():
    """The catalogue has some that draw or speak, and count tokens."""
    for known in every_model():
        assert resolve_model(shipped(), known.spec.id, None, fallback=False).spec.id == known.spec.id


def test_what_embeds_is_no_chat_model_whatever_its_name():
    for name in ("acme-9", None):
        assert resolve_model(shipped(), name, None, fallback=True, format="openai-embeddings").spec.id == "class:embedding"
