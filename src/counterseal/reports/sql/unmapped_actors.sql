-- Whom does the identity map not know, of those whose changes fit a ticket but for that? The most changes first.
SELECT
    actor_name, actor_arn, actor_type, account,
    count(*) AS changes,
    max(time) AS last_time,
    invented
FROM current_findings
WHERE verdict = 'unattributed'
    AND strpos(reason, 'is nobody that the identity map knows') > 0
    AND (:account = '' OR account = :account)
    AND time BETWEEN :since AND :until
GROUP BY actor_name, actor_arn, actor_type, account, invented
ORDER BY count(*) DESC, max(time) DESC, actor_arn, account
OFFSET :skip LIMIT :take
