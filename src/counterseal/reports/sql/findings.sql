-- What was found, newest first? Discrepancies, all others, and blind intervals.
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
        CAST(? AS TIMESTAMP) AS as_of
),

found AS (
    SELECT
        standing_findings.*,
        coalesce(standing_findings.waived_until > asked.as_of, false) AS waived,
        row_number() OVER (
            ORDER BY standing_findings.time DESC, standing_findings.event_id, standing_findings.subject
        ) AS place
    FROM standing_findings
    CROSS JOIN asked
    WHERE (asked.account = '' OR standing_findings.account = asked.account)
        AND (asked.region = '' OR standing_findings.region = asked.region)
        AND (asked.secret_name = '' OR standing_findings.secret_name = asked.secret_name)
        AND (asked.verdict = '' OR standing_findings.verdict = asked.verdict)
        AND (asked.ticket = '' OR standing_findings.ticket = asked.ticket)
        -- An interval counts where any part of it lies in what is asked for.
        AND standing_findings.time <= asked.until_time
        AND standing_findings.last_time >= asked.since_time
)

SELECT
    time, verdict, reason, basis, signals, discrepancy, about, service, event, event_id, account, region,
    secret, secret_name, version_id, actor_type, actor_arn, actor_name, actor_via, ticket, witnesses,
    recorded_at, stream, position, entry_digest, invented,
    discrepancy AND NOT waived AS counts,
    CASE WHEN waived THEN waived_by ELSE '' END AS waived_by,
    CASE WHEN waived THEN waived_why ELSE '' END AS waived_why,
    CASE WHEN waived THEN waived_until END AS waived_until,
    subject AS finding
FROM found
CROSS JOIN (SELECT skip_rows, take_rows FROM asked) AS page
WHERE place > skip_rows AND place <= skip_rows + take_rows
ORDER BY place
