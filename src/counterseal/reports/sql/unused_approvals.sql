-- Which approvals were given and never used? The newest window first.
WITH asked AS (
    SELECT
        CAST(? AS VARCHAR) AS ticket,
        CAST(? AS TIMESTAMP) AS since_time,
        CAST(? AS TIMESTAMP) AS until_time
)

SELECT
    current_unused_approvals.ticket, current_unused_approvals.secrets, current_unused_approvals.operations,
    current_unused_approvals.time_from, current_unused_approvals.time_to, current_tickets.requester,
    current_tickets.assignee, current_unused_approvals.recorded_at, current_unused_approvals.invented
FROM current_unused_approvals
CROSS JOIN asked
INNER JOIN current_tickets
    ON current_tickets.snapshot = current_unused_approvals.snapshot
    AND current_tickets.invented = current_unused_approvals.invented
WHERE (asked.ticket = '' OR current_unused_approvals.ticket = asked.ticket)
    AND coalesce(current_unused_approvals.time_from <= asked.until_time, true)
    AND coalesce(current_unused_approvals.time_to >= asked.since_time, true)
ORDER BY current_unused_approvals.time_from DESC, current_unused_approvals.ticket
