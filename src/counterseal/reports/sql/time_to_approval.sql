-- How long did each approval take, and how long until it was used? The newest approval first.
WITH asked AS (
    SELECT
        CAST(? AS VARCHAR) AS ticket,
        CAST(? AS TIMESTAMP) AS since_time,
        CAST(? AS TIMESTAMP) AS until_time
),

approved AS (
    SELECT
        current_tickets.ticket, current_tickets.requester, current_tickets.asked_at, current_tickets.invented,
        min(decisions.time) AS approved_at
    FROM current_tickets
    INNER JOIN decisions
        ON decisions.entry_digest = current_tickets.entry_digest AND decisions.decision = 'approved'
    GROUP BY current_tickets.ticket, current_tickets.requester, current_tickets.asked_at, current_tickets.invented
),

used AS (
    SELECT ticket, invented, min(time) AS first_change
    FROM current_findings
    WHERE about = 'change' AND ticket <> ''
    GROUP BY ticket, invented
)

SELECT
    approved.ticket, approved.requester, approved.asked_at, approved.approved_at,
    date_diff('second', approved.asked_at, approved.approved_at) AS seconds_to_approval,
    used.first_change,
    date_diff('second', approved.approved_at, used.first_change) AS seconds_to_change,
    approved.invented
FROM approved
CROSS JOIN asked
LEFT JOIN used
    ON used.ticket = approved.ticket AND used.invented = approved.invented
WHERE (asked.ticket = '' OR approved.ticket = asked.ticket)
    AND approved.approved_at BETWEEN asked.since_time AND asked.until_time
ORDER BY approved.approved_at DESC, approved.ticket
