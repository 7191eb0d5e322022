-- Carbon intensity of electricity by zone and UTC hour, of files that the user imported, and where each is from.
CREATE TABLE "grid_sources" (
   "id" INTEGER PRIMARY KEY,
   "layout" TEXT NOT NULL,
   "source" TEXT NOT NULL,
   "basis" TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX grid_sources_what ON grid_sources (layout, source, basis);
-- hours since 1970
CREATE TABLE "grid_hours" (
   "zone" TEXT NOT NULL,
   "hour" INTEGER NOT NULL,
   "g_per_kwh" REAL NOT NULL,
   "source" INTEGER NOT NULL REFERENCES "grid_sources"("id"),
   "imported_at_ms" INTEGER NOT NULL,
   PRIMARY KEY ("zone", "hour")
) STRICT, WITHOUT ROWID;
-- The intensity of a result that is by the hour; NULL where its basis alone says it.
ALTER TABLE "calls" ADD COLUMN "grid_g_per_kwh" REAL;
ALTER TABLE "past_results" ADD COLUMN "grid_g_per_kwh" REAL;
