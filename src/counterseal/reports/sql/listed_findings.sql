-- All findings that hold now, all blind intervals and all trail faults, in one list.
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
UNION ALL
SELECT
    coalesce(time_from, recorded_at), 'trail-fault', outcome || ': ' || reason, '', '', discrepancy, 'trace',
    'cloudtrail', '', CASE WHEN object = '' THEN subject ELSE object END, account, region,
    '', '', '', '', '', '', '', '', '',
    recorded_at, stream, position, entry_digest, invented, subject,
    coalesce(time_to, TIMESTAMP '9999-12-31 00:00:00')
FROM current_trail_faults
