"""What the flavours are asked differently: histories, searches, groups and webhooks."""

from itertools import islice

import httpx2
import pytest
from tests.unit.jira.scripted import Scripted, as_json, errors, scripted

from counterseal.errors import Denied, Gone, MalformedInput, NotFound, Refused, Unreachable
from counterseal.jira.interface import Flavour, Project, Webhook

CLOUD, DATA_CENTER = Flavour.CLOUD, Flavour.DATA_CENTER
SECRET = b"a-secret-of-a-webhook"
HOOK = Webhook("", "Counterseal", "https://cs.example/jira", ("jira:issue_updated",), jql="project = OPS")


def history(number: int, second: int = 0, zone: str = "+0000") -> dict[str, object]:
    return {"id": str(number), "created": f"2026-01-02T03:04:{second:02}.000{zone}", "items": []}


def issue(number: int) -> dict[str, object]:
    return {"id": str(number), "key": f"OPS-{number}", "fields": {}}


def part(start: int, total: int, *values: object) -> httpx2.Response:
    return as_json(200, {"startAt": start, "maxResults": 100, "total": total, "values": list(values)})


# ------------------------------------------------------------------ projects


def project(key: str) -> dict[str, str]:
    return {"id": "1", "key": key, "name": f"Project {key}"}


def test_projects_of_cloud_are_read_page_by_page_and_no_further_than_asked() -> None:
    jira, script = scripted(CLOUD, part(0, 5, project("A"), project("B")), part(2, 5, project("C"), project("D")))

    assert [it.project_key for it in islice(jira.projects(), 3)] == ["A", "B", "C"]
    assert script.asked == [
        "GET /rest/api/3/project/search?orderBy=key&startAt=0&maxResults=100",
        "GET /rest/api/3/project/search?orderBy=key&startAt=2&maxResults=100",
    ]


@pytest.mark.parametrize("pages", [[part(0, 2)], [part(0, 2, project("A")), part(0, 2, project("A"))]])
def test_a_list_of_projects_that_is_cut_is_refused(pages: list[Scripted]) -> None:
    with pytest.raises(MalformedInput, match="project/search was answered with"):
        list(scripted(CLOUD, *pages)[0].projects())


def test_projects_of_data_center_come_at_once_and_are_put_in_order() -> None:
    jira, script = scripted(DATA_CENTER, as_json(200, [project("OPS"), project("APP")]))

    assert list(jira.projects()) == [Project("APP", "Project APP"), Project("OPS", "Project OPS")]
    assert script.asked == ["GET /rest/api/2/project"]


# ------------------------------------------------------------------ histories


def test_a_history_of_cloud_is_read_page_by_page() -> None:
    jira, script = scripted(CLOUD, part(0, 3, history(1), history(2)), part(2, 3, history(3)))

    assert [it["id"] for it in jira.history("10042")] == ["1", "2", "3"]
    assert script.asked == [
        "GET /rest/api/3/issue/10042/changelog?startAt=0&maxResults=100",
        "GET /rest/api/3/issue/10042/changelog?startAt=2&maxResults=100",
    ]


@pytest.mark.parametrize("pages", [[part(0, 2)], [part(0, 2, history(1)), part(0, 2, history(1))]])
def test_a_history_that_is_cut_is_refused(pages: list[Scripted]) -> None:
    with pytest.raises(MalformedInput, match="changelog was answered with"):
        scripted(CLOUD, *pages)[0].history("10042")


def within(total: int, *histories: object, start: int = 0) -> httpx2.Response:
    log = {"startAt": start, "maxResults": total, "total": total, "histories": list(histories)}
    return as_json(200, {"id": "10042", "key": "OPS-42", "fields": {}, "changelog": log})


def test_a_history_of_data_center_comes_with_the_ticket() -> None:
    jira, script = scripted(DATA_CENTER, within(2, history(2), history(1)))

    assert [it["id"] for it in jira.history("10042")] == ["1", "2"]
    assert script.asked == ["GET /rest/api/2/issue/10042?fields=status&expand=changelog"]


