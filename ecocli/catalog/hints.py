"""Hints at the region of a call: in the request's host, the model id and the headers of the answer."""

import re
from collections.abc import Mapping
from typing import Any, Literal

from ecocli.util.valueclass import value_class

Precision = Literal["region", "country", "geography"]


@value_class(frozen=True, slots=True)
class Hint:
    """A place that `resolve_site` accepts, with its precision and the evidence for it, in words."""

    region: str
    precision: Precision
    evidence: str
    provider: str | None = None
    """The catalogue's id of the provider that gave the hint."""


HOSTS: tuple[tuple[str, str | None, str, Precision, str], ...] = (
    # (pattern of the whole host, region or None for the pattern's group, provider, precision, evidence)
    (r"us\.api\.openai\.com", "us", "openai", "country", "OpenAI's data residency hosts"),
    (r"eu\.api\.openai\.com", "eea", "openai", "geography", "OpenAI's data residency hosts (EEA and Switzerland)"),
    (r"(au|in|jp|ae)\.api\.openai\.com", None, "openai", "country", "OpenAI's data residency hosts"),
    (r"bedrock(?:-runtime|-mantle)?(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|api\.aws)", None, "aws",
     "region", "host of Bedrock: the region that was called"),
    (r"([a-z]+-[a-z]+\d{1,2})-aiplatform\.googleapis\.com", None, "google", "region",
     "Vertex host: processing is only promised for the multi-region"),
    (r"aiplatform\.(eu|us)\.rep\.googleapis\.com", None, "google", "geography", "multi-region host of Vertex"),
    (r"us(?:-east-1)?\.api\.x\.ai", "us-east-1", "xai", "geography", "xAI's own label: a geography, not AWS's region"),
    (r"eu-west-1\.api\.x\.ai", "eu-west-1", "xai", "geography", "xAI's own label: a geography, not AWS's region"),
    (r"api\.eu\.mistral\.ai", "eu", "mistral", "geography", "Mistral's regional hosts (EU and EFTA)"),
    (r"api\.us\.mistral\.ai", "us", "mistral", "country", "Mistral's regional hosts"),
    (r"(us|ca)-api\.together\.ai", None, "together", "country", "Together's hosts by geography"),
    (r"(eu|us)\.openrouter\.ai", None, "openrouter", "geography", "OpenRouter's hosts by geography"),
    (r"(?:[a-z0-9-]+\.)?([a-z]{2}-[a-z0-9-]+)\.maas\.aliyuncs\.com", None, "alibaba", "region",
     "Alibaba's region in the host"),
    (r"dashscope-intl\.aliyuncs\.com", "ap-southeast-1", "alibaba", "region", "Alibaba's international host"),
    (r"dashscope-us\.aliyuncs\.com", "us-east-1", "alibaba", "region", "Alibaba's United States host"),
    (r"api\.deepseek\.com", "CN", "deepseek", "country", "DeepSeek's privacy policy: processed in China"),
    (r"open\.bigmodel\.cn", "CN", "zhipu", "country", "Zhipu's Chinese host"),
    (r"api\.z\.ai", "SG", "zhipu", "country", "Z.ai's agreement names Singapore; disputed"),
    (r"api\.moonshot\.cn", "CN", "moonshot", "country", "Moonshot's Chinese host"),
    (r"api\.minimaxi\.com", "CN", "minimax", "country", "MiniMax's Chinese host"),
    (r"api\.minimax\.io", "US", "minimax", "country", "MiniMax states the United States for its international API"),
    (r"inference\.generativeai\.([a-z0-9-]+)\.oci\.oraclecloud\.com", None, "oracle", "region",
     "Oracle's region in the host"),
    (r"([a-z]{2}-[a-z]+)\.ml\.cloud\.ibm\.com", None, "ibm", "region", "IBM's region in the host"),
    (r"api\.(?:studio|tokenfactory)\.([a-z]{2}-[a-z]+\d)\.nebius\.(?:cloud|com)", None, "nebius", "region", "Nebius' region in the host"),
)  # fmt: skip

