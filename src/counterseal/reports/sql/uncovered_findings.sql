-- The findings about changes that lay in the window of no ticket that names their secret and was approved by then.
WITH uncovered AS (
    SELECT secret_name, account, region, invented, time
    FROM uncovered_times
    GROUP BY secret_name, account, region, invented, time
)

SELECT
    current_findings.time, current_findings.event, current_findings.event_id, current_findings.account,
    current_findings.region, current_findings.secret_name, current_findings.actor_name, current_findings.verdict,
    current_findings.basis, current_findings.ticket, current_findings.discrepancy, current_findings.invented
FROM current_findings
INNER JOIN uncovered
    ON uncovered.time = current_findings.time
    AND uncovered.secret_name = current_findings.secret_name
    AND uncovered.account = current_findings.account
    AND uncovered.region = current_findings.region
    AND uncovered.invented = current_findings.invented
WHERE current_findings.about = 'change'
