-- How long did each approval take, and how long until it was used? The newest approval first.
WITH approved AS (
    SELECT ticket, invented, min(time) AS approved_at
    FROM current_decisions
    WHERE decision = 'approved'
        AND (:ticket = '' OR ticket = :ticket)
    GROUP BY ticket, invented
)

SELECT
    approved.ticket, current_tickets.requester, current_tickets.asked_at, approved.approved_at,
    date_diff('second', current_tickets.asked_at, approved.approved_at) AS seconds_to_approval,
    ticket_uses.first_change,
    date_diff('second', approved.approved_at, ticket_uses.first_change) AS seconds_to_change,
    approved.invented
FROM approved
INNER JOIN current_tickets
    ON current_tickets.ticket = approved.ticket AND current_tickets.invented = approved.invented
LEFT JOIN ticket_uses
    ON ticket_uses.ticket = approved.ticket AND ticket_uses.invented = approved.invented
WHERE approved.approved_at BETWEEN :since AND :until
ORDER BY approved.approved_at DESC, approved.ticket
OFFSET :skip LIMIT :take
