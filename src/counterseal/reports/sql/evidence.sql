-- What was concluded about one change, over time, oldest first?
WITH asked AS (
    SELECT
        CAST(? AS VARCHAR) AS event_id,
        CAST(? AS VARCHAR) AS account
)

SELECT
    verdicts.time, verdicts.verdict, verdicts.reason, verdicts.basis, verdicts.signals, verdicts.discrepancy,
    verdicts.about, verdicts.service, verdicts.event, verdicts.event_id, verdicts.account, verdicts.region,
    verdicts.secret, verdicts.secret_name, verdicts.version_id, verdicts.actor_type, verdicts.actor_arn,
    verdicts.actor_name, verdicts.actor_via, verdicts.ticket, verdicts.witnesses, verdicts.recorded_at,
    verdicts.stream, verdicts.position, verdicts.entry_digest, verdicts.invented,
    coalesce(held.entry_digest = verdicts.entry_digest, false) AS "current"
FROM verdicts
CROSS JOIN asked
LEFT JOIN (SELECT entry_digest FROM current_findings) AS held
    ON held.entry_digest = verdicts.entry_digest
WHERE verdicts.event_id = asked.event_id
    AND (asked.account = '' OR verdicts.account = asked.account)
ORDER BY verdicts.recorded_at, verdicts.stream, verdicts.position