def test_histories_are_told_oldest_first_across_zones() -> None:
    told = [history(9, 5, "+0100"), history(8, 5), history(7, 9, "+0200"), history(10, 5)]

    found = scripted(DATA_CENTER, within(4, *told))[0].history("10042")

    assert [it["id"] for it in found] == ["7", "9", "8", "10"]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (within(3, history(1), history(2)), "2 of 3 entries of the history"),
        (within(1, history(1), start=1), "1 of 1 entries of the history"),
        (as_json(200, {"id": "10042", "key": "OPS-42"}), "none of the history"),
        (within(1, {"id": "1"}), "no id or no time"),
        (
            within(1, {"id": "1", "created": "noon"}),
            "GET /rest/api/2/issue/10042 was answered with 'noon' where a time",
        ),
        (within(1, {"id": "x", "created": "2026-01-02T03:04:05.000+0000"}), "no id or no time"),
    ],
)
def test_a_part_of_a_history_is_refused(answer: httpx2.Response, said: str) -> None:
    with pytest.raises(MalformedInput, match=said):
        scripted(DATA_CENTER, answer)[0].history("10042")


# ------------------------------------------------------------------ searches


def found(*numbers: int, token: str | None = None, is_last: bool | None = None) -> httpx2.Response:
    shape = {"issues": [issue(it) for it in numbers], "isLast": token is None if is_last is None else is_last}
    return as_json(200, shape | ({"nextPageToken": token} if token else {}))


def test_a_search_of_cloud_goes_by_tokens_and_asks_for_what_it_needs() -> None:
    jira, script = scripted(CLOUD, found(1, 2, token="a+b="), found(3))

    pages = jira.search("project = OPS", fields=("updated", "labels"))

    assert [it.issue_id for it in pages] == ["1", "2", "3"]
    first = "GET /rest/api/3/search/jql?jql=project%20%3D%20OPS&fields=updated%2Clabels&maxResults=100"
    assert script.asked == [first, f"{first}&nextPageToken=a%2Bb%3D"]


def test_a_search_begins_when_it_is_looked_at() -> None:
    jira, script = scripted(CLOUD, found(1, token="t"))

    assert next(iter(jira.search("project = OPS"))).issue_key == "OPS-1"
    assert len(script.requests) == 1


@pytest.mark.parametrize("last", [found(2, token="t", is_last=True), found(2, is_last=False)])
def test_a_search_of_cloud_ends_where_either_sign_says_so(last: httpx2.Response) -> None:
    assert [it.issue_id for it in scripted(CLOUD, found(1, token="t"), last)[0].search("x = 1")] == ["1", "2"]


def test_a_search_that_leads_back_is_given_up() -> None:
    jira, _ = scripted(CLOUD, found(1, token="a"), found(2, token="b"), found(3, token="a"))

    with pytest.raises(MalformedInput, match="leads back"):
        list(jira.search("project = OPS"))


@pytest.mark.parametrize("fields", [(), ("id",)])
def test_the_key_is_asked_for_even_where_only_the_id_is(fields: tuple[str, ...]) -> None:
    jira, script = scripted(CLOUD, found())

    assert list(jira.search("project = OPS", fields=fields)) == []
    assert "fields=updated" in script.asked[0]


def test_a_search_that_was_taken_away_is_told() -> None:
    with pytest.raises(Gone):
        list(scripted(CLOUD, errors(410, "removed"))[0].search("project = OPS"))


def numbered(start: int, total: int, *numbers: int) -> httpx2.Response:
    return as_json(200, {"startAt": start, "maxResults": 100, "total": total, "issues": [issue(it) for it in numbers]})


def test_a_search_of_data_center_overlaps_by_one_and_tells_each_once() -> None:
    jira, script = scripted(DATA_CENTER, numbered(0, 5, 1, 2, 3), numbered(2, 5, 3, 4, 5))

    assert [it.issue_id for it in jira.search("project = OPS")] == ["1", "2", "3", "4", "5"]
    assert script.asked == [
        "GET /rest/api/2/search?jql=project%20%3D%20OPS&fields=updated&startAt=0&maxResults=100",
        "GET /rest/api/2/search?jql=project%20%3D%20OPS&fields=updated&startAt=2&maxResults=100",
    ]


