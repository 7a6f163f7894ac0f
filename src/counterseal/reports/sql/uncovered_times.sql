-- When was a secret changed outside every approved window of it? One pass over windows and changes in order of time.
WITH places AS (
    SELECT
        secret_name, account, region, invented,
        row_number() OVER (ORDER BY secret_name, account, region, invented) AS place
    FROM current_findings
    WHERE about = 'change'
    GROUP BY secret_name, account, region, invented
),

-- A window stands in every week that it reaches into, so that a secret with most of the changes is many small tasks.
weeks AS (
    SELECT date_trunc('week', time) AS week
    FROM current_findings
    WHERE about = 'change'
    GROUP BY date_trunc('week', time)
),

edges AS (
    SELECT places.place, weeks.week, approved_windows.opens AS time, 0 AS is_change, approved_windows.closes
    FROM approved_windows
    INNER JOIN places
        ON places.secret_name = approved_windows.secret_name
        AND places.invented = approved_windows.invented
        AND (approved_windows.account = '' OR approved_windows.account = places.account)
        AND (approved_windows.region = '' OR approved_windows.region = places.region)
    INNER JOIN weeks
        ON weeks.week BETWEEN date_trunc('week', approved_windows.opens) AND approved_windows.closes
    UNION ALL
    SELECT places.place, date_trunc('week', current_findings.time), current_findings.time, 1, CAST(NULL AS TIMESTAMP)
    FROM current_findings
    INNER JOIN places
        ON places.secret_name = current_findings.secret_name
        AND places.account = current_findings.account
        AND places.region = current_findings.region
        AND places.invented = current_findings.invented
    WHERE current_findings.about = 'change'
),

-- The furthest end of all windows that have opened by then. A window that opens in the same second opens before.
swept AS (
    SELECT
        place, time, is_change,
        max(closes) OVER (PARTITION BY place, week ORDER BY time, is_change ROWS UNBOUNDED PRECEDING) AS covered_until
    FROM edges
)

SELECT places.secret_name, places.account, places.region, swept.time, places.invented
FROM swept
INNER JOIN places
    ON places.place = swept.place
WHERE swept.is_change = 1 AND coalesce(swept.covered_until < swept.time, true)
