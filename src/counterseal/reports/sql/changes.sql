-- What happened, newest first, and what is concluded about it now?
WITH asked AS (
    SELECT
        CAST(? AS VARCHAR) AS account,
        CAST(? AS VARCHAR) AS region,
        CAST(? AS VARCHAR) AS secret_name,
        CAST(? AS VARCHAR) AS verdict,
        CAST(? AS VARCHAR) AS ticket,
        CAST(? AS TIMESTAMP) AS since_time,
        CAST(? AS TIMESTAMP) AS until_time,
        CAST(? AS BIGINT) AS skip_rows,
        CAST(? AS BIGINT) AS take_rows,
        CAST(? AS VARCHAR) AS about
),

found AS (
    SELECT
        current_findings.*,
        row_number() OVER (
            ORDER BY current_findings.time DESC, current_findings.event_id, current_findings.subject
        ) AS place
    FROM current_findings
    CROSS JOIN asked
    WHERE (asked.account = '' OR current_findings.account = asked.account)
        AND (asked.region = '' OR current_findings.region = asked.region)
        AND (asked.secret_name = '' OR current_findings.secret_name = asked.secret_name)
        AND (asked.verdict = '' OR current_findings.verdict = asked.verdict)
        AND (asked.ticket = '' OR current_findings.ticket = asked.ticket)
        AND (asked.about = '' OR current_findings.about = asked.about)
        AND current_findings.time BETWEEN asked.since_time AND asked.until_time
)

SELECT
    time, verdict, reason, basis, signals, discrepancy, about, service, event, event_id, account, region,
    secret, secret_name, version_id, actor_type, actor_arn, actor_name, actor_via, ticket, witnesses,
    recorded_at, stream, position, entry_digest, invented,
    verdicts_held AS verdicts
FROM found
CROSS JOIN (SELECT skip_rows, take_rows FROM asked) AS page
WHERE place > skip_rows AND place <= skip_rows + take_rows
ORDER BY place
