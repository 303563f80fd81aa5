-- How events change the projections. Numbered parameters; `?1` is mostly the ticket or counter, `?2` the instant.
-- Right-hand sides of SET see the row as it was before.

-- name: visit_issued
-- A ticket was taken. The hall day is the one opened last.
INSERT INTO visits (
    ticket, day, number, queue, first_queue, service, service_name, catalogue, package, services, kind, channel, lang,
    needs, head_start, ahead, promised_low_seconds, promised_likely_seconds, promised_high_seconds, state, changed, arrival
) VALUES (
    ?1, (SELECT max(day) FROM days), ?2, ?3, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11,
    ?12, ?13, ?14, ?15, ?16, ?17, 'waiting', ?18, ?18
);

-- name: visit_called
-- Called to a counter: the first call is the first contact.
UPDATE visits SET
    state = 'called', changed = ?2, called = ?2, first_called = coalesce(first_called, ?2), call = ?3, counter = ?4,
    clerk = ?5, first_counter = coalesce(first_counter, ?4), first_clerk = coalesce(first_clerk, ?5), calls = calls + 1,
    by_choice = max(by_choice, ?6)
WHERE ticket = ?1;

-- name: call_made
-- The call itself, with the rule that chose the ticket.
INSERT INTO calls (
    call, seq, ticket, number, queue, counter, clerk, at, count, last_at, rule, waited_seconds, minutes, visitor_class,
    reason
) SELECT ?3, ?6, ticket, number, queue, ?4, ?5, ?2, 1, ?2, ?7, ?8, ?9, ?10, ?11 FROM visits WHERE ticket = ?1;

-- name: visit_recalled
-- The same call again.
UPDATE visits SET recalls = recalls + 1 WHERE ticket = ?1;

-- name: call_repeated
-- The same call again: its count and last instant.
UPDATE calls SET count = ?3, last_at = ?2 WHERE call = ?1;

-- name: call_ended
-- The ticket is no longer called: how the call ended. A ticket that was being served has no open call.
UPDATE calls SET ended = ?2, outcome = ?3
WHERE call = (SELECT call FROM visits WHERE ticket = ?1) AND outcome IS NULL;

-- name: call_delivered
-- What the screens said of the last ring of a call.
UPDATE calls SET delivered = ?2, shown = ?3, spoken = ?4, watching = ?5 WHERE call = ?1;

-- name: visit_started
-- Service begins: waiting time is arrival to the first start.
UPDATE visits SET state = 'serving', changed = ?2, started = coalesce(started, ?2) WHERE ticket = ?1;

-- name: serving_started
-- A stretch of serving begins at a counter.
INSERT INTO servings (seq, ticket, queue, service, counter, clerk, started)
SELECT ?5, ticket, queue, service, ?3, ?4, ?2 FROM visits WHERE ticket = ?1;

-- name: serving_ended
-- The ticket leaves the counter. A ticket that was only called has no open stretch. What was done before comes first.
UPDATE servings SET
    ended = ?2, outcome = ?3,
    done = CASE
        WHEN done IS NULL THEN ?4
        WHEN ?4 IS NULL THEN done
        ELSE (SELECT json_group_array(json(value)) FROM (SELECT value FROM json_each(done) UNION ALL SELECT value FROM json_each(?4)))
    END
WHERE ticket = ?1 AND ended IS NULL;

-- name: serving_done_one
-- One service of several is done; the visitor stays.
UPDATE servings SET done = json_insert(coalesce(done, '[]'), '$[#]', json(?2)) WHERE ticket = ?1 AND ended IS NULL;

-- name: visit_finished
-- Done at a counter.
UPDATE visits SET
    state = 'done', changed = ?2, ended = ?2, outcome = ?3, reason = nullif(?3, 'done'), cause = ?4, untold = ?5,
    serving_us = serving_us + ?2 - changed
WHERE ticket = ?1;

-- name: visit_missed
-- Called and did not come.
UPDATE visits SET state = 'no_show', changed = ?2, ended = ?2, outcome = 'no_show', misses = misses + 1 WHERE ticket = ?1;

-- name: visit_put_back
-- A wrong call was taken back.
UPDATE visits SET state = 'waiting', changed = ?2, put_backs = put_backs + 1 WHERE ticket = ?1;

-- name: visit_held
-- Set aside, from being served or called.
UPDATE visits SET
    state = 'held', changed = ?2, hold = ?3, holds = holds + 1, by_choice = 1,
    serving_us = serving_us + CASE state WHEN 'serving' THEN ?2 - changed ELSE 0 END
