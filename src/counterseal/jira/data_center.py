"""Jira Data Center: version 2 of its platform, wiki markup for rich text, searches by numbers."""

from collections.abc import Iterator, Sequence

from counterseal.errors import MalformedInput, NotFound, Refused, Unreachable
from counterseal.jira import shapes
from counterseal.jira.calls import Call, Calls, Query
from counterseal.jira.hooks import events_filter, from_hook, from_new_hook, secret_text
from counterseal.jira.interface import Flavour, Issue, Jira, Json, Person, Project, Webhook
from counterseal.jira.paths import checked_number, issue_path
from counterseal.jira.platform import PAGE_SIZE, Platform, expect_more, expect_start, in_order
from counterseal.jira.rich_text import wiki

HOOKS = "/rest/jira-webhook/1.0/webhooks"
OLD_HOOKS = "/rest/webhooks/1.0/webhook"

_MOST_STEPS_BACK = 20


class DataCenterJira(Platform):
    """Asks a Jira Data Center. See `Jira`."""

    flavour = Flavour.DATA_CENTER
    api = "/rest/api/2"

    def __init__(self, calls: Calls) -> None:
        """Take what asks."""
        super().__init__(calls, wiki)

    def history(self, issue_id: str) -> Sequence[Json]:
        """See `Jira.history`. There is no call for it: it comes with the ticket, and all of it or nothing is taken."""
        found, path = self._issue(issue_id, fields="status", expand="changelog"), issue_path(self.api, issue_id)
        log = found.changelog
        if log is None or log.start_at or len(log.histories) != log.total:
            told = "none of" if log is None else f"{len(log.histories)} of {log.total} entries of"
            raise MalformedInput(
                f"GET {path} was answered with {told} the history",
                hint="a ticket cannot be judged by a part of its history; raise Jira's limit on it",
            )
        return in_order(path, log.histories)

    def projects(self) -> Iterator[Project]:
        """See `Jira.projects`. All of them come at once, without an order."""
        found = self._calls.ask(Call("GET", f"{self.api}/project"), list[shapes.Project])
        yield from sorted(it.project() for it in found)

    def search(self, jql: str, *, fields: Sequence[str] = ("updated",)) -> Iterator[Issue]:
        """See `Jira.search`.

        Tickets that leave the result move those behind them forward, past the number that is asked for next. So
        each page begins with the last ticket of the one before; where it does not, one page is read again.
        """
        path, seen = f"{self.api}/search", set[str]()
        start, steps_back, overlaps = 0, 0, False
        while True:
            query: Query = {"jql": jql, "fields": ",".join(fields), "startAt": start, "maxResults": PAGE_SIZE}
            page = self._calls.ask(Call("GET", path, query), shapes.FoundByNumber)
            expect_start(path, page.start_at, start)
            if overlaps and not (page.issues and page.issues[0].id in seen):
                start, steps_back = max(start - PAGE_SIZE, 0), steps_back + 1
                overlaps = start > 0
                if steps_back > _MOST_STEPS_BACK:
                    raise Unreachable(
                        f"what GET {path} finds changes faster than it can be read", hint="try again later"
                    )
                continue
            yield from (it.issue() for it in page.issues if it.id not in seen)
            seen |= {it.id for it in page.issues}
            end = start + len(page.issues)
            if end >= page.total:
                return
            expect_more(path, page.issues)
            overlaps = len(page.issues) > 1
            start = end - overlaps

    def user(self, user: str) -> Person:
        """See `Jira.user`."""
        return self._user("username", user)

    def user_property(self, user: str, name: str) -> object | None:
        """See `Jira.user_property`."""
        return self._user_property("username", user, name)

    def find_users(self, text: str) -> Sequence[Person]:
        """See `Jira.find_users`."""
        return self._found_users("username", text)

    def groups(self, user: str) -> frozenset[str]:
        """See `Jira.groups`."""
        call = Call("GET", f"{self.api}/user", {"username": user, "expand": "groups"})
        found = self._calls.ask(call, shapes.UserWithGroups).groups
        if len(found.items) != found.size:
            raise MalformedInput(f"{call.name} was answered with {len(found.items)} of {found.size} groups")
        return frozenset(it.name for it in found.items)

    def webhooks(self) -> Sequence[Webhook]:
        """See `Jira.webhooks`."""
        try:
            return [from_new_hook(it) for it in self._calls.ask(Call("GET", HOOKS), list[shapes.NewHook])]
        except NotFound:  # before 10.0
            return [from_hook(it) for it in self._calls.ask(Call("GET", OLD_HOOKS), list[shapes.Hook])]

    def put_webhook(self, webhook: Webhook, secret: bytes) -> Webhook:
        """See `Jira.put_webhook`."""
        body: dict[str, object] = {
            "name": webhook.name,
            "url": webhook.url,
            "events": list(webhook.events),
            "filters": events_filter(webhook),
            "active": webhook.is_enabled,
            # Beside the name a secret is passed over in silence, and messages go out unsigned.
            "configuration": {"SECRET": secret_text(secret), "EXCLUDE_BODY": "false"},
            "sslVerificationRequired": True,
        }
        call = Call("POST", HOOKS, body=body)
        if webhook.webhook_id:
            number = checked_number(webhook.webhook_id, "a webhook")
            call = Call("PUT", f"{HOOKS}/{number}", body={"id": int(number), **body})
        try:
            return from_new_hook(self._calls.ask(call, shapes.NewHook))
        except NotFound as failure:
            if webhook.webhook_id:
                raise
            raise Refused(
                "this Jira does not sign what its webhooks send: it can do so from 10.0 on",
                hint="without webhooks tickets are read every few minutes",
            ) from failure


_: type[Jira] = DataCenterJira
