-- The log, its answers, blobs and checkpoints. Queries of the projections are in projections.sql.

-- name: head
-- Where the log ends: its last seq and hash.
SELECT seq, hash FROM log ORDER BY seq DESC LIMIT 1;

-- name: append
-- One event. The primary key makes a second event with the same seq an error.
INSERT INTO log (seq, at, kind, version, body, actor, key, prev_hash, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: read
-- Events after a seq, in order, at most so many.
SELECT seq, at, kind, version, body, actor, key, prev_hash, hash FROM log WHERE seq > ? ORDER BY seq LIMIT ?;

-- name: read_all
-- All events after a seq, in order.
SELECT seq, at, kind, version, body, actor, key, prev_hash, hash FROM log WHERE seq > ? ORDER BY seq;

-- name: catalogue
-- The changes of the catalogue before a seq, the newest first, at most so many. Its condition is that of the index.
SELECT seq, at, kind, version, body, actor, key, prev_hash, hash FROM log
WHERE seq < ? AND kind IN ('setup_imported', 'service_changed', 'service_removed', 'package_changed', 'package_removed')
ORDER BY seq DESC LIMIT ?;

-- name: hash_at
-- The hash of one event: what a checkpoint is tied to.
SELECT hash FROM log WHERE seq = ?;

-- name: keep_blob
-- A text named by its digest. The same text again changes nothing.
INSERT OR IGNORE INTO blobs (digest, text) VALUES (?, ?);

-- name: blob
-- The text with this digest.
SELECT text FROM blobs WHERE digest = ?;

-- name: keep_answer
-- The first answer to a command with a key. A key that came back after its answer was forgotten replaces it.
INSERT OR REPLACE INTO answers (actor, key, request_hash, status, body, at) VALUES (?, ?, ?, ?, ?, ?);

-- name: answers
-- Answers given at or after an instant.
SELECT actor, key, request_hash, status, body, at FROM answers WHERE at >= ?;

-- name: prune_answers
-- Forget the answers given before an instant.
DELETE FROM answers WHERE at < ?;

-- name: keep_checkpoint
-- The state after an event. Taken twice at one seq, the later one stands.
INSERT OR REPLACE INTO checkpoint (seq, shape, log_hash, body_hash, body) VALUES (?, ?, ?, ?, ?);

-- name: prune_checkpoints
-- Keep the newest two: should the newest turn out unusable, start-up replays two days instead of all.
DELETE FROM checkpoint WHERE seq NOT IN (SELECT seq FROM checkpoint ORDER BY seq DESC LIMIT 2);

-- name: checkpoints
-- Checkpoints, the newest first.
SELECT seq, shape, log_hash, body_hash, body FROM checkpoint ORDER BY seq DESC;

-- name: visit
-- One ticket of any day.
SELECT * FROM visits WHERE ticket = ?;

-- name: case
-- One case of any day, with the number of its ticket.
SELECT cases.*, visits.number FROM cases LEFT JOIN visits ON visits.ticket = cases.ticket WHERE cases.id = ?;

-- name: deferrals
-- What a case owes, or owed.
SELECT * FROM deferrals WHERE case_id = ? ORDER BY id;

-- name: notice
-- One one-time notice of any day, with the number of its ticket.
SELECT notices.*, visits.number FROM notices
LEFT JOIN cases ON cases.id = notices.case_id
LEFT JOIN visits ON visits.ticket = coalesce(notices.ticket, cases.ticket)
WHERE notices.notice = ?;

-- name: visits_still_needed
-- Visits whose application is open, or was closed after an instant: their texts are not erased yet.
SELECT ticket FROM cases WHERE ticket IS NOT NULL AND (closed IS NULL OR closed >= ?);

-- name: emergency_before
-- Whether a call for help ended before an instant.
SELECT 1 FROM emergencies WHERE emergency = ? AND ended < ?;

-- name: arrived_before
-- Whether a visit began before an instant.
SELECT 1 FROM visits WHERE ticket = ? AND arrival < ?;

-- name: schema_version
-- Number of the last migration.
SELECT value FROM meta WHERE name = 'schema_version';

-- name: keep_schema_version
-- Note that a migration was done.
INSERT OR REPLACE INTO meta (name, value) VALUES ('schema_version', ?);
