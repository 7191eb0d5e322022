"""LiteLLM's proxy with its callback generic_api, and three calls through it."""

import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import openai_calls
from openai import OpenAI

CONFIG = """
model_list:
  - model_name: gpt-4o
    litellm_params: {{model: openai/gpt-4o, api_base: "{base}", api_key: none}}
general_settings: {{master_key: "{master}"}}
litellm_settings:
  callbacks: ["eco"]
callback_settings:
  eco: {{callback_type: generic_api, endpoint: "{eco}/litellm", headers: {{Authorization: "Bearer {key}"}}}}
"""
START_S, SEND_S = 120, 8
"""The callback sends every five seconds."""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def wait(url: str) -> None:
    for _ in range(START_S * 2):
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.5)
    raise SystemExit("the proxy did not start")


with tempfile.TemporaryDirectory() as folder:
    master = f"sk-{secrets.token_hex(24)}"  # without one it does not start
    config = Path(folder, "config.yaml")
    config.write_text(CONFIG.format(base=os.environ["OPENAI_BASE_URL"], eco=os.environ["ECO_URL"], key=os.environ["ECO_KEY"], master=master))
    port = free_port()
    command = [str(Path(sys.executable).with_name("litellm")), "--config", str(config), "--host", "127.0.0.1", "--port", str(port)]
    with subprocess.Popen(command, cwd=folder) as proxy:
        try:
            wait(f"http://127.0.0.1:{port}/health/liveliness")
            openai_calls.make(OpenAI(base_url=f"http://127.0.0.1:{port}/v1", api_key=master))
            time.sleep(SEND_S)
        finally:
            proxy.terminate()
