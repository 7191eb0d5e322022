"""Logfire, sending to another place than its own, by its instrumentation of OpenAI's library."""

import logfire
import openai_calls
from openai import OpenAI

logfire.configure(send_to_logfire=False, console=False)
client = OpenAI()
logfire.instrument_openai(client)
openai_calls.make(client)
logfire.force_flush()
