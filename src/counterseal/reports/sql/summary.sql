-- How many findings are there of each verdict now? What is invented is counted apart.
WITH asked AS (
    SELECT
        CAST(? AS VARCHAR) AS account,
        CAST(? AS TIMESTAMP) AS since_time,
        CAST(? AS TIMESTAMP) AS until_time
),

listed AS (
    SELECT verdict, discrepancy, time, time AS last_time, account, invented
    FROM current_findings
    UNION ALL
    SELECT
        'blind-interval', discrepancy, time_from, coalesce(time_to, TIMESTAMP '9999-12-31 00:00:00'), account, invented
    FROM current_blind_intervals
    UNION ALL
    SELECT
        'trail-fault', discrepancy, coalesce(time_from, recorded_at),
        coalesce(time_to, TIMESTAMP '9999-12-31 00:00:00'), account, invented
    FROM current_trail_faults
)

SELECT
    listed.verdict,
    count(*) AS findings,
    listed.discrepancy,
    min(listed.time) AS first_time,
    max(listed.time) AS last_time,
    listed.invented
FROM listed
CROSS JOIN asked
WHERE (asked.account = '' OR listed.account = asked.account)
    AND listed.time <= asked.until_time
    AND listed.last_time >= asked.since_time
GROUP BY listed.verdict, listed.discrepancy, listed.invented
ORDER BY listed.invented, listed.discrepancy DESC, count(*) DESC, listed.verdict
