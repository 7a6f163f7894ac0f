"""Who gives tokens to an app of OAuth 2.0: refresh tokens that serve once (auth.atlassian.com, on real Clouds)."""

import json
from collections.abc import Callable
from datetime import timedelta
from itertools import count

from counterseal.jira_double.exchange import Answer, as_json
from counterseal.jira_double.model import Clock, Person

PATH = "/oauth/token"
ACCESS_LASTS = timedelta(hours=1)


class OAuthApp:
    """One app, and the refresh tokens that are good: each use of one gives another, and ends it."""

    client_id, client_secret = "app-of-counterseal", "canary-secret-of-the-app"

    def __init__(self, make_token: Callable[..., str], clock: Clock) -> None:
        """Take what makes access tokens, and the clock by which they end."""
        self._make_token, self._clock = make_token, clock
        self._good: dict[str, Person] = {}
        self._numbers = count(1)

    def grant(self, person: Person) -> str:
        """Return a new refresh token of a person's."""
        token = f"canary-refresh-{next(self._numbers)}"
        self._good[token] = person
        return token

    def revoke(self) -> None:
        """Let every refresh token be none, as when people take the right back."""
        self._good.clear()

    def answer(self, body: bytes) -> Answer:
        """Give an access token for a refresh token, and the next one with it."""
        sent = json.loads(body)
        if (sent.get("client_id"), sent.get("client_secret")) != (self.client_id, self.client_secret):
            return as_json(401, {"error": "access_denied", "error_description": "Unauthorized"})
        person = self._good.pop(sent.get("refresh_token", ""), None)
        if sent.get("grant_type") != "refresh_token" or person is None:
            return as_json(403, {"error": "unauthorized_client", "error_description": "refresh_token is invalid"})
        shape = {
            "access_token": self._make_token(person, is_scoped=True, until=self._clock() + ACCESS_LASTS),
            "refresh_token": self.grant(person),
            "expires_in": int(ACCESS_LASTS.total_seconds()),
            "token_type": "Bearer",
            "scope": "read:jira-work write:jira-work offline_access",
        }
        return as_json(200, shape)
