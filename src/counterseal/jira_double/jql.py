"""The small part of Jira's query language that the double understands; it refuses the rest as Jira does."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from counterseal.jira_double.model import Issue, Person
from counterseal.jira_double.site import Site

Test = Callable[[Issue], bool]

_TOKEN = re.compile(r"""\s*(?:("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(>=|<=|!=|[=<>(),])|([^\s=<>!(),"']+))""")
_SPAN = re.compile(r"-(\d+)([mhdw])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_DAY_FORMATS = ("%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M", "%Y-%m-%d", "%Y/%m/%d")
_ORDERS = {"updated", "created", "key", "id", "issuekey", "status"}


class JqlError(Exception):
    """The query is none, or names what is not there; the text is Jira's message."""


class Query(NamedTuple):
    """A query read: what it lets through, in which order, and whether anything bounds it."""

    tests: tuple[Test, ...]
    orders: tuple[tuple[str, bool], ...]

    @property
    def is_bounded(self) -> bool:
        """Say whether it leaves anything out."""
        return bool(self.tests)

    def find(self, issues: Iterable[Issue]) -> list[Issue]:
        """Return what fits, in order; without an order, the newest ticket comes first."""
        found = [it for it in issues if all(test(it) for test in self.tests)]
        found.sort(key=lambda it: int(it.issue_id), reverse=True)
        for field, is_descending in reversed(self.orders):
            found.sort(key=lambda it: _place(it, field), reverse=is_descending)
        return found


def _place(issue: Issue, field: str) -> tuple[str, float]:
    match field:
        case "updated" | "created":
            return "", getattr(issue, field).timestamp()
        case "key" | "issuekey":
            project, number = issue.issue_key.rsplit("-", 1)
            return project, float(number)
        case "id":
            return "", float(issue.issue_id)
    return issue.status, 0.0


def read_jql(text: str, site: Site, viewer: Person | None) -> Query:
    """Read a query as this person asks it: their time zone is the query's.

    Raises:
        JqlError: with the message that Jira would give.
    """
    return _Reader(text, site, viewer).query()


class _Reader:
    def __init__(self, text: str, site: Site, viewer: Person | None) -> None:
        self._words: list[tuple[str, bool]] = []
        at = 0
        while text[at:].strip():
            found = _TOKEN.match(text, at)
            if found is None:
                raise JqlError(f"Error in the JQL Query: the character '{text[at:].strip()[0]}' is not expected here.")
            quoted, sign, word = found.groups()
            self._words.append((re.sub(r"\\(.)", r"\1", quoted[1:-1]), True) if quoted else (sign or word, False))
            at = found.end()
        self._site, self._viewer = site, viewer
        self._zone = viewer.zone if viewer else UTC

    def query(self) -> Query:
        tests = []
        if self._words and not self._next_is("order"):
            tests.append(self._clause())
            while self._next_is("and"):
                self._take()
                tests.append(self._clause())
        orders = self._orders() if self._next_is("order") else []
        if self._words:
            raise JqlError(f"Error in the JQL Query: Expecting either 'OR' or 'AND' but got '{self._words[0][0]}'.")
        return Query(tuple(tests), tuple(orders))

    def _next_is(self, word: str) -> bool:
        return bool(self._words) and not self._words[0][1] and self._words[0][0].lower() == word

    def _take(self) -> str:
        if not self._words:
            raise JqlError("Error in the JQL Query: the query ends too early.")
        return self._words.pop(0)[0]

    def _clause(self) -> Test:
        field = self._take().lower()
        sign = self._take().lower()
        if sign == "not" and self._next_is("in"):
            sign = "not " + self._take().lower()
        if sign not in {"=", "!=", "in", "not in", ">=", ">", "<=", "<"}:
            raise JqlError(f"Error in the JQL Query: Expecting an operator but got '{sign}'.")
        if field in {"updated", "created"}:
            return self._time_test(field, sign, self._take())
        names = self._list() if sign.endswith("in") else [self._take()]
        if sign in {">=", ">", "<=", "<"}:
            raise JqlError(f"The operator '{sign}' is not supported by the '{field}' field.")
        test = self._names_test(field, names)
        return (lambda it: not test(it)) if sign in {"!=", "not in"} else test

    def _list(self) -> list[str]:
        if self._take() != "(":
            raise JqlError("Error in the JQL Query: Expecting '(' after 'in'.")
        names = [self._take()]
        while (sign := self._take()) == ",":
            names.append(self._take())
        if sign != ")":
            raise JqlError(f"Error in the JQL Query: Expecting ')' but got '{sign}'.")
        return names

    def _names_test(self, field: str, names: list[str]) -> Test:
        low = {it.lower() for it in names}
        match field:
            case "project":
                self._check_projects(names)
                return lambda it: bool(low & {it.project.project_key.lower(), it.project.project_id})
            case "key" | "issuekey" | "id" | "issue":
                ids = {self._known(name, field).issue_id for name in names}
                return lambda it: it.issue_id in ids
            case "labels":
                return lambda it: bool(low & {label.lower() for label in it.fields.get("labels") or ()})
            case "status":
                return lambda it: it.status.lower() in low
            case "issuetype" | "type":
                return lambda it: it.issue_type.lower() in low
        raise JqlError(f"Field '{field}' does not exist or you do not have permission to view it.")

    def _check_projects(self, names: list[str]) -> None:
        for name in names:
            known = [
                it for it in self._site.projects.values() if name.upper() == it.project_key or name == it.project_id
            ]
            if not known or (self._viewer is None and not known[0].is_public):
                raise JqlError(f"The value '{name}' does not exist for the field 'project'.")

    def _known(self, name: str, field: str) -> Issue:
        issue = self._site.find(name)
        if issue is None or not self._site.may_see(self._viewer, issue):
            raise JqlError(f"An issue with key '{name}' does not exist for field '{field}'.")
        return issue

    def _time_test(self, field: str, sign: str, text: str) -> Test:
        limit = self._time(text, field)
        match sign:
            case ">=":
                return lambda it: bool(getattr(it, field) >= limit)
            case ">":
                return lambda it: bool(getattr(it, field) > limit)
            case "<=":
                return lambda it: bool(getattr(it, field) <= limit)
            case "<":
                return lambda it: bool(getattr(it, field) < limit)
        raise JqlError(f"The operator '{sign}' is not supported by the '{field}' field.")

    def _time(self, text: str, field: str) -> datetime:
        if span := _SPAN.fullmatch(text):
            return self._site.clock() - timedelta(**{_UNITS[span[2]]: int(span[1])})
        if text.isdigit():
            return datetime.fromtimestamp(int(text) / 1000, UTC)
        for pattern in _DAY_FORMATS:
            try:
                # Minutes are the finest that JQL can write: a second in it is refused, as by Jira.
                return datetime.strptime(text, pattern).replace(tzinfo=self._zone)
            except ValueError:
                continue
        raise JqlError(
            f"Date value '{text}' for field '{field}' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', "
            "'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'."
        )

    def _orders(self) -> list[tuple[str, bool]]:
        self._take()
        if self._take().lower() != "by":
            raise JqlError("Error in the JQL Query: Expecting 'BY' after 'ORDER'.")
        orders = []
        while True:
            field = self._take().lower()
            if field not in _ORDERS:
                raise JqlError(f"Not able to sort using field '{field}'.")
            is_descending = self._next_is("desc")
            if is_descending or self._next_is("asc"):
                self._take()
            orders.append((field, is_descending))
            if not self._words or self._words[0][0] != ",":
                return orders
            self._take()