def test_a_ticket_is_not_missed_when_those_before_it_leave() -> None:
    """OPS-1 and OPS-2 leave between the pages: OPS-4 now stands where OPS-3 was asked for, and OPS-3 before it."""
    pages = [numbered(0, 5, 1, 2), numbered(1, 3, 4, 5), numbered(0, 3, 3, 4), numbered(1, 3, 4, 5)]
    jira, _ = scripted(DATA_CENTER, *pages)

    assert [it.issue_id for it in jira.search("project = OPS")] == ["1", "2", "3", "4", "5"]


def test_a_result_that_shrank_away_is_read_again() -> None:
    jira, _ = scripted(DATA_CENTER, numbered(0, 5, 1, 2), numbered(1, 1), numbered(0, 1, 9))

    assert [it.issue_id for it in jira.search("project = OPS")] == ["1", "2", "9"]


def test_a_result_that_never_holds_still_is_given_up() -> None:
    pages: list[Scripted] = []
    for number in range(22):
        pages += [numbered(0, 300, 2 * number, 2 * number + 1), numbered(1, 300, 1000 + number)]
    jira, _ = scripted(DATA_CENTER, *pages)

    with pytest.raises(Unreachable, match="changes faster than it can be read"):
        list(jira.search("project = OPS"))


def test_pages_of_one_ticket_are_read_without_overlap() -> None:
    jira, _ = scripted(DATA_CENTER, numbered(0, 2, 1), numbered(1, 2, 2))

    assert [it.issue_id for it in jira.search("project = OPS")] == ["1", "2"]


@pytest.mark.parametrize("page", [numbered(0, 5), numbered(3, 5, 1)])
def test_a_page_that_leads_nowhere_is_refused(page: httpx2.Response) -> None:
    with pytest.raises(MalformedInput, match="search was answered with"):
        list(scripted(DATA_CENTER, page)[0].search("project = OPS"))


# ------------------------------------------------------------------ groups


def test_groups_of_a_user_of_cloud() -> None:
    jira, script = scripted(CLOUD, as_json(200, [{"name": "approvers", "groupId": "g-1"}]))

    assert jira.groups("712020:abc") == {"approvers"}
    assert script.asked == ["GET /rest/api/3/user/groups?accountId=712020%3Aabc"]


def test_groups_of_a_user_of_data_center() -> None:
    told = {"name": "bob", "groups": {"size": 1, "items": [{"name": "approvers"}]}}
    jira, script = scripted(DATA_CENTER, as_json(200, told))

    assert jira.groups("bob") == {"approvers"}
    assert script.asked == ["GET /rest/api/2/user?username=bob&expand=groups"]


def test_a_part_of_the_groups_is_refused() -> None:
    told = {"groups": {"size": 2, "items": [{"name": "approvers"}]}}

    with pytest.raises(MalformedInput, match="1 of 2 groups"):
        scripted(DATA_CENTER, as_json(200, told))[0].groups("bob")


# ------------------------------------------------------------------ webhooks

CLOUD_HOOK = {
    "name": "Counterseal",
    "url": "https://cs.example/jira",
    "events": ["jira:issue_updated"],
    "filters": {"issue-related-events-section": "project = OPS"},
    "enabled": True,
    "self": "https://acme.atlassian.net/rest/webhooks/1.0/webhook/72",
}
NEW_HOOK = {
    "id": 3,
    "name": "Counterseal",
    "url": "https://cs.example/jira",
    "events": ["jira:issue_updated"],
    "filters": {"issue-related-events-section": "project = OPS"},
    "active": True,
    "configuration": {"EXCLUDE_BODY": "false"},
}


def test_webhooks_of_cloud_are_known_by_the_end_of_their_address() -> None:
    jira, script = scripted(CLOUD, as_json(200, [CLOUD_HOOK]))

    assert jira.webhooks() == [HOOK._replace(webhook_id="72")]
    assert script.asked == ["GET /rest/webhooks/1.0/webhook"]


