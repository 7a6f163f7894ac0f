"""What an answer means that is not the one that was asked for: never "no such ticket" but where Jira itself says so."""

from collections.abc import Callable
from http import HTTPStatus

from counterseal.errors import (
    CountersealError,
    Denied,
    Gone,
    NotFound,
    NotSignedIn,
    OtherAnswer,
    Refused,
    Unreachable,
    Unsettled,
)
from counterseal.jira.sending import Answer, Asked
from counterseal.jira.words import jiras_words, json_object

MENDING = "make a new token in Jira and put it in the old one's place; `counterseal doctor jira` looks again"

# com.atlassian.seraph names these; the first two also mean that a captcha waits in the browser.
_DEAD = {"AUTHENTICATION_DENIED", "AUTHENTICATED_FAILED", "AUTHORISATION_FAILED", "AUTHORIZATION_FAILED"}

# One of them shows that Jira itself answered, and not what stands before it.
_HEADERS_OF_JIRA = ("X-Seraph-LoginReason", "X-AREQUESTID", "X-ANODEID", "X-AUSERNAME", "X-AACCOUNTID", "Atl-TraceId")
_KEYS_OF_JIRA = {"errorMessages", "errors", "errorMessage", "status-code"}


def login_reasons(answer: Answer) -> frozenset[str]:
    """Return what Jira says about our signing in, in capitals; the header may come several times."""
    said = answer.headers.get("X-Seraph-LoginReason", "")
    return frozenset(word.strip().upper() for word in said.split(",") if word.strip())


def is_to_nobody(answer: Answer) -> bool:
    """Tell whether an answer looks like one to somebody who did not sign in."""
    return answer.headers.get("X-AUSERNAME", "").lower() == "anonymous" or "OUT" in login_reasons(answer)


def is_page(answer: Answer) -> bool:
    """Tell whether an answer is a page for people."""
    return "html" in answer.headers.get("Content-Type", "").lower() or answer.content.lstrip()[:1] == b"<"


def failure_of(answer: Answer, asked: Asked, blot: Callable[[str], str]) -> CountersealError | None:
    """Return what went wrong, None where the answer is the one asked for. `blot` takes the token out of a text."""
    if login_reasons(answer) & _DEAD:
        return _not_signed_in(answer, asked, blot)
    for means in (_by_status, _by_what_stands_before, _by_refusal):
        failure = means(answer, asked, blot)
        if failure:
            return failure
    return None


def _by_status(answer: Answer, asked: Asked, blot: Callable[[str], str]) -> CountersealError | None:
    match answer.status:
        case HTTPStatus.UNAUTHORIZED:
            return _not_signed_in(answer, asked, blot)
        case HTTPStatus.GONE:
            return Gone(f"this Jira no longer offers {asked.name}", hint="a newer Counterseal may ask another way")
        case HTTPStatus.REQUEST_TIMEOUT | HTTPStatus.TOO_EARLY:
            return Unreachable(f"Jira did not answer {asked.name} in time (HTTP {answer.status})")
        case status if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            kind = Unreachable if asked.is_repeatable else Unsettled
            return kind(_said(f"Jira answered {asked.name} with a fault of its own (HTTP {status})", answer, blot))
    return None


def _by_what_stands_before(answer: Answer, asked: Asked, _blot: Callable[[str], str]) -> CountersealError | None:
    """Tell a proxy, a sign-in page or a wrong address from Jira."""
    is_refusal = answer.status >= HTTPStatus.BAD_REQUEST
    if answer.status < HTTPStatus.OK or HTTPStatus.MULTIPLE_CHOICES <= answer.status < HTTPStatus.BAD_REQUEST:
        what = "the way to another address"
    elif not is_refusal and is_page(answer):
        what = "a page"
    elif answer.status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED or (is_refusal and not _is_by_jira(answer)):
        what = "something that is not Jira's"
    else:
        return None
    return OtherAnswer(
        f"{asked.name} was answered with {what} (HTTP {answer.status})",
        hint="look at the address of Jira, and at what stands before it: a proxy, or a sign-in",
    )


def _by_refusal(answer: Answer, asked: Asked, blot: Callable[[str], str]) -> CountersealError | None:
    match answer.status:
        case status if status < HTTPStatus.BAD_REQUEST:
            return None
        case HTTPStatus.FORBIDDEN:
            return Denied(
                _said(f"Jira does not allow {asked.name}", answer, blot),
                hint="give the user of the token the permission, or the token the scope",
            )
        case HTTPStatus.NOT_FOUND:
            return NotFound(
                _said(f"Jira finds nothing for {asked.name}", answer, blot),
                hint="it is not there, or the user of the token may not see it",
            )
    return Refused(_said(f"Jira does not take {asked.name}", answer, blot))


def _is_by_jira(answer: Answer) -> bool:
    if any(name in answer.headers for name in _HEADERS_OF_JIRA):
        return True
    said = json_object(answer.content)
    if answer.status != HTTPStatus.NOT_FOUND:
        return said is not None
    # A gateway that knows no such way says so in JSON too. Only Jira can say that there is no such ticket.
    return bool(said and said.keys() & _KEYS_OF_JIRA)


def _not_signed_in(answer: Answer, asked: Asked, blot: Callable[[str], str]) -> CountersealError:
    if "scope does not match" in jiras_words(answer.content):
        return Denied(f"the token lacks the scope for {asked.name}", hint="make a token with that scope")
    reasons = login_reasons(answer) & _DEAD
    why = f" ({', '.join(sorted(reasons))})" if reasons else ""
    hint = MENDING
    if "AUTHENTICATION_DENIED" in reasons:
        hint = f"sign in once in a browser, where a captcha may wait; else {MENDING}"
    return NotSignedIn(
        _said(f"Jira does not know the token: {asked.name} was answered to nobody{why}", answer, blot), hint=hint
    )


def _said(sentence: str, answer: Answer, blot: Callable[[str], str]) -> str:
    words = blot(jiras_words(answer.content))
    return f"{sentence}: {words}" if words else sentence
