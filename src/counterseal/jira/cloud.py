"""Jira Cloud: version 3 of its platform, documents for rich text, searches by tokens."""

from collections.abc import Iterator, Sequence

from counterseal.errors import MalformedInput
from counterseal.jira import shapes
from counterseal.jira.calls import Call, Calls, Query
from counterseal.jira.hooks import events_filter, from_hook, secret_text
from counterseal.jira.interface import Flavour, Issue, Jira, Json, Person, Project, Webhook
from counterseal.jira.paths import checked_number, issue_path
from counterseal.jira.platform import PAGE_SIZE, Platform, expect_more, expect_start, in_order
from counterseal.jira.rich_text import document

HOOKS = "/rest/webhooks/1.0/webhook"


class CloudJira(Platform):
    """Asks a Jira Cloud. See `Jira`."""

    flavour = Flavour.CLOUD
    api = "/rest/api/3"

    def __init__(self, calls: Calls) -> None:
        """Take what asks."""
        super().__init__(calls, document)

    def history(self, issue_id: str) -> Sequence[Json]:
        """See `Jira.history`. `expand=changelog` would give the newest only."""
        path, histories = issue_path(self.api, issue_id, "changelog"), list[Json]()
        while True:
            query = {"startAt": len(histories), "maxResults": PAGE_SIZE}
            page = self._calls.ask(Call("GET", path, query), shapes.Histories)
            expect_start(path, page.start_at, len(histories))
            histories += page.values
            if len(histories) >= page.total:
                return in_order(path, histories)
            expect_more(path, page.values)

    def projects(self) -> Iterator[Project]:
        """See `Jira.projects`."""
        path, seen = f"{self.api}/project/search", 0
        while True:
            query: Query = {"orderBy": "key", "startAt": seen, "maxResults": PAGE_SIZE}
            page = self._calls.ask(Call("GET", path, query), shapes.Projects)
            expect_start(path, page.start_at, seen)
            yield from (it.project() for it in page.values)
            seen += len(page.values)
            if seen >= page.total:
                return
            expect_more(path, page.values)

    def search(self, jql: str, *, fields: Sequence[str] = ("updated",)) -> Iterator[Issue]:
        """See `Jira.search`."""
        path, tokens = f"{self.api}/search/jql", set[str]()
        query: Query = {"jql": jql, "fields": named(fields), "maxResults": PAGE_SIZE}
        while True:
            page = self._calls.ask(Call("GET", path, query), shapes.FoundByToken)
            yield from (it.issue() for it in page.issues)
            token = page.next_page_token
            if page.is_last or token is None:
                return
            if token in tokens:
                raise MalformedInput(f"GET {path} was answered with a page that leads back to one before it")
            tokens.add(token)
            query = {**query, "nextPageToken": token}

    def user(self, user: str) -> Person:
        """See `Jira.user`."""
        return self._user("accountId", user)

    def user_property(self, user: str, name: str) -> object | None:
        """See `Jira.user_property`."""
        return self._user_property("accountId", user, name)

    def find_users(self, text: str) -> Sequence[Person]:
        """See `Jira.find_users`."""
        return self._found_users("query", text)

    def groups(self, user: str) -> frozenset[str]:
        """See `Jira.groups`."""
        call = Call("GET", f"{self.api}/user/groups", {"accountId": user})
        return frozenset(it.name for it in self._calls.ask(call, list[shapes.Group]))

    def webhooks(self) -> Sequence[Webhook]:
        """See `Jira.webhooks`."""
        return [from_hook(it) for it in self._calls.ask(Call("GET", HOOKS), list[shapes.Hook])]

    def put_webhook(self, webhook: Webhook, secret: bytes) -> Webhook:
        """See `Jira.put_webhook`."""
        body = {
            "name": webhook.name,
            "url": webhook.url,
            "events": list(webhook.events),
            "filters": events_filter(webhook),
            "excludeBody": False,
            "enabled": webhook.is_enabled,
            "secret": secret_text(secret),
        }
        call = Call("POST", HOOKS, body=body)
        if webhook.webhook_id:
            call = Call("PUT", f"{HOOKS}/{checked_number(webhook.webhook_id, 'a webhook')}", body=body)
        return from_hook(self._calls.ask(call, shapes.Hook))


def named(fields: Sequence[str]) -> str:
    """Return the fields to ask a search for: of the id alone Cloud would answer the id alone, without the key."""
    return ",".join(fields) if set(fields) - {"id"} else "updated"


_: type[Jira] = CloudJira
