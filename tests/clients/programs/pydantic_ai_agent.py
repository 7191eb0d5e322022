"""Pydantic AI with Logfire: an agent whose runs are three calls."""

import logfire
from pydantic_ai import Agent

logfire.configure(send_to_logfire=False, console=False)
logfire.instrument_pydantic_ai()
agent = Agent("openai-chat:gpt-4o")
for _ in range(3):
    agent.run_sync("Marillenmarmelade")
logfire.force_flush()