IN_MODEL_NAMES: tuple[tuple[str, str, str], ...] = (
    # (pattern of the whole name, whose group is the region, provider, evidence, {} being the region); the first match counts
    (r"(?:.*/)?(us-gov|us|eu|apac|jp|au|ca|in|amer|global)\.[a-z0-9-]+\..+", "aws", "Bedrock's cross-region profile {}."),
    (r"arn:aws[a-z-]*:(?:bedrock|sagemaker):([a-z0-9-]+):.*", "aws", "the region in Bedrock's ARN"),
    (r"(?:.*/)?(?:amazon-bedrock|bedrock|sagemaker)[a-z_-]*/(?:[a-z]+/)?([a-z]{2,4}(?:-[a-z]+)+-\d)/.+", "aws",
     "the region in the model's name"),
    (r"(?:.*/)?azure[a-z_-]*/(eu|us|apac|[a-z]*(?:north|south|east|west|central)[a-z]*\d?)/.+", "azure",
     "the region in the model's name"),
    (r"(?:.*/)?(?:google-)?vertex[a-z_-]*/([a-z]+-[a-z]+\d{1,2})/.+", "google", "the region in the model's name"),
    (r"(?:.*/)?projects/[^/]+/locations/([a-z0-9-]+)/.+", "google", "the location in the model's path"),
    (r"ocid1\.[a-z]+\.oc\d+\.([a-z0-9-]+)\..+", "oracle", "the region in the model's OCID"),
)  # fmt: skip
GEOGRAPHIES = ("amer", "apac", "eu", "global", "us-gov")
MAX_NAME_LENGTH = 1024
"""Part of a name that is looked at. [character]"""
MAX_HOST_LENGTH = 253
"""Longest domain name, by RFC 1035. [character]"""


def region_from_host(host: str) -> Hint | None:
    """
    The region that the host of a request, or its URL, hints at.

    >>> region_from_host("bedrock-runtime.us-west-2.amazonaws.com").region
    'us-west-2'
    """
    name = host.strip().casefold().partition("://")[2] or host.strip().casefold()
    name = name[: MAX_HOST_LENGTH + 1].partition("/")[0].partition(":")[0]
    for pattern, region, provider, precision, evidence in HOSTS:
        if found := re.fullmatch(pattern, name):
            return Hint(region or found[1], precision, evidence, provider)
    return None


def region_in_model_name(name: str) -> Hint | None:
    """
    The region that a model's name or path carries.

    A cross-region profile of Bedrock names a geography, whatever region it was called in.

    >>> region_in_model_name("eu.anthropic.claude-sonnet-4-5-v1:0").region
    'eu'
    >>> region_in_model_name("bedrock/eu-west-1/anthropic.claude-v2").region
    'eu-west-1'
    """
    text = name.strip()[:MAX_NAME_LENGTH].casefold()
    for pattern, provider, evidence in IN_MODEL_NAMES:
        if found := re.fullmatch(pattern, text, re.DOTALL):
            return Hint(found[1], _precision(found[1]), evidence.format(found[1]), provider)
    return None


def _precision(place: str) -> Precision:
    if place in GEOGRAPHIES:
        return "geography"
    return "country" if len(place) == 2 else "region"


HEADERS = ("host", "x-ms-region")
"""Names of the headers that are looked at, of each of which an answer has one."""


def region_from_headers(headers: Mapping[str, str]) -> Hint | None:
    """The region in Azure's `x-ms-region`, a display name such as "East US": weak evidence for Global and DataZone deployments."""
    for name, value in headers.items():
        if name.casefold() == "x-ms-region" and value.strip():
            evidence = "x-ms-region: the resource's region, no proof for Global and DataZone deployments"
            return Hint(value.strip(), "region", evidence, "azure")
    return None


def region_hint(fields: Mapping[str, Any], headers: Mapping[str, str]) -> Hint | None:
    """
    The best hint at the region of a call for which nobody named one, or None.

    Args:
        fields: The event's fields, by their canonical names.
        headers: Response headers, and the request's `host` where the caller gives it.
    """
    model = fields.get("model")
    host = next((value for name, value in headers.items() if name.casefold() == "host"), None)
    by_host, by_name = host and region_from_host(host), region_in_model_name(model) if isinstance(model, str) else None
    return region_from_headers(headers) or by_host or by_name
