-- Who answered for which finding, and who ended such a waiver early? The newest entry first.
SELECT
    waivers.recorded_at,
    CASE WHEN waiver_ends.ended_at IS NULL THEN 'waived' ELSE 'ended' END AS what,
    waivers.verdict,
    waivers.event_id,
    waivers.account,
    coalesce(waiver_ends.ended_by, waivers.waived_by) AS said_by,
    coalesce(waiver_ends.ended_why, waivers.waived_why) AS why,
    waivers.waived_until,
    waivers.finding,
    waivers.stream,
    waivers.position,
    waivers.entry_digest,
    waivers.invented
FROM waivers
LEFT JOIN waiver_ends
    ON waiver_ends.entry_digest = waivers.entry_digest
WHERE (:account = '' OR waivers.account IN (:account, '*'))
    AND (:event_id = '' OR waivers.event_id = :event_id)
    AND waivers.recorded_at BETWEEN :since AND :until
ORDER BY waivers.recorded_at DESC, waivers.stream, waivers.position DESC
OFFSET :skip LIMIT :take
