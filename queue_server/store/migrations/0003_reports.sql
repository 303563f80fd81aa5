-- What the report of a month must not look for in the whole log: stops of cases, and counters that were something else.

-- One row per stop of a case's clock. Days are ISO dates.
CREATE TABLE case_stops (
    seq INTEGER PRIMARY KEY,
    case_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    since TEXT NOT NULL,
    due TEXT,
    materials INTEGER NOT NULL,
    until TEXT
);
CREATE UNIQUE INDEX case_stops_open ON case_stops (case_id) WHERE until IS NULL;

-- One row per change of what a counter does. The log says by whom.
CREATE TABLE counter_changes (
    seq INTEGER PRIMARY KEY,
    day TEXT,
    at INTEGER NOT NULL,
    counter TEXT NOT NULL,
    serves TEXT NOT NULL,
    helps TEXT NOT NULL,
    kind TEXT,
    until INTEGER,
    cause TEXT NOT NULL,
    tide TEXT
);
CREATE INDEX counter_changes_by_day ON counter_changes (day);

INSERT INTO case_stops (seq, case_id, kind, since, due, materials, until)
SELECT
    stopped.seq, stopped.body ->> '$.case', stopped.body ->> '$.stop.kind', stopped.body ->> '$.stop.since',
    stopped.body ->> '$.stop.limit', coalesce(json_array_length(stopped.body, '$.stop.materials'), 0),
    (
        SELECT resumed.body ->> '$.day' FROM log AS resumed
        WHERE resumed.kind = 'case_resumed' AND resumed.seq > stopped.seq AND resumed.body ->> '$.case' = stopped.body ->> '$.case'
        ORDER BY resumed.seq LIMIT 1
    )
FROM log AS stopped WHERE stopped.kind = 'case_stopped';

INSERT INTO counter_changes (seq, day, at, counter, serves, helps, kind, until, cause, tide)
SELECT
    seq, (SELECT max(day) FROM days WHERE opened_seq < log.seq), at, body ->> '$.counter', body ->> '$.serves',
    body ->> '$.helps', body ->> '$.kind', body ->> '$.until', coalesce(body ->> '$.cause', 'manager'), body ->> '$.tide'
FROM log WHERE kind = 'counter_changed';
