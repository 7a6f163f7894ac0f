-- The approvals under which no change is known: neither to the audit that said so, nor since.
WITH placed AS (
    SELECT
        unused_approvals.*,
        max(recorded_at) OVER (PARTITION BY subject, stream ORDER BY position) AS said_at
    FROM unused_approvals
),

ranked AS (
    SELECT
        placed.*,
        row_number() OVER (PARTITION BY subject ORDER BY said_at DESC, position DESC, stream DESC) AS age
    FROM placed
)

SELECT ranked.*
FROM ranked
INNER JOIN current_tickets
    ON current_tickets.issue_id = ranked.issue_id
    AND current_tickets.ticket = ranked.ticket
    AND current_tickets.invented = ranked.invented
    AND current_tickets.snapshot = ranked.snapshot
LEFT JOIN ticket_uses
    ON ticket_uses.ticket = ranked.ticket AND ticket_uses.invented = ranked.invented
WHERE ranked.age = 1
    AND ticket_uses.ticket IS NULL
