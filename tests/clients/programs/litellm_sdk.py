"""LiteLLM as a library, with its callback generic_api."""

import asyncio
import os

import litellm
from litellm.integrations.generic_api.generic_api_callback import GenericAPILogger

MESSAGES = [{"role": "user", "content": "Marillenmarmelade"}]


async def main() -> None:
    logger = GenericAPILogger(endpoint=os.environ["ECO_URL"] + "/litellm", headers={"Authorization": f"Bearer {os.environ['ECO_KEY']}"})
    litellm.callbacks = [logger]
    for _ in range(2):
        await litellm.acompletion(model="openai/gpt-4o", messages=MESSAGES)
    stream = await litellm.acompletion(model="openai/gpt-4o", messages=MESSAGES, stream=True, stream_options={"include_usage": True})
    async for _ in stream:
        pass
    await asyncio.sleep(2)  # callbacks are called when the loop has time
    await logger.async_send_batch()


asyncio.run(main())
