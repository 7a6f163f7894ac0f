"""The examples of docs/reference/verdicts.md: invented trails and tickets, judged by the code, and told in short."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from tests.journeys.story import ARN, BEN, IDENTITIES, REGION, record, session
from tests.unit.correlation.invented import LATER, approval, at, standing, ticket
from tests.unit.correlation.making import data_key, gather, service_event, trail_call
from tests.unit.correlation.sealing import evidence, issued

from counterseal.clock import format_time
from counterseal.correlation.judging.audit import audit
from counterseal.correlation.judging.finding import Finding, Verdict
from counterseal.correlation.judging.judge import Rules
from counterseal.correlation.judging.proof import Evidence
from counterseal.correlation.judging.sweep import Recorded, SeenSecret, SeenVersion, compare
from counterseal.correlation.records.event import Event
from counterseal.correlation.tickets.counterseal import cited_by
from counterseal.correlation.tickets.policy import Basis, Policy
from counterseal.correlation.tickets.ticket import Standing, Ticket, TicketSet, Window

_IDENTITIES = {user: tuple(names) for user, names in IDENTITIES.items()}
_NAME, _ACCOUNT = "db/password", "111122223333"
_OLD, _NEW = (f"00000000-0000-4000-8000-{number:012d}" for number in (1, 2))
_FUNCTION = f"arn:aws:lambda:{REGION}:{_ACCOUNT}:function:rotate"
_NOON = at()

_BACK: dict[str, Any] = {"secretId": ARN, "versionStage": "AWSCURRENT", "moveToVersionId": _OLD}
_SET_UP = {"secretId": ARN, "rotationLambdaARN": _FUNCTION, "clientRequestToken": _OLD}
_PENDING = {"secretId": ARN, "clientRequestToken": _NEW, "versionStages": ["AWSPENDING"]}
_SEALED = {"secretId": ARN, "clientRequestToken": issued().token}
_ABOUT_IT: dict[str, Any] = {"additionalEventData": {"SecretId": ARN}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """What happened, each thing in short, and what the code made of it."""

    happened: tuple[str, ...]
    finding: Finding

    @property
    def told(self) -> str:
        """Return what happened, one thing a line, as a cell of a table in Markdown."""
        return "<br>".join(f"• {it}" for it in self.happened)

    @property
    def said(self) -> str:
        """Return what the code says: the verdict, its basis and signals, and the sentence of the reason."""
        basis = f", basis `{self.finding.basis}`" if self.finding.basis else ""
        signals = "".join(f", signal `{it}`" for it in self.finding.signals)
        return f"`{self.finding.verdict}`{basis}{signals}: {self.finding.reason}"


def verdict_examples() -> dict[Verdict, Example]:
    """Return an example of every verdict, in the order of the verdicts."""
    declared = ticket(status="In Progress", emergency_declared_at=at(hours=-1), approvals=())
    ben = {"type": "IAMUser", "arn": BEN, "accountId": _ACCOUNT, "userName": "ben"}
    by_dora = ticket(approvals=(approval(at(hours=-2), by="dora.j"),))
    return {
        Verdict.PROVED: _sealed(anchored={"1" * 32: at(minutes=-10)}),
        Verdict.APPROVED: _judged(record(), tickets=[ticket()]),
        Verdict.INHERITED: _rotated(),
        Verdict.EMERGENCY: _judged(record(), tickets=[replace(declared, approvals=(approval(at(hours=3)),))]),
        Verdict.EMERGENCY_PENDING: _judged(record(), tickets=[declared], as_of=at(hours=1)),
        Verdict.EMERGENCY_OVERDUE: _judged(record(), tickets=[declared], as_of=at(days=2)),
        Verdict.APPROVED_LATE: _judged(record(), tickets=[ticket(approvals=(approval(at(seconds=1)),))]),
        Verdict.APPROVAL_UNKNOWN: _judged(record(), tickets=[ticket(approvals=None)]),
        Verdict.UNATTRIBUTED: _judged(record(userIdentity=session("work")), tickets=[ticket()]),
        Verdict.MISMATCHED: _judged(record(userIdentity=ben), tickets=[by_dora]),
        Verdict.UNAPPROVED: _judged(record()),
        Verdict.SILENT_ROLLBACK: _rolled_back("value"),
        Verdict.UNCLASSIFIED: _judged(record("FrobnicateSecret")),
        Verdict.ATTEMPT: _judged(record("DeleteSecret", errorCode="AccessDenied"), tickets=[ticket()]),
        Verdict.ORPHAN_DELETION: _judged(service_event("EndSecretVersionDelete", eventID="e-1", **_ABOUT_IT)),
        Verdict.UNRECORDED_VERSION: _judged(data_key(_OLD, eventID="e-1")),
        **_swept(),
    }


def basis_examples() -> dict[Basis, Example]:
    """Return an example of every basis, the strongest first."""
    by_verdict = verdict_examples()
    return {
        Basis.SOURCE_IDENTITY: _judged(
            record(userIdentity=session("work", source_identity="OPS-42")), tickets=[ticket()]
        ),
        Basis.SESSION_NAME: _judged(record(userIdentity=session("OPS-42")), tickets=[ticket()]),
        Basis.MAPPED_ACTOR: by_verdict[Verdict.APPROVED],
        Basis.STANDING: _judged(record(), standing_approvals=[standing()]),
        Basis.ROTATION: by_verdict[Verdict.INHERITED],
        Basis.WINDOW: by_verdict[Verdict.UNATTRIBUTED],
    }


def signal_examples() -> dict[str, Example]:
    """Return an example of every signal."""
    witnessed = record(time="2026-03-10T12:05:00Z", number=2)
    stopped = trail_call("StopLogging", time="2026-03-10T11:00:00Z")
    started = trail_call("StartLogging", time="2026-03-10T13:00:00Z")
    return {
        "silent-rollback": _rolled_back("label", "value"),
        "witness-missing": _judged(
            record(), witnessed, data_key(_NEW, eventTime="2026-03-10T12:05:00Z"), tickets=[ticket()]
        ),
        "repeat": _judged(record(eventID="e-0", eventTime="2026-03-10T11:00:00Z"), record(), tickets=[ticket()]),
        "in-blind-interval": _judged(stopped, record(), started, tickets=[ticket()]),
        "counterseal-unanchored": _sealed(),
    }


def _judged(
    *records: Mapping[str, Any],
    tickets: Iterable[Ticket] = (),
    standing_approvals: Iterable[Standing] = (),
    sealed: Evidence | None = None,
    as_of: datetime = LATER,
) -> Example:
    """Read the records, audit them, and return what was said of the one that is called e-1."""
    told = TicketSet(tickets=tuple(tickets), identities=_IDENTITIES, standing=tuple(standing_approvals))
    population = gather({"Records": records})
    result = audit(population, told, Rules(policy=Policy(), as_of=as_of), sealed)
    [finding] = [it for it in result.findings if it.event_id == "e-1"]
    happened = [
        *map(_of_ticket, told.tickets),
        *map(_of_standing, told.standing),
        *(_of_evidence(sealed) if sealed else ()),
        *map(_of_event, population.events),
        *([f"audited at {_when(as_of)}"] if as_of != LATER else ()),
    ]
    return Example(happened=tuple(happened), finding=finding)


def _sealed(**more: Any) -> Example:
    return _judged(record(requestParameters=_SEALED), tickets=[ticket()], sealed=evidence(issued(), **more))


def _rolled_back(*operations: str) -> Example:
    return _judged(
        record(eventID="e-0", eventTime="2026-03-10T10:30:00Z"),
        record(time="2026-03-10T11:00:00Z", number=2),
        record("UpdateSecretVersionStage", requestParameters=_BACK),
        tickets=[ticket(operations=frozenset(operations))],
    )


def _rotated() -> Example:
    function = {"type": "AssumedRole", "arn": f"arn:aws:sts::{_ACCOUNT}:assumed-role/rotation/rotate"}
    return _judged(
        record("RotateSecret", eventID="e-0", eventTime="2026-03-10T11:00:00Z", requestParameters=_SET_UP),
        service_event(
            "RotationStarted", eventTime="2026-03-10T11:59:55Z", requestID=f"Rotation-{ARN}-{_NEW}", **_ABOUT_IT
        ),
        record(userIdentity=function, requestParameters=_PENDING),
        tickets=[ticket(operations=frozenset({"rotation"}))],
    )


def _swept() -> dict[Verdict, Example]:
    """Hold what AWS lists against what was recorded, once for each verdict of the sweep."""
    current = SeenVersion(_OLD, ("AWSCURRENT",), at(hours=-2))
    made, pending = SeenVersion(_NEW, (), _NOON), SeenVersion(_NEW, ("AWSPENDING",), _NOON)
    return {
        Verdict.UNTRACKED_VERSION: _compared({_OLD}, current, made),
        Verdict.UNRECORDED_DELETION: _compared({_OLD}),
        Verdict.STALE_LABEL: _compared({_OLD, _NEW}, current, pending),
    }


def _compared(known: set[str], *listed: SeenVersion) -> Example:
    """Compare the versions that AWS lists of the secret, or that it is gone where it lists none."""
    recorded, now = Recorded(at(days=-9), LATER), LATER + timedelta(hours=1)
    secret = recorded.secret(ARN, _ACCOUNT, REGION, _NAME)
    secret.versions.update(known)
    secret.last = _NOON
    seen = SeenSecret(ARN, _NAME, at(hours=-2), _NOON, versions=listed)
    [finding] = compare([seen] if listed else [], [] if listed else [ARN], recorded, now).findings
    versions = " and ".join(map(_version, sorted(known)))
    happened = [
        f"recorded from {_when(recorded.start)} to {_when(recorded.end)}: {versions} of {_NAME}",
        *(_of_listed(it) for it in listed),
        *([] if listed else [f"AWS lists no {_NAME} at {_when(now)}"]),
    ]
    return Example(happened=tuple(happened), finding=finding)


# ------------------------------------------------------------------ in short


def _of_event(event: Event) -> str:
    actor = event.actor
    who = actor.name
    if actor.session_name:
        who = f"the session {actor.session_name!r} of the role {actor.arn.split('/')[1]}"
    if actor.source_identity:
        who += f" with the source identity {actor.source_identity}"
    if actor.via:
        who = f"AWS for {who}" if actor.arn else "AWS"
    of = f" of {event.secret_name}" if event.secret_name else ""
    more = f", {_version(event.version_id)}" if event.version_id else ""
    if stage := event.facts.get("stage"):
        more += f", {stage} to {_version(str(event.facts['move_to']))}"
    if event.error_code:
        more += f", refused: {event.error_code}"
    return f"{_when(event.time)} {who}: {event.name}{of}{more}"


def _of_ticket(ticket: Ticket) -> str:
    window = ticket.window or Window(start=_NOON, end=_NOON)
    said = [
        f"{ticket.issue_key}, {ticket.status}: {', '.join(sorted(ticket.operations))} of {_NAME}",
        f"for {ticket.assignee}, {_when(window.start)} to {_when(window.end)}",
        f"asked for by {ticket.requester}",
    ]
    if ticket.emergency_declared_at:
        said.append(f"declared an emergency at {_when(ticket.emergency_declared_at)}")
    if ticket.approvals is None:
        said.append("its approvals could not be read")
    else:
        said += [f"{it.decision} by {it.by} at {_when(it.at)}" for it in ticket.approvals] or ["approved by nobody"]
    return ", ".join(said)


def _of_standing(standing: Standing) -> str:
    operations, who = ", ".join(sorted(standing.operations)), standing.principal.rpartition("/")[2]
    return f"{standing.issue_key}, standing: {operations} of {_NAME} by {who}, until {_when(standing.expires)}"


def _of_evidence(sealed: Evidence) -> Iterable[str]:
    for it in sealed.issuances.issued if sealed.issuances else ():
        one, who = it.issuance, it.issuance.principal.rpartition("/")[2]
        span = f"{_when(one.not_before)} to {_when(one.expires)}"
        yield f"counterseal of {one.issue_key} issued to {who}: {one.operation} of {_NAME}, {span}"
    for made in sealed.anchored.values():
        yield f"{_when(made)} a checkpoint covers its issuance"


def _of_listed(version: SeenVersion) -> str:
    labels = f", labelled {', '.join(version.stages)}" if version.stages else ""
    return f"AWS lists {_version(version.version_id)}, made at {_when(version.created)}{labels}"


def _version(version_id: str) -> str:
    sealed = cited_by(version_id)
    return f"the counterseal {sealed}.…" if sealed else f"version …{version_id[-2:]}"


def _when(time: datetime) -> str:
    """Return a time of the example's day, and a day where it is another."""
    text = format_time(time)
    day, clock = text[:10], text[11:16] if text[17:19] == "00" else text[11:19]
    return clock if day == format_time(_NOON)[:10] else day if clock == "00:00" else f"{day} {clock}"
