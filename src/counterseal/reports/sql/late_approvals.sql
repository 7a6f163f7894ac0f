-- Which changes were approved only afterwards, and how long after? Newest first.
WITH asked AS (
    SELECT
        CAST(? AS VARCHAR) AS account,
        CAST(? AS TIMESTAMP) AS since_time,
        CAST(? AS TIMESTAMP) AS until_time
),

approvals AS (
    SELECT current_tickets.ticket, current_tickets.invented, decisions.time
    FROM current_tickets
    INNER JOIN decisions
        ON decisions.entry_digest = current_tickets.entry_digest AND decisions.decision = 'approved'
),

late AS (
    SELECT
        current_findings.entry_digest,
        min(approvals.time) AS approved_at
    FROM current_findings
    INNER JOIN approvals
        ON approvals.ticket = current_findings.ticket
        AND approvals.invented = current_findings.invented
        AND approvals.time > current_findings.time
    GROUP BY current_findings.entry_digest
)

SELECT
    current_findings.time, current_findings.verdict, current_findings.event, current_findings.event_id,
    current_findings.account, current_findings.region, current_findings.secret_name, current_findings.actor_name,
    current_findings.ticket, late.approved_at,
    date_diff('second', current_findings.time, late.approved_at) AS seconds_late,
    current_findings.discrepancy, current_findings.invented
FROM current_findings
CROSS JOIN asked
LEFT JOIN late
    ON late.entry_digest = current_findings.entry_digest
WHERE current_findings.verdict IN ('approved-late', 'emergency', 'emergency-overdue')
    AND (asked.account = '' OR current_findings.account = asked.account)
    AND current_findings.time BETWEEN asked.since_time AND asked.until_time
ORDER BY current_findings.time DESC, current_findings.event_id
