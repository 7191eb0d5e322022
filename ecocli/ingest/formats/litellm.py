"""LiteLLM's own records: the StandardLoggingPayload of its callbacks and the rows of its SpendLogs table."""

import re
from collections.abc import Iterator
from typing import Any

from ecocli.errors import BadData, UnsupportedModality, quoted
from ecocli.ingest import beside, chat_usage, providers
from ecocli.ingest import fields as f
from ecocli.ingest.chat_usage import cache_of, counts
from ecocli.ingest.format import Format
from ecocli.ingest.reading import Reading, Rejected

NAME = "litellm"

_INPUT_ONLY = ("embedding", "aembedding", "rerank", "arerank")
_KINDS = {
    "image": "an image model",
    "speech": "a speech model",
    "transcription": "a speech model",
    "video": "a video model",
    "moderation": "a moderation model",
    "ocr": "a model for scanned documents",
    "search": "a search service",
}
"""Words of kinds of call that work on something else than text."""
_AZURE = ("azure", "azure_ai", "azure_text")
_AWS = ("bedrock", "bedrock_converse", "sagemaker", "sagemaker_chat")
_AWS_REGION = re.compile(r"(?:us|us-gov|eu|eusc|ap|ca|sa|me|af|il|cn|mx)-[a-z]+-[0-9]+(?![^/])")


def matches(document: dict[str, Any]) -> bool:
    """A gateway's kind of call beside its counters or its provider."""
    return "call_type" in document and ("prompt_tokens" in document or "custom_llm_provider" in document)


def read(document: dict[str, Any]) -> Iterator[Reading | Rejected]:
    """The one call of a row; nothing when it failed or LiteLLM's own cache answered, for then no model ran."""
    if _is_true(document.get("cache_hit")) or document.get("status") == "failure":
        return
    tokens, assumptions = counts({"usage": _usage(document)})
    if fault := _fault(document, tokens):
        yield Rejected(fault, None, f.canonical(document), is_fault=False)
        return
    if tokens["completion_tokens"] is None and document.get("call_type") in _INPUT_ONLY:
        tokens["completion_tokens"] = 0
    yield f.reading(
        NAME,
        assumptions,
        id=f.text(document, "id", "request_id", "litellm_call_id") or f.body_id(document),
        model=_model(document),
        provider=providers.named(f.text(document, "custom_llm_provider")),
        host=_host(document),
        detected_region=_region(document),
        source="litellm",
        tags=_tags(document),
        **tokens,
        **beside.extras(_beside(document)),
        **_times(document),
    )


def _fault(document: dict[str, Any], tokens: dict[str, int | None]) -> BadData | None:
    """Why tokens do not tell what a call cost: it worked on something else than text, or its counts never came."""
    call_type = str(document.get("call_type")).lower()
    kind = next((kind for word, kind in _KINDS.items() if word in call_type), None)
    if kind:
        return UnsupportedModality(_model(document), kind)
    if any(tokens.values()):
        return None
    if "rerank" in call_type:
        return UnsupportedModality(_model(document), "a reranker that counts no tokens")
    spend = f.number(document, "spend", "response_cost")
    return BadData(f"{quoted(_model(document) or NAME)} was paid for, and all of its token counts are 0: they are missing") if spend else None


def _model(document: dict[str, Any]) -> str | None:
    """
    The model of a row.

    A deployment on Azure may have any name: the model that it was set up with says more, and so does the name that
    callers know it by, unless LiteLLM itself knows the deployment's.
    """
    named, group = f.text(document, "model"), f.text(document, "model_group")
    if document.get("custom_llm_provider") not in _AZURE:
        return named or group
    metadata = f.as_object(document.get("metadata"))
    holders = (document, metadata, f.section(document, "model_info"), f.section(metadata, "model_info"), f.section(document, "litellm_params"))
    base = next((base for base in (f.text(holder, "base_model") for holder in holders) if base), None)
    return base or _mapped(document) or _mapped(metadata) or group or named


def _mapped(document: dict[str, Any]) -> str | None:
    """The name under which LiteLLM found a model's prices, if it did."""
    found = f.as_object(document.get("model_map_information"))
    value = f.as_object(found.get("model_map_value"))
    return (f.text(value, "base_model") or f.text(found, "model_map_key") or f.text(value, "key")) if value else None


