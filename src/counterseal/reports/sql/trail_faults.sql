-- What is wrong with CloudTrail's digests and log files, as far as was checked? Newest first.
SELECT time_from, time_to, account, region, outcome, object, reason, discrepancy, recorded_at, invented
FROM current_trail_faults
WHERE (:account = '' OR account = :account)
    AND coalesce(time_from <= :until, true)
    AND coalesce(time_to >= :since, true)
ORDER BY coalesce(time_from, TIMESTAMP '9999-12-31 00:00:00') DESC, account, region, object, outcome
OFFSET :skip LIMIT :take
