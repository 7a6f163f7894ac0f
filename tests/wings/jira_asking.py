"""Asks the double of Jira as a client without any knowledge would: for the tests of the double itself."""

import base64
import http.client
import json
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

from counterseal.jira_double import world
from counterseal.jira_double.double import JiraDouble
from counterseal.jira_double.model import Flavour, HandClock, Person

API = {Flavour.CLOUD: "/rest/api/3", Flavour.DATA_CENTER: "/rest/api/2"}


class Reply(NamedTuple):
    """What came back."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Client:
    """Asks the double over HTTP as one person."""

    def __init__(self, double: JiraDouble, person: Person | None = world.ROBOT, *, prefix: str = "") -> None:
        self.double = double
        self.api = prefix + API[double.flavour]
        self.prefix = prefix
        self.headers = {"Content-Type": "application/json"}
        if person:
            self.token = double.token(person)
            basic = base64.b64encode(f"{person.email}:{self.token}".encode()).decode()
            is_cloud = double.flavour is Flavour.CLOUD
            self.headers["Authorization"] = f"Basic {basic}" if is_cloud else f"Bearer {self.token}"

    def ask(self, method: str, path: str, sent: object = None, **query: object) -> Reply:
        place = urlsplit(self.double.url)
        connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=10)
        try:
            target = f"{path}?{urlencode(query)}" if query else path
            body = None if sent is None else json.dumps(sent)
            connection.request(method, target, body, self.headers)
            answer = connection.getresponse()
            return Reply(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def get(self, path: str, **query: object) -> Reply:
        return self.ask("GET", f"{self.api}/{path}", **query)

    def post(self, path: str, sent: object) -> Reply:
        return self.ask("POST", f"{self.api}/{path}", sent)

    def found(self, jql: str, **more: object) -> Reply:
        word = "search/jql" if self.double.flavour is Flavour.CLOUD else "search"
        return self.get(word, jql=jql, **more)

    def ids(self, jql: str) -> list[str]:
        return [it["id"] for it in self.found(jql).json["issues"]]


def clock_of(double: JiraDouble) -> HandClock:
    """Return the double's clock, which is moved by hand."""
    assert isinstance(double.clock, HandClock)
    return double.clock
