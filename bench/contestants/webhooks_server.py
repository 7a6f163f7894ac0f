"""The shipped door for Jira's webhooks on a free port, and an inbox of its own: with its checks, or without them."""

import sys
from collections.abc import Mapping
from pathlib import Path

from counterseal.clock import SystemClock
from counterseal.control.jira_hook import JIRA, ORIGIN, JiraHook
from counterseal.control.receive import Reception
from counterseal.hidden import Hidden
from counterseal.inbox.letter import Arrival
from counterseal.inbox.sqlite import SqliteInbox
from counterseal.web.serving import listen, serve
from counterseal.web.webhooks import with_hooks


class Unchecked(JiraHook):
    """Takes whatever comes: what a server does that trusts its network."""

    def arrival(self, body: bytes, headers: Mapping[str, str]) -> Arrival:
        """Return a request as it is stored."""
        return Arrival(JIRA, ORIGIN, headers["x-atlassian-webhook-identifier"], body)


async def nothing(scope: object, receive: object, send: object) -> None:
    """Answer nothing: no page is asked for."""


def main(kind: str, inbox: str, secret: str) -> None:
    """Serve until a signal comes; the port is printed once it answers."""
    hook = {"checked": JiraHook, "unchecked": Unchecked}[kind]([Hidden(secret.encode())], SystemClock())
    reception = Reception(SqliteInbox.at(Path(inbox), SystemClock()), jira=hook)
    listening = listen(0)
    port = listening.getsockname()[1]
    serve(with_hooks(nothing, reception), listening, lambda: print(port, flush=True))


if __name__ == "__main__":
    main(*sys.argv[1:])
