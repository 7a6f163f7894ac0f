"""What the double was asked, kept for the tests: every request, without the token's value."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from counterseal.jira_double.exchange import Answer


@dataclass(slots=True, kw_only=True)
class Seen:
    """One request. `path` is what follows the context and the gateway; `answer` is None until there is one."""

    method: str
    whole_path: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    answer: Answer | None = None

    @property
    def status(self) -> int:
        """Return the status that was answered: 0 for none."""
        return self.answer.status if self.answer and not self.answer.is_cut else 0

    @property
    def text(self) -> str:
        """Return everything that the request said, for looking for what it must not say."""
        headers = "\n".join(f"{name}: {value}" for name, value in self.headers.items())
        line = f"{self.method} {self.whole_path}?{self.query}"
        return f"{line}\n{unquote(line)}\n{headers}\n\n{self.body.decode(errors='replace')}"


def without_token(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers in lower case, with the scheme of the authorization alone."""
    kept = {name.lower(): value for name, value in headers.items()}
    if "authorization" in kept:
        kept["authorization"] = kept["authorization"].split(" ")[0] + " (kept out)"
    return kept
