-- Reports of calls that another signal had told of under another id. The call is that of call_id and provider. See reports.py.
CREATE TABLE "reports" (
   "id" INTEGER PRIMARY KEY,
   "call_id" TEXT NOT NULL,
   "provider" TEXT NOT NULL,
   "signal" TEXT NOT NULL,
   "report_id" TEXT NOT NULL,
   "report_provider" TEXT NOT NULL,
   "started_at_ms" INTEGER NOT NULL,
   "matched_at_ms" INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX reports_identity ON reports (report_id, report_provider);
CREATE INDEX reports_call ON reports (call_id, provider);
-- telemetry alone: a report of the same call is found however many calls there are
CREATE INDEX calls_telemetry ON calls (source, input_tokens, output_tokens, started_at_ms) WHERE format = 'otlp';
