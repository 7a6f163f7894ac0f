"""A Jira and our house beside it: a door for webhooks, an inbox, a ledger, the mirror, and answers to tickets."""

import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from counterseal.assembly.alerts import Passed
from counterseal.assembly.answers import answering, open_outbox
from counterseal.assembly.embedded import Reading
from counterseal.assembly.inboxes import House, open_inbox, processing
from counterseal.assembly.jira import open_jira
from counterseal.assembly.jira_mirror import Following, following, jira_hook
from counterseal.assembly.jira_webhooks import install
from counterseal.assembly.ledgers import open_ledger, open_reports
from counterseal.assembly.settings import Settings, load_settings
from counterseal.control.process import Processed
from counterseal.control.receive import Reception
from counterseal.errors import CountersealError
from counterseal.inbox.letter import Arrival
from counterseal.jira_double import world
from counterseal.jira_double.double import JiraDouble
from counterseal.jira_double.model import Flavour, HandClock, Issue, Person
from counterseal.web.serving import listen
from counterseal.web.webhooks import with_hooks

SECRET_OF_HOOK = "canary-secret-of-the-webhook"  # invented
QUEUE = "https://sqs.us-east-2.amazonaws.com/111122223333/secrets"

SETTINGS = """
[jira]
url = "{url}"
flavour = "{flavour}"
email = "{email}"
token_env = "JIRA_TOKEN"
projects = ["OPS", "SEC"]
webhook_secret_env = "JIRA_WEBHOOK_SECRET"
answers = true
comments = true
transition = "Needs explanation"

[alerts]
link = "https://audit.example"

[policy]
approved_statuses = ["Approved"]
jira_fields = {{ secrets = "Secret", operations = "Operation" }}

[policy.identities]
"{executor}" = ["{principal}"]
"""


class OurClock:
    """Our clock, which goes as the double's does."""

    def __init__(self, clock: HandClock) -> None:
        self._clock = clock

    def now(self) -> datetime:
        return self._clock()


async def no_pages(scope: object, receive: object, send: object) -> None:
    """Answer nothing: no page is asked for."""


class JiraHouse:
    """Both, and what happens between them. Time moves when it is told to."""

    def __init__(self, double: JiraDouble, clock: HandClock, folder: Path, principal: str, stack: ExitStack) -> None:
        self.double, self.clock, self.folder = double, clock, folder
        is_cloud = double.flavour is Flavour.CLOUD
        text = SETTINGS.format(
            url=double.url,
            flavour="cloud" if is_cloud else "data-center",
            email=world.ROBOT.email if is_cloud else "",
            executor=self.user(world.DAVE),
            principal=principal,
        )
        self.file = folder / "counterseal.toml"
        self.file.write_text(text)
        self.environment = {"JIRA_TOKEN": double.token(), "JIRA_WEBHOOK_SECRET": SECRET_OF_HOOK}
        self.settings: Settings = load_settings(
            self.file, environment={"COUNTERSEAL_STATE_DIRECTORY": str(folder / "state")}
        )
        self._ours = OurClock(clock)
        self.inbox = open_inbox(self.settings, self._ours)
        stack.callback(self.inbox.close)
        self.ledger = open_ledger(self.settings)
        stack.callback(self.ledger.close)
        followed = stack.enter_context(
            following(Reading(()), self.settings, self._ours, self.environment, most_wait_seconds=0)
        )
        assert followed is not None
        self.jira: Following = followed
        self.work = processing(self.inbox, House(self.ledger, self.jira), Reading(()), self.settings, self._ours)
        outbox = stack.enter_context(open_outbox(self.settings))
        opened = partial(open_jira, self.settings, self._ours, self.environment, most_wait_seconds=0)
        self._answering = answering(self.settings, open_reports(self.ledger), outbox, self._ours, opened)
        self.door = stack.enter_context(self._door())

    def user(self, person: Person) -> str:
        """Return how this flavour names a person."""
        return person.account_id if self.double.flavour is Flavour.CLOUD else person.name

    def listen(self) -> None:
        """Have Jira tell us of its tickets, as an administrator sets it up."""
        as_admin = self.environment | {"JIRA_TOKEN": self.double.token(world.ADMIN)}
        settings = self.settings._replace(jira=self.settings.jira._replace(email=self._email(world.ADMIN)))
        with open_jira(settings, self._ours, as_admin) as jira:
            install(jira, settings, self.door, as_admin)

    def approved(self, secret: str, **fields: Any) -> Issue:
        """Return a ticket that Bob approved for a new value of a secret by Dave."""
        issue = self.ticket(secret, **fields)
        self.clock.advance(seconds=5)
        self.double.request_approval(issue, world.BOB)
        self.clock.advance(seconds=5)
        self.double.approve(issue)
        return issue

    def ticket(self, secret: str, **fields: Any) -> Issue:
        """Return a ticket for a new value of a secret by Dave, which nobody has approved."""
        made = {world.SECRET: secret, world.OPERATION: "value", "assignee": world.DAVE}
        return self.double.create_issue("OPS", made | fields)

    def report(self, record: dict[str, Any]) -> None:
        """Let a record of CloudTrail arrive, as EventBridge sends it through a queue."""
        event = {"id": record["eventID"], "detail-type": "AWS API Call via CloudTrail", "detail": record}
        event |= {
            "account": record["recipientAccountId"],
            "region": record["awsRegion"],
            "source": "aws.secretsmanager",
        }
        self.inbox.store([Arrival("sqs", QUEUE, record["eventID"], json.dumps(event).encode())])

    def pass_time(self, **span: float) -> None:
        """Let time pass, and do what is done again and again, as far as Jira lets us."""
        self.clock.advance(**(span or {"minutes": 2}))
        self.catch_up()
        self.run()

    def catch_up(self) -> CountersealError | None:
        """Ask Jira what changed; return what went wrong."""
        try:
            self.jira.catch_up()
        except CountersealError as failure:
            return failure
        return None

    def run(self) -> Processed:
        """Process what came."""
        return self.work.run()

    def answer(self) -> Passed:
        """Tell tickets what was found, also of before."""
        return self._answering.once(existing=True)

    def findings(self) -> dict[str, dict[str, Any]]:
        """Return what is found, by event id."""
        rows = open_reports(self.ledger).run("findings", {"as_of": self.clock()}).records()
        return {str(row["event_id"]): dict(row) for row in rows}

    def verdict(self, record: dict[str, Any]) -> str:
        """Return what is found of one change."""
        return str(self.findings()[record["eventID"]]["verdict"])

    def told(self, issue: Issue) -> list[str]:
        """Return the titles of the links on a ticket."""
        return [str(it["object"]["title"]) for it in issue.links.values()]

    def _email(self, person: Person) -> str:
        return person.email if self.double.flavour is Flavour.CLOUD else ""

    @contextmanager
    def _door(self) -> Iterator[str]:
        from uvicorn import Config, Server

        reception = Reception(self.inbox, jira=jira_hook(self.settings, self._ours, self.environment))
        socket = listen(0)
        config = Config(with_hooks(no_pages, reception), log_level="warning", lifespan="off", ws="none")
        server = Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [socket]}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{socket.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)
            socket.close()


@contextmanager
def jira_house(folder: Path, flavour: Flavour, principal: str) -> Iterator[JiraHouse]:
    """Set up a Jira of a flavour and our house, for the length of a `with`."""
    clock = HandClock(datetime.now(UTC) - timedelta(minutes=10))
    with ExitStack() as stack:
        double = stack.enter_context(JiraDouble(flavour, clock=clock))
        yield JiraHouse(double, clock, folder, principal, stack)
