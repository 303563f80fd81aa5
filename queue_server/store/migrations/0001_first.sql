-- The first schema of hall.db: schema.sql as it was then.

-- Facts about the file itself. `schema_version`: number of the last migration.
CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

-- What happened, in order. Everything else can be made from it (and from blobs). `hash`: see chain.py.
CREATE TABLE log (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    version INTEGER NOT NULL,
    body TEXT NOT NULL,
    actor TEXT NOT NULL,
    key TEXT,
    prev_hash BLOB NOT NULL,
    hash BLOB NOT NULL
);

CREATE TRIGGER log_keeps_what_it_says BEFORE UPDATE ON log
BEGIN
    SELECT raise(ABORT, 'the log is append-only');
END;

CREATE TRIGGER log_forgets_nothing BEFORE DELETE ON log
BEGIN
    SELECT raise(ABORT, 'the log is append-only');
END;

-- Long texts that events name by their SHA-256 (hexadecimal): hall files.
CREATE TABLE blobs (
    digest TEXT PRIMARY KEY,
    text TEXT NOT NULL
) WITHOUT ROWID;

-- First answers to commands with an idempotency key, kept to the end of the next hall day.
CREATE TABLE answers (
    actor TEXT NOT NULL,
    key TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    status INTEGER NOT NULL,
    body BLOB NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (actor, key)
) WITHOUT ROWID;

-- A cache: the state after event `seq`, whose hash is `log_hash`. `shape` names the program's idea of a state.
CREATE TABLE checkpoint (
    seq INTEGER PRIMARY KEY,
    shape TEXT NOT NULL,
    log_hash BLOB NOT NULL,
    body_hash BLOB NOT NULL,
    body BLOB NOT NULL
);

-- Projections: made from events alone, in the transaction that appends them; see projections.py.

-- One row per ticket, with every time in it.
CREATE TABLE visits (
    ticket TEXT PRIMARY KEY,
    day TEXT,
    number TEXT NOT NULL,
    queue TEXT NOT NULL,
    first_queue TEXT NOT NULL,
    service TEXT,
    service_name TEXT,
    catalogue TEXT NOT NULL,
    package TEXT,
    services TEXT NOT NULL,
    kind TEXT,
    channel TEXT NOT NULL,
    lang TEXT NOT NULL,
    needs TEXT NOT NULL,
    head_start INTEGER NOT NULL,
    ahead INTEGER NOT NULL,
    promised_low_seconds INTEGER,
    promised_likely_seconds INTEGER,
    promised_high_seconds INTEGER,
    state TEXT NOT NULL,
    changed INTEGER NOT NULL,
    arrival INTEGER NOT NULL,
    first_called INTEGER,
    called INTEGER,
    started INTEGER,
    ended INTEGER,
    call TEXT,
    counter TEXT,
    clerk TEXT,
    first_counter TEXT,
    first_clerk TEXT,
    hold TEXT,
    calls INTEGER NOT NULL DEFAULT 0,
    recalls INTEGER NOT NULL DEFAULT 0,
    put_backs INTEGER NOT NULL DEFAULT 0,
    misses INTEGER NOT NULL DEFAULT 0,
    returns INTEGER NOT NULL DEFAULT 0,
    holds INTEGER NOT NULL DEFAULT 0,
    transfers INTEGER NOT NULL DEFAULT 0,
    serving_us INTEGER NOT NULL DEFAULT 0,
    held_us INTEGER NOT NULL DEFAULT 0,
    by_choice INTEGER NOT NULL DEFAULT 0,
    outcome TEXT,
    reason TEXT
);
CREATE INDEX visits_by_day ON visits (day, number);

-- One row per call of a ticket to a counter; recalls count up. `reason` is sealed.
CREATE TABLE calls (
    call TEXT PRIMARY KEY,
    seq INTEGER NOT NULL,
    ticket TEXT NOT NULL,
    number TEXT NOT NULL,
    queue TEXT NOT NULL,
    counter TEXT NOT NULL,
    clerk TEXT NOT NULL,
    at INTEGER NOT NULL,
    count INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    rule TEXT NOT NULL,
    waited_seconds INTEGER NOT NULL,
    minutes INTEGER NOT NULL,
    visitor_class TEXT,
    reason TEXT,
    ended INTEGER,
    outcome TEXT,
    delivered INTEGER,
    shown INTEGER,
    spoken INTEGER,
    watching INTEGER
) WITHOUT ROWID;

-- One row per stretch of serving: from the start of service at a counter until the ticket leaves it. `done` is JSON.
CREATE TABLE servings (
    seq INTEGER PRIMARY KEY,
    ticket TEXT NOT NULL,
    queue TEXT NOT NULL,
    service TEXT,
    counter TEXT NOT NULL,
    clerk TEXT,
    started INTEGER NOT NULL,
    ended INTEGER,
    outcome TEXT,
    done TEXT
);
CREATE UNIQUE INDEX servings_open ON servings (ticket) WHERE ended IS NULL;
CREATE INDEX servings_by_start ON servings (started);

-- One row per stretch of a clerk at a counter.
CREATE TABLE shifts (
    seq INTEGER PRIMARY KEY,
    counter TEXT NOT NULL,
    clerk TEXT NOT NULL,
    since INTEGER NOT NULL,
    until INTEGER,
    ended_by TEXT,
    paused_since INTEGER,
    paused_us INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX shifts_open ON shifts (counter) WHERE until IS NULL;
CREATE INDEX shifts_by_start ON shifts (since);

-- One row per hall day.
CREATE TABLE days (
    day TEXT PRIMARY KEY,
    opened INTEGER NOT NULL,
    opened_seq INTEGER NOT NULL,
    closed INTEGER,
    closed_seq INTEGER,
    expired INTEGER
) WITHOUT ROWID;
