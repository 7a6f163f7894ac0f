-- Where did one person hold two duties: asking, approving, changing? Newest first.
WITH listed AS (
    SELECT 'approved what they asked for' AS conflict, time, decided_by AS person, ticket, '' AS event_id, invented
    FROM current_decisions
    WHERE decision = 'approved' AND by_requester
    UNION ALL
    SELECT 'approved what they may carry out', time, decided_by, ticket, '', invented
    FROM current_decisions
    WHERE decision = 'approved' AND by_executor
    UNION ALL
    SELECT 'approved by nobody but who asked or changed', time, actor_name, ticket, event_id, invented
    FROM current_findings
    WHERE verdict = 'mismatched' AND strpos(reason, 'self-approved') = 1
)

SELECT conflict, time, person, ticket, event_id, invented
FROM listed
WHERE (:ticket = '' OR ticket = :ticket)
    AND time BETWEEN :since AND :until
ORDER BY time DESC, ticket, conflict, person, event_id
OFFSET :skip LIMIT :take
