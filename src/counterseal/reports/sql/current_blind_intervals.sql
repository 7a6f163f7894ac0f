-- Each blind interval as it is known now: one that was open may have ended since. What was taken back is no more.
WITH placed AS (
    SELECT
        blind_intervals.*,
        max(recorded_at) OVER (PARTITION BY subject, stream ORDER BY position) AS said_at
    FROM blind_intervals
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
    AND (discrepancy OR time_to IS NULL OR time_to > time_from)
