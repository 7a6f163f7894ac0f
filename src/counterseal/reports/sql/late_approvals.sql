-- Which changes were approved only afterwards, and how long after? Newest first.
WITH late AS (
    SELECT
        time, verdict, event, event_id, account, region, secret_name, actor_name, ticket, discrepancy, invented,
        entry_digest
    FROM current_findings
    WHERE verdict IN ('approved-late', 'emergency', 'emergency-overdue')
        AND (:account = '' OR account = :account)
        AND time BETWEEN :since AND :until
    ORDER BY time DESC, event_id
    OFFSET :skip LIMIT :take
),

approved AS (
    SELECT late.entry_digest, min(current_decisions.time) AS approved_at
    FROM late
    INNER JOIN current_decisions
        ON current_decisions.ticket = late.ticket
        AND current_decisions.invented = late.invented
        AND current_decisions.time > late.time
    WHERE current_decisions.decision = 'approved'
    GROUP BY late.entry_digest
)

SELECT
    late.time, late.verdict, late.event, late.event_id, late.account, late.region, late.secret_name, late.actor_name,
    late.ticket, approved.approved_at,
    date_diff('second', late.time, approved.approved_at) AS seconds_late,
    late.discrepancy, late.invented
FROM late
LEFT JOIN approved
    ON approved.entry_digest = late.entry_digest
ORDER BY late.time DESC, late.event_id
