"""Jira Service Management's calls: approval rounds and comments of requests."""

from counterseal.jira_double.exchange import Answer, Call, Route, Stopped, as_html, as_json
from counterseal.jira_double.model import Issue, RefusedChange, Round

_PAST = {"approve": "approved", "decline": "declined"}


def _error(status: int, message: str) -> Answer:
    """Return an error in the shape of this part of Jira, which is not the platform's."""
    return as_json(status, {"errorMessage": message, "i18nErrorMessage": {"i18nKey": "", "parameters": []}})


def info(call: Call) -> Answer:
    """The one call that answers without a licence as well."""
    return as_json(
        200,
        {
            "version": "5.12.0",
            "platformVersion": "1001.0.0" if call.is_cloud else "11.3.0",
            "isLicensedForUse": call.site.is_service_desk_licensed,
            "_links": {"self": f"{call.base}/rest/servicedeskapi/info"},
        },
    )


def _request(call: Call, name: str) -> Issue:
    """Return the ticket of a service project.

    Raises:
        Stopped: the product is not licensed (a page, not JSON), nobody asks, or it is no request or not to be seen.
    """
    if not call.site.is_service_desk_licensed:
        raise Stopped(as_html(403, "Forbidden (403)", "Encountered a 403 - Forbidden error while loading this page."))
    if call.viewer is None:
        raise Stopped(_error(401, "User is not authenticated. Authentication is required."))
    issue = call.site.find(name)
    if issue is None or not call.site.may_see(call.viewer, issue) or not issue.project.is_service:
        raise Stopped(_error(404, "The request you are trying to view does not exist."))
    return issue


def _page(call: Call, here: str, values: list[object]) -> Answer:
    start, size = call.number("start", 0), call.page("limit")
    page = values[start : start + size]
    is_last = start + size >= len(values)
    links = {"self": f"{here}?start={start}&limit={size}", "base": call.base, "context": ""}
    if not is_last:
        links["next"] = f"{here}?start={start + size}&limit={size}"
    shape = {"size": len(page), "start": start, "limit": size, "isLastPage": is_last, "values": page, "_links": links}
    return as_json(200, shape)


def request(call: Call, name: str) -> Answer:
    issue = _request(call, name)
    shape = {"issueId": issue.issue_id, "issueKey": issue.issue_key, "requestTypeId": "1", "serviceDeskId": "1"}
    return as_json(200, {**shape, "reporter": call.shapes.person(issue.reporter)})


def approvals(call: Call, name: str) -> Answer:
    issue = _request(call, name)
    here = f"{call.base}/rest/servicedeskapi/request/{name}/approval"
    return _page(call, here, [call.shapes.round(it, issue) for it in issue.rounds])


def _round(issue: Issue, number: str) -> Round:
    found = next((it for it in issue.rounds if it.round_id == number), None)
    if found is None:
        raise Stopped(_error(404, f"The approval {number} does not exist."))
    return found


def approval(call: Call, name: str, number: str) -> Answer:
    issue = _request(call, name)
    return as_json(200, call.shapes.round(_round(issue, number), issue))


def answer_approval(call: Call, name: str, number: str) -> Answer:
    issue = _request(call, name)
    one = _round(issue, number)
    decision = _PAST.get(str(call.json().get("decision")))
    if decision is None:
        return _error(400, "The decision must be one of: approve, decline.")
    try:
        call.site.decide(issue, one, call.person(), decision)
    except RefusedChange as refusal:
        return _error(403, str(refusal))
    return as_json(200, call.shapes.round(one, issue))


def approval_config(call: Call, name: str, number: str) -> Answer:
    _round(_request(call, name), number)
    return as_json(200, {"commentsRequiredWhenApprove": False, "commentsRequiredWhenDecline": False})


def comments(call: Call, name: str) -> Answer:
    issue = _request(call, name)
    shown = [it for it in issue.comments if call.asked("public" if it.is_public else "internal", "true") == "true"]
    here = f"{call.base}/rest/servicedeskapi/request/{name}/comment"
    return _page(call, here, [call.shapes.desk_comment(it, issue) for it in shown])


def add_comment(call: Call, name: str) -> Answer:
    """The body is plain text on both flavours. What does not say `public` is public."""
    issue = _request(call, name)
    by = call.writer("comment on this request")
    sent = call.json()
    text = sent.get("body")
    if not isinstance(text, str) or not text:
        return _error(400, "The comment body must not be empty.")
    comment = call.site.comment(issue, by, text, is_public=sent.get("public", True) is not False)
    return as_json(201, call.shapes.desk_comment(comment, issue))


_REQUEST = "/rest/servicedeskapi/request/([^/]+)"
ROUTES = [
    Route("GET", "/rest/servicedeskapi/info", info),
    Route("GET", _REQUEST, request),
    Route("GET", f"{_REQUEST}/approval", approvals),
    Route("GET", f"{_REQUEST}/approval/([^/]+)", approval),
    Route("POST", f"{_REQUEST}/approval/([^/]+)", answer_approval),
    Route("GET", f"{_REQUEST}/comment", comments),
    Route("POST", f"{_REQUEST}/comment", add_comment),
]
DATA_CENTER = [Route("GET", f"{_REQUEST}/approval/([^/]+)/config", approval_config)]
