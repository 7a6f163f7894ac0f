"""From the settings to the outbox and to those who are told; and one pass over what became of findings."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from counterseal.assembly.alert_settings import AlertReceiver
from counterseal.assembly.settings import Settings
from counterseal.assembly.state import kept, made_for
from counterseal.clock import Clock, format_time
from counterseal.control.alerting import Receiver, Told, alert_of, deliver, for_receivers, known_of, waiver_of
from counterseal.errors import NotFound, NotInstalled, SettingsError
from counterseal.hidden import Hidden
from counterseal.outbox.interface import Outbox, Queued
from counterseal.reports.following import What, compare
from counterseal.reports.interface import ReportEngine

_NAME = "outbox.sqlite"

_TELLING = frozenset({What.NEW, What.CHANGED, What.COUNTS_AGAIN})


class Passed(NamedTuple):
    """What one pass did: alerts written, taken, and not taken; `begun` where it only took stock."""

    written: int
    taken: int
    failed: int
    begun: bool = False


def outbox_path(settings: Settings) -> Path:
    """Return where the outbox is: what is set, or outbox.sqlite in the state directory."""
    return kept(settings, settings.outbox_path, _NAME)


@contextmanager
def open_outbox(settings: Settings) -> Iterator[Outbox]:
    """Open the outbox for the length of a `with`, and make it where there is none.

    Raises:
        Denied, MalformedInput, Refused, Unreachable: what `SqliteOutbox.at` raises.
    """
    from counterseal.outbox.sqlite import SqliteOutbox

    with closing(SqliteOutbox.at(made_for(settings, settings.outbox_path, _NAME))) as outbox:
        yield outbox


def receivers_of(settings: Settings, clock: Clock, environment: Mapping[str, str] | None = None) -> dict[str, Receiver]:
    """Return everybody who is told, by name.

    Raises:
        NotFound: the settings name nobody.
        SettingsError: a variable that should hold a secret is not set, or what leaves the machine is not encrypted.
        NotInstalled: webhooks need what is not installed.
    """
    if not settings.alerts:
        raise NotFound("the settings name nobody who is told", hint="[alerts.NAME] in counterseal.toml sets one up")
    return {it.name: _receiver(it, clock, os.environ if environment is None else environment) for it in settings.alerts}


class Telling(NamedTuple):
    """What a pass needs: the settings, what knows the findings, the outbox, everybody who is told, and the time."""

    settings: Settings
    reports: ReportEngine
    outbox: Outbox
    receivers: Mapping[str, Receiver]
    clock: Clock

    def once(self, *, existing: bool = False) -> Passed:
        """Write an alert for whatever became of findings since the last pass, and hand over all that is due.

        The first pass takes stock and tells nothing, unless `existing` asks for what is there. Passes of several
        processes wait for one another.

        Raises:
            CountersealError: what reading the ledger and the outbox raises; nothing is lost by it.
        """
        with self.outbox.alone():
            return self._pass(existing=existing)

    def _pass(self, *, existing: bool) -> Passed:
        now = self.clock.now().replace(microsecond=0)
        rows = [row for row in self.reports.run("findings", {"as_of": now}).records() if not row["invented"]]
        after = {str(row["finding"]): row for row in reversed(rows)}
        known = self.outbox.known()
        before = {finding: json.loads(said) for finding, said in (known or {}).items()}
        begun = known is None and not existing
        told = [] if begun else [_told(it.what, it.row, it.before) for it in compare(before, after) if it.matters]
        alerts = [alert_of(it, link=self.settings.alerts_link) for it in told if _is_news(it)]
        wanted = {it.name: frozenset(it.verdicts) for it in self.settings.alerts}
        kept = {finding: known_of(row) for finding, row in after.items()}
        written = self.outbox.queue(for_receivers(alerts, wanted), kept, now)
        taken, failed = deliver(self.outbox, self.receivers, self.clock)
        return Passed(written, taken, failed, begun)


def try_out(name: str, receiver: Receiver, clock: Clock) -> None:
    """Send an invented alert that says so.

    Raises:
        CountersealError: it was not taken.
    """
    invented = {
        **dict.fromkeys(("event_id", "account", "region", "ticket", "secret", "actor_arn", "waived_by"), ""),
        "event": "a test of alerts", "secret_name": "no secret", "actor_name": "nobody", "verdict": "unapproved",
        "reason": f"this is a test of the receiver {name!r}: nothing happened", "counts": False,
        "time": clock.now(), "finding": f"test-{format_time(clock.now())}", "entry_digest": "",
    }  # fmt: skip
    alert: Queued = alert_of(Told("test", invented))
    receiver.send(alert.key, alert.body)


def _told(what: What, row: Mapping[str, object], before: Mapping[str, object] | None) -> Told:
    was = str(before["verdict"]) if before else ""
    return Told(what.value, row, was if was != row["verdict"] else "", waiver_of(row) or waiver_of(before or {}))


def _is_news(told: Told) -> bool:
    """Say whether somebody should hear of it: what needs an explanation, and the end of what needed one."""
    return told.what not in _TELLING or bool(told.row["counts"])


def _receiver(it: AlertReceiver, clock: Clock, environment: Mapping[str, str]) -> Receiver:
    if it.kind == "mail":
        from counterseal.outside.mail import Mail, Mailbox

        password = _secret(it.name, it.password_env, environment)
        return Mail(Mailbox(it.host, it.port, it.tls, it.sender, it.to, it.username, password), clock)
    try:
        from counterseal.outside.webhook import Webhook
    except ModuleNotFoundError as failure:
        raise NotInstalled(
            f"webhooks need {failure.name}, which is not installed", hint="install counterseal with its extra [outside]"
        ) from failure
    return Webhook(it.url, _secret(it.name, it.secret_env, environment), clock)


def _secret(name: str, variable: str, environment: Mapping[str, str]) -> Hidden | None:
    if not variable:
        return None
    if not environment.get(variable):
        raise SettingsError(f"the variable {variable} is not set, which alerts.{name} names")
    return Hidden(environment[variable].encode())
