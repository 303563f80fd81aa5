-- The vault of one hall (vault.db): keys of personal data, and the hall's secret. Kept apart from hall.db, because a copy of it
-- undoes an erasure.
CREATE TABLE IF NOT EXISTS keys (
    owner TEXT PRIMARY KEY,
    key BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS meta (
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL
) WITHOUT ROWID;
