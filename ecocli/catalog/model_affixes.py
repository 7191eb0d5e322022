"""
Words that vendors, clouds and gateways put before and behind a model's name without changing the model.

Each entry follows from how its vendor forms names. Words are in lower case and have hyphens, whatever separates them in
a name. What a known name contains is never taken off: the longest known name wins.
"""

from ecocli.catalog.model_names import GEOGRAPHIES

MAKERS = (
    *("ai21", "ai21-labs", "ai21labs", "alibaba", "alibaba-cloud", "allenai", "amazon", "anthropic", "arcee", "arcee-ai"),
    *("baidu", "bytedance", "bytedance-seed", "cohere", "deepseek", "deepseek-ai", "google", "ibm", "ibm-granite"),
    *("inception", "inclusionai", "inflection", "liquid", "liquidai", "meta", "meta-llama", "microsoft", "minimax", "minimaxai"),
    *("mistral", "mistralai", "moonshot", "moonshotai", "nous", "nousresearch", "nvidia", "openai", "perplexity", "poolside"),
    *("qwen", "reka", "rekaai", "sakana", "stepfun", "tencent", "tii", "twelvelabs", "upstage", "writer", "x-ai", "xai"),
    *("xiaomi", "z-ai", "zai", "zai-org", "zhipu", "zhipuai"),
)
"""Developers, as clouds write them before a model's name: DigitalOcean's and Snowflake's `openai-gpt-5`, Venice's `zai-org-glm-5`."""

HOSTS = (
    *("azure", "azure-ai", "azure-openai", "bedrock", "bigmodel", "cerebras", "dashscope", "deepinfra", "fireworks", "fireworks-ai"),
    *("github", "github-copilot", "groq", "hf", "huggingface", "nebius", "novita", "openrouter", "sambanova", "snowflake"),
    *("together", "togetherai", "umans", "vertex", "vertex-ai", "volcengine"),
    *("databricks", "system-ai"),  # Databricks' endpoints, and its Unity Catalog: system.ai.
    *("fw", "duo-chat", "tee"),  # Azure's for what Fireworks serves, GitLab's, and trusted execution environments
    *("cf", "workers-ai"),  # Cloudflare's @cf/
)
"""Hosts and gateways before a model's name."""

REGIONAL = "regional"
"""Price lists write `regional.` before a model in any one region."""

USES = ("coding", "prod", "production", "staging", "dev", "test")
"""A plan, or the environment in the name of a deployment, which customers of Azure choose."""

PREFIXES = frozenset((*GEOGRAPHIES, REGIONAL, *MAKERS, *HOSTS, *USES))

PRECISIONS = (
    *("fp4", "nvfp4", "mxfp4", "fp8", "mxfp8", "fp16", "bf16", "f16", "f32", "fp32", "int4", "int8", "w4a16", "w8a8"),
    *("awq", "gptq", "gguf", "mlx", "qat", "4bit", "6bit", "8bit", "4-bit", "6-bit", "8-bit"),
    *("fp8-dynamic", "fp8-kv", "fp8-tput", "tput"),
)
LEVELS = tuple(f"{letters}{bits}" for letters in ("q", "iq") for bits in range(1, 9))
KINDS = ("", "-0", "-1", "-k", "-k-s", "-k-m", "-k-l", "-k-xl", "-s", "-m", "-l", "-xs", "-xxs", "-nl")
QUANTISATIONS = tuple(level + kind for level in LEVELS for kind in KINDS)
"""llama.cpp's and Ollama's: q4_0, q4_K_M, IQ4_XS."""

SERVING = (
    *("free", "nitro", "floor", "online", "extended", "exacto", "batch", "beta", "cloud"),  # OpenRouter's, Ollama's
    *("flex", "priority", "spot", "ptu", "standard", "high-throughput"),  # ways to buy throughput
    *("community", "basic", "cheaper", "original", "copilot", "lora", "tee", "fw", "mode", *USES),
    *("latest", "default", "preview", "exp", "experimental"),
    *("v1", "1-0", "v1-0", "v1-1", "v2-0", "v3-0"),  # Bedrock's -v1:0, which titles write 1.0
    *("001", "002", "003", "004", "005", "maas", "customtools"),  # Google's
    *("instruct", "it", "hf", "instruct-turbo", "instruct-lite"),  # Together's: a quantised deployment of the same weights
    *("nano-banana", "nano-banana-2", "nano-banana-pro"),  # Google's nicknames, in brackets behind the name
)
"""Ways to buy or to reach a model."""

MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december")

SPEEDS = ("fast", "turbo", "highspeed", "high-speed", "lightning", "ultrafast")
"""
The same weights in smaller batches, at a higher price: MiniMax's `-highspeed`, Moonshot's `-turbo`, Nebius' `-fast`.

Where a family of the catalogue has the word, it names another model: grok-4-fast, glm-5-turbo.
"""

EFFORTS = ("minimal", "low", "medium", "high", "xhigh")
REASONING = ("thinking", "think", "reasoning", "thinking-max", *EFFORTS)
"""Modes of a model that reasons. Behind the name of one that does not, they name another model: phi-4-reasoning."""
NOT_REASONING = ("non-reasoning", "non-thinking", "nothinking", "no-thinking")

SUFFIXES = frozenset((*PRECISIONS, *QUANTISATIONS, *SERVING, *MONTHS, *GEOGRAPHIES, *SPEEDS, *REASONING, *NOT_REASONING))

RELEASES = frozenset(("chat", "base", "text", "pt", "paddle"))
"""Tuned and plain releases: taken off, as is `v0.3`, only where the rest states a size, which all share."""
