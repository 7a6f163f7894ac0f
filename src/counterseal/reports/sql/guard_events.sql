-- What was done to that which watches, newest first? The same event read twice stands here once.
SELECT
    time, service, event, event_id, account, region, actor_type, actor_arn, actor_name, actor_via, error_code,
    recorded_at, invented
FROM guard_events
WHERE (:account = '' OR account = :account)
    AND time BETWEEN :since AND :until
ORDER BY time DESC, event_id, position
OFFSET :skip LIMIT :take
