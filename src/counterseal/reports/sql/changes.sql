-- What happened, newest first, and what is concluded about it now?
SELECT
    time, verdict, reason, basis, signals, discrepancy, about, service, event, event_id, account, region,
    secret, secret_name, version_id, actor_type, actor_arn, actor_name, actor_via, ticket, witnesses,
    recorded_at, stream, position, entry_digest, invented,
    verdicts_held AS verdicts
FROM current_findings
WHERE (:account = '' OR account = :account)
    AND (:region = '' OR region = :region)
    AND (:secret_name = '' OR secret_name = :secret_name)
    AND (:verdict = '' OR verdict = :verdict)
    AND (:ticket = '' OR ticket = :ticket)
    AND (:about = '' OR about = :about)
    AND time BETWEEN :since AND :until
ORDER BY time DESC, event_id, subject
OFFSET :skip LIMIT :take
