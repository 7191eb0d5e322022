"""Three calls by OpenAI's own library: two plain ones, and a stream."""

from openai import OpenAI

PROMPT = [{"role": "user", "content": "Marillenmarmelade"}]


def make(client: OpenAI | None = None) -> None:
    client = client or OpenAI()
    for _ in range(2):
        client.chat.completions.create(model="gpt-4o", messages=PROMPT)
    for _ in client.chat.completions.create(model="gpt-4o", messages=PROMPT, stream=True, stream_options={"include_usage": True}):
        pass
