-- What a report is made of: each query gives the rows of one part, over the hall days :first to :last. All are run as of one moment.
-- :begin and :end are the instants of these days; :passed is the first day whose deadlines are not over yet.

-- name: span
-- The hall days, and the events of the log they lie between.
SELECT
    count(*) AS days, min(opened_seq) AS first_seq,
    CASE WHEN count(*) = count(closed_seq) THEN max(closed_seq) ELSE (SELECT max(seq) FROM log) END AS last_seq
FROM days WHERE day BETWEEN :first AND :last;

-- name: seal
-- The hash of the last of these events: whoever has the log can check that it is the same.
SELECT lower(hex(hash)) AS hash FROM log WHERE seq = (
    SELECT CASE WHEN count(*) = count(closed_seq) THEN max(closed_seq) ELSE (SELECT max(seq) FROM log) END
    FROM days WHERE day BETWEEN :first AND :last
);

-- name: visits
-- All visits, and how they ended. Received: somebody served them to an end.
SELECT
    count(*) AS arrived, count(DISTINCT day) AS days, count(first_called) AS called,
    count(*) FILTER (WHERE outcome = 'done') AS done, count(*) FILTER (WHERE outcome = 'unserved') AS unserved,
    count(*) FILTER (WHERE outcome = 'no_show') AS no_show,
    count(*) FILTER (WHERE outcome = 'cancelled') AS cancelled, count(*) FILTER (WHERE outcome = 'expired') AS expired,
    count(*) FILTER (WHERE outcome IS NULL) AS open,
    count(*) FILTER (WHERE outcome = 'cancelled' AND first_called IS NULL) AS given_back,
    count(*) FILTER (WHERE reason = 'closing') AS expired_closing,
    count(*) FILTER (WHERE transfers > 0) AS transferred, coalesce(sum(transfers), 0) AS transfers,
    count(*) FILTER (WHERE untold > 0) AS untold,
    count(*) FILTER (WHERE state = 'done') AS received,
    count(*) FILTER (WHERE state = 'done' AND counter = first_counter) AS at_first_contact,
    count(*) FILTER (WHERE state = 'done' AND transfers = 0) AS one_window
FROM visits WHERE day BETWEEN :first AND :last;

-- name: before
-- How many came in the days before, to compare: as many days, or the last one on which anybody came.
SELECT count(*) AS arrived, min(day) AS first, max(day) AS last FROM visits
WHERE day < :first AND day >= CASE
    WHEN :first = :last THEN (SELECT max(day) FROM visits WHERE day < :first)
    ELSE date(:first, '-' || CAST(julianday(:last) - julianday(:first) + 1 AS INTEGER) || ' days')
END;

-- name: channels
-- Where tickets were taken, and how these visits ended.
SELECT channel, coalesce(outcome, 'open') AS outcome, count(*) AS visits
FROM visits WHERE day BETWEEN :first AND :last GROUP BY 1, 2 ORDER BY 1, 2;

-- name: waits
-- Time from arrival to the first call, nearest rank as on the live page: of all, by queue, by day, and by hour of arrival (UTC).
WITH waits AS (
    SELECT day, queue, hour, (first_called - arrival) / 1000000 AS seconds FROM (
        SELECT day, first_queue AS queue, arrival / 3600000000 AS hour, first_called, arrival
        FROM visits WHERE day BETWEEN :first AND :last AND first_called IS NOT NULL
    )
), parts AS (
    SELECT 'all' AS part, '' AS name, seconds FROM waits
    UNION ALL SELECT 'queue', queue, seconds FROM waits
    UNION ALL SELECT 'day', day, seconds FROM waits WHERE :first <> :last
    UNION ALL SELECT 'hour', hour, seconds FROM waits WHERE :first = :last
), ranked AS (
    SELECT
        part, name, seconds, row_number() OVER (PARTITION BY part, name ORDER BY seconds) - 1 AS place,
        count(*) OVER (PARTITION BY part, name) AS size
    FROM parts
)
SELECT
    part, name, max(size) AS called, sum(seconds <= :target_seconds) AS within,
    max(CASE WHEN place <= size * 5 / 10 THEN seconds END) AS median,
    max(CASE WHEN place <= min(size - 1, size * 9 / 10) THEN seconds END) AS p90,
    max(CASE WHEN place <= min(size - 1, size * 19 / 20) THEN seconds END) AS p95
