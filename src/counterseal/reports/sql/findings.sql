-- What was found, newest first? Discrepancies, all others, and blind intervals.
WITH page AS (
    SELECT *
    FROM listed_findings
    WHERE (:account = '' OR account IN (:account, '*'))
        AND (:region = '' OR region IN (:region, '*'))
        AND (:secret_name = '' OR secret_name = :secret_name)
        AND (:verdict = '' OR verdict = :verdict)
        AND (:ticket = '' OR ticket = :ticket)
        -- An interval counts where any part of it lies in what is asked for.
        AND time <= :until
        AND last_time >= :since
    ORDER BY time DESC, event_id, subject
    OFFSET :skip LIMIT :take
),

held AS (
    SELECT *
    FROM current_waivers
    WHERE waived_until > :as_of
)

SELECT
    page.time, page.verdict, page.reason, page.basis, page.signals, page.discrepancy, page.about, page.service,
    page.event, page.event_id, page.account, page.region, page.secret, page.secret_name, page.version_id,
    page.actor_type, page.actor_arn, page.actor_name, page.actor_via, page.ticket, page.witnesses,
    page.recorded_at, page.stream, page.position, page.entry_digest, page.invented,
    page.discrepancy AND held.finding IS NULL AS counts,
    coalesce(held.waived_by, '') AS waived_by,
    coalesce(held.waived_why, '') AS waived_why,
    held.waived_until,
    held.recorded_at AS waived_at,
    page.subject AS finding
FROM page
LEFT JOIN held
    ON held.finding = page.subject AND held.verdict = page.verdict AND held.invented = page.invented
ORDER BY page.time DESC, page.event_id, page.subject
