"""The platform's calls: `/rest/api/3` on Cloud, `/rest/api/2` on Data Center."""

from typing import Any

from counterseal.jira_double import world
from counterseal.jira_double.exchange import Answer, Call, Route, Stopped, as_json, errors, refused
from counterseal.jira_double.model import RefusedChange
from counterseal.jira_double.rich_text import plain
from counterseal.jira_double.shapes import parse_value
from counterseal.jira_double.site import PROPERTY_LIMIT

PERMISSIONS = (
    "BROWSE_PROJECTS",
    "CREATE_ISSUES",
    "ADD_COMMENTS",
    "TRANSITION_ISSUES",
    "EDIT_ISSUES",
    "LINK_ISSUES",
    "ADMINISTER",
)


def myself(call: Call) -> Answer:
    person = call.person()
    shape = {**(call.shapes.person(person) or {}), "locale": "en_US"}
    if "groups" in call.asked("expand"):
        shape["groups"] = _groups(call, person)
    return as_json(200, shape)


def _groups(call: Call, person: Any) -> dict[str, Any]:
    names = call.shapes.group_names(person)
    return {"size": len(names), "items": names}


def field(call: Call) -> Answer:
    """Nobody in particular is shown the fields of the system only."""
    specs = [it for it in call.site.fields.values() if call.viewer is not None or not it.is_custom]
    return as_json(200, [call.shapes.field(it) for it in specs])


def mypermissions(call: Call) -> Answer:
    asked = [it for it in call.asked("permissions").split(",") if it]
    if call.is_cloud and not asked:
        return errors(400, "The 'permissions' query parameter is required.")
    unknown = [it for it in asked if it not in PERMISSIONS]
    if unknown:
        return errors(400, f"Unrecognized permission: {unknown[0]}")
    if issue := call.asked("issueKey") or call.asked("issueId"):
        call.issue(issue)
    if (project := call.asked("projectKey")) and project not in call.site.projects:
        return errors(404, f"No project could be found with key '{project}'.")
    person = call.viewer
    held = {
        name: person is not None
        and (person.is_administrator if name == "ADMINISTER" else name == "BROWSE_PROJECTS" or person.may_write)
        for name in asked or PERMISSIONS
    }
    return as_json(
        200,
        {
            "permissions": {
                name: {"id": str(number), "key": name, "name": name, "type": "PROJECT", "havePermission": has}
                for number, (name, has) in enumerate(held.items())
            }
        },
    )


def user_search(call: Call) -> Answer:
    """Nobody in particular finds nobody. Addresses that are not shown are not searched either."""
    text = call.asked("query" if call.is_cloud else "username").casefold()
    if not text:
        return errors(400, "The query or username parameter is required.")
    found = [
        it
        for it in call.site.people.values()
        if any(text in word.casefold() for word in (it.display_name, it.name, it.email if it.shows_email else ""))
    ]
    start = call.number("startAt", 0)
    page = found[start : start + call.page()] if call.viewer is not None else []
    return as_json(200, [call.shapes.person(it) for it in page])


def user(call: Call) -> Answer:
    call.person()
    named = call.asked("accountId") if call.is_cloud else call.asked("username") or call.asked("key")
    person = call.site.who(named)
    if person is None:
        return errors(404, "The user does not exist or you do not have the required permissions.")
    shape = call.shapes.person(person) or {}
    if "groups" in call.asked("expand"):
        shape["groups"] = _groups(call, person)
    return as_json(200, shape)


def user_property(call: Call, key: str) -> Answer:
    call.person()
    person = call.site.who(call.asked("accountId") if call.is_cloud else call.asked("username"))
    if person is None:
        return errors(404, "The user does not exist or you do not have the required permissions.")
    held = call.site.user_properties
    if (person.account_id, key) not in held:
        return errors(404, f"The property with key '{key}' does not exist.")
    return as_json(200, {"key": key, "value": held[person.account_id, key]})


def user_groups(call: Call) -> Answer:
    call.person()
    person = call.site.who(call.asked("accountId"))
    if person is None:
        return errors(404, "The user does not exist or you do not have the required permissions.")
    return as_json(200, call.shapes.group_names(person))


def project(call: Call, name: str) -> Answer:
    found = call.site.projects.get(name) or next(
        (it for it in call.site.projects.values() if it.project_id == name), None
    )
    if found is None or (call.viewer is None and not found.is_public):
        return errors(404, f"No project could be found with key '{name}'.")
    types = [{"id": number, "name": it, "subtask": False} for it, number in world.ISSUE_TYPES.items()]
    return as_json(200, {**call.shapes.project(found), "issueTypes": types})