FROM ranked GROUP BY part, name ORDER BY part, name;

-- name: arrivals
-- How many came and were served, by day and by hour of arrival (UTC).
SELECT 'day' AS part, day AS name, count(*) AS arrived, count(*) FILTER (WHERE outcome = 'done') AS done
FROM visits WHERE day BETWEEN :first AND :last AND :first <> :last GROUP BY day
UNION ALL
SELECT 'hour', arrival / 3600000000, count(*), count(*) FILTER (WHERE outcome = 'done')
FROM visits WHERE day BETWEEN :first AND :last AND :first = :last GROUP BY 2
ORDER BY 1, 2;

-- name: servings
-- Time at a counter, from the start until the ticket left it: of all, by queue and by counter.
WITH stretches AS (
    SELECT servings.queue, servings.counter, servings.outcome, (servings.ended - servings.started) / 1000000 AS seconds
    FROM servings JOIN visits USING (ticket)
    WHERE visits.day BETWEEN :first AND :last AND servings.ended IS NOT NULL
), parts AS (
    SELECT 'all' AS part, '' AS name, outcome, seconds FROM stretches
    UNION ALL SELECT 'queue', queue, outcome, seconds FROM stretches
    UNION ALL SELECT 'counter', counter, outcome, seconds FROM stretches
), ranked AS (
    SELECT
        part, name, outcome, seconds, row_number() OVER (PARTITION BY part, name ORDER BY seconds) - 1 AS place,
        count(*) OVER (PARTITION BY part, name) AS size
    FROM parts
)
SELECT
    part, name, max(size) AS served, sum(seconds) AS seconds, count(*) FILTER (WHERE outcome = 'done') AS done,
    count(*) FILTER (WHERE outcome = 'transferred') AS transferred,
    max(CASE WHEN place <= size * 5 / 10 THEN seconds END) AS median,
    max(CASE WHEN place <= min(size - 1, size * 9 / 10) THEN seconds END) AS p90
FROM ranked GROUP BY part, name ORDER BY part, name;

-- name: queues
-- Each queue by where the ticket was taken.
SELECT
    first_queue AS queue, count(*) AS arrived, count(*) FILTER (WHERE outcome = 'done') AS done,
    count(*) FILTER (WHERE outcome = 'no_show') AS no_show,
    count(*) FILTER (WHERE outcome = 'cancelled') AS cancelled, count(*) FILTER (WHERE transfers > 0) AS transferred
FROM visits WHERE day BETWEEN :first AND :last GROUP BY 1;

-- name: done
-- What was dealt with at the counters, by service.
SELECT
    one.value ->> '$.service' AS service, coalesce(sum(coalesce(one.value ->> '$.quantity', 1)), 0) AS quantity,
    count(DISTINCT servings.ticket) AS visits
FROM servings JOIN visits USING (ticket), json_each(servings.done) AS one
WHERE visits.day BETWEEN :first AND :last GROUP BY 1 ORDER BY 2 DESC, 1;

-- name: packages
-- Visits for a package, and how much of it was done in one visit.
SELECT
    package, count(*) AS visits, coalesce(sum(finished), 0) AS finished, count(*) FILTER (WHERE finished >= wanted) AS complete,
    count(*) FILTER (WHERE transfers = 0 AND outcome = 'done') AS one_window
FROM (
    SELECT package, transfers, outcome, json_array_length(services) AS wanted, (
        SELECT count(DISTINCT one.value ->> '$.service') FROM servings, json_each(servings.done) AS one
        WHERE servings.ticket = visits.ticket
    ) AS finished
    FROM visits WHERE day BETWEEN :first AND :last AND package IS NOT NULL
) GROUP BY package ORDER BY 2 DESC, 1;

-- name: unserved
-- Visits that came to nothing, by their cause.
SELECT coalesce(cause, 'unnamed') AS cause, count(*) AS visits
FROM visits WHERE day BETWEEN :first AND :last AND outcome = 'unserved' GROUP BY 1 ORDER BY 2 DESC, 1;

-- name: expired
-- Visits that nobody ended: left at closing, or open at the day's turn, and in which state.
SELECT coalesce(reason, 'unnamed') AS reason, count(*) AS visits
FROM visits WHERE day BETWEEN :first AND :last AND outcome = 'expired' GROUP BY 1 ORDER BY 2 DESC, 1;

