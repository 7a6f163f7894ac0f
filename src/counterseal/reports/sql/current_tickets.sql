-- Each ticket as it was read last.
WITH ranked AS (
    SELECT
        tickets.*,
        row_number() OVER (PARTITION BY subject ORDER BY position DESC, recorded_at DESC, stream DESC) AS age
    FROM tickets
)

SELECT *
FROM ranked
WHERE age = 1
