-- The newest waiver of each finding and verdict, expired ones included.
WITH ranked AS (
    SELECT
        waivers.*,
        row_number() OVER (PARTITION BY subject ORDER BY position DESC, recorded_at DESC, stream DESC) AS age
    FROM waivers
)

SELECT *
FROM ranked
WHERE age = 1
