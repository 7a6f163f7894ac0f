-- What is wrong with CloudTrail's digests and log files, as far as was checked? Newest first.
WITH asked AS (
    SELECT
        CAST(? AS VARCHAR) AS account,
        CAST(? AS TIMESTAMP) AS since_time,
        CAST(? AS TIMESTAMP) AS until_time
)

SELECT
    current_trail_faults.time_from, current_trail_faults.time_to, current_trail_faults.account,
    current_trail_faults.region, current_trail_faults.outcome, current_trail_faults.object,
    current_trail_faults.reason, current_trail_faults.discrepancy, current_trail_faults.recorded_at,
    current_trail_faults.invented
FROM current_trail_faults
CROSS JOIN asked
WHERE (asked.account = '' OR current_trail_faults.account = asked.account)
    AND coalesce(current_trail_faults.time_from <= asked.until_time, true)
    AND coalesce(current_trail_faults.time_to >= asked.since_time, true)
ORDER BY
    coalesce(current_trail_faults.time_from, TIMESTAMP '9999-12-31 00:00:00') DESC, current_trail_faults.account,
    current_trail_faults.region, current_trail_faults.object, current_trail_faults.outcome
