-- The vault: see vault_schema.sql.

-- name: key
-- The key of a visit or a person.
SELECT key FROM keys WHERE owner = ?;

-- name: make_key
-- A key at first use. Had another connection made one in between, that one stands.
INSERT OR IGNORE INTO keys (owner, key) VALUES (?, ?);

-- name: erase
-- Forget a key: what was sealed with it can never be read again.
DELETE FROM keys WHERE owner = ?;

-- name: owners
-- Whose keys are kept.
SELECT owner FROM keys;

-- name: make_secret
-- The hall's secret, made once.
INSERT OR IGNORE INTO meta (name, value) VALUES ('secret', ?);

-- name: secret
-- The hall's secret.
SELECT value FROM meta WHERE name = 'secret';
