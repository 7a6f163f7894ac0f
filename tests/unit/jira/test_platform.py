"""What both flavours are asked alike: the same calls, the same readings."""

from datetime import UTC, datetime

import httpx2
import pytest
from tests.unit.jira.scripted import Scripted, as_json, errors, page, scripted

from counterseal.errors import Denied, MalformedInput, NotFound, NotSignedIn, OtherAnswer, Refused, Unsettled
from counterseal.jira.interface import (
    Field,
    Flavour,
    Icon,
    Issue,
    NewIssue,
    Person,
    RemoteLink,
    Server,
    Transition,
)

ISSUE = as_json(200, {"id": "10042", "key": "OPS-42", "fields": {"status": {"name": "Open"}}})
LINK = RemoteLink("system=counterseal&change=chg-1", "https://cs.example/c/1", "matched", "v2", is_resolved=True)
BOTH = pytest.mark.parametrize("flavour", list(Flavour))
API = {Flavour.CLOUD: "/rest/api/3", Flavour.DATA_CENTER: "/rest/api/2"}


@BOTH
def test_a_server_says_what_it_is(flavour: Flavour) -> None:
    info = {
        "deploymentType": "Any",
        "version": "11.3.0",
        "serverTitle": "Jira",
        "baseUrl": "https://jira.example",
        "serverTime": "2026-03-10T13:00:00.123+0100",
    }
    jira, _ = scripted(flavour, as_json(200, info))

    time = datetime(2026, 3, 10, 12, tzinfo=UTC)
    assert jira.server() == Server(flavour, "11.3.0", "Jira", "https://jira.example", time)


def test_a_server_without_a_clock_says_no_time() -> None:
    jira, _ = scripted(Flavour.CLOUD, as_json(200, {"deploymentType": "Cloud"}))

    assert jira.server().time is None


@BOTH
def test_fields_are_told_with_their_kind(flavour: Flavour) -> None:
    told = [
        {"id": "summary", "name": "Summary", "custom": False, "schema": {"type": "string", "system": "summary"}},
        {"id": "customfield_1", "name": "Secret", "custom": True, "schema": {"type": "string", "custom": "x:text"}},
        {"id": "thumbnail", "name": "Images"},
    ]
    jira, script = scripted(flavour, as_json(200, told))

    assert jira.fields() == [
        Field("summary", "Summary", is_custom=False, kind="string"),
        Field("customfield_1", "Secret", is_custom=True, kind="x:text"),
        Field("thumbnail", "Images"),
    ]
    assert script.asked == [f"GET {API[flavour]}/field"]


@BOTH
def test_a_ticket_is_read_wherever_it_moved_to(flavour: Flavour) -> None:
    jira, script = scripted(flavour, ISSUE, ISSUE)

    assert jira.issue("OLD-1") == Issue("10042", "OPS-42", {"status": {"name": "Open"}})
    jira.issue("10042", fields=("summary", "labels"))
    assert script.asked == [
        f"GET {API[flavour]}/issue/OLD-1?fields=%2Aall",
        f"GET {API[flavour]}/issue/10042?fields=summary%2Clabels",
    ]


@pytest.mark.parametrize("name", ["", "OPS", "OPS-", "OPS-1/../../x", "OPS-1?x", "../10042", "1 2", "OPS-٣", "42\n"])
def test_what_is_no_key_is_not_put_in_a_path(name: str) -> None:
    jira, script = scripted(Flavour.CLOUD)

    for ask in (jira.issue, jira.history, jira.approvals, jira.transitions):
        with pytest.raises(Refused, match="is no id and no key of a ticket"):
            ask(name)

    assert script.asked == []


# ------------------------------------------------------------------ approvals


def rounds(*values: object, start: int = 0, is_last: bool = True) -> httpx2.Response:
    return as_json(200, {"start": start, "limit": 100, "isLastPage": is_last, "values": list(values)})


@BOTH
def test_approval_rounds_are_read_to_the_last(flavour: Flavour) -> None:
    first, second = {"id": "1", "finalDecision": "declined"}, {"id": "2", "finalDecision": "approved"}
    jira, script = scripted(flavour, rounds(first, is_last=False), rounds(second, start=1))

    assert jira.approvals("10042") == [first, second]
    assert script.asked == [
        "GET /rest/servicedeskapi/request/10042/approval?start=0&limit=100",
        "GET /rest/servicedeskapi/request/10042/approval?start=1&limit=100",
    ]


def test_a_request_without_approvals_has_none_and_is_a_request_still() -> None:
    assert scripted(Flavour.CLOUD, rounds())[0].approvals("10042") == []


NO_REQUEST = as_json(404, {"errorMessage": "The request you are trying to view does not exist."})


def test_a_ticket_that_is_no_request_has_no_approvals() -> None:
    assert scripted(Flavour.CLOUD, NO_REQUEST, ISSUE)[0].approvals("10042") is None


