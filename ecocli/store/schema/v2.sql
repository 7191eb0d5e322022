-- How far each log was read: new lines are found by it, and nothing is read twice.
CREATE TABLE "imports" (
   "id" INTEGER PRIMARY KEY,
   "source" TEXT NOT NULL,
   "path" TEXT NOT NULL,
   "stamp" TEXT NOT NULL,
   "offset" INTEGER NOT NULL,
   "fingerprint" TEXT NOT NULL,
   "state" TEXT NOT NULL,
   "read_at_ms" INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX imports_source_path ON imports (source, path);
