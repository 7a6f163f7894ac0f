-- Each blind interval as it is known now: one that was open may have ended since.
WITH ranked AS (
    SELECT
        blind_intervals.*,
        row_number() OVER (PARTITION BY subject ORDER BY position DESC, recorded_at DESC, stream DESC) AS age
    FROM blind_intervals
)

SELECT *
FROM ranked
WHERE age = 1
