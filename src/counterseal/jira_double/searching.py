"""Searches: Cloud's `search/jql` by tokens and without a total, Data Center's `search` by offset."""

import base64
import json
from typing import Any

from counterseal.jira_double.exchange import Answer, Call, Route, Stopped, as_json, errors
from counterseal.jira_double.jql import JqlError, Query, read_jql
from counterseal.jira_double.model import Issue

REMOVED = (
    "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. "
    "A full migration guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046"
)
UNBOUNDED = "Unbounded JQL queries are not allowed here. Please add a search restriction to your query."


def _sent(call: Call) -> dict[str, Any]:
    """Return what a search asks, from the query of a GET or the body of a POST, lists as lists."""
    if call.method == "POST":
        return call.json()
    names = ("jql", "nextPageToken", "fields", "expand", "reconcileIssues", "startAt", "maxResults")
    sent: dict[str, Any] = {it: call.asked(it) for it in names if call.asked(it)}
    for name in ("fields", "reconcileIssues"):
        if name in sent:
            sent[name] = sent[name].split(",")
    for name in ("startAt", "maxResults"):
        if name in sent:
            sent[name] = call.number(name, 0)
    return sent


def _query(call: Call, sent: dict[str, Any]) -> Query:
    try:
        return read_jql(str(sent.get("jql", "")), call.site, call.viewer)
    except JqlError as failure:
        raise Stopped(errors(400, str(failure))) from None


def _found(call: Call, query: Query, reconciled: list[str]) -> list[Issue]:
    """Return what the index holds; the tickets named for reconciliation as they really are."""
    fresh = {it: call.site.issues[it] for it in map(str, reconciled) if it in call.site.issues}
    known = {it.issue_id: it for it in call.searched} | fresh
    return query.find(it for it in known.values() if call.site.may_see(call.viewer, it))


def search_jql(call: Call) -> Answer:
    sent = _sent(call)
    query = _query(call, sent)
    if not query.is_bounded:
        return errors(400, UNBOUNDED)
    if len(sent.get("reconcileIssues", ())) > 50:
        return errors(400, "At most 50 issues can be reconciled.")
    start = _start(call, sent)
    size = min(sent.get("maxResults", 50), call.page_limit)
    found = _found(call, query, sent.get("reconcileIssues", []))
    fields = sent.get("fields") or ["id"]
    shape: dict[str, Any] = {
        "issues": [_shown(call, it, sent, fields) for it in found[start : start + size]],
        "isLast": start + size >= len(found),
    }
    if not shape["isLast"]:
        shape["nextPageToken"] = _token(start + size, sent)
    return as_json(200, shape)


def _shown(call: Call, issue: Issue, sent: dict[str, Any], fields: list[str]) -> dict[str, Any]:
    if fields == ["id"]:
        return {"id": issue.issue_id}
    shape = call.shapes.issue(issue, ",".join(fields))
    expand = sent.get("expand", "")
    if "changelog" in (expand if isinstance(expand, str) else ",".join(expand)):
        shape["changelog"] = call.shapes.changelog(issue.histories, call.page_limit)
    return shape


def _token(start: int, sent: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps([start, sent.get("jql")]).encode()).decode()


def _start(call: Call, sent: dict[str, Any]) -> int:
    """Read the token of a page; it serves for its own query only."""
    token = sent.get("nextPageToken")
    if not token:
        return 0
    try:
        start, jql = json.loads(base64.urlsafe_b64decode(str(token)))
    except ValueError:
        raise Stopped(errors(400, "Invalid nextPageToken")) from None
    if jql != sent.get("jql"):
        raise Stopped(errors(400, "The nextPageToken belongs to another query"))
    return int(start)


def search_removed(call: Call) -> Answer:
    return errors(410, REMOVED)


def search(call: Call) -> Answer:
    """Data Center: unbounded is fine, and every field is given unless some are named."""
    sent = _sent(call)
    found = _found(call, _query(call, sent), [])
    start, size = sent.get("startAt", 0), min(sent.get("maxResults", 50), call.page_limit)
    fields = sent.get("fields") or ["*navigable"]
    page = [_shown(call, it, sent, list(fields)) for it in found[start : start + size]]
    for shape in page:
        if fields == ["id"]:
            shape["key"] = call.site.issues[shape["id"]].issue_key
    return as_json(200, {"startAt": start, "maxResults": size, "total": len(found), "issues": page})


CLOUD = [
    Route("GET", "/rest/api/3/search/jql", search_jql),
    Route("POST", "/rest/api/3/search/jql", search_jql),
    *(Route(method, f"/rest/api/{it}/search", search_removed) for method in ("GET", "POST") for it in (2, 3)),
]
DATA_CENTER = [Route("GET", "/rest/api/2/search", search), Route("POST", "/rest/api/2/search", search)]
