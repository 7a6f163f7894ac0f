-- Each ticket as it was read last.
WITH placed AS (
    SELECT
        tickets.*,
        max(recorded_at) OVER (PARTITION BY subject, stream ORDER BY position) AS said_at
    FROM tickets
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
