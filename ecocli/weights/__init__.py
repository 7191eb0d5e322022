"""What a model's own files say of its size: Hugging Face's config.json, the header of a GGUF file, and what `ollama show` answers."""
