-- All findings that hold now, all blind intervals and all trail faults, each with its newest waiver, whether expired or not.
SELECT
    listed_findings.*,
    current_waivers.waived_by,
    current_waivers.waived_why,
    current_waivers.waived_until
FROM listed_findings
LEFT JOIN current_waivers
    ON current_waivers.finding = listed_findings.subject
    AND current_waivers.verdict = listed_findings.verdict
    AND current_waivers.invented = listed_findings.invented
