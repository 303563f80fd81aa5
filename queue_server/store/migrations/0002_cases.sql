-- Cases, one-time notices, deferred papers, free services, calls for help.

ALTER TABLE visits ADD COLUMN cause TEXT;
ALTER TABLE visits ADD COLUMN untold INTEGER NOT NULL DEFAULT 0;
ALTER TABLE visits ADD COLUMN notices INTEGER NOT NULL DEFAULT 0;

-- One row per case, from the papers to the result. `applicant` is JSON of sealed texts; days are ISO dates.
CREATE TABLE cases (
    id TEXT PRIMARY KEY,
    ticket TEXT,
    service TEXT NOT NULL,
    service_name TEXT NOT NULL,
    catalogue TEXT NOT NULL,
    package TEXT,
    department TEXT NOT NULL,
    first_counter TEXT,
    first_clerk TEXT,
    applicant TEXT NOT NULL,
    person TEXT,
    lang TEXT NOT NULL,
    state TEXT NOT NULL,
    changed INTEGER NOT NULL,
    received INTEGER NOT NULL,
    received_day TEXT NOT NULL,
    answer_due TEXT,
    items TEXT NOT NULL,
    accepted INTEGER,
    accepted_day TEXT,
    counter TEXT,
    clerk TEXT,
    deemed INTEGER NOT NULL DEFAULT 0,
    unchecked INTEGER NOT NULL DEFAULT 0,
    delivery TEXT NOT NULL DEFAULT 'window',
    statutory_value INTEGER,
    statutory_unit TEXT,
    promised_value INTEGER,
    promised_unit TEXT,
    statutory_due TEXT,
    promised_due TEXT,
    due_known INTEGER NOT NULL DEFAULT 1,
    extended_days INTEGER NOT NULL DEFAULT 0,
    stops INTEGER NOT NULL DEFAULT 0,
    stopped_since TEXT,
    stopped_days INTEGER NOT NULL DEFAULT 0,
    returns INTEGER NOT NULL DEFAULT 0,
    notices INTEGER NOT NULL DEFAULT 0,
    warnings INTEGER NOT NULL DEFAULT 0,
    overdue INTEGER NOT NULL DEFAULT 0,
    officer TEXT,
    decision TEXT,
    decided INTEGER,
    decided_day TEXT,
    at_once INTEGER NOT NULL DEFAULT 0,
    in_time INTEGER,
    delivery_due TEXT,
    ready INTEGER,
    sent INTEGER,
    courier TEXT,
    shipment TEXT,
    ending TEXT,
    cause TEXT,
    closed INTEGER
);
CREATE INDEX cases_by_day ON cases (received_day);
CREATE INDEX cases_by_person ON cases (person) WHERE person IS NOT NULL;

-- One row per one-time notice. `repeat` 2 and more: the matter had one before; `fresh`: what that one did not name.
CREATE TABLE notices (
    notice TEXT PRIMARY KEY,
    day TEXT NOT NULL,
    at INTEGER NOT NULL,
    ticket TEXT,
    case_id TEXT,
    service TEXT NOT NULL,
    service_name TEXT NOT NULL,
    catalogue TEXT NOT NULL,
    counter TEXT,
    clerk TEXT,
    matter TEXT NOT NULL,
    repeat INTEGER NOT NULL,
    fresh TEXT NOT NULL,
    items TEXT NOT NULL,
    previous TEXT,
    lang TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX notices_by_day ON notices (day);
CREATE INDEX notices_by_matter ON notices (matter);

-- One row per deferred paper or promise to be verified. `id` is case and material.
CREATE TABLE deferrals (
    id TEXT PRIMARY KEY,
    case_id TEXT NOT NULL,
    material TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    due TEXT NOT NULL,
    due_known INTEGER NOT NULL,
    since INTEGER NOT NULL,
    overdue INTEGER,
    settled INTEGER,
    how TEXT,
    late INTEGER
) WITHOUT ROWID;
CREATE INDEX deferrals_open ON deferrals (due) WHERE settled IS NULL;

-- One row per free service given: copies, seals, posting.
CREATE TABLE free_given (
    seq INTEGER PRIMARY KEY,
    day TEXT,
    at INTEGER NOT NULL,
    counter TEXT NOT NULL,
    clerk TEXT NOT NULL,
    item TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    ticket TEXT
);

-- One row per call for help by staff. `note` is sealed.
CREATE TABLE emergencies (
    emergency TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    by TEXT NOT NULL,
    at INTEGER NOT NULL,
    counter TEXT,
    zone TEXT,
    place TEXT,
    answered INTEGER,
    answered_by TEXT,
    ended INTEGER,
    ended_by TEXT,
    note TEXT
) WITHOUT ROWID;
