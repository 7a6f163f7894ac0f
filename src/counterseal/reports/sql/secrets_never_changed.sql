-- Which secrets does the ledger know of, and no change of them since then? The longest unchanged first.
WITH asked AS (
    SELECT
        CAST(? AS VARCHAR) AS account,
        CAST(? AS TIMESTAMP) AS since_time
),

known AS (
    SELECT ticket_secrets.secret_name, ticket_secrets.account, ticket_secrets.region, ticket_secrets.invented
    FROM ticket_secrets
    INNER JOIN current_tickets
        ON current_tickets.entry_digest = ticket_secrets.entry_digest
    UNION
    SELECT secret_name, account, region, invented
    FROM current_findings
    WHERE secret_name <> ''
),

changed AS (
    SELECT secret_name, account, region, invented, max(time) AS last_change
    FROM current_findings
    WHERE about = 'change'
    GROUP BY secret_name, account, region, invented
),

listed AS (
    SELECT
        known.secret_name, known.account, known.region, known.invented,
        max(changed.last_change) AS last_change
    FROM known
    LEFT JOIN changed
        ON changed.secret_name = known.secret_name
        AND changed.invented = known.invented
        AND (known.account = '' OR changed.account = known.account)
        AND (known.region = '' OR changed.region = known.region)
    GROUP BY known.secret_name, known.account, known.region, known.invented
)

SELECT listed.secret_name, listed.account, listed.region, listed.last_change, listed.invented
FROM listed
CROSS JOIN asked
WHERE (asked.account = '' OR listed.account = '' OR listed.account = asked.account)
    AND coalesce(listed.last_change < asked.since_time, true)
ORDER BY coalesce(listed.last_change, TIMESTAMP '1970-01-01 00:00:00'), listed.secret_name, listed.account, listed.region
