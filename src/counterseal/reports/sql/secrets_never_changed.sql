-- Which secrets does the ledger know of, and no change of them since then? The longest unchanged first.
WITH found AS (
    SELECT
        secret_name, account, region, invented,
        max(CASE WHEN about = 'change' THEN time END) AS last_change
    FROM current_findings
    WHERE secret_name <> ''
    GROUP BY secret_name, account, region, invented
),

known AS (
    SELECT ticket_secrets.secret_name, ticket_secrets.account, ticket_secrets.region, ticket_secrets.invented
    FROM ticket_secrets
    INNER JOIN current_tickets
        ON current_tickets.entry_digest = ticket_secrets.entry_digest
    UNION
    SELECT secret_name, account, region, invented
    FROM found
),

listed AS (
    SELECT
        known.secret_name, known.account, known.region, known.invented,
        max(found.last_change) AS last_change
    FROM known
    LEFT JOIN found
        ON found.secret_name = known.secret_name
        AND found.invented = known.invented
        AND (known.account = '' OR found.account = known.account)
        AND (known.region = '' OR found.region = known.region)
    GROUP BY known.secret_name, known.account, known.region, known.invented
)

SELECT secret_name, account, region, last_change, invented
FROM listed
WHERE (:account = '' OR account = '' OR account = :account)
    AND coalesce(last_change < :since, true)
ORDER BY coalesce(last_change, TIMESTAMP '1970-01-01 00:00:00'), secret_name, account, region
OFFSET :skip LIMIT :take