-- name: notices
-- One-time notices by service; again: not the first for their matter; fresh: asking for what the first did not name.
SELECT
    service, max(service_name) AS service_name, count(*) AS given, count(*) FILTER (WHERE repeat > 1) AS again,
    count(*) FILTER (WHERE json_array_length(fresh) > 0) AS fresh
FROM notices WHERE day BETWEEN :first AND :last GROUP BY service ORDER BY again DESC, given DESC, service;

-- name: fresh
-- What the second notices asked for that the first had not named.
SELECT
    notices.service, max(notices.service_name) AS service_name, fresh.value AS material, count(*) AS times,
    max((SELECT item.value ->> '$.name' FROM json_each(notices.items) AS item WHERE item.value ->> '$.material' = fresh.value))
        AS name
FROM notices, json_each(notices.fresh) AS fresh
WHERE notices.day BETWEEN :first AND :last GROUP BY 1, 3 ORDER BY 4 DESC, 1, 3;

-- name: cases
-- Cases by what happened to them in these days: of all, by department and by service.
WITH parts AS (
    SELECT 'all' AS part, '' AS name, * FROM cases
    UNION ALL SELECT 'department', department, * FROM cases
    UNION ALL SELECT 'service', service, * FROM cases
), counted AS (
SELECT
    part, name, max(service_name) AS service_name,
    count(*) FILTER (WHERE received BETWEEN :begin AND :end - 1) AS received,
    count(*) FILTER (WHERE accepted BETWEEN :begin AND :end - 1) AS accepted,
    count(*) FILTER (WHERE accepted BETWEEN :begin AND :end - 1 AND accepted = received) AS straight,
    count(*) FILTER (WHERE accepted BETWEEN :begin AND :end - 1 AND deemed) AS deemed,
    count(*) FILTER (WHERE accepted BETWEEN :begin AND :end - 1 AND unchecked) AS unchecked,
    count(*) FILTER (WHERE closed BETWEEN :begin AND :end - 1 AND ending = 'rejected') AS rejected,
    count(*) FILTER (WHERE closed BETWEEN :begin AND :end - 1 AND ending = 'withdrawn') AS withdrawn,
    count(*) FILTER (WHERE decided_day BETWEEN :first AND :last) AS decided,
    count(*) FILTER (WHERE decided_day BETWEEN :first AND :last AND decision = 'granted') AS granted,
    count(*) FILTER (WHERE decided_day BETWEEN :first AND :last AND decision = 'refused') AS refused,
    count(*) FILTER (WHERE decided_day BETWEEN :first AND :last AND at_once) AS at_once,
    count(*) FILTER (WHERE decided_day BETWEEN :first AND :last AND in_time IS NOT NULL) AS with_promise,
    count(*) FILTER (WHERE decided_day BETWEEN :first AND :last AND in_time) AS in_promise,
    count(*) FILTER (WHERE decided_day BETWEEN :first AND :last AND statutory_due IS NOT NULL) AS with_law,
    count(*) FILTER (WHERE decided_day BETWEEN :first AND :last AND decided_day <= statutory_due) AS in_law,
    count(*) FILTER (WHERE decided_day BETWEEN :first AND :last AND extended_days > 0) AS extended,
    count(*) FILTER (WHERE decided_day BETWEEN :first AND :last AND returns > 0) AS returned,
    count(*) FILTER (WHERE received < :end AND coalesce(decided >= :end, 1) AND coalesce(closed >= :end, 1)) AS open,
    count(*) FILTER (WHERE 
        accepted < :end AND coalesce(decided >= :end, 1) AND coalesce(closed >= :end, 1) AND stopped_since IS NULL
        AND min(coalesce(promised_due, '9999'), coalesce(statutory_due, '9999')) < :passed
    ) AS overdue,
    count(*) FILTER (WHERE 
        accepted < :end AND coalesce(decided >= :end, 1) AND coalesce(closed >= :end, 1) AND NOT due_known
    ) AS unknown_year
FROM parts GROUP BY part, name
)
SELECT * FROM counted
WHERE received + accepted + rejected + withdrawn + decided + open > 0 ORDER BY part, name;

-- name: withdrawals
-- Applications that ended without a decision: withdrawn or not accepted, and why.
SELECT ending, coalesce(cause, 'unnamed') AS cause, count(*) AS cases FROM cases
WHERE closed BETWEEN :begin AND :end - 1 AND ending IN ('withdrawn', 'rejected') GROUP BY 1, 2 ORDER BY 1, 3 DESC;

