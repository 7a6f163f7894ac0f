"""Alerts by mail: what the message says, and what the server says."""

import smtplib
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any, Self

import pytest

from counterseal.errors import CountersealError, Denied, Refused, SettingsError, Unreachable
from counterseal.hidden import Hidden
from counterseal.outside.mail import Mail, Mailbox, written

MAILBOX = Mailbox("mail.example", 587, "starttls", "Audit <audit@acme.example>", ("a@acme.example", "b@acme.example"))
ALERT: dict[str, Any] = {
    "what": "new", "verdict": "unapproved", "event": "PutSecretValue", "event_id": "e-1", "account": "111122223333",
    "region": "eu-west-1", "secret_name": "db/password", "ticket": "", "actor": "ana", "time": "2026-03-10T12:00:00Z",
    "reason": "no ticket names db/password", "link": None,
}  # fmt: skip
BODY = '{"what":"new","verdict":"unapproved","event":"X","event_id":"e","account":"1","region":"r","secret_name":"s","ticket":"","actor":"a","time":"t","reason":"why","link":null}'  # noqa: E501  # one line


class _Noon:
    def now(self) -> datetime:
        return datetime(2026, 3, 10, 12, tzinfo=UTC)


NOON = _Noon()


class FakeServer:
    """Notes what was done; fails where it is told to."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.did: list[Any] = []
        self.sent: list[EmailMessage] = []
        self._failure = failure

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.did.append("quit")

    def starttls(self, *, context: Any) -> None:
        self.did.append(("starttls", context.check_hostname))

    def login(self, user: str, password: str) -> None:
        self.did.append(("login", user, password))

    def send_message(self, message: EmailMessage) -> None:
        if self._failure:
            raise self._failure
        self.did.append(("sent", message["Subject"]))
        self.sent.append(message)


def served(monkeypatch: pytest.MonkeyPatch, server: FakeServer) -> list[tuple[str, int]]:
    asked: list[tuple[str, int]] = []

    def connect(host: str, port: int, **_: Any) -> FakeServer:
        asked.append((host, port))
        return server

    monkeypatch.setattr(smtplib, "SMTP", connect)
    monkeypatch.setattr(smtplib, "SMTP_SSL", connect)
    return asked


def test_a_message_says_what_happened_and_how_to_find_it() -> None:
    message = written("k-1", ALERT | {"link": "https://audit.example/changes/e-1", "ticket": "OPS-42"}, MAILBOX)

    assert message["Subject"] == "[Counterseal] new: unapproved, db/password"
    assert message["To"] == "a@acme.example, b@acme.example"
    assert message["Message-ID"] == "<k-1@acme.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content() == (
        "no ticket names db/password\n\n"
        "What:    PutSecretValue\n"
        "Secret:  db/password\n"
        "Who:     ana\n"
        "When:    2026-03-10T12:00:00Z\n"
        "Where:   111122223333, eu-west-1\n"
        "Ticket:  OPS-42\n"
        "Event:   e-1\n"
        "More:    https://audit.example/changes/e-1\n"
    )


def test_a_message_bears_its_date(monkeypatch: pytest.MonkeyPatch) -> None:
    server = FakeServer()
    served(monkeypatch, server)

    Mail(MAILBOX, NOON).send("k", BODY)

    assert [it["Date"] for it in server.sent] == ["Tue, 10 Mar 2026 12:00:00 +0000"]


def test_what_is_about_no_secret_is_named_by_its_place() -> None:
    message = written("k", ALERT | {"secret_name": "", "event": "", "account": "*", "region": "*"}, MAILBOX)

    assert message["Subject"] == "[Counterseal] new: unapproved, every account, every region"
    assert "Where:   every account, every region\n" in message.get_content()


def test_what_is_not_known_takes_no_line_and_a_name_makes_no_header() -> None:
    message = written("k", ALERT | {"secret_name": "", "event": "a\r\nBcc: x@evil.example"}, MAILBOX)

    assert message["Subject"] == "[Counterseal] new: unapproved, a Bcc: x@evil.example"
    assert "Secret:" not in message.get_content()
    assert message["Bcc"] is None


def test_mail_goes_encrypted_and_after_signing_in(monkeypatch: pytest.MonkeyPatch) -> None:
    server = FakeServer()
    asked = served(monkeypatch, server)

    Mail(MAILBOX._replace(username="audit", password=Hidden(b"pass")), NOON).send("k", BODY)

    assert asked == [("mail.example", 587)]
    assert server.did == [
        ("starttls", True), ("login", "audit", "pass"), ("sent", "[Counterseal] new: unapproved, s"), "quit",
    ]  # fmt: skip


@pytest.mark.parametrize(("tls", "host"), [("implicit", "mail.example"), ("none", "127.0.0.1")])
def test_a_server_that_is_encrypted_at_once_or_here_needs_no_starttls(
    monkeypatch: pytest.MonkeyPatch, tls: str, host: str
) -> None:
    server = FakeServer()
    served(monkeypatch, server)

    Mail(MAILBOX._replace(tls=tls, host=host), NOON).send("k", BODY)

    assert [it[0] for it in server.did] == ["sent", "q"]


def test_no_mail_leaves_the_machine_in_the_clear() -> None:
    with pytest.raises(SettingsError, match=r"mail to 'mail\.example' would not be encrypted"):
        Mail(MAILBOX._replace(tls="none"), NOON)


@pytest.mark.parametrize(
    ("failure", "error", "said"),
    [
        (smtplib.SMTPAuthenticationError(535, b"no"), Denied, "does not take the user"),
        (smtplib.SMTPRecipientsRefused({"a@acme.example": (550, b"no")}), Refused, "takes no mail for a@acme.example"),
        (UnicodeEncodeError("ascii", "pässword", 1, 2, "no"), Denied, "user names and passwords in ASCII alone"),
        (smtplib.SMTPServerDisconnected("bye"), Unreachable, "did not take the mail (SMTPServerDisconnected)"),
        (ConnectionRefusedError(), Unreachable, "did not take the mail (ConnectionRefusedError)"),
    ],
)
def test_what_the_server_says_is_said_in_our_words(
    monkeypatch: pytest.MonkeyPatch, failure: Exception, error: type[CountersealError], said: str
) -> None:
    served(monkeypatch, FakeServer(failure))

    with pytest.raises(error) as told:
        Mail(MAILBOX, NOON).send("k", BODY)

    assert said in str(told.value)
    assert type(told.value) is error
