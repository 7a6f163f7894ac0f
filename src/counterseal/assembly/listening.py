"""What listens for messages while a program runs: the queue's consumer and the inbox's processing, each in a thread."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

from counterseal.assembly.embedded import Reading
from counterseal.assembly.inboxes import House, event_bridge_key, inbox_path, open_inbox, processing, sns_check
from counterseal.assembly.jira_mirror import Following, jira_hook
from counterseal.assembly.settings import Settings
from counterseal.clock import Clock
from counterseal.control.consume import WAIT_SECONDS, Consumer, Stopping, queue_region
from counterseal.control.intake_state import Failure, Intake, intake_state
from counterseal.control.process import Processed, Processing
from counterseal.control.receive import Reception
from counterseal.errors import CountersealError
from counterseal.inbox.interface import Inbox

# Without a message, decisions are looked at again so often: tickets change, and emergencies run out.
AGAIN_SECONDS = 300.0

# How often Jira is asked what changed. Webhooks are faster, and get lost.
FOLLOW_SECONDS = 60.0

# How often answers that Jira did not take are looked at; new ones are written when there is news.
ANSWER_SECONDS = 60.0

# After a failure, and while a message waits for something that did not answer.
RETRY_SECONDS = 30.0

# How long a consumer gets to finish what it holds. One that only waits for AWS is left: it holds nothing.
_GRACE_SECONDS = 3.0

Note = Callable[[str], None]


class Workers:
    """The threads, and how they end."""

    def __init__(self, note: Note, clock: Clock) -> None:
        """Take whom to tell what a person should know, and what says when that was."""
        self.stopping = threading.Event()
        self.news = threading.Event()
        self.asked = threading.Event()
        self.decided = threading.Event()
        self.failure: CountersealError | None = None
        self.last: Failure | None = None
        self._note = note
        self._clock = clock
        self._noted = ""
        self._threads: list[threading.Thread] = []

    def start(self, work: Callable[[], None], name: str) -> None:
        """Run some work in a thread of its own."""
        thread = threading.Thread(target=work, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def stop(self) -> None:
        """Tell all to end, and wait a little for those that hold something."""
        self.stopping.set()
        self.news.set()
        self.asked.set()
        self.decided.set()
        for thread in self._threads:
            thread.join(_GRACE_SECONDS)

    def complain(self, failure: CountersealError) -> None:
        """Tell of a failure; of the same one only once."""
        self._remember(str(failure))
        said = f"counterseal: warning: {failure}" + (f" ({failure.hint})" if failure.hint else "")
        if said != self._noted:
            self._noted = said
            self._note(said)

    def consume(self, consumer: Consumer, *, is_all: bool) -> None:
        """Consume a queue to the end. Where that is all there is to do, a failure ends it; else it is tried again."""
        while not self.stopping.is_set():
            try:
                consumer.run(self.complain)
            except CountersealError as failure:
                if is_all:
                    self.failure = failure
                    self.stopping.set()
                    return
                self.complain(failure)
                self.stopping.wait(RETRY_SECONDS)

    def follow(self, jira: Following) -> None:
        """Ask Jira again and again what changed; each time decisions are looked at again."""
        while not self.stopping.is_set():
            pause = FOLLOW_SECONDS
            try:
                jira.catch_up()
            except CountersealError as failure:
                self.complain(failure)
                pause = RETRY_SECONDS
            self.asked.set()
            self.news.set()
            self.stopping.wait(pause)

    def answer(self, once: Callable[[], object]) -> None:
        """Tell tickets what was found, whenever there may be something new, and what waits for Jira."""
        while not self.stopping.is_set():
            self.decided.wait(ANSWER_SECONDS)
            self.decided.clear()
            if self.stopping.is_set():
                return
            try:
                once()
            except CountersealError as failure:
                self.complain(failure)

    def process(self, work: Processing, *, follows: bool = False) -> None:
        """Process the inbox whenever there is news; where a Jira is followed, not before it was asked once."""
        pause = 0.0
        if follows:
            self.asked.wait()  # until then changes would be called unknown, and right a moment later
        while not self.stopping.is_set():
            self.news.wait(pause)
            self.news.clear()
            if self.stopping.is_set():
                return
            pause = self._processed(work)

    def _processed(self, work: Processing) -> float:
        try:
            done = work.run()
        except CountersealError as failure:
            self.complain(failure)
            return RETRY_SECONDS
        self.decided.set()
        if said := sentence(done):
            self._note(said)
        if done.delayed:
            self._remember(done.delayed)
        return RETRY_SECONDS if done.delayed else AGAIN_SECONDS

    def _remember(self, said: str) -> None:
        self.last = Failure(self._clock.now(), said)


def sentence(done: Processed) -> str:
    """Say what became of new messages, "" where there were none."""
    parts = []
    if done.processed:
        parts.append(f"{done.processed} messages processed")
    if done.quarantined:
        parts.append(f"{done.quarantined} put into quarantine (counterseal inbox list --state quarantined)")
    if done.delayed:
        parts.append(f"some wait: {done.delayed}")
    return f"counterseal: {', '.join(parts)}" if parts else ""


@contextmanager
def listening(house: House, reading: Reading, settings: Settings, clock: Clock, note: Note) -> Iterator[Intake | None]:
    """Listen for the length of a `with`, as the settings say; yield what takes messages over HTTPS, and how it stands.

    Where the settings name no way for messages to come in, nothing listens; what another command took in is told of.
    None where there is no inbox either.

    Raises:
        CountersealError: what is set cannot be: the queue's address, a topic, a key, the inbox.
    """
    intake = settings.intake
    if not (intake.queue or intake.sns_topics or intake.event_bridge_key_env or house.jira):
        if not inbox_path(settings).exists():
            yield None
            return
        with closing(open_inbox(settings, clock)) as inbox:
            yield Intake(None, lambda: intake_state(inbox))
        return
    workers = Workers(note, clock)
    with closing(open_inbox(settings, clock)) as inbox:
        reception = Reception(
            inbox,
            sns=sns_check(settings, clock),
            event_bridge=event_bridge_key(intake, house.environment),
            jira=jira_hook(settings, clock, house.environment) if house.jira else None,
            announce=workers.news.set,
        )
        work = processing(inbox, house, reading, settings, clock)
        if intake.queue:
            consumer = queue_consumer(inbox, settings, workers.stopping, announce=workers.news.set)
            workers.start(lambda: workers.consume(consumer, is_all=False), "queue")
        if jira := house.jira:
            workers.start(lambda: workers.follow(jira), "jira")
        if answer := house.answer:
            workers.start(lambda: workers.answer(answer), "answers")
        workers.start(lambda: workers.process(work, follows=bool(house.jira)), "inbox")
        try:
            yield Intake(reception, lambda: intake_state(inbox, workers.last))
        finally:
            workers.stop()


def queue_consumer(
    inbox: Inbox, settings: Settings, stopping: Stopping, *, announce: Callable[[], None] = lambda: None
) -> Consumer:
    """Return what consumes the queue of the settings.

    Raises:
        SettingsError: its address is none, or the access is not set up.
        NotInstalled: what speaks to AWS is not installed.
    """
    from counterseal.aws.session import client

    url, access = settings.intake.queue, settings.access(settings.intake.access)
    region = queue_region(url, on_double=bool(settings.aws_endpoint))
    # The queue's address says its region, whatever the access is otherwise used for.
    access = access._replace(region=region or access.region)
    opened = client("sqs", access, endpoint=settings.aws_endpoint, waits_seconds=WAIT_SECONDS)
    # After the client, which says in our words that botocore is missing.
    from counterseal.aws.queue import SqsQueue

    return Consumer(SqsQueue(opened, url), inbox, stopping, announce=announce)
