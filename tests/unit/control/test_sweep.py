"""A sweep: what is asked of AWS, what may not be seen, what is compared with the ledger and recorded in it."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.unit.ledger.samples import TickingClock, event, verdict

from counterseal.control.pace import Pace
from counterseal.control.sweep import Asked, Inventory, NotVisible, Swept, sweep
from counterseal.control.sweep_ledger import record_sweep, recorded_secrets
from counterseal.correlation.judging.finding import Verdict
from counterseal.correlation.judging.sweep import Recorded, SeenSecret, SeenVersion
from counterseal.errors import CountersealError, Denied, NotFound, SecretNotFound, Unreachable
from counterseal.ledger import Draft, EntryKind, Ledger, draft
from counterseal.ledger.sqlite import SqliteLedger

ACCOUNT, REGION = "111122223333", "eu-west-1"
START, END = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 20, tzinfo=UTC)
NOW = END + timedelta(hours=1)
MADE = datetime(2026, 3, 10, 12, tzinfo=UTC)
ASKED = Asked(ACCOUNT, NOW)


def arn(name: str, region: str = REGION) -> str:
    return f"arn:aws:secretsmanager:{region}:{ACCOUNT}:secret:{name}-AbCdEf"


class FakeInventory:
    """The secrets of one region by name, each with its versions; one a page. `failures` come instead, by what."""

    def __init__(self, secrets: dict[str, list[str]], *, unlisted: tuple[str, ...] = ()) -> None:
        self.held = secrets
        self.unlisted = unlisted
        self.failures: dict[str, CountersealError] = {}
        self.calls: list[str] = []

    def secrets(self, token: str) -> tuple[list[SeenSecret], str]:
        self._ask("list")
        names = [it for it in sorted(self.held) if it not in self.unlisted]
        at = int(token or 0)
        return [self._secret(it) for it in names[at : at + 1]], str(at + 1) if at + 1 < len(names) else ""

    def versions(self, arn: str, token: str) -> tuple[list[SeenVersion], str]:
        self._ask(f"versions {self._name(arn)}")
        held = self.held.get(self._name(arn), [])
        at = int(token or 0)
        found = [SeenVersion(it, (), MADE) for it in held[at : at + 1]]
        return found, str(at + 1) if at + 1 < len(held) else ""

    def describe(self, arn: str) -> SeenSecret:
        self._ask(f"describe {self._name(arn)}")
        if self._name(arn) not in self.held:
            raise SecretNotFound(f"there is no secret {arn!r}")
        return self._secret(self._name(arn))

    def _ask(self, what: str) -> None:
        self.calls.append(what)
        if what in self.failures:
            raise self.failures[what]

    @staticmethod
    def _name(arn: str) -> str:
        return arn.rpartition(":")[2].rpartition("-")[0]

    @staticmethod
    def _secret(name: str) -> SeenSecret:
        return SeenSecret(arn(name), name, START - timedelta(days=1), MADE)


def swept(recorded: Recorded, **inventories: Inventory) -> Swept:
    by_region = {name.replace("_", "-"): it for name, it in inventories.items()}
    standing = Pace(20.0, monotonic=lambda: 0.0, sleep=lambda _: None)
    return sweep(by_region, recorded, ASKED, pace=lambda: standing)


@pytest.fixture
def recorded() -> Recorded:
    held = Recorded(START, END)
    known = held.secret(arn("db"), ACCOUNT, REGION, "db")
    known.versions.add("v1")
    known.last = MADE
    return held


def test_every_page_of_secrets_and_versions_is_read(recorded: Recorded) -> None:
    found = swept(recorded, eu_west_1=FakeInventory({"a": ["a1", "a2"], "db": ["v1"], "z": []}))

    assert [(it.verdict, it.version_id) for it in found.findings] == [
        (Verdict.UNTRACKED_VERSION, "a1"),
        (Verdict.UNTRACKED_VERSION, "a2"),
    ]
    assert (len(found.secrets), found.versions) == (3, 3)
    assert found.never_seen == (arn("a"), arn("z"))


def test_a_secret_that_the_list_does_not_show_yet_is_asked_for(recorded: Recorded) -> None:
    found = swept(recorded, eu_west_1=FakeInventory({"db": ["v1", "v2"]}, unlisted=("db",)))

    assert [(it.verdict, it.version_id) for it in found.findings] == [(Verdict.UNTRACKED_VERSION, "v2")]


def test_a_secret_that_is_gone_is_told(recorded: Recorded) -> None:
    found = swept(recorded, eu_west_1=FakeInventory({}))

    assert [(it.verdict, it.secret) for it in found.findings] == [(Verdict.UNRECORDED_DELETION, arn("db"))]
    assert found.secrets == (arn("db"),)


def test_a_secret_deleted_while_it_is_looked_at_is_left_to_the_next_sweep(recorded: Recorded) -> None:
    inventory = FakeInventory({"db": ["v1"]})
    inventory.failures["versions db"] = SecretNotFound("gone")

    assert swept(recorded, eu_west_1=inventory).secrets == ()


def test_what_may_not_be_seen_is_said_with_the_statement_that_would_show_it(recorded: Recorded) -> None:
    inventory = FakeInventory({"db": ["v1"], "other": ["o1"]}, unlisted=("db",))
    inventory.failures = {"versions other": Denied("no versions"), "describe db": Denied("no description")}

    found = swept(recorded, eu_west_1=inventory)

    assert found.findings == ()
    assert found.secrets == ()
    assert [(it.what, it.why) for it in found.not_visible] == [
        (f"whether {arn('db')} exists", "no description"),
        (f"the versions of {arn('other')}", "no versions"),
    ]
    action = {"Effect": "Allow", "Action": "secretsmanager:DescribeSecret", "Resource": arn("db")}
    assert found.not_visible[0].statement == action


def test_a_region_that_shows_nothing_is_said_and_the_others_are_swept(recorded: Recorded) -> None:
    closed = FakeInventory({})
    closed.failures["list"] = Denied("access is denied")

    found = swept(recorded, eu_west_1=FakeInventory({"db": ["v1"]}), eu_south_1=closed)

    assert found.regions == ("eu-west-1",)
    assert [(it.what, it.statement["Action"]) for it in found.not_visible] == [
        ("eu-south-1", "secretsmanager:ListSecrets")
    ]


def test_where_no_region_shows_its_secrets_nothing_is_concluded(recorded: Recorded) -> None:
    closed = FakeInventory({})
    closed.failures["list"] = Denied("access is denied")

    with pytest.raises(Denied, match="no region shows its secrets: access is denied"):
        swept(recorded, eu_west_1=closed)


def test_a_service_that_does_not_answer_ends_the_sweep(recorded: Recorded) -> None:
    silent = FakeInventory({"db": ["v1"]})
    silent.failures["versions db"] = Unreachable("x")

    with pytest.raises(Unreachable):
        swept(recorded, eu_west_1=silent)


# ---------------------------------------------------------------------------------------------- the ledger


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = SqliteLedger.at(tmp_path / "ledger.sqlite", TickingClock())
    yield opened
    opened.close()


Holding = Callable[..., Recorded]


@pytest.fixture
def holding(ledger: Ledger) -> Holding:
    def hold(*drafts: Draft, since: datetime | None = None) -> Recorded:
        ledger.append("audit", [*drafts, run()])
        return recorded_secrets(ledger, since)

    return hold


def run(start: str = "2026-03-01T00:00:00Z", end: str = "2026-03-20T00:00:00Z") -> Draft:
    counts = ("records", "changes", "attempts", "service_events", "unclassified", "duplicates", "conflicts")
    body: dict[str, Any] = dict.fromkeys(counts, 1)
    return draft(EntryKind.AUDIT_RUN, body | {"as_of": end, "from": start, "to": end}, invented=False)


def made(name: str = "PutSecretValue", version: str = "v1", **changed: Any) -> Draft:
    number = f"e-{name}-{version}-{changed.get('time', '')}"
    return event(number, name=name, version_id=version, secret=arn("db"), secret_name="db", **changed)


def explained(recorded: Recorded, version: str) -> bool:
    return recorded.explains(SeenSecret(arn("db"), "db", MADE, MADE), version)


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (made(), True),
        (made("CreateSecret"), True),
        (made("RotateSecret"), True),
        (made("RotationSucceeded", event_kind="service"), True),
        (made("RotationFailed", event_kind="service"), False),
        (made("DeleteSecret"), False),
        (made(event_kind="attempt"), False),
        (made("GenerateDataKey", event_kind="witness", service="kms"), False),
        (event("x", version_id="v1", secret=arn("db"), invented=True), False),
    ],
)
def test_changes_and_managed_rotations_explain_versions_and_nothing_else_does(
    *, entry: Draft, expected: bool, holding: Holding
) -> None:
    assert explained(holding(entry), "v1") is expected


def test_the_records_span_what_all_audits_read_or_begin_later(ledger: Ledger, holding: Holding) -> None:
    ledger.append("audit", [run("2026-02-01T00:00:00Z", "2026-03-10T00:00:00Z")])

    assert (holding().start, holding().end) == (datetime(2026, 2, 1, tzinfo=UTC), END)
    assert holding(since=MADE).start == MADE


def test_a_ledger_without_an_audit_has_nothing_to_compare_with(ledger: Ledger) -> None:
    ledger.append("audit", [made()])

    with pytest.raises(NotFound, match="no audit"):
        recorded_secrets(ledger)


def test_the_life_of_a_secret_is_what_was_recorded_last_of_it(holding: Holding) -> None:
    at = "2026-03-1{}T00:00:00Z".format
    deleted = made("DeleteSecret", "", time=at(1))

    def alive(*drafts: Draft) -> list[str]:
        return [found for found, _ in holding(*drafts).alive_in(ACCOUNT, [REGION])]

    assert alive(made()) == [arn("db")]
    assert alive(deleted) == []
    assert alive(made("RestoreSecret", "", time=at(2))) == [arn("db")]
    assert alive(made("EndSecretVersionDelete", "", time=at(3), event_kind="service")) == []


def test_what_was_made_current_last_is_known_also_where_a_label_was_moved(holding: Holding) -> None:
    moved = verdict(
        "m", event="UpdateSecretVersionStage", version_id="v0", secret=arn("db"), time="2026-03-11T00:00:00Z"
    )
    other = verdict("o", event="TagResource", version_id="", secret=arn("db"))

    recorded = holding(made(), made(version="v2", time="2026-03-10T10:00:00Z"), moved, other)

    assert recorded.secret(arn("db"), "", "", "").current == (datetime(2026, 3, 11, tzinfo=UTC), "v0")


def entries(ledger: Ledger, kind: EntryKind) -> list[dict[str, Any]]:
    return [it.body() for it in ledger.read("audit") if it.kind is kind]


def test_findings_are_recorded_once_and_settled_when_they_are_so_no_longer(ledger: Ledger, holding: Holding) -> None:
    recorded = holding(made())
    bad, good = FakeInventory({"db": ["v1", "v2"]}), FakeInventory({"db": ["v1"]})

    first = record_sweep(ledger, swept(recorded, eu_west_1=bad))
    again = record_sweep(ledger, swept(recorded, eu_west_1=bad))
    record_sweep(ledger, swept(recorded, eu_west_1=good))
    settled = record_sweep(ledger, swept(recorded, eu_west_1=good))

    assert (first.added, again.added, settled.added) == (2, 0, 0)
    verdicts = entries(ledger, EntryKind.VERDICT)
    assert [(it["verdict"], it["about"], it["discrepancy"]) for it in verdicts] == [
        ("untracked-version", "trace", True),
        ("untracked-version", "trace", False),
    ]
    assert verdicts[1]["reason"].startswith("no longer so at 2026-03-20T01:00:00Z; this version exists")
    runs = entries(ledger, EntryKind.SWEEP_RUN)
    assert (runs[0]["regions"], runs[0]["secrets"], runs[0]["versions"]) == (["eu-west-1"], 1, 2)


def test_what_could_not_be_seen_again_stays_open(ledger: Ledger, holding: Holding) -> None:
    recorded = holding(made())
    hidden = FakeInventory({"db": ["v1"]})
    hidden.failures["versions db"] = Denied("no")
    record_sweep(ledger, swept(recorded, eu_west_1=FakeInventory({"db": ["v2"]})))

    record_sweep(ledger, swept(recorded, eu_west_1=hidden))

    assert [it["discrepancy"] for it in entries(ledger, EntryKind.VERDICT)] == [True]


def test_what_cannot_be_told_for_a_while_stays_open(ledger: Ledger, holding: Holding) -> None:
    recorded = holding(made())
    record_sweep(ledger, swept(recorded, eu_west_1=FakeInventory({})))
    recorded.secret(arn("db"), ACCOUNT, REGION, "db").last = NOW

    record_sweep(ledger, swept(recorded, eu_west_1=FakeInventory({})))

    assert [it["discrepancy"] for it in entries(ledger, EntryKind.VERDICT)] == [True]


def test_a_deletion_whose_record_is_read_later_is_settled(ledger: Ledger, holding: Holding) -> None:
    record_sweep(ledger, swept(holding(made()), eu_west_1=FakeInventory({})))
    recorded = holding(made("DeleteSecret", "", time="2026-03-11T00:00:00Z"))

    for _ in range(2):
        record_sweep(ledger, swept(recorded, eu_west_1=FakeInventory({})))

    verdicts = entries(ledger, EntryKind.VERDICT)
    assert [(it["verdict"], it["discrepancy"]) for it in verdicts] == [
        ("unrecorded-deletion", True),
        ("unrecorded-deletion", False),
    ]


def test_the_published_schema_knows_the_keys_and_the_verdicts_of_the_code(recorded: Recorded, root: Path) -> None:
    schema = json.loads((root / "docs/reference/sweep.schema.json").read_text(encoding="utf-8"))
    found = swept(recorded, eu_west_1=FakeInventory({"db": ["v2"]})).as_json()

    assert schema["required"] == list(schema["properties"]) == list(found)
    of_finding = schema["$defs"]["finding"]["properties"]
    assert list(of_finding) == list(found["findings"][0])  # type: ignore[index]  # JSON
    assert of_finding["verdict"]["enum"] == list(Verdict)[-3:]
    assert list(schema["$defs"]["not_visible"]["properties"]) == list(NotVisible._fields)


def test_the_json_holds_everything(recorded: Recorded) -> None:
    found = swept(recorded, eu_west_1=FakeInventory({"db": ["v2"]})).as_json()

    assert found["schema"] == "counterseal/sweep/v1"
    assert found["recorded"] == {"from": "2026-03-01T00:00:00Z", "to": "2026-03-20T00:00:00Z"}
    assert [it["verdict"] for it in found["findings"]] == ["untracked-version"]  # type: ignore[attr-defined]  # JSON
