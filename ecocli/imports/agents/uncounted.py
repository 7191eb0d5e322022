"""
Tools whose logs are asked for and cannot be counted, each with the reason.

Crush: charmbracelet/crush, internal/agent/agent.go (37f36e93824e): `updateSessionTokenCounters` puts the tokens of the last
step in the place of those before, while the cost is added up; messages (internal/db/models.go) count nothing.
Antigravity: junhoyeo/tokscale, crates/tokscale-core/src/sessions/antigravity_cli.rs (027955203fd1): its databases hold
protocol buffers whose fields were guessed from their values, and the editor's counts come only from its running server.
CodeCarbon: mlco2/codecarbon, codecarbon/output_methods/emissions_data.py (0999d9c19705) and file.py (06d0ede757e4): a row of
emissions.csv is a run, with its duration and kWh; no column names a model or counts tokens.
"""

REASONS = {
    "crush": "Crush keeps only what a session cost: the tokens it keeps are those of the last step",
    "antigravity": "Antigravity keeps its counts in a form that its makers have not published",
    "codecarbon": "CodeCarbon's rows are runs, without the models and tokens of calls: eco measure records the calls of a run with what they drew",
}
