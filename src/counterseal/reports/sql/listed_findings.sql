-- All findings that hold now and all blind intervals, in one list.
SELECT
    time, verdict, reason, basis, signals, discrepancy, about, service, event, event_id, account, region,
    secret, secret_name, version_id, actor_type, actor_arn, actor_name, actor_via, ticket, witnesses,
    recorded_at, stream, position, entry_digest, invented, subject,
    time AS last_time
FROM current_findings
UNION ALL
SELECT
    time_from, 'blind-interval', reason, '', '', discrepancy, 'trace', '', '', event_id, account, region,
    '', '', '', '', '', '', '', '', '',
    recorded_at, stream, position, entry_digest, invented, subject,
    coalesce(time_to, TIMESTAMP '9999-12-31 00:00:00')
FROM current_blind_intervals
