"""Sends alerts by e-mail: over TLS, or to this machine."""

import json
import smtplib
import ssl
from collections.abc import Callable
from email.message import EmailMessage
from email.utils import format_datetime
from typing import NamedTuple

from counterseal.clock import Clock
from counterseal.control.notify import Courier
from counterseal.errors import Denied, Refused, Unreachable
from counterseal.hidden import Hidden
from counterseal.outbox.notice import Notice

SECONDS = 15.0

_SHOWN = (
    "what", "verdict", "event", "event_id", "secret_name", "account", "region", "time", "actor_name", "ticket",
    "reason", "link",
)  # fmt: skip


class Mailbox(NamedTuple):
    """The SMTP server, how it is spoken to ("starttls", "implicit" or "none"), and from whom to whom."""

    host: str
    port: int
    tls: str
    sender: str
    to: tuple[str, ...]
    username: str = ""
    password: Hidden | None = None


def connect(mailbox: Mailbox) -> smtplib.SMTP:
    """Return a connection over which nothing is said in the clear, unless the settings say so of this machine."""
    context = ssl.create_default_context()
    if mailbox.tls == "implicit":
        return smtplib.SMTP_SSL(mailbox.host, mailbox.port, timeout=SECONDS, context=context)
    server = smtplib.SMTP(mailbox.host, mailbox.port, timeout=SECONDS)
    if mailbox.tls == "starttls":
        try:
            server.starttls(context=context)
        except BaseException:
            server.close()
            raise
    return server


class Mail:
    """One mailbox that is told."""

    def __init__(
        self, mailbox: Mailbox, clock: Clock, *, connecting: Callable[[Mailbox], smtplib.SMTP] = connect
    ) -> None:
        """Take the mailbox, the clock, and what connects to its server."""
        self._mailbox = mailbox
        self._clock = clock
        self._connecting = connecting

    def deliver(self, notice: Notice) -> None:
        """Send one notice. See `Courier.deliver`."""
        message, host = self._message(notice), self._mailbox.host
        try:
            server = self._connecting(self._mailbox)
            try:
                if self._mailbox.password is not None:
                    server.login(self._mailbox.username, self._mailbox.password.reveal().decode())
                server.send_message(message, self._mailbox.sender, list(self._mailbox.to))
            finally:
                # Not quit(): the message is taken already, and a lost answer to QUIT must not send it again.
                server.close()
        except smtplib.SMTPAuthenticationError as failure:
            raise Denied(f"{host} does not know us (SMTP {failure.smtp_code})") from None
        except smtplib.SMTPRecipientsRefused:
            raise Refused(f"{host} does not take mail for these addresses") from None
        except (smtplib.SMTPException, OSError) as failure:
            # Not its text: a server may quote what it was sent.
            raise Unreachable(f"{host} did not take the mail ({type(failure).__name__})") from None

    def _message(self, notice: Notice) -> EmailMessage:
        said = json.loads(notice.body)
        message = EmailMessage()
        message["From"], message["To"] = self._mailbox.sender, ", ".join(self._mailbox.to)
        subject = f"[counterseal] {said['what']}: {said['verdict']} {said['secret_name'] or said['event_id']}"
        # A name in a record may hold anything; a header is one line.
        message["Subject"] = "".join(it if it.isprintable() else " " for it in subject).strip()
        message["Date"] = format_datetime(self._clock.now())
        message["Message-ID"] = f"<{notice.idempotency_key}@{self._mailbox.sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message["X-Counterseal-Key"] = notice.idempotency_key
        lines = [f"{name.replace('_', ' ')}: {said[name]}" for name in _SHOWN if said.get(name)]
        message.set_content("\n".join(lines) + "\n")
        return message


_: type[Courier] = Mail