def test_approvals_of_a_ticket_that_is_not_there_are_not_none() -> None:
    jira, _ = scripted(Flavour.CLOUD, NO_REQUEST, errors(404, "Issue does not exist"))

    with pytest.raises(NotFound, match="GET /rest/api/3/issue/10042"):
        jira.approvals("10042")


@pytest.mark.parametrize("forbidden", [page(403), page(403, X_AREQUESTID="1")])
def test_where_service_management_has_no_licence_there_are_no_approvals(forbidden: httpx2.Response) -> None:
    jira, script = scripted(Flavour.DATA_CENTER, forbidden, as_json(200, {"isLicensedForUse": False}))

    assert jira.approvals("10042") is None
    assert script.asked[-1] == "GET /rest/servicedeskapi/info"


def test_where_it_has_a_licence_a_refusal_is_one() -> None:
    jira, _ = scripted(Flavour.DATA_CENTER, errors(403), as_json(200, {"isLicensedForUse": True}))

    with pytest.raises(Denied, match="approval"):
        jira.approvals("10042")


@pytest.mark.parametrize("info", [page(200), page(403)])
def test_a_page_in_both_places_is_not_jiras(info: httpx2.Response) -> None:
    with pytest.raises(OtherAnswer):
        scripted(Flavour.DATA_CENTER, page(403), info)[0].approvals("10042")


def test_a_dead_token_is_no_missing_licence() -> None:
    jira, script = scripted(Flavour.DATA_CENTER, page(403, X_Seraph_LoginReason="AUTHENTICATED_FAILED"))

    with pytest.raises(NotSignedIn):
        jira.approvals("10042")

    assert len(script.requests) == 1


@pytest.mark.parametrize(
    "pages", [[rounds(is_last=False)], [rounds({"id": "1"}, is_last=False), rounds({"id": "1"}, start=0)]]
)
def test_rounds_that_lead_nowhere_are_refused(pages: list[Scripted]) -> None:
    with pytest.raises(MalformedInput, match="approval was answered with"):
        scripted(Flavour.CLOUD, *pages)[0].approvals("10042")


# ------------------------------------------------------------------ answering


@BOTH
def test_a_comment_on_a_request_is_never_public(flavour: Flavour) -> None:
    jira, script = scripted(flavour, as_json(201, {"id": "1"}))

    jira.comment("10042", "matched {color:red}", is_service_request=True)

    assert script.asked == ["POST /rest/servicedeskapi/request/10042/comment"]
    assert script.body == {"body": r"matched \{color:red\}", "public": False}


@BOTH
def test_a_comment_elsewhere_would_be_internal_too(flavour: Flavour) -> None:
    jira, script = scripted(flavour, as_json(201, {"id": "1"}))

    jira.comment("10042", "matched", is_service_request=False)

    assert script.asked == [f"POST {API[flavour]}/issue/10042/comment"]
    assert script.body["properties"] == [{"key": "sd.public.comment", "value": {"internal": True}}]


def test_a_comment_that_a_request_does_not_take_is_written_nowhere_else() -> None:
    jira, script = scripted(Flavour.CLOUD, NO_REQUEST)

    with pytest.raises(NotFound):
        jira.comment("10042", "x", is_service_request=True)

    assert len(script.requests) == 1


@BOTH
def test_a_property_is_read_and_set(flavour: Flavour) -> None:
    jira, script = scripted(flavour, as_json(200, {"key": "io.counterseal", "value": [1]}), httpx2.Response(201))

    assert jira.properties("10042", "io.counterseal") == [1]
    jira.put_property("10042", "io.counterseal", {"verdict": "proved"})

    place = f"{API[flavour]}/issue/10042/properties/io.counterseal"
    assert script.asked == [f"GET {place}", f"PUT {place}"]
    assert script.body == {"verdict": "proved"}
    assert script.requests[-1].headers["Content-Type"] == "application/json"


def test_a_property_that_is_not_there_is_none() -> None:
    assert scripted(Flavour.CLOUD, errors(404), ISSUE)[0].properties("10042", "io.counterseal") is None


def test_a_property_of_a_ticket_that_is_not_there_is_not_none() -> None:
    with pytest.raises(NotFound):
        scripted(Flavour.CLOUD, errors(404), errors(404))[0].properties("10042", "io.counterseal")


def test_a_property_is_set_again_after_silence() -> None:
    jira, script = scripted(Flavour.CLOUD, httpx2.ReadTimeout("x"), httpx2.Response(200))

    jira.put_property("10042", "io.counterseal", {})

    assert len(script.requests) == 2


def of_letters(number: int) -> dict[str, str]:
    return {"v": "ä" * (number - len('{"v":""}'))}


def test_a_property_may_be_as_long_as_jira_takes_it_in_letters_and_not_in_bytes() -> None:
    jira, script = scripted(Flavour.CLOUD, httpx2.Response(200))

    jira.put_property("10042", "p", of_letters(32_768))

    assert len(script.requests) == 1


