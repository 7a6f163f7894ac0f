"""Whether a ticket approves a change that somebody would make now, and why not."""

from typing import NamedTuple

from counterseal.control.approving import Intention, JudgedNow, Target, judged_now
from counterseal.correlation.judging.judge import Rules
from counterseal.correlation.records.event import Operation
from counterseal.correlation.records.secret_names import full_arn_parts
from counterseal.correlation.tickets.ticket import Ticket, TicketSet
from counterseal.errors import Refused


class Question(NamedTuple):
    """What would be done: to a secret (name or full ARN), as which operation, by whom.

    Without a principal it is asked for a session that cites the ticket, as `counterseal session` opens one.
    """

    secret: str
    operation: Operation
    principal: str = ""
    account: str = ""
    region: str = ""


def check(question: Question, ticket: Ticket, tickets: TicketSet, rules: Rules) -> JudgedNow:
    """Ask a ticket about a change that would be made at the time of the rules.

    Raises:
        Refused: the secret is written like an ARN and is no full one.
    """
    intention = Intention(
        call="",  # several calls may do an operation, and no rule asks which
        operation=question.operation,
        target=_target(question, ticket),
        principal=question.principal,
        source_identity="" if question.principal else ticket.issue_key,
    )
    return judged_now(intention, ticket, tickets, rules)


def _target(question: Question, ticket: Ticket) -> Target:
    """Return where the secret is: a bare name means the one that the ticket names by ARN, or lies where it says."""
    secret = question.secret
    named = {parts[2]: it for it in ticket.secrets if (parts := full_arn_parts(it))}
    arn = secret if secret.startswith("arn:") else named.get(secret, "")
    if not arn:
        return Target(question.account or ticket.account, question.region or ticket.region, secret, "")
    parts = full_arn_parts(arn)
    if parts is None:
        raise Refused(f"{arn!r} is not the full ARN of a secret", hint="it ends in a hyphen and six characters")
    region, account, name = parts
    return Target(question.account or account, question.region or region, name, arn)
