-- Where did one person hold two duties: asking, approving, changing? Newest first.
WITH asked AS (
    SELECT
        CAST(? AS VARCHAR) AS ticket,
        CAST(? AS TIMESTAMP) AS since_time,
        CAST(? AS TIMESTAMP) AS until_time
),

approvals AS (
    SELECT decisions.*
    FROM current_tickets
    INNER JOIN decisions
        ON decisions.entry_digest = current_tickets.entry_digest AND decisions.decision = 'approved'
),

listed AS (
    SELECT 'approved what they asked for' AS conflict, time, decided_by AS person, ticket, '' AS event_id, invented
    FROM approvals
    WHERE by_requester
    UNION ALL
    SELECT 'approved what they may carry out', time, decided_by, ticket, '', invented
    FROM approvals
    WHERE by_executor
    UNION ALL
    SELECT 'approved by nobody but who asked or changed', time, actor_name, ticket, event_id, invented
    FROM current_findings
    WHERE verdict = 'mismatched' AND strpos(reason, 'self-approved') = 1
)

SELECT listed.conflict, listed.time, listed.person, listed.ticket, listed.event_id, listed.invented
FROM listed
CROSS JOIN asked
WHERE (asked.ticket = '' OR listed.ticket = asked.ticket)
    AND listed.time BETWEEN asked.since_time AND asked.until_time
ORDER BY listed.time DESC, listed.ticket, listed.conflict, listed.person, listed.event_id
