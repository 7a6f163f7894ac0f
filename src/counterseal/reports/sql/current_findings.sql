-- The finding that holds now about each subject: the newest that the ledger recorded.
WITH placed AS (
    SELECT
        verdicts.*,
        max(recorded_at) OVER (PARTITION BY subject, stream ORDER BY position) AS said_at
    FROM verdicts
),

ranked AS (
    SELECT
        placed.*,
        row_number() OVER (PARTITION BY subject ORDER BY said_at DESC, position DESC, stream DESC) AS age,
        count(*) OVER (PARTITION BY subject) AS verdicts_held
    FROM placed
),

-- A version whose API record came later is recorded after all.
made AS (
    SELECT secret, version_id, invented
    FROM ranked
    WHERE age = 1 AND about = 'change' AND secret <> '' AND version_id <> ''
    GROUP BY secret, version_id, invented
),

-- A deletion whose DeleteSecret came later is no orphan.
deleted AS (
    SELECT secret, invented, min(time) AS first_time
    FROM ranked
    WHERE age = 1 AND about = 'change' AND event = 'DeleteSecret' AND secret <> ''
    GROUP BY secret, invented
)

SELECT ranked.*
FROM ranked
LEFT JOIN made
    ON made.secret = ranked.secret AND made.version_id = ranked.version_id AND made.invented = ranked.invented
LEFT JOIN deleted
    ON deleted.secret = ranked.secret AND deleted.invented = ranked.invented
WHERE ranked.age = 1
    AND NOT (ranked.verdict = 'unrecorded-version' AND made.secret IS NOT NULL)
    AND NOT (ranked.verdict = 'orphan-deletion' AND coalesce(deleted.first_time <= ranked.time, false))
