-- What was concluded about one change, over time, oldest first?
WITH told AS (
    SELECT
        verdicts.*,
        max(recorded_at) OVER (PARTITION BY subject, stream ORDER BY position) AS said_at
    FROM verdicts
    WHERE event_id = :event_id
        AND (:account = '' OR account = :account)
),

-- The findings are ordered by time: of millions of them, few are looked at.
span AS (
    SELECT min(time) AS first_time, max(time) AS last_time
    FROM told
),

held AS (
    SELECT current_findings.entry_digest
    FROM current_findings
    INNER JOIN span
        ON current_findings.time >= span.first_time AND current_findings.time <= span.last_time
)

SELECT
    told.time, told.verdict, told.reason, told.basis, told.signals, told.discrepancy, told.about, told.service,
    told.event, told.event_id, told.account, told.region, told.secret, told.secret_name, told.version_id,
    told.actor_type, told.actor_arn, told.actor_name, told.actor_via, told.ticket, told.witnesses, told.recorded_at,
    told.stream, told.position, told.entry_digest, told.invented,
    held.entry_digest IS NOT NULL AS "current"
FROM told
LEFT JOIN held
    ON held.entry_digest = told.entry_digest
ORDER BY told.said_at, told.position
