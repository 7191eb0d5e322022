-- Whether the caller has operational control of the machine, 0 or 1; NULL where that was not said.
ALTER TABLE "calls" ADD COLUMN "control" INTEGER;
ALTER TABLE "withdrawn_calls" ADD COLUMN "control" INTEGER;
