-- Who changed how much, and how much of it is a discrepancy? The most discrepancies first.
WITH asked AS (
    SELECT
        CAST(? AS VARCHAR) AS account,
        CAST(? AS TIMESTAMP) AS since_time,
        CAST(? AS TIMESTAMP) AS until_time
)

SELECT
    current_findings.actor_name, current_findings.actor_arn, current_findings.account,
    count(*) AS changes,
    count(CASE WHEN current_findings.discrepancy THEN 1 END) AS discrepancies,
    count(DISTINCT current_findings.secret_name) AS secrets,
    min(current_findings.time) AS first_time,
    max(current_findings.time) AS last_time,
    current_findings.invented
FROM current_findings
CROSS JOIN asked
WHERE current_findings.about = 'change'
    AND (asked.account = '' OR current_findings.account = asked.account)
    AND current_findings.time BETWEEN asked.since_time AND asked.until_time
GROUP BY
    current_findings.actor_name, current_findings.actor_arn, current_findings.account, current_findings.invented
ORDER BY discrepancies DESC, changes DESC, current_findings.actor_arn, current_findings.account
