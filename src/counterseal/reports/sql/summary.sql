-- How many findings are there of each verdict now? What is invented is counted apart.
WITH listed AS (
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
    verdict,
    count(*) AS findings,
    discrepancy,
    min(time) AS first_time,
    max(time) AS last_time,
    invented
FROM listed
WHERE (:account = '' OR account IN (:account, '*'))
    AND time <= :until
    AND last_time >= :since
GROUP BY verdict, discrepancy, invented
ORDER BY invented, discrepancy DESC, count(*) DESC, verdict
