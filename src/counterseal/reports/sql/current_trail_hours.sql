-- Each hour of CloudTrail's digests as it was checked last.
WITH placed AS (
    SELECT
        trail_hours.*,
        max(recorded_at) OVER (PARTITION BY subject, stream ORDER BY position) AS said_at
    FROM trail_hours
),

ranked AS (
    SELECT
        placed.*,
        row_number() OVER (PARTITION BY subject ORDER BY said_at DESC, position DESC, stream DESC) AS age
    FROM placed
)

SELECT *
FROM ranked
WHERE age = 1
