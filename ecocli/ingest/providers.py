"""Plain names for the codes that gateways and telemetry give to who served a call."""

_NAMES = {
    "anthropic": "Anthropic",
    "anthropic_text": "Anthropic",
    "aws.bedrock": "AWS",
    "aws_bedrock": "AWS",
    "az.ai.inference": "Azure",
    "az.ai.openai": "Azure",
    "azure": "Azure",
    "azure.ai.inference": "Azure",
    "azure.ai.openai": "Azure",
    "azure_ai": "Azure",
    "azure_text": "Azure",
    "bedrock": "AWS",
    "bedrock_converse": "AWS",
    "cohere_chat": "Cohere",
    "fireworks_ai": "Fireworks",
    "gcp.gemini": "Google",
    "gcp.gen_ai": "Google",
    "gcp.vertex_ai": "Google",
    "gemini": "Google",
    "google_genai": "Google",
    "hosted_vllm": "vLLM",
    "ibm.watsonx.ai": "IBM",
    "mistral_ai": "Mistral",
    "moonshot_ai": "Moonshot",
    "ollama_chat": "Ollama",
    "sagemaker": "AWS",
    "sagemaker_chat": "AWS",
    "text-completion-openai": "OpenAI",
    "together_ai": "Together",
    "vertex_ai": "Google",
    "vertex_ai_beta": "Google",
    "vertexai": "Google",
    "watsonx": "IBM",
    "x_ai": "xAI",
}

_SPEAKS_LIKE_OPENAI = ("custom_openai", "openai_like", "litellm_proxy")
"""Say how the call was made, not who served it."""


def named(code: str | None) -> str | None:
    """The provider behind a code; the code itself when it is a name already."""
    if code is None or code.lower() in _SPEAKS_LIKE_OPENAI:
        return None
    return _NAMES.get(code.lower(), code)
