"""What AWS holds and no record explains; and what cannot be told yet."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from counterseal.correlation.judging.finding import Verdict
from counterseal.correlation.judging.sweep import Compared, Recorded, SeenSecret, SeenVersion, compare

START = datetime(2026, 3, 1, tzinfo=UTC)
END = datetime(2026, 3, 20, tzinfo=UTC)
NOW = END + timedelta(hours=1)
MADE = datetime(2026, 3, 10, 12, tzinfo=UTC)
ARN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db/password-AbCdEf"
REPLICA = ARN.replace("eu-west-1", "us-east-1")
PLACE = ("111122223333", "eu-west-1", "db/password")


def version(version_id: str, *stages: str, created: datetime = MADE) -> SeenVersion:
    return SeenVersion(version_id, stages, created)


def secret(*versions: SeenVersion, arn: str = ARN, **changed: Any) -> SeenSecret:
    whole = SeenSecret(arn, "db/password", START - timedelta(days=9), MADE, versions=versions)
    return whole._replace(**changed)


@pytest.fixture
def recorded() -> Recorded:
    return Recorded(START, END)


def knows(recorded: Recorded, *versions: str, arn: str = ARN, **changed: Any) -> None:
    known = recorded.secret(arn, *PLACE)
    known.versions.update(versions)
    known.last = MADE
    for name, value in changed.items():
        setattr(known, name, value)


def found(result: Compared) -> list[tuple[Verdict, str]]:
    return [(it.verdict, it.version_id) for it in result.findings]


def test_versions_that_changes_made_are_no_findings(recorded: Recorded) -> None:
    knows(recorded, "v1", "v2", current=(MADE, "v2"))

    result = compare([secret(version("v1", "AWSPREVIOUS"), version("v2", "AWSCURRENT"))], [], recorded, NOW)

    assert result == Compared((), (), 0, 0)


def test_a_version_that_no_change_made_is_untracked(recorded: Recorded) -> None:
    knows(recorded, "v1")

    result = compare([secret(version("v1"), version("v2", "AWSCURRENT"))], [], recorded, NOW)

    [it] = result.findings
    assert (it.verdict, it.version_id, it.time) == (Verdict.UNTRACKED_VERSION, "v2", MADE)
    assert (it.account, it.region, it.secret, it.secret_name) == ("111122223333", "eu-west-1", ARN, "db/password")
    assert it.reason == "this version exists, labelled AWSCURRENT, and no recorded change made it"
    assert it.event_id.startswith("sweep-")


def test_each_version_of_each_secret_is_a_finding_of_its_own(recorded: Recorded) -> None:
    versions = (version("v2", "OURS", "AWSCURRENT"), version("v3"))
    other = ARN.replace("password", "token")

    result = compare([secret(*versions), secret(*versions, arn=other)], [], recorded, NOW)

    assert len({it.event_id for it in result.findings}) == len(result.findings) == 4
    assert "this version exists, labelled AWSCURRENT, OURS, and no" in result.findings[0].reason


def test_the_same_again_is_the_same_finding(recorded: Recorded) -> None:
    seen = [secret(version("v2"))]

    first, later = (compare(seen, [], recorded, NOW + wait).findings for wait in (timedelta(), timedelta(days=1)))

    assert first == later != ()


@pytest.mark.parametrize(
    ("created", "expected"),
    [
        (START - timedelta(seconds=1), (0, 1, 0)),
        (START, (0, 0, 1)),
        (END, (0, 0, 1)),
        (END + timedelta(seconds=1), (1, 0, 0)),
    ],
)
def test_what_lies_outside_the_records_is_counted_and_not_judged(
    created: datetime, expected: tuple[int, int, int], recorded: Recorded
) -> None:
    knows(recorded)

    result = compare([secret(version("v2", created=created))], [], recorded, NOW)

    assert (result.young, result.older, len(result.findings)) == expected


def test_what_is_younger_than_a_quarter_of_an_hour_is_not_judged_however_new_the_records_are() -> None:
    recorded = Recorded(START, NOW)

    result = compare([secret(version("v2", created=NOW - timedelta(minutes=14)))], [], recorded, NOW)

    assert (result.young, result.findings) == (1, ())


def test_what_is_newer_than_every_record_is_judged_after_a_day(recorded: Recorded) -> None:
    knows(recorded)
    seen = [secret(version("v2", created=END + timedelta(hours=1)))]

    assert compare(seen, [], recorded, END + timedelta(hours=24)).young == 1
    [it] = compare(seen, [], recorded, END + timedelta(hours=25)).findings
    assert it.reason == "this version exists, and no recorded change made it; every record is older than that"


def test_a_replica_has_the_versions_of_its_primary(recorded: Recorded) -> None:
    knows(recorded, "v1")

    result = compare([secret(version("v1", "AWSCURRENT"), arn=REPLICA)], [], recorded, NOW)

    assert result.findings == ()
    assert result.never_seen == (REPLICA,)


def test_a_record_without_the_arn_explains_by_the_name(recorded: Recorded) -> None:
    knows(recorded, "v1", arn="")

    assert compare([secret(version("v1"))], [], recorded, NOW) == Compared((), (), 0, 0)


def test_a_secret_without_a_version_is_untracked_where_nothing_recorded_made_it(recorded: Recorded) -> None:
    made, old, unknown = secret(created=MADE), secret(), secret(created=MADE, versions=None)

    assert found(compare([made], [], recorded, NOW)) == [(Verdict.UNTRACKED_VERSION, "")]
    assert compare([old], [], recorded, NOW).older == 1
    assert compare([unknown], [], recorded, NOW).findings == ()
    assert compare([unknown], [], recorded, NOW).never_seen == (ARN,)


def test_a_secret_scheduled_for_deletion_needs_a_record_of_that(recorded: Recorded) -> None:
    knows(recorded, "v1")
    seen = secret(version("v1"), deleted=MADE)

    assert found(compare([seen], [], recorded, NOW)) == [(Verdict.UNRECORDED_DELETION, "")]
    knows(recorded, deleted=MADE)
    assert compare([seen], [], recorded, NOW).findings == ()
    knows(recorded, alive=MADE + timedelta(seconds=1))
    assert found(compare([seen], [], recorded, NOW)) == [(Verdict.UNRECORDED_DELETION, "")]


@pytest.mark.parametrize(
    ("asked_for", "days", "expected"),
    [
        (MADE, 30, (0, 0, 1)),
        (MADE, 7, (0, 0, 1)),
        (START - timedelta(minutes=1), 30, (0, 1, 0)),  # before the records began
        (END + timedelta(minutes=1), 30, (1, 0, 0)),  # after they ended
        (END + timedelta(minutes=1), 7, (1, 0, 0)),
        (MADE.replace(hour=0, minute=30), 30, (1, 0, 0)),  # may have been today, with fewer days
        (NOW + timedelta(seconds=1), 30, (1, 0, 0)),  # by a clock that is ahead of ours
    ],
)
def test_a_date_to_come_is_the_end_of_the_recovery_window_and_not_the_time_of_the_call(
    asked_for: datetime, days: int, expected: tuple[int, int, int], recorded: Recorded
) -> None:
    knows(recorded, "v1")
    seen = secret(version("v1"), deleted=asked_for + timedelta(days=days), created=min(asked_for, START))

    result = compare([seen], [], recorded, NOW)

    assert (result.young, result.older, len(result.findings)) == expected


def test_a_deletion_that_is_scheduled_stays_the_same_finding_each_day(recorded: Recorded) -> None:
    knows(recorded, "v1")
    seen = [secret(version("v1"), deleted=MADE + timedelta(days=30))]

    now = compare(seen, [], recorded, NOW)
    recorded.end += timedelta(days=1)
    later = compare(seen, [], recorded, NOW + timedelta(days=1))

    assert now == later
    assert [it.time for it in now.findings] == [MADE]


def test_what_is_too_young_to_be_told_of_a_secret_is_undecided(recorded: Recorded) -> None:
    knows(recorded, "v1", "v2", current=(MADE, "v2"), last=END + timedelta(seconds=1))
    scheduled = secret(version("v1"), deleted=NOW + timedelta(days=30), arn=REPLICA)
    moved = secret(version("v1", "AWSCURRENT"), version("v2", "AWSPREVIOUS"), changed=NOW)

    result = compare([scheduled, moved], [ARN], recorded, NOW)

    assert result.findings == ()
    assert result.undecided == {
        (Verdict.UNRECORDED_DELETION, REPLICA),
        (Verdict.UNRECORDED_DELETION, ARN),
        (Verdict.STALE_LABEL, ARN),
    }


def test_a_secret_that_is_gone_needs_a_record_of_that(recorded: Recorded) -> None:
    knows(recorded, "v1")

    [it] = compare([], [ARN], recorded, NOW).findings

    assert (it.verdict, it.time, it.secret_name) == (Verdict.UNRECORDED_DELETION, MADE, "db/password")
    assert "no DeleteSecret of it was recorded since 2026-03-10T12:00:00Z" in it.reason


def test_a_secret_that_was_just_at_work_is_too_young_to_be_gone(recorded: Recorded) -> None:
    knows(recorded, last=END + timedelta(seconds=1))

    result = compare([], [ARN], recorded, NOW)

    assert (result.findings, result.young) == ((), 1)


def test_only_secrets_that_should_exist_are_looked_for(recorded: Recorded) -> None:
    names = ("alive", "deleted", "restored", "ended", "elsewhere")
    arns = {name: ARN.replace("db/password", name) for name in names} | {"elsewhere": REPLICA, "other": "no arn"}
    later = MADE + timedelta(minutes=1)
    knows(recorded, arn=arns["alive"], ended=MADE - timedelta(minutes=1))
    knows(recorded, arn=arns["deleted"], deleted=MADE)
    knows(recorded, arn=arns["restored"], deleted=MADE, alive=later)
    knows(recorded, arn=arns["ended"], ended=MADE)
    knows(recorded, arn=arns["elsewhere"])
    knows(recorded, arn=arns["other"])

    alive = [arn for arn, _ in recorded.alive_in("111122223333", ["eu-west-1"])]

    assert alive == [arns["alive"], arns["restored"]]


def test_pending_that_a_rotation_left_is_stale_after_a_day(recorded: Recorded) -> None:
    knows(recorded, "v1", "v2", "v3", "v4")
    fresh = NOW - timedelta(hours=23)
    seen = secret(
        version("v1", "AWSCURRENT", "AWSPENDING"),
        version("v2", "AWSPENDING"),
        version("v3", "AWSPENDING", created=fresh),
        version("v4"),
    )

    assert found(compare([seen], [], recorded, NOW)) == [(Verdict.STALE_LABEL, "v2")]


def test_a_label_that_was_moved_with_no_record_is_found(recorded: Recorded) -> None:
    knows(recorded, "v1", "v2", current=(MADE, "v2"))

    [it] = compare([secret(version("v1", "AWSCURRENT"), version("v2", "AWSPREVIOUS"))], [], recorded, NOW).findings

    assert (it.verdict, it.version_id) == (Verdict.STALE_LABEL, "v1")
    assert "put it at v2, which is AWSPREVIOUS now" in it.reason


@pytest.mark.parametrize(
    ("versions", "changed"),
    [
        ((version("v1", "AWSCURRENT"), version("v2", "AWSPENDING", created=NOW)), MADE),  # a rotation on its way
        ((version("v1", "AWSCURRENT"), version("v2")), MADE),  # a rotation that was given up
        ((version("v1", "AWSCURRENT"),), MADE),  # a version that AWS pruned, or UpdateSecret without a value
        ((version("v2", "AWSPREVIOUS"),), MADE),  # nothing is current
        ((version("v1", "AWSCURRENT"), version("v2", "AWSPREVIOUS")), NOW),  # changed just now
    ],
)
def test_a_label_that_may_stand_where_it_does_is_no_finding(
    versions: tuple[SeenVersion, ...], changed: datetime, recorded: Recorded
) -> None:
    knows(recorded, "v1", "v2", current=(MADE, "v2"))

    assert compare([secret(*versions, changed=changed)], [], recorded, NOW).findings == ()


def test_where_an_untracked_version_is_current_the_label_is_no_second_finding(recorded: Recorded) -> None:
    knows(recorded, "v2", current=(MADE, "v2"))

    result = compare([secret(version("v1", "AWSCURRENT"), version("v2", "AWSPREVIOUS"))], [], recorded, NOW)

    assert found(result) == [(Verdict.UNTRACKED_VERSION, "v1")]
