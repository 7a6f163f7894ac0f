"""The demonstration's Jira, asked, listened to and answered as any other is."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial

from counterseal.assembly.answers import answering, open_outbox
from counterseal.assembly.demo.jira import PlayedJira
from counterseal.assembly.embedded import Embedded, Reading
from counterseal.assembly.inboxes import House, open_inbox, processing
from counterseal.assembly.jira import SOON_SECONDS, open_jira
from counterseal.assembly.jira_mirror import following
from counterseal.assembly.jira_webhooks import install
from counterseal.assembly.settings import Settings
from counterseal.clock import Clock
from counterseal.inbox.letter import Arrival


@contextmanager
def keep_jira(jira: PlayedJira, parts: Embedded, reading: Reading, settings: Settings, clock: Clock) -> Iterator[House]:
    """Set its webhook up, read its tickets, and hold what follows and answers it, for the length of a `with`.

    Raises:
        NotInstalled: the part that speaks to Jira is not installed.
        CountersealError: what asking it raises.
    """
    secrets = jira.environment
    with open_jira(jira.as_admin(settings), clock, secrets) as administered:
        install(administered, settings, settings.alerts_link, secrets)
    with following(reading, settings, clock, secrets) as followed, open_outbox(settings) as outbox:
        if followed:
            followed.catch_up()
        opened = partial(open_jira, settings, clock, secrets, most_wait_seconds=SOON_SECONDS)
        answers = answering(settings, parts.reports, outbox, clock, opened)._replace(is_invented=True)
        # Also of what was there before: the week is over when it is told.
        yield House(parts.ledger, followed, partial(answers.once, existing=True), secrets, is_invented=True)


def judge_and_record(house: House, arrivals: list[Arrival], reading: Reading, settings: Settings, clock: Clock) -> None:
    """Take the records in as messages, so that what is judged is judged again when a ticket changes."""
    with closing(open_inbox(settings, clock)) as inbox:
        inbox.store(arrivals)
        processing(inbox, house, reading, settings, clock).run()
