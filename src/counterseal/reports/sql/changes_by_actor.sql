-- Who changed how much, and how much of it is a discrepancy? The most discrepancies first.
-- Secret by secret first: that is less work than telling the secrets of an actor apart while counting.
WITH by_secret AS (
    SELECT
        actor_name, actor_arn, account, secret_name, invented,
        count(*) AS changes,
        count(CASE WHEN discrepancy THEN 1 END) AS discrepancies,
        min(time) AS first_time,
        max(time) AS last_time
    FROM current_findings
    WHERE about = 'change'
        AND (:account = '' OR account = :account)
        AND time BETWEEN :since AND :until
    GROUP BY actor_name, actor_arn, account, secret_name, invented
)

SELECT
    actor_name, actor_arn, account,
    CAST(sum(changes) AS BIGINT) AS changes,
    CAST(sum(discrepancies) AS BIGINT) AS discrepancies,
    count(*) AS secrets,
    min(first_time) AS first_time,
    max(last_time) AS last_time,
    invented
FROM by_secret
GROUP BY actor_name, actor_arn, account, invented
ORDER BY sum(discrepancies) DESC, sum(changes) DESC, actor_arn, account
OFFSET :skip LIMIT :take