def test_a_property_longer_than_that_is_not_sent() -> None:
    jira, script = scripted(Flavour.CLOUD)

    with pytest.raises(Refused, match="would have 32769 letters"):
        jira.put_property("10042", "p", of_letters(32_769))

    assert script.asked == []


@pytest.mark.parametrize("name", ["", "a/b", "..", "a b", "x" * 256])
def test_a_property_with_an_odd_name_is_not_asked_for(name: str) -> None:
    with pytest.raises(Refused, match="is no name of a property"):
        scripted(Flavour.CLOUD)[0].properties("10042", name)


@BOTH
def test_a_link_is_always_sent_in_full_and_may_be_sent_again(flavour: Flavour) -> None:
    jira, script = scripted(flavour, httpx2.ReadTimeout("x"), as_json(200, {"id": 1}))

    seal, mark = (
        Icon("https://cs.example/i.svg", "Seal"),
        Icon("https://cs.example/m.svg", "Fine", "https://cs.example"),
    )
    jira.put_remote_link("10042", LINK._replace(icon=seal, status=mark))

    icon = {"url16x16": "https://cs.example/i.svg", "title": "Seal"}
    state = {"url16x16": "https://cs.example/m.svg", "title": "Fine", "link": "https://cs.example"}
    assert script.asked == [f"POST {API[flavour]}/issue/10042/remotelink"] * 2
    assert script.body == {
        "globalId": "system=counterseal&change=chg-1",
        "relationship": "sealed by",
        "application": {"type": "io.counterseal", "name": "Counterseal"},
        "object": {
            "url": "https://cs.example/c/1",
            "title": "matched",
            "summary": "v2",
            "icon": icon,
            "status": {"resolved": True, "icon": state},
        },
    }


def test_a_link_without_an_icon_has_an_empty_one() -> None:
    jira, script = scripted(Flavour.CLOUD, as_json(201, {"id": 1}))

    jira.put_remote_link("10042", LINK)

    assert (script.body["object"]["icon"], script.body["object"]["status"]) == ({}, {"resolved": True, "icon": {}})


@pytest.mark.parametrize("global_id", ["", "x" * 256])
def test_a_link_needs_the_id_that_makes_it_one(global_id: str) -> None:
    with pytest.raises(Refused, match="1 to 255 letters"):
        scripted(Flavour.CLOUD)[0].put_remote_link("10042", LINK._replace(global_id=global_id))


@BOTH
def test_a_ticket_is_moved_once(flavour: Flavour) -> None:
    ways = {"transitions": [{"id": "21", "name": "Reopen", "to": {"name": "Open", "id": "1"}}]}
    jira, script = scripted(flavour, as_json(200, ways), httpx2.Response(204), httpx2.ReadTimeout("x"))

    assert jira.transitions("10042") == [Transition("21", "Reopen", "Open")]
    jira.transition("10042", "21")
    assert script.body == {"transition": {"id": "21"}}
    with pytest.raises(Unsettled):
        jira.transition("10042", "21")
    assert len(script.requests) == 3


def test_a_transition_has_a_number() -> None:
    with pytest.raises(Refused, match="'Reopen' is no id of a transition"):
        scripted(Flavour.CLOUD)[0].transition("10042", "Reopen")


NEW = NewIssue("OPS", "Task", "a change", "of *db*", labels=("counterseal", "finding-1"))


@BOTH
def test_a_ticket_is_made_once(flavour: Flavour) -> None:
    jira, script = scripted(flavour, as_json(201, {"id": "10043", "key": "OPS-43"}), httpx2.Response(502))

    assert jira.create(NEW) == Issue("10043", "OPS-43", {})
    assert script.asked == [f"POST {API[flavour]}/issue"]
    fields = dict(script.body["fields"])
    fields.pop("description")
    assert fields == {
        "project": {"key": "OPS"},
        "issuetype": {"name": "Task"},
        "summary": "a change",
        "labels": ["counterseal", "finding-1"],
    }
    with pytest.raises(Unsettled):
        jira.create(NEW)
    assert len(script.requests) == 2


@BOTH
def test_who_we_are_is_asked_each_time(flavour: Flavour) -> None:
    jira, script = scripted(flavour)

    assert jira.myself() == jira.myself()
    assert script.proofs == 2


def test_people_are_known_by_what_their_flavour_calls_them() -> None:
    cloud, on_cloud = scripted(Flavour.CLOUD, as_json(200, [{"accountId": "acc-9", "displayName": None}]))
    told = [{"name": "bob", "key": "JIRAUSER2", "displayName": "Bob", "emailAddress": "bob@example.com"}]
    server, on_server = scripted(Flavour.DATA_CENTER, as_json(200, told))

    assert cloud.find_users("bob @") == [Person("acc-9")]
    assert server.find_users("bob") == [Person("bob", "Bob", "bob@example.com")]
    assert on_cloud.asked == ["GET /rest/api/3/user/search?query=bob%20%40&maxResults=1000"]
    assert on_server.asked == ["GET /rest/api/2/user/search?username=bob&maxResults=1000"]
