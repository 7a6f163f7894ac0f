-- What was done to that which watches, newest first? The same event read twice stands here once.
WITH asked AS (
    SELECT
        CAST(? AS VARCHAR) AS account,
        CAST(? AS TIMESTAMP) AS since_time,
        CAST(? AS TIMESTAMP) AS until_time
)

SELECT
    guard_events.time, guard_events.service, guard_events.event, guard_events.event_id, guard_events.account,
    guard_events.region, guard_events.actor_type, guard_events.actor_arn, guard_events.actor_name,
    guard_events.actor_via, guard_events.error_code, guard_events.recorded_at, guard_events.invented
FROM guard_events
CROSS JOIN asked
WHERE (asked.account = '' OR guard_events.account = asked.account)
    AND guard_events.time BETWEEN asked.since_time AND asked.until_time
ORDER BY guard_events.time DESC, guard_events.event_id, guard_events.position
