-- What is wrong with digests and log files: as long as the newest entry of the hour names these faults.
WITH placed AS (
    SELECT
        trail_faults.*,
        max(recorded_at) OVER (PARTITION BY subject, stream ORDER BY position) AS said_at
    FROM trail_faults
),

ranked AS (
    SELECT
        placed.*,
        row_number() OVER (PARTITION BY subject ORDER BY said_at DESC, position DESC, stream DESC) AS age
    FROM placed
)

SELECT ranked.*
FROM ranked
INNER JOIN current_trail_hours
    ON current_trail_hours.subject = ranked.hour
    AND current_trail_hours.faults = ranked.faults
WHERE ranked.age = 1
