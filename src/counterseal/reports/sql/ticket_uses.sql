-- The tickets that a finding names which holds now, and the first change under each; NULL: attempts or traces alone.
SELECT ticket, invented, min(CASE WHEN about = 'change' THEN time END) AS first_change
FROM current_findings
WHERE ticket <> ''
GROUP BY ticket, invented
