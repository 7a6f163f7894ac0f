"""From the settings to the outbox and the receivers of alerts, and one pass: look, keep, deliver."""

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from counterseal.assembly.alert_settings import Alert
from counterseal.assembly.recorded import Recorded
from counterseal.assembly.settings import Settings
from counterseal.clock import Clock
from counterseal.control.notify import Courier
from counterseal.errors import Denied, NotFound, NotInstalled, SettingsError
from counterseal.hidden import Hidden
from counterseal.ledger.interface import Ledger
from counterseal.outbox.interface import Outbox
from counterseal.outbox.notice import Notice
from counterseal.reports.alerts import Wish, content, idempotency_key, is_wanted, recalled, remembered
from counterseal.reports.following import Change, Follower, compare
from counterseal.reports.interface import ReportEngine
from counterseal.reports.metrics import metrics

SHORTEST_SECRET = 16


def outbox_path(settings: Settings) -> Path:
    """Return where the outbox is: what is set, or outbox.sqlite in the state directory."""
    return settings.outbox_path or settings.state_directory / "outbox.sqlite"


def open_outbox(settings: Settings, clock: Clock) -> Outbox:
    """Open the outbox that the settings name, and make it where there is none.

    Raises:
        Denied, MalformedInput, Refused, Unreachable: as `SqliteOutbox.at`.
    """
    from counterseal.outbox.sqlite import SqliteOutbox

    if settings.outbox_path is None:
        folder = settings.state_directory
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as failure:
            raise Denied(
                f"the state directory {str(folder)!r} cannot be made: {failure.strerror}",
                hint="state.directory in counterseal.toml names another",
            ) from failure
    return SqliteOutbox.at(outbox_path(settings), clock)


def named_alert(settings: Settings, name: str) -> Alert:
    """Return one receiver.

    Raises:
        NotFound: none has that name.
    """
    if name not in settings.alerts:
        known = ", ".join(settings.alerts) or "none: [alerts.NAME] in counterseal.toml sets one up"
        raise NotFound(f"no alert is named {name!r}", hint=f"the alerts are {known}")
    return settings.alerts[name]


def couriers(settings: Settings, clock: Clock) -> dict[str, Courier]:
    """Return what takes alerts to each receiver of the settings.

    Raises:
        SettingsError: there is none, or a secret or password cannot be read.
        NotInstalled: what sends to webhooks is not installed.
    """
    if not settings.alerts:
        raise SettingsError("nobody is to be told", hint="[alerts.NAME] in counterseal.toml names a receiver")
    return {name: courier(alert, clock) for name, alert in settings.alerts.items()}


def courier(alert: Alert, clock: Clock) -> Courier:
    """Return what takes alerts to one receiver.

    Raises:
        SettingsError, NotInstalled: as `couriers`.
    """
    if alert.kind == "mail":
        from counterseal.outside.mail import Mail, Mailbox

        password = _secret(alert.password_file) if alert.password_file else None
        return Mail(Mailbox(alert.host, alert.port, alert.tls, alert.sender, alert.to, alert.username, password), clock)
    try:
        from counterseal.outside.webhook import Webhook
    except ModuleNotFoundError as failure:
        raise NotInstalled(
            f"a webhook needs {failure.name}, which is not installed",
            hint="install counterseal with its extra [outside]",
        ) from failure
    assert alert.secret_file is not None  # noqa: S101  # the settings refuse a webhook without one
    return Webhook(alert.url, _secret(alert.secret_file, shortest=SHORTEST_SECRET), clock)


def wish(alert: Alert) -> Wish:
    """Return what a receiver wants to hear."""
    return Wish(alert.verdicts, alert.link, alert.full_arns)


class Watch:
    """Looks at the ledger again and again, and puts into the outbox what is new since the last look of any process."""

    def __init__(self, parts: Recorded, outbox: Outbox, alerts: Mapping[str, Alert]) -> None:
        """Take the ledger with its reports, the outbox, and the receivers."""
        self._parts = parts
        self._outbox = outbox
        self._alerts = alerts

    def look(self, clock: Clock, *, existing: bool = False) -> int:
        """Look once, and return how many notices are new. The first look of all finds none, unless `existing`.

        Raises:
            Denied, Unreachable, MalformedInput: what the ledger and the outbox raise; the next look finds it all.
        """
        kept = self._outbox.known()
        known = {finding: recalled(text) for finding, text in (kept or {}).items()}
        follower = Follower(self._parts.ledger, self._parts.reports, known=known, report="discrepancies")
        changes = follower.look(clock.now().replace(microsecond=0))
        if existing:
            # What was sent already has its key in the outbox, and is not sent again.
            told = {str(it.row["finding"]) for it in changes}
            changes += [it for it in compare({}, follower.known) if it.row["finding"] not in told]
        elif kept is None:
            changes = []
        now_known = {finding: remembered(row) for finding, row in follower.known.items()}
        return self._outbox.add(self._notices(changes), now_known)

    def _notices(self, changes: list[Change]) -> list[Notice]:
        return [
            Notice(name, idempotency_key(name, change), content(change, wish(alert)))
            for name, alert in self._alerts.items()
            for change in changes
            if is_wanted(change, wish(alert))
        ]


def metrics_text(ledger: Ledger, reports: ReportEngine, settings: Settings, clock: Clock) -> str:
    """Return the metrics of a ledger, and of the outbox where there is one.

    Raises:
        Denied, Unreachable, MalformedInput: what the ledger, the reports and the outbox raise.
    """
    waiting: dict[str, int] = dict.fromkeys(settings.alerts, 0)
    if outbox_path(settings).exists():
        with closing(open_outbox(settings, clock)) as outbox:
            waiting |= outbox.counts()
    return metrics(ledger, reports, waiting, clock.now())


def _secret(file: Path, *, shortest: int = 1) -> Hidden:
    try:
        value = file.read_bytes().strip()
    except OSError as failure:
        raise SettingsError(f"the file {str(file)!r} cannot be read: {failure.strerror}") from failure
    if len(value) < shortest:
        raise SettingsError(f"the file {str(file)!r} holds fewer than {shortest} characters")
    return Hidden(value)
