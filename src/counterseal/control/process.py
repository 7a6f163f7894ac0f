"""Reads the messages in the inbox, decides, records: in any order, and as often as you like.

A message that cannot be used goes to quarantine with the reason, and stays there whole. Decisions rest on the messages:
after a start all that were processed are read again, since the ledger keeps less of an event. So a log file that a
message names becomes a message of its own: it may be gone from its bucket by then.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple, Protocol

from counterseal.clock import parse_time
from counterseal.control.consume import SQS
from counterseal.control.deciding import Deciding
from counterseal.control.hints import tickets_named
from counterseal.control.intake import unpacked
from counterseal.control.jira_hook import JIRA
from counterseal.control.named_files import files_named
from counterseal.control.receive import SNS
from counterseal.control.record import record_audit
from counterseal.control.said import AlreadySaid
from counterseal.control.sns import SnsCheck, SnsType, looks_like_sns, read_sns
from counterseal.errors import CountersealError, Denied, MalformedInput, NotFound, Refused, SettingsError, Unreachable
from counterseal.inbox.interface import Inbox
from counterseal.inbox.letter import Arrival, Letter, State
from counterseal.ledger.entry import Draft
from counterseal.ledger.fields import EntryKind
from counterseal.ledger.interface import Ledger

STREAM = "inbox"

S3 = "s3"
"""The channel of log files: the origin is the bucket, the id of the message the name of the object."""

_PAGE = 500


class Confirming(Protocol):
    """Confirms subscriptions."""

    def confirm(self, topic_arn: str, token: str) -> None:
        """Confirm a subscription, by a call to AWS: the address in its message is never used.

        Raises:
            Denied, Refused, SettingsError: AWS, or what signs in to it, refuses.
            Unreachable: AWS did not answer.
        """
        ...


class LogFiles(Protocol):
    """Reads the log files that messages name."""

    def read(self, bucket: str, object_name: str) -> bytes:
        """Return the content of a log file as it lies there, packed or not.

        Raises:
            Refused: this is no place that log files are read from.
            NotFound: nothing is there. A message comes after its file: it will not be there later either.
            Denied, SettingsError: it may not be read; the message says what is missing.
            Unreachable: it cannot be read now, and may be later.
            MalformedInput: it is larger than any log file.
        """
        ...


class Rereading(Protocol):
    """Reads tickets that messages name from Jira itself."""

    def reread(self, id_or_key: str, *, since: datetime | None = None) -> bool:
        """Read a ticket now, unless it was read after that time, and say whether it is another than before.

        Raises:
            Denied, SettingsError: we are not let in; the message says what is missing.
            Unreachable: Jira does not answer; the same call may succeed later.
            MalformedInput: Jira answered with something else.
        """
        ...


class Means(NamedTuple):
    """What messages are opened with. What is None is not set up; a message that needs it goes to quarantine.

    But a message through SNS that names a ticket is no more than noted where no Jira is set up.
    """

    sns: SnsCheck | None = None
    confirming: Confirming | None = None
    log_files: LogFiles | None = None
    tickets: Rereading | None = None


class Processed(NamedTuple):
    """What became of the new messages; `delayed` says why some wait, "" where none does."""

    processed: int = 0
    quarantined: int = 0
    delayed: str = ""


class Processing:
    """Works through the inbox of one ledger."""

    def __init__(self, inbox: Inbox, ledger: Ledger, deciding: Callable[[], Deciding], means: Means) -> None:
        """Take the inbox, the ledger, what begins a decision with nothing taken, and what messages are opened with."""
        self._inbox = inbox
        self._ledger = ledger
        self._begin = deciding
        self._means = means
        self._said = AlreadySaid(ledger, STREAM)
        self._taken: set[int] = set()
        self._is_fresh = self._is_unsure = True
        self._restart()

    def run(self) -> Processed:
        """Take what is new, decide anew, and record what is concluded otherwise than before.

        Raises:
            CountersealError: the inbox, the ledger, or what decisions need cannot be read or written. The messages stay
                new, and the same call may succeed later.
        """
        if self._deciding.is_outdated:
            self._restart()
        self._recall()
        if self._is_fresh:
            # First what was concluded before: only what was concluded can be taken back.
            self._recall_set_aside()
            if self._taken:
                self._record(has_news=False)
        self._is_fresh = False
        self._take_back()
        taken, quarantined, delayed = self._take_new()
        if self._taken:
            try:
                self._record(has_news=bool(taken))
            except _NOT_THEIR_FAULT:
                raise
            except Exception:
                if not taken:
                    raise
                sound = self._without_poison(taken)
                quarantined += len(taken) - len(sound)
                taken = sound
        settled = self._inbox.settle([it.number for it in taken], State.PROCESSED, only=State.NEW)
        return Processed(len(settled), quarantined, delayed)

    def _restart(self) -> None:
        self._deciding = self._begin()
        self._is_fresh = self._is_unsure = True
        self._taken = set()
        self._mark = self._aside_mark = 0

    def _recall(self) -> None:
        """Take what was processed before, or meanwhile by another process."""
        for letter in self._since(self._mark, State.PROCESSED):
            self._take_again(letter)
            self._mark = letter.mark

    def _recall_set_aside(self) -> None:
        """Take what was set aside after it was processed, and while nobody was there to take back what it came to."""
        for letter in self._since(0, State.QUARANTINED, out_of=State.PROCESSED):
            self._take_again(letter)

    def _since(self, mark: int, state: State, *, out_of: State | None = None) -> Iterator[Letter]:
        while page := self._inbox.settled(state, out_of=out_of, after_mark=mark, limit=_PAGE):
            yield from page
            mark = page[-1].mark

    def _take_again(self, letter: Letter) -> None:
        # It could be used once, and its records count: what speaks against it now is for a person to weigh.
        with suppress(Refused, NotFound, MalformedInput):
            self._add(letter, _contents(letter, self._inbox.body(letter.number)))

    def _take_back(self) -> None:
        """Decide without what was set aside after it was processed, and note that this was done (INBOX-2.4)."""
        aside = list(self._since(self._aside_mark, State.QUARANTINED))
        gone = [it for it in aside if it.number in self._taken]
        if gone:
            self._deciding.forget()
            self._taken, self._mark = set(), 0
            try:
                self._recall()
                self._record(has_news=False)
                for letter in gone:
                    self._inbox.settle([letter.number], State.QUARANTINED, letter.reason, only=State.QUARANTINED)
            except Exception:
                self._restart()
                raise
        self._aside_mark = max((it.mark for it in aside), default=self._aside_mark)

    def _take_new(self) -> tuple[list[Letter], int, str]:
        taken, quarantined, delayed, after = [], 0, "", 0
        while page := self._inbox.letters(State.NEW, after=after, limit=_PAGE):
            after = page[-1].number
            for letter in page:
                try:
                    self._take(letter)
                except Unreachable as failure:
                    delayed = str(failure)
                except Exception as failure:  # noqa: BLE001  # a fault of our own must not stop the other messages
                    quarantined += self._quarantine(letter, failure)
                else:
                    taken.append(letter)
        return taken, quarantined, delayed

    def _take(self, letter: Letter) -> None:
        body = self._inbox.body(letter.number)
        self._admit(letter, body)
        self._fetch(letter, body)
        self._reread(letter, body)
        self._add(letter, _contents(letter, body))

    def _add(self, letter: Letter, contents: Sequence[bytes]) -> None:
        if letter.number not in self._taken:
            for content in contents:
                self._deciding.add(content, source=letter.source)
            self._taken.add(letter.number)

    def _admit(self, letter: Letter, body: bytes) -> None:
        """Let a message in that may be believed, and do what it asks for."""
        if not _is_sns(letter, body):
            return
        if self._means.sns is None:
            raise Refused("it says that SNS sent it, and intake.sns_topics names no topic", hint="set it, and retry")
        if letter.channel == SQS:
            # INBOX-3.2: how long it lay in the queue says nothing: SQS keeps messages for up to 14 days.
            message = self._means.sns.check(body, is_fresh=False)
        else:
            # Its signature was checked at the door. The same reader reads the same out of the same bytes.
            message = read_sns(body)
            self._means.sns.check_topic(message)
        if message.type is SnsType.END:
            raise Refused("the subscription was ended: nothing comes from this topic any more", hint="subscribe again")
        if message.type is SnsType.SUBSCRIPTION:
            if self._means.confirming is None:
                raise Refused("intake.access is not set: nobody can confirm the subscription", hint="set it, and retry")
            self._means.confirming.confirm(message.topic_arn, message.token)

    def _fetch(self, letter: Letter, body: bytes) -> None:
        """Store the log files that a message names, each as a message that is new (INBOX-7.2)."""
        named = [] if letter.channel == S3 else files_named(_said(letter, body))
        if not named:
            return
        reader = self._means.log_files
        if reader is None:
            raise Refused(
                f"it names {len(named)} log files in S3, and intake.log_folders names no folder",
                hint="set it, and retry; or have EventBridge send the events themselves",
            )
        failures: list[CountersealError] = []
        for bucket, name in named:
            try:
                content = reader.read(bucket, name)
            except CountersealError as failure:
                failures.append(failure)
            else:
                self._inbox.store([Arrival(S3, bucket, name, content)])
        if failures:
            # INBOX-7.4: a file that may be had later is waited for, before a person is asked about the others.
            raise next((it for it in failures if isinstance(it, Unreachable)), failures[0])

    def _reread(self, letter: Letter, body: bytes) -> None:
        """Have the tickets that a message names read from Jira: of what it says of them, nothing is believed."""
        if letter.channel == S3:
            return
        reader = self._means.tickets
        if reader is None:
            if letter.channel == JIRA:
                raise Refused("it comes from Jira, and no Jira is set up", hint="set jira.url, and retry")
            return
        for named in tickets_named(_said(letter, body)):
            try:
                reader.reread(named, since=parse_time(letter.received_at))
            except (Denied, SettingsError, MalformedInput) as failure:
                # The message is as good as any: that Jira does not let us in, or answers oddly, is not its fault.
                raise Unreachable(str(failure), hint=failure.hint) from failure

    def _quarantine(self, letter: Letter, failure: Exception) -> int:
        hint = getattr(failure, "hint", "")
        said = (
            str(failure) if isinstance(failure, CountersealError) else f"a fault of our own: {type(failure).__name__}"
        )
        reason = f"{said}; {hint}" if hint else said
        return len(self._inbox.settle([letter.number], State.QUARANTINED, reason, only=State.NEW))

    def _record(self, *, has_news: bool) -> None:
        """Decide on all that was taken, and record what is news; the audit's own entry only beside news."""
        # What others said meanwhile, of fewer messages or of more, may have to be set right; so may what was not said.
        is_unsure, self._is_unsure = self._said.follow() or self._is_unsure, True
        outcome = self._deciding.decide(is_whole=is_unsure)
        said: list[Draft] = []

        def wanted(one: Draft) -> bool:
            if not self._said.is_news(one):
                return one.kind is EntryKind.AUDIT_RUN and (has_news or bool(said))
            said.append(one)
            return True

        record_audit(self._ledger, outcome, stream=STREAM, wanted=wanted)
        for one in said:
            self._said.say(one)
        self._is_unsure = False

    def _without_poison(self, taken: Sequence[Letter]) -> list[Letter]:
        """Find the messages with which no decision is possible, put them aside, and return the rest (INBOX-6.1).

        Raises:
            CountersealError: it is not possible without any of them either, so the fault is not theirs.
        """
        sound: list[Letter] = []
        self._restart()
        self._recall()
        self._record(has_news=False)
        for letter in taken:
            try:
                self._take(letter)
                self._record(has_news=True)
            except _NOT_THEIR_FAULT:
                raise
            except Exception as failure:  # noqa: BLE001  # whatever one message sets off must not stop the others
                self._quarantine(letter, failure)
                self._restart()
                self._recall()
                for one in sound:
                    self._take(one)
            else:
                sound.append(letter)
        return sound


_NOT_THEIR_FAULT = (Denied, Unreachable, NotFound, SettingsError)


def _contents(letter: Letter, body: bytes) -> list[bytes]:
    """Return what a message holds for an audit: records as they were delivered, or nothing."""
    if letter.channel == JIRA:
        return []
    if letter.channel == S3:
        return [unpacked(body, name=f"s3://{letter.origin}/{letter.message_id}")]
    if not _is_sns(letter, body):
        return [] if files_named(body) else [body]
    message = read_sns(body)
    if message.type is not SnsType.NOTIFICATION or files_named(message.message.encode()):
        return []
    # What stands around the text was not signed, but for a few members: an audit gets none of it. INBOX-3.4
    return [json.dumps({"Type": message.type.value, "Message": message.message}).encode()]


def _said(letter: Letter, body: bytes) -> bytes:
    """Return the text of a message, out of what SNS puts around it."""
    return read_sns(body).message.encode() if _is_sns(letter, body) else body


def _is_sns(letter: Letter, body: bytes) -> bool:
    return letter.channel == SNS or (letter.channel == SQS and looks_like_sns(body))
