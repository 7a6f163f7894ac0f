-- What was done to that which watches, newest first? The same event read twice stands here once.
SELECT
    guard_events.time, guard_events.service, guard_events.event, guard_events.event_id, guard_events.account,
    guard_events.region, guard_events.actor_type, guard_events.actor_arn, guard_events.actor_name,
    guard_events.actor_via, guard_events.error_code,
    coalesce(guard_targets.resource, '') AS resource,
    coalesce(guard_targets.object, '') AS object,
    coalesce(guard_targets.effect, '') AS effect,
    guard_events.recorded_at, guard_events.invented
FROM guard_events
LEFT JOIN guard_targets
    ON guard_targets.entry_digest = guard_events.entry_digest
WHERE (:account = '' OR guard_events.account = :account)
    AND guard_events.time BETWEEN :since AND :until
ORDER BY guard_events.time DESC, guard_events.event_id, guard_events.position
OFFSET :skip LIMIT :take
