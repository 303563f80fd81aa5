-- How events change the projections of cases. Numbered parameters; `?1` is mostly the case, `?2` the instant.

-- name: case_received
-- Papers were taken.
INSERT INTO cases (
    id, ticket, service, service_name, catalogue, package, department, first_counter, first_clerk, applicant, person,
    lang, state, changed, received, received_day, answer_due, items
) VALUES (?1, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, 'received', ?2, ?2, ?14, ?15, ?16);

-- name: case_opened
-- Accepted at once: the papers are taken with it. A case whose papers were taken before stays as it is.
INSERT OR IGNORE INTO cases (
    id, ticket, service, service_name, catalogue, package, department, first_counter, first_clerk, applicant, person,
    lang, state, changed, received, received_day, answer_due, items
) VALUES (?1, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, 'received', ?2, ?2, ?14, ?15, ?16);

-- name: case_accepted
-- Accepted, with the receipt.
UPDATE cases SET
    state = 'accepted', changed = ?2, accepted = ?2, accepted_day = ?3, counter = ?4, clerk = ?5, applicant = ?6,
    items = ?7, delivery = ?8, unchecked = ?9, statutory_value = ?10, statutory_unit = ?11, promised_value = ?12,
    promised_unit = ?13, statutory_due = ?14, promised_due = ?15, due_known = ?16
WHERE id = ?1;

-- name: case_deemed_accepted
-- Accepted by law: nothing was told in time.
UPDATE cases SET
    state = 'accepted', changed = ?2, accepted = ?2, accepted_day = ?3, deemed = 1, statutory_value = ?4,
    statutory_unit = ?5, promised_value = ?6, promised_unit = ?7, statutory_due = ?8, promised_due = ?9, due_known = ?10
WHERE id = ?1;

-- name: case_told
-- A one-time notice for a case.
UPDATE cases SET state = 'told', changed = ?2, notices = notices + 1 WHERE id = ?1;

-- name: case_moved
-- Another state, without more.
UPDATE cases SET state = ?3, changed = ?2 WHERE id = ?1;

-- name: case_taken
-- Somebody of the department works on it.
UPDATE cases SET state = 'review', changed = ?2, officer = ?3 WHERE id = ?1;

-- name: case_returned
-- Back to the queue, the window, or to another department.
UPDATE cases SET state = ?3, changed = ?2, department = ?4, officer = NULL, returns = returns + 1 WHERE id = ?1;

-- name: case_stopped
-- The clock stands.
UPDATE cases SET changed = ?2, stops = stops + 1, stopped_since = ?3 WHERE id = ?1;

-- name: case_resumed
-- The clock goes on.
UPDATE cases SET
    changed = ?2, stopped_days = stopped_days + CAST(julianday(?3) - julianday(stopped_since) AS INTEGER),
    stopped_since = NULL, statutory_due = ?4, promised_due = ?5, due_known = ?6
WHERE id = ?1;

-- name: stop_began
-- The stop itself: its kind, its last day, how many papers are asked for.
INSERT INTO case_stops (seq, case_id, kind, since, due, materials) VALUES (?3, ?1, ?4, ?5, ?6, ?7);

-- name: stop_ended
-- The clock goes on.
UPDATE case_stops SET until = ?3 WHERE case_id = ?1 AND until IS NULL;

-- name: case_extended
-- The term of the law is longer.
UPDATE cases SET changed = ?2, extended_days = ?3, statutory_due = ?4, promised_due = ?5, due_known = ?6 WHERE id = ?1;

-- name: case_due_moved
-- A new calendar counts otherwise.
UPDATE cases SET changed = ?2, statutory_due = ?3, promised_due = ?4, due_known = ?5 WHERE id = ?1;

-- name: case_decided
-- Granted or refused.
UPDATE cases SET
    state = CASE WHEN ?9 THEN 'decided' ELSE 'closed' END, ending = CASE WHEN ?9 THEN NULL ELSE 'no_paper' END,
    closed = CASE WHEN ?9 THEN NULL ELSE ?2 END, changed = ?2, decision = ?3, decided = ?2, decided_day = ?4,
    officer = coalesce(officer, ?5), at_once = ?6, in_time = ?7, delivery_due = ?8
WHERE id = ?1;

-- name: case_ready
-- The result is at the issue window.
UPDATE cases SET state = 'ready', changed = ?2, ready = ?2 WHERE id = ?1;

-- name: case_sent
-- The result is with the courier.
UPDATE cases SET state = 'sent', changed = ?2, sent = ?2, courier = ?3, shipment = ?4 WHERE id = ?1;

-- name: case_closed
-- The end: collected, delivered, rejected, withdrawn.
UPDATE cases SET state = 'closed', changed = ?2, closed = ?2, ending = ?3, cause = ?4 WHERE id = ?1;

-- name: case_warned
-- A last day comes near.
UPDATE cases SET warnings = warnings + 1 WHERE id = ?1;

-- name: case_overdue
-- A last day is over.
UPDATE cases SET overdue = overdue + 1 WHERE id = ?1;

-- name: notice_given
-- A one-time notice.
INSERT INTO notices (
    notice, day, at, ticket, case_id, service, service_name, catalogue, counter, clerk, matter, repeat, fresh, items,
    previous, lang
) VALUES (?1, ?3, ?2, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16);

-- name: deferral_opened
-- A paper that follows, or a promise.
INSERT INTO deferrals (id, case_id, material, name, kind, due, due_known, since)
VALUES (?1 || ':' || ?3, ?1, ?3, ?4, ?5, ?6, ?7, ?2);

-- name: deferral_overdue
-- It did not come in time.
UPDATE deferrals SET overdue = ?2 WHERE id = ?1 || ':' || ?3;

-- name: deferral_settled
-- It came, or was verified.
UPDATE deferrals SET settled = ?2, how = ?4, late = ?5 WHERE id = ?1 || ':' || ?3;

-- name: free_given
-- Something the hall does for nothing.
INSERT INTO free_given (seq, day, at, counter, clerk, item, quantity, ticket)
VALUES (?1, (SELECT max(day) FROM days), ?2, ?3, ?4, ?5, ?6, ?7);

-- name: emergency_called
-- Somebody of the staff calls for help.
INSERT INTO emergencies (emergency, at, kind, by, counter, zone, place) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7);

-- name: emergency_answered
-- Who comes first.
UPDATE emergencies SET answered = coalesce(answered, ?2), answered_by = coalesce(answered_by, ?3) WHERE emergency = ?1;

-- name: emergency_ended
-- It is over.
UPDATE emergencies SET ended = ?2, ended_by = ?3, note = ?4 WHERE emergency = ?1;
