"""Logs of coding agents as they are: lines, whole documents, and a row of a database."""

import json

_KIMI = {"input_other": 300, "output": 40, "input_cache_read": 1000, "input_cache_creation": 20}
_KIMI_STATUS = {"type": "StatusUpdate", "payload": {"token_usage": _KIMI, "message_id": "chatcmpl-5f0c8d1e77a2"}}
_PI = {"role": "assistant", "provider": "anthropic", "model": "claude-sonnet-4-5", "timestamp": 1_780_000_000_000}
_PI |= {"usage": {"input": 12, "output": 80, "cacheRead": 900, "cacheWrite": 100, "reasoning": 5, "totalTokens": 1092}}
_PI_LINES = [
    {"type": "session", "version": 3, "id": "5aa1", "cwd": "/home/ann/garden"},
    {"type": "message", "id": "a1b2c3d4", "timestamp": "2026-05-28T20:26:40.500Z", "message": _PI},
]
_CHOSEN = {"type": "model_change", "id": "m", "provider": "openai", "modelId": "gpt-5.2"}
_QWEN = {"promptTokenCount": 700, "candidatesTokenCount": 60, "thoughtsTokenCount": 25, "cachedContentTokenCount": 512, "totalTokenCount": 785}
_COPILOT = {"inputTokens": 9000, "outputTokens": 700, "cacheReadTokens": 8000, "cacheWriteTokens": 500, "reasoningTokens": 200}
_DROID = {"inputTokens": 500, "outputTokens": 300, "cacheCreationTokens": 2000, "cacheReadTokens": 40_000, "thinkingTokens": 100}
_AMP = {"model": "claude-sonnet-4-5", "inputTokens": 8, "outputTokens": 150, "cacheCreationInputTokens": 900, "cacheReadInputTokens": 7000}

LINES = {
    "qwen-code": [{"uuid": "u1", "sessionId": "s-1", "timestamp": "2026-05-03T09:00:00Z", "type": "assistant", "model": "qwen3.5-plus", "usageMetadata": _QWEN}],
    "kimi-cli": [
        {"timestamp": 1_780_000_000.25, "message": _KIMI_STATUS},
        {"timestamp": 1_780_000_001.5, "message": {"type": "SubagentEvent", "payload": {"event": _KIMI_STATUS}}},
    ],
    "kimi-code": [
        {"type": "llm.request", "model": "gpt-5.2", "modelAlias": "fast", "time": 1_780_000_000_000},
        {"type": "usage.record", "model": "fast", "usage": {"inputOther": 300, "output": 40, "inputCacheRead": 9, "inputCacheCreation": 2}, "time": 1_780_000_000_250},
    ],
    "pi": _PI_LINES,
    "openclaw": [*_PI_LINES, _CHOSEN],
    "copilot": [
        {"type": "session.start", "timestamp": "2026-05-28T20:26:40Z", "data": {"sessionId": "5aa1", "context": {"cwd": "/home/ann/garden", "branch": "main"}}},
        {"type": "session.shutdown", "id": "e", "data": {"modelMetrics": {"gpt-5.2": {"requests": {"count": 3}, "usage": _COPILOT}}}},
    ],
}
WHOLE = {
    "droid": {"model": "custom:GLM-4.7-(free)-0", "providerLock": "z-ai", "providerLockTimestamp": "2026-05-28T20:26:40Z", "tokenUsage": _DROID},
    "amp": {
        "id": "T-5aa1", "created": 1_780_000_000_000, "messages": [{"role": "assistant", "messageId": 1, "usage": _AMP}],
        "usageLedger": {"events": [{"id": "ev-1", "toMessageId": 1, "model": "gpt-5.2", "tokens": {"input": 8, "output": 150}}]},
    },
}  # fmt: skip
TABLES = {"openclaw": ("transcript_events", {"session_id": "s-1", "seq": 1, "event_json": json.dumps(_PI_LINES[1]), "created_at": 1_780_000_000_000})}