def get_issue(call: Call, name: str) -> Answer:
    issue = call.issue(name)
    shape = call.shapes.issue(issue, call.asked("fields", "*all"))
    if "changelog" in call.asked("expand"):
        shape["changelog"] = call.shapes.changelog(issue.histories, call.page_limit)
    if asked := call.asked("properties"):
        names = asked.split(",")
        shape["properties"] = {it: value for it, value in issue.properties.items() if it in names or "*all" in names}
    return as_json(200, shape)


def create_issue(call: Call) -> Answer:
    by = call.writer("create issues in this project")
    sent = call.json().get("fields", {})
    project_named = sent.pop("project", {})
    kind = sent.pop("issuetype", {})
    named = [it for it, number in world.ISSUE_TYPES.items() if number == kind.get("id")] or [str(kind.get("name"))]
    keys = [it.project_key for it in call.site.projects.values() if it.project_id == project_named.get("id")]
    try:
        issue = call.site.create((keys or [project_named.get("key", "")])[0], named[0], by, _values(call, sent))
    except RefusedChange as refusal:
        return refused(refusal)
    return as_json(
        201, {"id": issue.issue_id, "key": issue.issue_key, "self": f"{call.shapes.api}/issue/{issue.issue_id}"}
    )


def edit_issue(call: Call, name: str) -> Answer:
    issue = call.issue(name)
    by = call.writer("edit issues in this project")
    try:
        call.site.edit(issue, by, _values(call, call.json().get("fields", {})))
    except RefusedChange as refusal:
        return refused(refusal)
    return Answer(204)


def _values(call: Call, sent: dict[str, Any]) -> dict[str, Any]:
    values, wrong = {}, {}
    for field_id, value in sent.items():
        spec = call.site.fields.get(field_id)
        try:
            values[field_id] = parse_value(spec, value, call.site) if spec else value
        except ValueError as failure:
            wrong[field_id] = str(failure)
    if wrong:
        raise RefusedChange(errors=wrong)
    return values


def delete_issue(call: Call, name: str) -> Answer:
    call.site.delete(call.issue(name), call.writer("delete issues in this project"))
    return Answer(204)


def changelog(call: Call, name: str) -> Answer:
    """Cloud only: all of it, oldest first, page by page."""
    issue = call.issue(name)
    start, size = call.number("startAt", 0), call.page(otherwise=100)
    total = len(issue.histories)
    here = f"{call.shapes.api}/issue/{name}/changelog"
    shape = {
        "self": f"{here}?startAt={start}&maxResults={size}",
        "maxResults": size,
        "startAt": start,
        "total": total,
        "isLast": start + size >= total,
        "values": [call.shapes.history(it) for it in issue.histories[start : start + size]],
    }
    if not shape["isLast"]:
        shape["nextPage"] = f"{here}?startAt={start + size}&maxResults={size}"
    return as_json(200, shape)


def get_comments(call: Call, name: str) -> Answer:
    issue = call.issue(name)
    start, size = call.number("startAt", 0), call.page()
    page = [call.shapes.comment(it, issue) for it in issue.comments[start : start + size]]
    return as_json(200, {"startAt": start, "maxResults": size, "total": len(issue.comments), "comments": page})


def add_comment(call: Call, name: str) -> Answer:
    """On a service project this is public, unless the property that Jira Service Management knows says otherwise."""
    issue = call.issue(name)
    by = call.writer("comment on this issue")
    sent = call.json()
    try:
        text = plain(sent.get("body")) if call.is_cloud else sent.get("body")
    except (ValueError, KeyError):
        return errors(400, comment="Comment body is not valid!")
    if not isinstance(text, str) or not text:
        return errors(400, comment="Comment body can not be empty!")
    told = [it.get("value", {}) for it in sent.get("properties", []) if it.get("key") == "sd.public.comment"]
    comment = call.site.comment(issue, by, text, is_public=not any(it.get("internal") is True for it in told))
    return as_json(201, call.shapes.comment(comment, issue))


def list_properties(call: Call, name: str) -> Answer:
    issue = call.issue(name)
    here = f"{call.shapes.api}/issue/{issue.issue_id}/properties"
    return as_json(200, {"keys": [{"self": f"{here}/{it}", "key": it} for it in issue.properties]})


