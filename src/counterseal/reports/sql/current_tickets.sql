-- Each ticket as it was read last.
WITH ranked AS (
    SELECT
        tickets.*,
        row_number() OVER (PARTITION BY subject ORDER BY recorded_at DESC, position DESC, stream DESC) AS age
    FROM tickets
)

SELECT *
FROM ranked
WHERE age = 1
