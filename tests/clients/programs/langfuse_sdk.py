"""Langfuse's SDK, by its own OpenAI client."""

import openai_calls
from langfuse import get_client
from langfuse.openai import OpenAI

openai_calls.make(OpenAI())
get_client().flush()
