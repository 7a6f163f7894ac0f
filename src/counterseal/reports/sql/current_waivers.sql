-- The newest waiver of each finding and verdict, expired ones included.
WITH placed AS (
    SELECT
        waivers.*,
        max(recorded_at) OVER (PARTITION BY subject, stream ORDER BY position) AS said_at
    FROM waivers
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