-- name: stops
-- Stops of the clock by kind: begun, ended with their days, and standing at the end.
SELECT
    case_stops.kind, count(*) FILTER (WHERE since BETWEEN :first AND :last) AS begun,
    count(*) FILTER (WHERE until BETWEEN :first AND :last) AS ended,
    CAST(coalesce(sum(CASE WHEN until BETWEEN :first AND :last THEN julianday(until) - julianday(since) END), 0) AS INTEGER) AS days,
    count(*) FILTER (WHERE until BETWEEN :first AND :last AND until > due) AS late,
    count(*) FILTER (WHERE since <= :last AND coalesce(until > :last, cases.closed IS NULL OR cases.closed >= :end)) AS standing
FROM case_stops JOIN cases ON cases.id = case_stops.case_id
GROUP BY 1 HAVING begun + ended + standing > 0 ORDER BY 1;

-- name: deferrals
-- Papers that follow and promises: given, met or broken in these days, and what is late at the end.
SELECT
    kind, count(*) FILTER (WHERE since BETWEEN :begin AND :end - 1) AS given,
    count(*) FILTER (WHERE settled BETWEEN :begin AND :end - 1 AND how <> 'broken') AS met,
    count(*) FILTER (WHERE settled BETWEEN :begin AND :end - 1 AND how = 'broken') AS broken,
    count(*) FILTER (WHERE settled BETWEEN :begin AND :end - 1 AND late) AS late,
    count(*) FILTER (WHERE since < :end AND coalesce(settled >= :end, 1) AND pending) AS open,
    count(*) FILTER (WHERE since < :end AND coalesce(settled >= :end, 1) AND pending AND due < :passed) AS overdue
FROM (
    SELECT
        deferrals.*,
        CASE
            WHEN cases.closed IS NULL OR cases.closed >= :end THEN 1
            ELSE deferrals.kind = 'promised' AND cases.ending NOT IN ('withdrawn', 'rejected') AND cases.decision = 'granted'
        END AS pending
    FROM deferrals JOIN cases ON cases.id = deferrals.case_id
) GROUP BY kind HAVING given + met + broken + open > 0;

-- name: delivery
-- Results handed over or delivered, the days on the way, and what waits for collection longer than the law allows.
SELECT
    count(*) FILTER (WHERE closed BETWEEN :begin AND :end - 1 AND ending = 'collected') AS collected,
    count(*) FILTER (WHERE closed BETWEEN :begin AND :end - 1 AND ending = 'delivered') AS delivered,
    count(*) FILTER (WHERE closed BETWEEN :begin AND :end - 1 AND ending = 'no_paper') AS no_paper,
    count(*) FILTER (WHERE sent BETWEEN :begin AND :end - 1) AS sent,
    avg(CASE WHEN closed BETWEEN :begin AND :end - 1 AND ending = 'delivered' THEN (closed - sent) / 86400000000.0 END)
        AS courier_days,
    max(CASE WHEN closed BETWEEN :begin AND :end - 1 AND ending = 'delivered' THEN (closed - sent) / 86400000000.0 END)
        AS courier_days_max,
    count(*) FILTER (WHERE ready < :end AND coalesce(sent >= :end, 1) AND coalesce(closed >= :end, 1)) AS waiting,
    count(*) FILTER (WHERE ready < :end AND coalesce(sent >= :end, 1) AND coalesce(closed >= :end, 1) AND delivery_due < :passed) AS waiting_late
FROM cases;

-- name: free
-- What the hall did for nothing.
SELECT item, count(*) AS times, sum(quantity) AS quantity
FROM free_given WHERE day BETWEEN :first AND :last GROUP BY item ORDER BY 3 DESC, 1;

-- name: tides
-- Counters that became something else, by whom or by which rule, and their return.
SELECT
    counter_changes.at, counter, serves, helps, counter_changes.kind, until, cause, tide, log.actor
FROM counter_changes JOIN log USING (seq) WHERE day BETWEEN :first AND :last ORDER BY seq;

-- name: emergencies
-- Calls for help by staff.
SELECT kind, by, at, counter, zone, place, answered, answered_by, ended
FROM emergencies WHERE at BETWEEN :begin AND :end - 1 ORDER BY at;