def get_property(call: Call, name: str, key: str) -> Answer:
    issue = call.issue(name)
    if key not in issue.properties:
        return errors(404, f"The property with key '{key}' does not exist.")
    return as_json(200, {"key": key, "value": issue.properties[key]})


def put_property(call: Call, name: str, key: str) -> Answer:
    issue = call.issue(name)
    by = call.writer("edit issues in this project")
    if len(call.body.decode()) > PROPERTY_LIMIT:
        return errors(400, f"The property value is too long. The maximum length is {PROPERTY_LIMIT} characters.")
    return as_json(201 if call.site.put_property(issue, key, call.any_json(), by) else 200, {})


def delete_property(call: Call, name: str, key: str) -> Answer:
    issue = call.issue(name)
    call.writer("edit issues in this project")
    return Answer(204 if issue.properties.pop(key, None) is not None else 404)


def get_links(call: Call, name: str) -> Answer:
    issue = call.issue(name)
    api = f"{call.shapes.api}/issue/{issue.issue_id}/remotelink"
    shown = [{"id": number, "self": f"{api}/{number}", **link} for number, link in issue.links.items()]
    global_id = call.asked("globalId")
    if not global_id:
        return as_json(200, shown)
    one = next((it for it in shown if it.get("globalId") == global_id), None)
    return as_json(200, one) if one else errors(404, "No remote issue link with that global ID exists.")


def put_link(call: Call, name: str) -> Answer:
    issue = call.issue(name)
    by = call.writer("link issues in this project")
    sent = call.json()
    told = sent.get("object")
    told = told if isinstance(told, dict) else {}
    missing = {it: f"'{it}' is required." for it in ("url", "title") if not told.get(it)}
    if missing or len(sent.get("globalId", "")) > 255:
        return errors(400, **(missing or {"globalId": "The global ID is longer than 255 characters."}))
    number, is_new = call.site.put_link(issue, sent, by)
    here = f"{call.shapes.api}/issue/{issue.issue_id}/remotelink/{number}"
    return as_json(201 if is_new else 200, {"id": number, "self": here})


def transitions(call: Call, name: str) -> Answer:
    """Who may not move a ticket is shown no way, and no error."""
    issue = call.issue(name)
    out = world.ways(issue.project, issue.status) if call.viewer is not None and call.viewer.may_write else ()
    shown = [
        {"id": it.transition_id, "name": it.name, "to": call.shapes.status(it.to), "hasScreen": False} for it in out
    ]
    return as_json(200, {"expand": "transitions", "transitions": shown})


def transition(call: Call, name: str) -> Answer:
    issue = call.issue(name)
    by = call.writer("transition this issue")
    told = call.json().get("transition", {})
    if not told.get("id"):
        raise Stopped(errors(400, "Missing 'transition' identifier"))
    try:
        call.site.transition(issue, str(told["id"]), by)
    except RefusedChange as refusal:
        return refused(refusal)
    return Answer(204)


def routes(version: int) -> list[Route]:
    """Return the calls that both flavours have, under their version."""
    api, issue = f"/rest/api/{version}", f"/rest/api/{version}/issue/([^/]+)"
    return [
        Route("GET", f"{api}/myself", myself),
        Route("GET", f"{api}/field", field),
        Route("GET", f"{api}/mypermissions", mypermissions),
        Route("GET", f"{api}/user/search", user_search),
        Route("GET", f"{api}/user", user),
        Route("GET", f"{api}/user/properties/([^/]+)", user_property),
        Route("GET", f"{api}/project/([^/]+)", project),
        Route("POST", f"{api}/issue", create_issue),
        Route("GET", issue, get_issue),
        Route("PUT", issue, edit_issue),
        Route("DELETE", issue, delete_issue),
        Route("GET", f"{issue}/comment", get_comments),
        Route("POST", f"{issue}/comment", add_comment),
        Route("GET", f"{issue}/properties", list_properties),
        Route("GET", f"{issue}/properties/([^/]+)", get_property),
        Route("PUT", f"{issue}/properties/([^/]+)", put_property),
        Route("DELETE", f"{issue}/properties/([^/]+)", delete_property),
        Route("GET", f"{issue}/remotelink", get_links),
        Route("POST", f"{issue}/remotelink", put_link),
        Route("GET", f"{issue}/transitions", transitions),
        Route("POST", f"{issue}/transitions", transition),
    ]
