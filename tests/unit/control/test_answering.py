"""What tickets have to hear, and that only the newest of it is said."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from counterseal.clock import FixedClock
from counterseal.control.answering import Wishes, answers, deliver_newest, kept_of
from counterseal.errors import Unreachable
from counterseal.outbox.sqlite import SqliteOutbox

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
CLOCK = FixedClock(NOON)
UNTIL = NOON + timedelta(days=1)
ARN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db/password-AbCdEf"
ROW: dict[str, Any] = {
    "finding": "f-1", "entry_digest": "d-1", "verdict": "approved", "discrepancy": False, "counts": False,
    "waived_by": "", "waived_until": None, "waived_at": None, "event": "PutSecretValue", "event_id": "e-1",
    "account": "111122223333",
    "region": "eu-west-1", "secret": ARN, "secret_name": "db/password", "ticket": "OPS-42", "actor_name": "",
    "actor_arn": "arn:aws:iam::111122223333:user/ana", "time": NOON, "reason": f"OPS-42 names {ARN}",
}  # fmt: skip


def told(rows: list[Mapping[str, Any]], before: list[Mapping[str, Any]] = (), **wishes: Any) -> list[dict[str, Any]]:  # type: ignore[assignment]
    kept = {str(it["finding"]): kept_of(it) for it in before}
    found = answers(kept, {str(it["finding"]): it for it in rows}, Wishes(**wishes))
    return [json.loads(it.body) for it in found]


def test_a_ticket_hears_of_what_it_explains() -> None:
    (answer,) = told([ROW], link="https://audit.example/")

    assert answer["ticket"] == "OPS-42"
    assert answer["verdict"] == "approved"
    assert answer["pages"] == "https://audit.example"


def test_no_arn_leaves() -> None:
    (answer,) = told([ROW])

    assert "arn:" not in json.dumps(answer)
    assert answer["actor"] == "…ana"
    assert answer["reason"] == "OPS-42 names db/password"


def test_what_was_told_and_has_not_changed_is_not_told_again() -> None:
    assert told([ROW | {"entry_digest": "d-2"}], [ROW]) == []


def test_another_verdict_is_told_under_another_key() -> None:
    (first,) = told([ROW])
    (second,) = told([ROW | {"verdict": "mismatched", "counts": True, "entry_digest": "d-2"}], [ROW])

    assert second["counts"]
    assert first["key"] != second["key"]


def test_a_verdict_that_comes_back_is_told_again() -> None:
    (first,) = told([ROW])
    (again,) = told([ROW | {"entry_digest": "d-3"}], [ROW | {"verdict": "mismatched"}])

    assert first["key"] != again["key"]


def test_the_ticket_that_explained_before_hears_of_the_other() -> None:
    old, new = told([ROW | {"ticket": "OPS-43", "entry_digest": "d-2"}], [ROW])

    assert (old["ticket"], old["verdict"], old["counts"]) == ("OPS-42", "elsewhere", False)
    assert old["reason"] == "this change is now judged by OPS-43"
    assert new["ticket"] == "OPS-43"


def test_the_ticket_that_explained_before_hears_that_none_does() -> None:
    (old,) = told([ROW | {"ticket": "", "verdict": "unapproved", "counts": True}], [ROW])

    assert old["reason"] == "no ticket explains this change any more"


def test_a_change_without_a_ticket_is_told_to_nobody_unless_tickets_are_wished() -> None:
    unapproved = ROW | {"ticket": "", "verdict": "unapproved", "counts": True}

    assert told([unapproved]) == []
    (answer,) = told([unapproved], creates=True)
    assert answer["ticket"] == ""


def test_no_ticket_is_wished_for_what_was_waived_or_is_unknown() -> None:
    waived = ROW | {"ticket": "", "verdict": "unapproved", "counts": False, "waived_by": "ana"}
    unknown = ROW | {"ticket": "", "verdict": "approval-unknown", "counts": True}

    assert told([waived, unknown | {"finding": "f-2"}], creates=True) == []


def test_a_ticket_hears_that_a_waiver_ended_and_that_it_is_said_again_until_the_same_day() -> None:
    unwaived = ROW | {"verdict": "unapproved", "counts": True}
    first = unwaived | {"counts": False, "waived_by": "cleo", "waived_until": UNTIL, "waived_at": NOON}
    second = first | {"waived_at": NOON + timedelta(hours=1)}
    story = [unwaived, first, unwaived, second, unwaived]

    keys = [told([row], [before])[0]["key"] for before, row in pairwise([ROW, *story])]

    assert len(set(keys)) == 5


class Jira:
    """Takes what it is given, or nothing."""

    def __init__(self) -> None:
        self.got: list[str] = []
        self.is_down = False

    def send(self, key: str, body: str) -> None:
        if self.is_down:
            raise Unreachable("down")
        self.got.append(json.loads(body)["verdict"])


def test_after_an_outage_only_what_holds_now_is_said(tmp_path: Any) -> None:
    outbox, jira = SqliteOutbox.at(tmp_path / "answers.sqlite"), Jira()
    jira.is_down = True
    for number, verdict in enumerate(["approval-unknown", "unapproved", "approved"]):
        found = answers({}, {"f-1": ROW | {"verdict": verdict, "entry_digest": f"d-{number}"}}, Wishes())
        outbox.queue(found, {}, NOON)
        deliver_newest(outbox, jira, CLOCK)
    jira.is_down = False
    later = FixedClock(datetime(2026, 3, 11, 12, tzinfo=UTC))

    assert deliver_newest(outbox, jira, later) == (1, 0)

    assert jira.got == ["approved"]
    assert outbox.waiting() == []
    outbox.close()


def test_answers_to_two_tickets_do_not_stand_in_for_each_other(tmp_path: Any) -> None:
    outbox, jira = SqliteOutbox.at(tmp_path / "answers.sqlite"), Jira()
    found = answers({"f-1": kept_of(ROW)}, {"f-1": ROW | {"ticket": "OPS-43", "entry_digest": "d-2"}}, Wishes())
    outbox.queue(found, {}, NOON)

    assert deliver_newest(outbox, jira, CLOCK) == (2, 0)

    assert jira.got == ["elsewhere", "approved"]
    outbox.close()
