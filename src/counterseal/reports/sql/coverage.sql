-- What was looked at, and when could nothing be seen? An audit looks across accounts: it stands under every account.
WITH listed AS (
    SELECT
        'population' AS what, '' AS account, '' AS region, time_from, time_to, CAST(NULL AS BIGINT) AS seconds,
        '' AS reason, CAST(NULL AS BOOLEAN) AS discrepancy, as_of, records, changes, attempts,
        service_events, unclassified, duplicates, conflicts, recorded_at, invented, position
    FROM audit_runs
    UNION ALL
    SELECT
        'blind', account, region, time_from, time_to, date_diff('second', time_from, time_to),
        reason, discrepancy, CAST(NULL AS TIMESTAMP), CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), CAST(NULL AS BIGINT),
        CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), CAST(NULL AS BIGINT),
        recorded_at, invented, position
    FROM current_blind_intervals
)

SELECT
    listed.what, listed.account, listed.region, listed.time_from, listed.time_to, listed.seconds, listed.reason,
    listed.discrepancy, listed.as_of, listed.records, listed.changes, listed.attempts, listed.service_events,
    listed.unclassified, listed.duplicates, listed.conflicts, listed.recorded_at, listed.invented
FROM listed
WHERE :account = '' OR listed.what = 'population' OR listed.account = :account
ORDER BY listed.what DESC, listed.recorded_at DESC, listed.position DESC
OFFSET :skip LIMIT :take
