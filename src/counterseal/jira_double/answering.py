"""Which calls a Jira has, by flavour and version, and what it says to all others."""

import re
from urllib.parse import unquote

from counterseal.jira_double import platform, searching, service_desk, webhook_admin, world
from counterseal.jira_double.exchange import Answer, Call, Route, Stopped, as_html, as_json
from counterseal.jira_double.model import Flavour

# What stands before a Jira does not send these.
_MARKS = {
    Flavour.CLOUD: {"Atl-TraceId": "0" * 32},
    Flavour.DATA_CENTER: {"X-AREQUESTID": "180x1x1", "X-ANODEID": "node1"},
}


class Answering:
    """Finds the call that a request asks for, and answers it."""

    def __init__(self, flavour: Flavour, version: str) -> None:
        """Take the flavour, and on Data Center its version."""
        self._flavour, self._version = flavour, version
        self._routes = [(it.method, re.compile(it.path), it.handler) for it in self._all_routes()]

    def _all_routes(self) -> list[Route]:
        common = service_desk.ROUTES
        if self._flavour is Flavour.CLOUD:
            issue = "/rest/api/3/issue/([^/]+)"
            return [
                Route("GET", "/_edge/tenant_info", lambda _: as_json(200, {"cloudId": world.CLOUD_ID})),
                Route("GET", "/rest/api/3/serverInfo", self._server_info),
                Route("GET", "/rest/api/2/serverInfo", self._server_info),
                Route("GET", f"{issue}/changelog", platform.changelog),
                Route("GET", "/rest/api/3/user/groups", platform.user_groups),
                *searching.CLOUD,
                *platform.routes(3),
                *webhook_admin.routes(webhook_admin.CLOUD_PATH),
                *common,
            ]
        is_new = int(self._version.split(".")[0]) >= 10
        return [
            Route("GET", "/rest/api/2/serverInfo", self._server_info),
            *searching.DATA_CENTER,
            *platform.routes(2),
            *webhook_admin.routes(webhook_admin.NEW_PATH if is_new else webhook_admin.OLD_PATH),
            *common,
            *service_desk.DATA_CENTER,
        ]

    def answer(self, call: Call) -> Answer:
        """Return Jira's answer, with the headers by which it is known to be Jira's."""
        answer = self._answer(call)
        return answer._replace(headers={**answer.headers, **_MARKS[self._flavour]})

    def _answer(self, call: Call) -> Answer:
        """A path or method that Jira does not have is refused as it refuses them."""
        others = False
        for method, path, handler in self._routes:
            found = path.fullmatch(call.path)
            if found is None:
                continue
            if method != call.method:
                others = True
                continue
            try:
                return handler(call, *(unquote(it) for it in found.groups()))
            except Stopped as stopped:
                return stopped.answer
        if others:
            return as_html(405, "Method Not Allowed")
        message = f"null for uri: {call.base}{call.path}"
        return as_json(404, {"message": message, "status-code": 404})

    def _server_info(self, call: Call) -> Answer:
        """What everybody may ask."""
        is_cloud = self._flavour is Flavour.CLOUD
        version = "1001.0.0-SNAPSHOT" if is_cloud else self._version
        shape: dict[str, object] = {
            "baseUrl": call.base,
            "version": version,
            "versionNumbers": [int(it) for it in version.split("-")[0].split(".")],
            "deploymentType": "Cloud" if is_cloud else "Server",
            "buildNumber": 100_310 if is_cloud else 11_003_000,
            "buildDate": "2026-01-01T00:00:00.000+0000",
            "serverTime": call.shapes.stamp(call.site.clock()),
            "scmInfo": "0" * 40,
            "serverTitle": "Jira" if is_cloud else "Jira of the double",
        }
        if is_cloud:
            shape |= {"displayUrl": call.base, "defaultLocale": {"locale": "en_US"}}
        return as_json(200, shape)
