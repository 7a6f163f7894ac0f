-- Each hour of CloudTrail's digests as it was checked last.
WITH ranked AS (
    SELECT
        trail_hours.*,
        row_number() OVER (PARTITION BY subject ORDER BY position DESC, recorded_at DESC, stream DESC) AS age
    FROM trail_hours
)

SELECT *
FROM ranked
WHERE age = 1
