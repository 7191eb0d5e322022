"""The kind of data that a model unknown to the catalogue works on, by its name and provider: text, or something that no law covers."""

import re

from ecocli.catalog.model_names import normalised

EMBEDDING = "an embedding model"
"""Embeds or ranks text: it reads its input once and writes nothing."""
SPEECH, IMAGES, VIDEO, MUSIC = "a speech model", "an image model", "a video model", "a music model"
MODERATION, DOCUMENTS, REALTIME, SEARCH = "a moderation model", "a model for scanned documents", "a realtime model", "a search service"

_WORDS = {
    # in the order in which they are tried: an embedding of images is an embedding
    EMBEDDING: "bge colbert e5 embed embedder embedding embeddings gte minilm mpnet paraphrase rerank reranker reranking siglip text2vec voyage",
    MODERATION: "moderation moderations moderator",
    DOCUMENTS: "ocr",
    SPEECH: "asr chatterbox chirp cosyvoice diarization diarize elevenlabs indextts kokoro melotts orpheus paraformer parakeet playai"
    " sensevoice speech stt transcribe transcription tts vibevoice voice voicechat voiceclone voicedesign wav2vec whisper xtts",
    REALTIME: "live livetranslate realtime",
    MUSIC: "lyria music musicgen suno udio",
    VIDEO: "cogvideo cogvideox hailuo happyhorse hunyuanvideo i2v kling ltx ltxv r2v runwayml seedance sora t2v v2v veo vidu video wan",
    IMAGES: "cogview controlnet dalle flux hidream i2i ideogram image imagegen imagen images img2img inpaint inpainting kandinsky kolors midjourney nanobanana"
    " outpaint recraft sdxl seededit seedream stablediffusion stablediffusionxl t2i txt2img upscale upscaler",
}
WORDS = {kind: frozenset(words.split()) for kind, words in _WORDS.items()}
"""Words of a name, digits at their end left out, by what such a model works on."""

PHRASES = {
    EMBEDDING: r"embedding|rerank|ranker|llama-rank|^ada$|^(?:text-similarity|text-search)-|jina-clip|clip-vit|uae-large",
    DOCUMENTS: r"ocr(?![a-z])|document-ai|doc-intelligence|(?<![a-z])parse-(?:v[0-9]|legacy)",
    SPEECH: r"whisper|speech-to|to-speech|voxtral-mini(?!-[0-9]+b)|[a-z]tts(?![a-z])|^(?:eleven|scribe|bark)-",
    SEARCH: r"^(?:deep-)?search(?:-(?:advanced|api|deep|fast|pro|turbo))?$",
    REALTIME: r"native-audio|nova(?:-[0-9])*-sonic",
    VIDEO: r"(?:image|text|video|reference)-to-video|motion-control|minimax-h[0-9]|nova-reel|^ray-?[0-9]|^gen-?[34](?![0-9])|^pika-",
    IMAGES: r"dall-e|to-image|nano-banana|gpt-image|grok-imagine|playground-v[0-9]|stable-(?:image|cascade|diffusion)|stablediffusion"
    r"|lucid-(?:realism|origin)|nova-canvas|style-transfer|virtual-try-on|(?<![a-z])sd-?[123](?![0-9])|(?<![0-9])[0-9]{3,4}-x-[0-9]{3,4}(?![0-9])|max-x-max",
}
"""Patterns of kinds that take several words to recognise; searched in the last part of a path and in all of it."""

PROVIDERS = {
    SPEECH: ("assemblyai", "aws-polly", "cartesia", "deepgram", "elevenlabs", "gladia", "hume", "lmnt", "playht", "rev-ai", "soniox", "speechmatics"),
    IMAGES: ("bfl", "black-forest-labs", "fal-ai", "ideogramai", "leonardo", "prodia", "stability", "stabilityai", "topaz"),
    VIDEO: ("klingai", "luma", "lumaai", "pika", "runwayml"),
    EMBEDDING: ("voyageai",),
}
"""Makers and hosts of little else, as the provider of a call or as a part of a model's path."""
THEIR_TEXT_MODELS = re.compile(r"lm|stable-(?:code|beluga|vicuna)")

WATCHING = frozenset(("chat", "internvideo", "llava", "llm", "omni", "videollama", "vl", "vlm"))
"""Words of models that look at images or videos and write text."""

PARTS = re.compile(r"[^a-z0-9]+")
MAX_PATH_PARTS = 12


def modality_of(name: str, provider: str | None = None) -> str | None:
    """
    What a model works on: EMBEDDING, or one of the kinds above that no law covers; None for a model that writes text.

    >>> modality_of("gpt-4o-mini-tts"), modality_of("gpt-4o-mini")
    ('a speech model', None)
    """
    path = [normalised(part) for part in name.split("/")[-MAX_PATH_PARTS:]]
    parts = [part for one in path for part in PARTS.split(one) if part]
    words = {word for part in parts for word in (part, part.rstrip("0123456789"))}
    by_word = next((kind for kind, known in WORDS.items() if not words.isdisjoint(known)), None)
    found = by_word or _by_phrase(path) or _by_provider(path, provider)
    return None if found in (VIDEO, IMAGES) and not words.isdisjoint(WATCHING) else found


def _by_phrase(path: list[str]) -> str | None:
    texts = (path[-1], "/".join(path))
    return next((kind for kind, phrase in PHRASES.items() if any(re.search(phrase, text) for text in texts)), None)


def _by_provider(path: list[str], provider: str | None) -> str | None:
    names = {*path[:-1], *([normalised(provider)] if provider else ())}
    found = next((kind for kind, known in PROVIDERS.items() if not names.isdisjoint(known)), None)
    return None if THEIR_TEXT_MODELS.search(path[-1]) else found
