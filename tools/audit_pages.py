"""The reference pages of the audit's words: verdicts, and the policy."""

from collections.abc import Iterable, Mapping

from tools.verdict_examples import Example, basis_examples, signal_examples, verdict_examples

from counterseal.correlation.judging.finding import Verdict
from counterseal.correlation.judging.result import DISCREPANCIES
from counterseal.correlation.judging.verdicts import CAUSES, EXPLAINED, SIGNALS
from counterseal.correlation.tickets.policy import (
    HARMLESS_FIELDS,
    JIRA_FIELDS,
    KEYS,
    MINIMUM_BASES,
    REJECTED_STATUSES,
    WORK_STATUSES,
    Basis,
)

_MADE = "<!-- Made from the code by `make golden`; a test compares. -->\n"

_VERDICTS = """\
Every change and every refused attempt gets exactly one finding, by its event id. Where several tickets could
explain a change, the best answer wins, in the order of this table. Times compare at whole seconds: an approval in
the very second of the change came before it.
"""

_EXAMPLES = """
## An example of each verdict

Every example on this page is an invented trail that was read, and judged beside invented tickets, by the code itself
when the page was made; what Counterseal says is its own sentence. The day is 2026-03-10, times are UTC, and the audit
is as of 2026-03-20 where nothing else is said. Who is ana, ben or cleo to AWS is ana.j, ben.j or cleo.j to Jira.

| Verdict | What happened | What Counterseal says |
|---|---|---|"""

_TIMES = """
## What is compared

* *Considered* are the tickets that name the secret, by ARN or by name, with a window at most `candidate_days` from
  the change; and any ticket that the change cites: by a token of a counterseal's form, by source identity or
  session tag, by session name. A name holds in the ticket's account and region, where they are given. One without a
  window is near from its first decision, or its declaration as an emergency, to `default_window_hours` after the
  last of these, and always where it has none.
* What no decision would alter is looked at first: a ticket that names another secret or operation, or is for somebody
  else, or whose window does not hold the change, is `mismatched`, also where its decisions could not be read. One that
  nobody has decided on is `unapproved`, whatever else fails.
* The *window* bounds the change, both ends included, and never an approval given afterwards. A ticket without one
  covers `default_window_hours` from its approval, one that is an emergency from its declaration.
* An approval *counts* if it is by somebody who is neither the requester nor the actor. Who only cites a ticket, by
  source identity, session tag or session name, may be any of the people it is for, so an approval by one of these does
  not count. A ticket that is for nobody attributes no change.
* A rejection, an edit of a covered field, or a move to a status that no approved ticket has takes back the
  approvals before it. Only what lies between approval and change does so; an edit without a date always does. In
  one second the order is unknown, and either of them there takes the approval back.
* An edit after the change takes no approval back. But where Jira says that a field of `[policy.jira_fields]` was edited
  then, what the ticket said at the change is not known, and a change that it would approve is `approval-unknown`. So is
  an emergency whose approval such an edit followed, or came in the second of: what was approved is not known.
  So it is where Jira says that the reporter was changed then, while duties are separated: whoever asked at first may
  have approved.
* While Jira asks for a decision that nobody has given yet, such as the second round of two, no approval counts. So an
  emergency whose rounds follow one another is approved when the last of them was decided.
* An emergency that was rejected, whose approval was taken back, or that would have enough approvals only with those of
  its own people, is `mismatched`; one that too few or none approved is pending, and then overdue.
* Tickets that were read from Jira are known up to when they were read (`known_until`). A change after that is
  `approval-unknown`, whatever else the tickets say, unless a standing approval covers it, or it is a step of a rotation
  that was approved before. It is judged again once Jira was read. Whether an emergency is overdue is told as of then.
* *Unknown* is never fine: what could not be read, who is not named, an edit without a date never makes a change
  approved.
* A freeze counts as outside the window, except for an emergency.
* A standing approval makes a change `approved`, on the basis `standing`. A freeze does not stop it.
* A rotation passes on its approval only while every link is seen: RotateSecret approved and not followed by another
  or by CancelRotateSecret; RotationStarted under this token, the last up to the step, and not over; the actor is the
  session of that function. A function that is listed in `rotation_roles` must use that role; otherwise it is known by
  its session's name, which whoever may assume the role can choose. A rotation that AWS manages needs its service event
  alone.
* `UpdateSecret` may change the value or only metadata, and its record does not say which. A witness of its version
  makes it a value; none, where KMS records were seen in that account, region and hour and no trail was seen to leave
  them out, makes it metadata; where nothing could be seen it is taken for a value, and the reason says so. Where
  several calls could have made what a witness shows, it confirms the nearest in time.
* A label is rolled back where it is moved to a version that is not new: one is new that the records show to have been
  made, or rotated in, without becoming current, and that never had that label before. A move of AWSPENDING or
  AWSPREVIOUS rolls nothing back: Secrets Manager moves these itself, or they name no version that programs read.
  `silent-rollback` is the verdict of what would be `unapproved`, or `mismatched` with `other-operation`, and a signal
  beside any other.
* A counterseal is recognised by its form and counts as citing its ticket. It is checked where the issuances and the
  right to verify are given (`--issuances`, `--notary-key`); otherwise the reason says "counterseal not checked", and
  nothing is `proved`. [The counterseal](../formats/counterseal.md) says what is checked.
* `proved` needs everything that `approved` needs. A counterseal that does not hold makes its ticket `mismatched`; what
  another ticket or a standing approval allows stays approved, and the reason says what is wrong with the counterseal.

A ticket that fails to cover a change gives `mismatched`, and the reason begins with each cause that holds:
"""

