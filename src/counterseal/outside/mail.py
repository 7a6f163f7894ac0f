"""Alerts by e-mail, over SMTP."""

import json
import smtplib
import ssl
from email.message import EmailMessage
from typing import Any, NamedTuple

from counterseal.clock import Clock
from counterseal.control.alerting import Receiver
from counterseal.correlation.records.interval import place_named
from counterseal.errors import Denied, Refused, SettingsError, Unreachable
from counterseal.hidden import Hidden

SECONDS = 20.0

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
TLS = ("starttls", "implicit", "none")


class Mailbox(NamedTuple):
    """Where mail goes: the server, whether and how it is encrypted, from whom, and to whom."""

    host: str
    port: int
    tls: str
    sender: str
    to: tuple[str, ...]
    username: str = ""
    password: Hidden | None = None


class Mail:
    """Sends each alert as one message. Its Message-ID is the alert's key: a mailbox may drop what it has."""

    def __init__(self, mailbox: Mailbox, clock: Clock) -> None:
        """Take where mail goes, and the clock that dates it.

        Raises:
            SettingsError: it would leave this machine unencrypted.
        """
        if mailbox.tls == "none" and mailbox.host not in _LOOPBACK:
            raise SettingsError(f"mail to {mailbox.host!r} would not be encrypted", hint='set tls to "starttls"')
        self._mailbox = mailbox
        self._clock = clock

    def send(self, key: str, body: str) -> None:
        """Send one alert. See `Receiver.send`."""
        it = self._mailbox
        message = written(key, json.loads(body), it)
        message["Date"] = self._clock.now()  # RFC 5322, section 3.6: no message is without
        try:
            with self._server() as server:
                if it.tls == "starttls":
                    server.starttls(context=ssl.create_default_context())
                if it.username and it.password:
                    server.login(it.username, it.password.reveal().decode())
                server.send_message(message)
        except UnicodeEncodeError:
            # From nothing: the error holds what could not be written, which is the password.
            raise Denied(f"{it.host} is given user names and passwords in ASCII alone") from None
        except smtplib.SMTPAuthenticationError as failure:
            raise Denied(f"{it.host} does not take the user {it.username!r}") from failure
        except smtplib.SMTPRecipientsRefused as failure:
            raise Refused(f"{it.host} takes no mail for {', '.join(sorted(failure.recipients))}") from failure
        except (smtplib.SMTPException, OSError) as failure:
            raise Unreachable(f"{it.host} did not take the mail ({type(failure).__name__})") from failure

    def _server(self) -> smtplib.SMTP:
        it = self._mailbox
        if it.tls == "implicit":
            return smtplib.SMTP_SSL(it.host, it.port, timeout=SECONDS, context=ssl.create_default_context())
        return smtplib.SMTP(it.host, it.port, timeout=SECONDS)


def written(key: str, alert: dict[str, Any], mailbox: Mailbox) -> EmailMessage:
    """Return the message: what happened in the subject, the sentence of the verdict below."""
    message = EmailMessage()
    place = place_named(alert["account"], alert["region"])
    about = alert["secret_name"] or alert["event"] or place or alert["event_id"]
    message["Subject"] = _line(f"[Counterseal] {alert['what']}: {alert['verdict']}, {about}")
    message["From"] = mailbox.sender
    message["To"] = ", ".join(mailbox.to)
    message["Message-ID"] = f"<{key}@{mailbox.sender.rpartition('@')[2].rstrip('>')}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834, section 5: nobody's holiday answers
    facts = {
        "What": alert["event"],
        "Secret": alert["secret_name"],
        "Who": alert["actor"],
        "When": alert["time"],
        "Where": place,
        "Ticket": alert["ticket"],
        "Event": alert["event_id"],
        "More": alert["link"],
    }
    told = "\n".join(f"{name + ':':<8} {value}" for name, value in facts.items() if value)
    message.set_content(f"{alert['reason']}\n\n{told}\n")
    return message


def _line(text: str) -> str:
    return " ".join(text.split())


_: type[Receiver] = Mail
