-- How much may be spent of a figure in each period; with tags, by the calls that carry all of them.
CREATE TABLE "budgets" (
   "id" INTEGER PRIMARY KEY,
   "figure" TEXT NOT NULL,
   "period" TEXT NOT NULL,
   "most" REAL NOT NULL,
   "tags" TEXT NOT NULL,
   "created_at_ms" INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX budgets_what ON budgets (figure, period, tags);