WHERE ticket = ?1;

-- name: visit_resumed
-- Back into the queue, or straight to the counter `?4` and clerk `?5`.
UPDATE visits SET
    state = ?3, changed = ?2, hold = NULL, held_us = held_us + ?2 - changed,
    counter = CASE ?3 WHEN 'serving' THEN ?4 ELSE counter END,
    clerk = CASE ?3 WHEN 'serving' THEN ?5 ELSE clerk END,
    started = CASE ?3 WHEN 'serving' THEN coalesce(started, ?2) ELSE started END
WHERE ticket = ?1;

-- name: visit_transferred
-- To another service, window kind or counter; the arrival stays.
UPDATE visits SET
    state = 'waiting', changed = ?2, queue = ?3, service = ?4, service_name = ?5, kind = ?6, transfers = transfers + 1,
    by_choice = 1, serving_us = serving_us + CASE state WHEN 'serving' THEN ?2 - changed ELSE 0 END
WHERE ticket = ?1;

-- name: visit_cancelled
-- Withdrawn, by the visitor or by staff.
UPDATE visits SET
    state = 'cancelled', changed = ?2, ended = ?2, outcome = 'cancelled', reason = ?3,
    held_us = held_us + CASE state WHEN 'held' THEN ?2 - changed ELSE 0 END, hold = NULL
WHERE ticket = ?1;

-- name: visit_reinstated
-- A no-show came back.
UPDATE visits SET
    state = 'waiting', changed = ?2, ended = NULL, outcome = NULL, returns = returns + 1, by_choice = 1
WHERE ticket = ?1;

-- name: visit_expired
-- Still open at the day's turn; the reason says in which state.
UPDATE visits SET
    state = 'expired', changed = ?2, ended = ?2, outcome = 'expired', reason = 'day_closed:' || state, hold = NULL,
    serving_us = serving_us + CASE state WHEN 'serving' THEN ?2 - changed ELSE 0 END,
    held_us = held_us + CASE state WHEN 'held' THEN ?2 - changed ELSE 0 END
WHERE ticket = ?1;

-- name: visit_closing
-- Left unserved when the hall had closed.
UPDATE visits SET state = 'expired', changed = ?2, ended = ?2, outcome = 'expired', reason = ?3 WHERE ticket = ?1;

-- name: visit_assigned
-- What the visitor came for, named anew.
UPDATE visits SET services = ?2, service = ?3, service_name = ?4, package = ?5, catalogue = ?6 WHERE ticket = ?1;

-- name: visit_next
-- One service of several is done: the next is in hand.
UPDATE visits SET service = ?2, service_name = ?3 WHERE ticket = ?1;

-- name: visit_told
-- A one-time notice was given.
UPDATE visits SET notices = notices + 1 WHERE ticket = ?1;

-- name: shift_began
-- A clerk sits down at a counter.
INSERT INTO shifts (seq, counter, clerk, since) VALUES (?4, ?1, ?3, ?2);

-- name: shift_paused
-- The counter pauses. A second pause goes on from the first.
UPDATE shifts SET paused_since = coalesce(paused_since, ?2) WHERE counter = ?1 AND until IS NULL;

-- name: shift_resumed
-- The pause is over.
UPDATE shifts SET paused_us = paused_us + ?2 - coalesce(paused_since, ?2), paused_since = NULL
WHERE counter = ?1 AND until IS NULL;

-- name: shift_ended
-- The clerk leaves the counter: closed, taken over, or the day's turn.
UPDATE shifts SET
    until = ?2, ended_by = ?3, paused_us = paused_us + ?2 - coalesce(paused_since, ?2), paused_since = NULL
WHERE counter = ?1 AND until IS NULL;

-- name: counter_changed
-- What a counter does from now on.
INSERT INTO counter_changes (seq, day, at, counter, serves, helps, kind, until, cause, tide)
VALUES (?3, (SELECT max(day) FROM days), ?2, ?1, ?4, ?5, ?6, ?7, ?8, ?9);

-- name: day_opened
-- A hall day begins.
INSERT INTO days (day, opened, opened_seq) VALUES (?1, ?2, ?3);

-- name: day_closed
-- A hall day is over.
UPDATE days SET closed = ?2, closed_seq = ?3, expired = ?4 WHERE day = ?1;
