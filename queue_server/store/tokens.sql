-- Bearer tokens: see tokens_schema.sql.

-- name: issue
-- A new token.
INSERT INTO tokens (id, digest, role, name, created) VALUES (?, ?, ?, ?, ?);

-- name: find
-- The token with this digest, unless it was revoked.
SELECT id, role, name, created FROM tokens WHERE digest = ? AND NOT revoked;

-- name: revoke
-- From now on the token opens nothing. Its row stays: the log names it.
UPDATE tokens SET revoked = 1 WHERE id = ? AND NOT revoked;

-- name: list
-- Valid tokens, the oldest first.
SELECT id, role, name, created FROM tokens WHERE NOT revoked ORDER BY created, id;
