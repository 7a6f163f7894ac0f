"""The views over the ledger's tables, in the order in which they are made, and which of them a copy writes out."""

from collections.abc import Mapping

# A view is a statement of its own in `sql/`; it stands after those that it reads.
VIEWS: Mapping[str, str] = {
    "current_findings": "the finding that holds now, one a change, attempt or trace; a trace whose API record came"
    " later is left out",
    "current_blind_intervals": "the blind intervals as they are known now",
    "current_trail_hours": "the hours of CloudTrail's digests as they were checked last; one without a time says of an"
    " account and region whether anything is proved there",
    "current_trail_faults": "what is wrong with digests and log files, as the last check of each hour found it",
    "current_waivers": "the newest waiver of each finding and verdict; whether it has expired is the question's to say",
    "listed_findings": "all findings that hold now, all blind intervals and all trail faults, in one list",
    "standing_findings": "the same, each with its waiver",
    "current_tickets": "each ticket as it was read last",
    "current_decisions": "the decisions of each ticket as it was read last",
    "ticket_uses": "the tickets that a finding names which holds now, and the first change under each",
    "current_unused_approvals": "the approvals under which no change is known; those whose ticket was altered since,"
    " or is named by a finding that holds now, are left out",
    "approved_windows": "from when to when an approved ticket lets each of its secrets be changed",
    "uncovered_times": "when a secret was changed outside every such window",
    "uncovered_findings": "the findings about those changes",
}

# Views that are written out beside the tables in Parquet, each in this order; the others cost nothing to ask.
WRITTEN: Mapping[str, str] = {
    "current_findings": "time DESC, event_id, subject",
    "current_blind_intervals": "time_from DESC, subject",
    "current_waivers": "subject",
    "current_tickets": "ticket, subject",
    "current_decisions": "ticket, time, decided_by, entry_digest, decision, given_as",
    "ticket_uses": "ticket, invented",
    "current_unused_approvals": "ticket, subject",
    "uncovered_findings": "time DESC, event_id, secret_name, account, region, invented",
}
