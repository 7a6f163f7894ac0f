-- The decisions of each ticket as it was read last, and its moves to a status that decided.
SELECT decisions.*
FROM decisions
INNER JOIN current_tickets
    ON current_tickets.entry_digest = decisions.entry_digest
