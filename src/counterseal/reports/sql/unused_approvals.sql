-- Which approvals were given and never used? The newest window first.
SELECT
    current_unused_approvals.ticket, current_unused_approvals.secrets, current_unused_approvals.operations,
    current_unused_approvals.time_from, current_unused_approvals.time_to, current_tickets.requester,
    current_tickets.assignee, current_unused_approvals.recorded_at, current_unused_approvals.invented
FROM current_unused_approvals
INNER JOIN current_tickets
    ON current_tickets.snapshot = current_unused_approvals.snapshot
    AND current_tickets.invented = current_unused_approvals.invented
WHERE (:ticket = '' OR current_unused_approvals.ticket = :ticket)
    AND coalesce(current_unused_approvals.time_from <= :until, true)
    AND coalesce(current_unused_approvals.time_to >= :since, true)
ORDER BY current_unused_approvals.time_from DESC, current_unused_approvals.ticket
OFFSET :skip LIMIT :take
