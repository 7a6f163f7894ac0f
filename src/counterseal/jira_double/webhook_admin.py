"""The administration of webhooks: one path on Cloud, another on Data Center since 10.0."""

from typing import Any

from counterseal.jira_double.exchange import Answer, Call, Route, Stopped, as_json, errors
from counterseal.jira_double.model import Hook

CLOUD_PATH = OLD_PATH = "/rest/webhooks/1.0/webhook"
NEW_PATH = "/rest/jira-webhook/1.0/webhooks"
ISSUE_FILTER = "issue-related-events-section"


def _administrator(call: Call) -> None:
    if not call.person().is_administrator:
        raise Stopped(errors(403, "You do not have permission to administer webhooks."))


def _is_new(call: Call) -> bool:
    return call.path.startswith(NEW_PATH)


def _shape(call: Call, hook: Hook) -> dict[str, Any]:
    """Return a webhook as it is read back: never with its secret."""
    shape = {
        "name": hook.name,
        "url": hook.url,
        "events": list(hook.events),
        "excludeBody": hook.excludes_body,
        "filters": {ISSUE_FILTER: hook.jql} if hook.jql else {},
    }
    if not _is_new(call):
        return {**shape, "enabled": hook.is_enabled, "self": f"{call.base}{call.path.rstrip('/')}/{hook.hook_id}"}
    return {
        "id": int(hook.hook_id),
        **shape,
        "active": hook.is_enabled,
        "configuration": {},
        "sslVerificationRequired": True,
    }


def _read(call: Call, hook: Hook) -> Hook:
    """Read what was sent over a webhook: an absent secret leaves the old one."""
    sent = call.json()
    missing = {it: f"{it} is required" for it in ("name", "url", "events") if not sent.get(it)}
    if missing:
        raise Stopped(errors(400, **missing))
    hook.name, hook.url, hook.events = sent["name"], sent["url"], tuple(sent["events"])
    hook.jql = str(sent.get("filters", {}).get(ISSUE_FILTER, ""))
    hook.excludes_body = bool(sent.get("excludeBody"))
    hook.is_enabled = bool(sent.get("active" if _is_new(call) else "enabled", True))
    # [R] Cloud takes the secret beside the name. Data Center takes it in the configuration, and passes over any other.
    # Before 10 it signs nothing.
    told = sent.get("secret") if call.is_cloud else None
    if _is_new(call):
        told = (sent.get("configuration") or {}).get("SECRET")
    hook.secret = str(told or hook.secret)
    return hook


def list_hooks(call: Call) -> Answer:
    _administrator(call)
    return as_json(200, [_shape(call, it) for it in call.site.hooks.values()])


def make_hook(call: Call) -> Answer:
    _administrator(call)
    hook = _read(call, Hook(hook_id=call.site.next_id(), name="", url="", events=()))
    call.site.hooks[hook.hook_id] = hook
    return as_json(201, _shape(call, hook))


def _known(call: Call, number: str) -> Hook:
    _administrator(call)
    if number not in call.site.hooks:
        raise Stopped(errors(404, f"Webhook with ID {number} does not exist"))
    call.path = call.path.rsplit("/", 1)[0]
    return call.site.hooks[number]


def get_hook(call: Call, number: str) -> Answer:
    return as_json(200, _shape(call, _known(call, number)))


def change_hook(call: Call, number: str) -> Answer:
    return as_json(200, _shape(call, _read(call, _known(call, number))))


def delete_hook(call: Call, number: str) -> Answer:
    del call.site.hooks[_known(call, number).hook_id]
    return Answer(204)


def routes(path: str) -> list[Route]:
    """Return the calls under the path that this Jira has for them."""
    return [
        Route("GET", f"{path}/?", list_hooks),
        Route("POST", f"{path}/?", make_hook),
        Route("GET", f"{path}/([^/]+)", get_hook),
        Route("PUT", f"{path}/([^/]+)", change_hook),
        Route("DELETE", f"{path}/([^/]+)", delete_hook),
    ]
