-- Reports of a period that was locked: what they said, and who locked them and lifted that. Rows are never removed.
CREATE TABLE "locked_reports" (
   "id" INTEGER PRIMARY KEY,
   "start_ms" INTEGER NOT NULL,
   "end_ms" INTEGER NOT NULL,
   "time_zone" TEXT NOT NULL,
   "filters" TEXT NOT NULL,
   "locked_at_ms" INTEGER NOT NULL,
   "locked_by" TEXT NOT NULL,
   "eco_version" TEXT NOT NULL,
   "methods" TEXT NOT NULL,
   "editions" TEXT NOT NULL,
   "calls" INTEGER NOT NULL,
   "last_call" INTEGER NOT NULL,
   "sha256" TEXT NOT NULL,
   "figures" TEXT NOT NULL,
   "organisation" TEXT NOT NULL,
   "instruments" TEXT NOT NULL,
   "lifted_at_ms" INTEGER,
   "lifted_by" TEXT,
   "lifted_why" TEXT
) STRICT;
-- A period is locked once at a time.
CREATE UNIQUE INDEX locked_reports_period ON locked_reports (start_ms, end_ms, filters) WHERE lifted_at_ms IS NULL;
