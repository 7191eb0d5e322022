-- Hashes of calls that were removed for good, and the store's own salt of them: see forgotten.py.
CREATE TABLE forgotten (hash BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE TABLE "forgotten_salt" (
   "id" INTEGER PRIMARY KEY,
   "salt" BLOB NOT NULL
) STRICT;
