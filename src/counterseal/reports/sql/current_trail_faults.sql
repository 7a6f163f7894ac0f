-- What is wrong with digests and log files: as long as the newest entry of the hour names these faults.
WITH ranked AS (
    SELECT
        trail_faults.*,
        row_number() OVER (PARTITION BY subject ORDER BY position DESC, recorded_at DESC, stream DESC) AS age
    FROM trail_faults
)

SELECT ranked.*
FROM ranked
INNER JOIN current_trail_hours
    ON current_trail_hours.subject = ranked.hour
    AND current_trail_hours.faults = ranked.faults
WHERE ranked.age = 1
