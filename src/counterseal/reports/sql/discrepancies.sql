-- What must somebody look into, newest first? Findings that are discrepancies, and blind intervals.
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
        CAST(? AS BIGINT) AS take_rows
),

listed AS (
    SELECT
    time, verdict, reason, basis, signals, discrepancy, about, service, event, event_id, account, region,
    secret, secret_name, version_id, actor_type, actor_arn, actor_name, actor_via, ticket, witnesses,
    recorded_at, stream, position, entry_digest, invented,
        subject,
        time AS last_time
    FROM current_findings
    WHERE discrepancy
    UNION ALL
    SELECT
        time_from, 'blind-interval', reason, '', '', discrepancy, 'trace', '', '', event_id, account, region,
        '', '', '', '', '', '', '', '', '',
        recorded_at, stream, position, entry_digest, invented,
        subject,
        coalesce(time_to, TIMESTAMP '9999-12-31 00:00:00')
    FROM current_blind_intervals
    WHERE discrepancy
),

found AS (
    SELECT
        listed.*,
        row_number() OVER (ORDER BY listed.time DESC, listed.event_id, listed.subject) AS place
    FROM listed
    CROSS JOIN asked
    WHERE (asked.account = '' OR listed.account = asked.account)
        AND (asked.region = '' OR listed.region = asked.region)
        AND (asked.secret_name = '' OR listed.secret_name = asked.secret_name)
        AND (asked.verdict = '' OR listed.verdict = asked.verdict)
        AND (asked.ticket = '' OR listed.ticket = asked.ticket)
        -- An interval counts where any part of it lies in what is asked for.
        AND listed.time <= asked.until_time
        AND listed.last_time >= asked.since_time
)

SELECT
    time, verdict, reason, basis, signals, discrepancy, about, service, event, event_id, account, region,
    secret, secret_name, version_id, actor_type, actor_arn, actor_name, actor_via, ticket, witnesses,
    recorded_at, stream, position, entry_digest, invented
FROM found
CROSS JOIN (SELECT skip_rows, take_rows FROM asked) AS page
WHERE place > skip_rows AND place <= skip_rows + take_rows
ORDER BY place