_BASES = {
    Basis.SOURCE_IDENTITY: "its source identity or a session tag cites the ticket; the session cannot change either",
    Basis.SESSION_NAME: "its session name cites the ticket; the caller may choose it unless the role forbids that",
    Basis.MAPPED_ACTOR: "the identity map says that the actor is somebody whom the ticket is for",
    Basis.STANDING: "a standing approval names the principal",
    Basis.ROTATION: "a step of an approved rotation",
    Basis.WINDOW: "secret, operation and time alone: nobody knows who it was (`unattributed`)",
}

_ACTORS = """
The identity map goes by the user of IAM Identity Center on whose behalf a session acts, where the record says so
(`onBehalfOf`); then by ARN: of the principal, of its role with or without the path. A session name is asked
only where neither is known, since a caller may choose it; one of the form of a user id of IAM Identity Center is
nobody's. Who is known to be somebody else is never matched by
citing a ticket.
"""

_POLICY = """\
The rules of a company stand in the table `[policy]`: of the file given by `--policy`, else of the settings. An
unknown key is refused, with the nearest right one. Where a key is not set, the default holds. Statuses and fields
are compared without regard to case.
"""

_EXAMPLE = """
## An example

```toml
[policy]
approvers_needed = 2
minimum_basis = "session-name"
baseline = "2026-01-01"

[policy.identities]
"ana.j" = ["arn:aws:iam::111122223333:user/ana", "ana@example.com"]

[policy.jira_fields]
secrets = "customfield_10050"
operations = "customfield_10051"

[[policy.freeze]]
from = "2026-12-20"
to = "2027-01-03T23:59:59Z"
reason = "year's end"

[[policy.standing]]
principal = "arn:aws:iam::111122223333:role/ci"
secrets = ["app/*"]
operations = ["value", "label"]
ticket = "OPS-7"
owner = "cleo.j"
expires = "2027-01-01"
```

In a standing approval the principal is the ARN of a user, of a role, or of one session; a star at the end of a secret's
name or ARN stands for any rest. It holds up to and including the second in which it expires; a date alone is the first
second of that day.
"""

_LISTS = """
## Defaults that are lists
"""

_BY_STATUS = """
## Approval by status

A status is no approval by itself: anybody who may move a ticket could set it. A company without approvals in Jira
may name
`approved_statuses`; the move into one is then the approval of whoever made it. Jira's changelog says who did; where a
ticket file does not, such an approval stays unknown (`approval-unknown`) with duties separated.
"""


def verdicts_page() -> str:
    """Return docs/reference/verdicts.md."""
    parts = ["# Verdicts\n", _MADE, _VERDICTS]
    parts.append("| Verdict | Means | Discrepancy | What to do |\n|---|---|---|---|")
    for verdict in Verdict:
        it, counts = EXPLAINED[verdict], "yes" if verdict in DISCREPANCIES else "no"
        parts.append(f"| `{verdict}` | {it.meaning} | {counts} | {it.to_do} |")
    parts.append(
        "\n`unattributed` is no discrepancy where the policy's `minimum_basis` is `window`. A blind interval is one,"
    )
    parts.append(
        "as [audit-json.md](audit-json.md) says. With `--strict`, attempts, guard events, signals, unused approvals"
    )
    parts.append("and records that contradict each other count as well.")
    parts.append(_EXAMPLES)
    parts += _rows(verdict_examples())
    parts.append(_TIMES)
    parts.append("| Cause | Holds when |\n|---|---|")
    parts += [f"| `{cause}` | {meaning} |" for cause, meaning in CAUSES.items()]
    parts.append(
        "\n## Bases\n\nOn what strength an actor was matched, strongest first.\n\n| Basis | Means |\n|---|---|"
    )
    parts += [f"| `{basis}` | {_BASES[basis]} |" for basis in Basis]
    parts.append("\n| Basis | What happened | What Counterseal says |\n|---|---|---|")
    parts += _rows(basis_examples())
    parts.append(_ACTORS)
    parts.append("## Signals\n\nWhat a change shows besides its verdict.\n\n| Signal | Means |\n|---|---|")
    parts += [f"| `{signal}` | {meaning} |" for signal, meaning in SIGNALS.items()]
    parts.append("\n| Signal | What happened | What Counterseal says |\n|---|---|---|")
    parts += _rows(signal_examples())
    return "\n".join(parts) + "\n"


def policy_page() -> str:
    """Return docs/reference/policy.md."""
    parts = ["# Policy\n", _MADE, _POLICY, "| Key | Default | Meaning |\n|---|---|---|"]
    parts += [f"| `{name}` | `{it.default}` | {it.meaning} |" for name, it in KEYS.items()]
    parts.append(f"\n`minimum_basis` is one of {_listed(MINIMUM_BASES)}: [verdicts.md](verdicts.md) explains them.")
    parts.append(
        f"`jira_fields` may name {_listed(JIRA_FIELDS)}: [ticket-file.md](ticket-file.md) says how they are read."
    )
    parts.append(_BY_STATUS)
    parts.append(_LISTS)
    parts.append(f"* `statuses_after_approval`: {_listed(WORK_STATUSES)}.")
    parts.append(f"* `rejected_statuses`: {_listed(REJECTED_STATUSES)}.")
    parts.append(f"* `uncovered_fields`: {_listed(HARMLESS_FIELDS)}.")
    parts.append(_EXAMPLE.rstrip("\n"))
    return "\n".join(parts) + "\n"


def _rows(examples: Mapping[Verdict, Example] | Mapping[Basis, Example] | Mapping[str, Example]) -> Iterable[str]:
    """Yield a row for each example."""
    for name, it in examples.items():
        yield f"| `{name}` | {it.told} | {it.said} |"


def _listed(words: tuple[str, ...]) -> str:
    return ", ".join(f"`{word}`" for word in words)