def _region(document: dict[str, Any]) -> str | None:
    """Where the call ran: a region of AWS in the model's path, or what LiteLLM notes of Vertex AI."""
    model = document.get("model")
    if document.get("custom_llm_provider") in _AWS and isinstance(model, str):
        return next((part for part in model.split("/")[:-1] if _AWS_REGION.fullmatch(part)), None)
    return f.text(f.as_object(document.get("cost_breakdown")), "vertex_location") or f.text(f.as_object(document.get("hidden_params")), "region_name")


def _host(document: dict[str, Any]) -> str | None:
    """The server that LiteLLM called."""
    holders = {name: f.as_object(document.get(name)) for name in ("litellm_params", "hidden_params")}
    return f.host(document, "api_base") or f.host(holders, "litellm_params.api_base", "hidden_params.api_base")


def _usage(document: dict[str, Any]) -> dict[str, Any]:
    """The details wherever this version keeps them, under the row's own sums."""
    response, metadata = f.as_object(document.get("response")), f.as_object(document.get("metadata"))
    holders = (response.get("usage"), metadata.get("usage_object"))
    details = next((usage for usage in holders if isinstance(usage, dict) and usage), {})
    sums = {name: document[name] for name in ("prompt_tokens", "completion_tokens", "total_tokens") if document.get(name) is not None}
    usage = {**_renamed(details), **sums}
    if prompt := _whole_prompt(details, usage):
        usage |= {"prompt_tokens": prompt, "total_tokens": None}
    return usage


def _beside(document: dict[str, Any]) -> dict[str, Any]:
    """The answer inside of a row, with the tier that LiteLLM priced it by."""
    response = f.as_object(document.get("response"))
    tier = response.get("service_tier") or f.as_object(document.get("cost_breakdown")).get("service_tier") or document.get("service_tier")
    return {**response, "service_tier": tier, "usage": _usage(document)}


def _renamed(details: dict[str, Any]) -> dict[str, Any]:
    """Sums by Anthropic's and OpenAI's newer names, under the older ones."""
    pairs = (("prompt_tokens", "input_tokens"), ("completion_tokens", "output_tokens"))
    return {old: details[new] for old, new in pairs if details.get(new) is not None} | details


def _whole_prompt(details: dict[str, Any], usage: dict[str, Any]) -> int | None:
    """
    The prompt with the cache in it, where the row's own number leaves that out; None where it does not.

    Rows usually count the cache in. The provider's usage beside them tells of those that do not: it has the same
    number for input without cache, or a larger one that is just the sum, or a number for the text that is not cached.
    """
    found, _ = chat_usage.read({"usage": usage})
    prompt, cache = found["prompt_tokens"], cache_of(found)
    if not cache or prompt is None:
        return None
    document = {"usage": details}
    text = f.count(document, "usage.prompt_tokens_details.text_tokens")
    is_anthropics = f.has(document, "usage.cache_read_input_tokens", "usage.cache_creation_input_tokens") and "prompt_tokens" not in details
    is_apart = (
        (is_anthropics and f.count(document, "usage.input_tokens") == prompt)
        or f.count(document, "usage.prompt_tokens") == prompt + cache
        or (text is not None and text == prompt)
        or cache > prompt
    )
    return prompt + cache if is_apart else None


def _is_true(value: Any) -> bool:
    """Rows of the table write "True", "False" and "None"."""
    return value is True or (isinstance(value, str) and value.lower() == "true")


def _tags(document: dict[str, Any]) -> dict[str, str] | None:
    metadata = f.as_object(document.get("metadata"))
    team, key = f.text(metadata, "user_api_key_team_alias"), f.text(metadata, "user_api_key_alias")
    return f.tags(team=team, key=key, end_user=f.text(document, "end_user"))


def _times(document: dict[str, Any]) -> dict[str, int | None]:
    """The first token's time equals the end when the answer was not streamed: then it tells nothing."""
    start, end = f.instant(document, "startTime"), f.instant(document, "endTime")
    first = f.instant(document, "completionStartTime")
    return {"startTimeMs": start, "firstTokenTimeMs": None if first == end else first, "endTimeMs": end}


FORMAT = Format(NAME, "LiteLLM StandardLoggingPayload and SpendLogs rows (failures and cache hits are no calls)", matches, read)
