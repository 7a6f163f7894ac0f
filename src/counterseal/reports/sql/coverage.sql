-- What was looked at, and when could nothing be seen or proved? An audit looks across accounts: it stands under each.
WITH
-- An hour that follows another of the same kind without a gap belongs to the same run.
hours AS (
    SELECT
        current_trail_hours.*,
        CASE
            WHEN lag(time_to) OVER (
                PARTITION BY account, region, trail, home_region, backfill, outcome, reason, invented
                ORDER BY time_from, time_to
            ) = time_from THEN 0
            ELSE 1
        END AS begins
    FROM current_trail_hours
    WHERE time_from IS NOT NULL OR outcome <> 'proved'
),

numbered AS (
    SELECT
        hours.*,
        sum(begins) OVER (
            PARTITION BY account, region, trail, home_region, backfill, outcome, reason, invented
            ORDER BY time_from, time_to ROWS UNBOUNDED PRECEDING
        ) AS run
    FROM hours
),

runs AS (
    SELECT
        account, region, trail, outcome, reason, invented, min(time_from) AS time_from, max(time_to) AS time_to,
        CAST(sum(files) AS BIGINT) AS files, max(recorded_at) AS recorded_at, max(said_at) AS said_at,
        max(position) AS position
    FROM numbered
    GROUP BY account, region, trail, home_region, backfill, outcome, reason, invented, run
),

listed AS (
    SELECT
        1 AS place, 'population' AS what, '' AS account, '' AS region, '' AS trail, time_from, time_to,
        CAST(NULL AS BIGINT) AS seconds, '' AS outcome, '' AS reason, CAST(NULL AS BOOLEAN) AS discrepancy,
        CAST(NULL AS BIGINT) AS files, as_of, records, changes, attempts,
        service_events, unclassified, duplicates, conflicts, recorded_at, invented,
        max(recorded_at) OVER (PARTITION BY stream ORDER BY position) AS said_at, position
    FROM audit_runs
    UNION ALL
    SELECT
        2, 'blind', account, region, '', time_from, time_to, date_diff('second', time_from, time_to), '',
        reason, discrepancy, CAST(NULL AS BIGINT), CAST(NULL AS TIMESTAMP), CAST(NULL AS BIGINT),
        CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), CAST(NULL AS BIGINT),
        CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), recorded_at, invented, said_at, position
    FROM current_blind_intervals
    UNION ALL
    SELECT
        CASE WHEN outcome = 'proved' THEN 4 ELSE 3 END, CASE WHEN outcome = 'proved' THEN 'complete' ELSE 'unproved' END,
        account, region, trail, time_from, time_to, date_diff('second', time_from, time_to), outcome,
        reason, CAST(NULL AS BOOLEAN), files, CAST(NULL AS TIMESTAMP), CAST(NULL AS BIGINT),
        CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), CAST(NULL AS BIGINT),
        CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), recorded_at, invented, said_at, position
    FROM runs
)

SELECT
    listed.what, listed.account, listed.region, listed.trail, listed.time_from, listed.time_to, listed.seconds,
    listed.outcome, listed.reason, listed.discrepancy, listed.files, listed.as_of, listed.records, listed.changes,
    listed.attempts, listed.service_events, listed.unclassified, listed.duplicates, listed.conflicts,
    listed.recorded_at, listed.invented
FROM listed
WHERE :account = '' OR listed.what = 'population' OR listed.account IN (:account, '*')
ORDER BY listed.place, listed.said_at DESC, listed.position DESC
OFFSET :skip LIMIT :take