def test_a_webhook_without_an_id_is_refused() -> None:
    with pytest.raises(MalformedInput, match="does not end with its id"):
        scripted(CLOUD, as_json(200, [CLOUD_HOOK | {"self": "https://x/webhook/"}]))[0].webhooks()


def test_a_webhook_of_cloud_is_made_and_changed_with_its_secret() -> None:
    jira, script = scripted(CLOUD, as_json(201, CLOUD_HOOK), as_json(200, CLOUD_HOOK | {"filters": {}}))

    made = jira.put_webhook(HOOK, SECRET)
    assert script.body == {
        "name": "Counterseal",
        "url": "https://cs.example/jira",
        "events": ["jira:issue_updated"],
        "filters": {"issue-related-events-section": "project = OPS"},
        "excludeBody": False,
        "enabled": True,
        "secret": "a-secret-of-a-webhook",
    }
    assert jira.put_webhook(made._replace(jql=""), SECRET) == HOOK._replace(webhook_id="72", jql="")
    assert script.body["filters"] == {}
    assert script.asked == ["POST /rest/webhooks/1.0/webhook", "PUT /rest/webhooks/1.0/webhook/72"]


def test_a_webhook_of_data_center_has_its_secret_in_the_configuration() -> None:
    jira, script = scripted(DATA_CENTER, as_json(201, NEW_HOOK), as_json(200, NEW_HOOK))

    made = jira.put_webhook(HOOK, SECRET)
    assert made == HOOK._replace(webhook_id="3")
    assert script.body == {
        "name": "Counterseal",
        "url": "https://cs.example/jira",
        "events": ["jira:issue_updated"],
        "filters": {"issue-related-events-section": "project = OPS"},
        "active": True,
        "configuration": {"SECRET": "a-secret-of-a-webhook", "EXCLUDE_BODY": "false"},
        "sslVerificationRequired": True,
    }
    jira.put_webhook(made, SECRET)
    assert script.body["id"] == 3
    assert script.asked == ["POST /rest/jira-webhook/1.0/webhooks", "PUT /rest/jira-webhook/1.0/webhooks/3"]


def test_before_ten_webhooks_of_data_center_are_told_elsewhere() -> None:
    jira, script = scripted(DATA_CENTER, errors(404), as_json(200, [CLOUD_HOOK]))

    assert jira.webhooks() == [HOOK._replace(webhook_id="72")]
    assert script.asked == ["GET /rest/jira-webhook/1.0/webhooks", "GET /rest/webhooks/1.0/webhook"]


def test_before_ten_no_webhook_is_made_that_would_send_unsigned() -> None:
    jira, script = scripted(DATA_CENTER, errors(404))

    with pytest.raises(Refused, match=r"can do so from 10\.0 on"):
        jira.put_webhook(HOOK, SECRET)

    assert len(script.requests) == 1


def test_a_webhook_that_is_gone_is_not_changed() -> None:
    with pytest.raises(NotFound):
        scripted(DATA_CENTER, errors(404))[0].put_webhook(HOOK._replace(webhook_id="3"), SECRET)


def test_only_an_administrator_may_ask_for_webhooks() -> None:
    with pytest.raises(Denied):
        scripted(DATA_CENTER, errors(403))[0].webhooks()


@pytest.mark.parametrize("secret", [b"", b"short", b"x" * 256, b"with a blank in it", "ä".encode() * 20])
@pytest.mark.parametrize("flavour", list(Flavour))
def test_a_weak_secret_is_not_given_to_a_webhook(flavour: Flavour, secret: bytes) -> None:
    with pytest.raises(Refused, match="16 to 255") as failure:
        scripted(flavour)[0].put_webhook(HOOK, secret)

    assert "short" not in str(failure.value)


def test_a_webhook_has_a_number() -> None:
    for flavour in Flavour:
        with pytest.raises(Refused, match="is no id of a webhook"):
            scripted(flavour)[0].put_webhook(HOOK._replace(webhook_id="../3"), SECRET)


def test_a_filter_in_another_shape_is_left_out() -> None:
    told = NEW_HOOK | {"filters": {"issue-related-events-section": 1}}

    assert scripted(DATA_CENTER, as_json(200, [told]))[0].webhooks()[0].jql == ""
