-- The key that a report of a call came with; NULL for the owner of the file.
ALTER TABLE "reports" ADD COLUMN "key_id" INTEGER REFERENCES "keys"("id");
-- a report of a call that was corrected or undone is found however many those are
CREATE INDEX withdrawn_calls_counts ON withdrawn_calls (source, input_tokens, output_tokens, started_at_ms);
