-- What suppliers say of their own services, by edition; `replaced_at_ms` is NULL for the edition that holds.
CREATE TABLE supplier_figures (
    id INTEGER PRIMARY KEY,
    supplier TEXT NOT NULL,
    account TEXT NOT NULL,
    service TEXT NOT NULL,
    place TEXT,
    month TEXT NOT NULL,
    scope TEXT NOT NULL,
    basis TEXT,
    kg REAL NOT NULL,
    model_version TEXT,
    file TEXT NOT NULL,
    imported_at_ms INTEGER NOT NULL,
    replaced_at_ms INTEGER
) STRICT;
CREATE UNIQUE INDEX supplier_figures_current ON supplier_figures (supplier, account, service, coalesce(place, ''), month, scope, coalesce(basis, '')) WHERE replaced_at_ms IS NULL;
CREATE INDEX supplier_figures_account ON supplier_figures (account, month);
