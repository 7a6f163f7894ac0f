-- From when to when an approved ticket lets each of its secrets be changed; a secret may have many, and they may overlap.
-- A ticket without a window counts for 72 hours from its approval, and a rejection ends it. Who was to change what, and
-- how many had to approve, is not asked here.
WITH approved AS (
    SELECT entry_digest, min(time) AS approved_at
    FROM current_decisions
    WHERE decision = 'approved'
    GROUP BY entry_digest
),

rejected AS (
    SELECT current_decisions.entry_digest, min(current_decisions.time) AS rejected_at
    FROM current_decisions
    INNER JOIN approved
        ON approved.entry_digest = current_decisions.entry_digest
    WHERE current_decisions.decision = 'rejected' AND current_decisions.time >= approved.approved_at
    GROUP BY current_decisions.entry_digest
),

given AS (
    SELECT
        current_tickets.entry_digest, current_tickets.ticket,
        greatest(approved.approved_at, coalesce(current_tickets.time_from, approved.approved_at)) AS opens,
        least(
            coalesce(current_tickets.time_to, approved.approved_at + INTERVAL '72' HOUR),
            coalesce(rejected.rejected_at, TIMESTAMP '9999-12-31 00:00:00')
        ) AS closes
    FROM current_tickets
    INNER JOIN approved
        ON approved.entry_digest = current_tickets.entry_digest
    LEFT JOIN rejected
        ON rejected.entry_digest = current_tickets.entry_digest
)

SELECT
    ticket_secrets.secret_name, ticket_secrets.account, ticket_secrets.region, given.ticket, given.opens, given.closes,
    ticket_secrets.invented
FROM given
INNER JOIN ticket_secrets
    ON ticket_secrets.entry_digest = given.entry_digest
WHERE given.opens <= given.closes
