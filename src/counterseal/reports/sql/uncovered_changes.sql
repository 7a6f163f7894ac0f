-- Which changes lay in the window of no ticket that names their secret and was approved by then? Newest first.
SELECT time, event, event_id, account, region, secret_name, actor_name, verdict, basis, ticket, discrepancy, invented
FROM uncovered_findings
WHERE time BETWEEN :since AND :until
    AND (:account = '' OR account = :account)
    AND (:secret_name = '' OR secret_name = :secret_name)
    AND (:verdict = '' OR verdict = :verdict)
ORDER BY time DESC, event_id
OFFSET :skip LIMIT :take
