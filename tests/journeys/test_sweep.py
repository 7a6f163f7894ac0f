"""A sweep by the real command on the AWS double: what no record explains is found, kept, and settled."""

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from jsonschema import Draft202012Validator
from tests.doubles.aws_double import AwsDouble, Key
from tests.doubles.broker_stage import ACCOUNT
from tests.journeys.command import counterseal

from counterseal.provisioning.catalogue import given_for
from counterseal.provisioning.policy import filled
from counterseal.provisioning.roles import AUDIT
from counterseal.references.regions import NAMES

pytestmark = [pytest.mark.enable_socket, pytest.mark.double]

REGIONS = iter(sorted(NAMES))
"""Each test sweeps a region of its own: the double is shared, and a sweep sees all that is there."""

CANARY = "canary-9pW2sd"


def may_audit(region: str) -> Any:
    """Return the statements that `policy show audit` prints for the double's account and a region."""
    given = given_for({"account": (ACCOUNT,), "region": (region,)})
    return filled(AUDIT, given).document()["Statement"]


class Done(NamedTuple):
    """How a command ended."""

    status: int
    shown: str
    said: str

    @property
    def json(self) -> dict[str, Any]:
        """Return what it printed."""
        found: dict[str, Any] = json.loads(self.shown)
        return found

    @property
    def found(self) -> list[tuple[str, str, str]]:
        """Return verdict, name and version of each finding."""
        return [(it["verdict"], it["secret_name"], it["version_id"]) for it in self.json["findings"]]


class Site:
    """A region of the double with secrets in it, what was recorded of them, and a user who may sweep."""

    def __init__(self, folder: Path, double: AwsDouble, region: str, *, hours: float = 0) -> None:
        """Keep two secrets, and record both: one which stories are about, and three hours later one of `hours` ago."""
        self.folder, self.double, self.region = folder, double, region
        self.key = double.user(*may_audit(region))
        self.versions = [self.do("create_secret", hours + 3, Name="db", SecretString=CANARY)]
        self.do("create_secret", hours, Name="other", SecretString=CANARY)
        self.audit(*self.records("db"), *self.records("other"))

    def do(self, call: str, hours: float, **request: Any) -> str:
        """Do something as the administrator some hours ago; return the version that it made, if it made one."""
        client = self.double.client_of_the_past("secretsmanager", hours, self.region)
        return str(getattr(client, call)(**request).get("VersionId", ""))

    def put(self, hours: float) -> str:
        """Put a new value of the secret."""
        self.versions.append(self.do("put_secret_value", hours, SecretId="db", SecretString=f"{CANARY}{hours}"))
        return self.versions[-1]

    def records(self, name: str) -> list[dict[str, Any]]:
        """Return the records of what was done to a secret."""
        found = self.double.records_of(name, region=self.region)
        return [it for it in found if it["awsRegion"] == self.region]

    def audit(self, *records: dict[str, Any]) -> None:
        """Record an audit of these records, of which no ticket approves anything."""
        (self.folder / "logs.json").write_text(json.dumps({"Records": records}))
        assert self.run("audit", "logs.json", "--record").status == 10

    def run(self, *arguments: str, key: Key | None = None) -> Done:
        """Run `counterseal` as the user who may sweep, or as another."""
        own = {"AWS_DEFAULT_REGION": self.region, **self.double.environment(key or self.key)}
        done = counterseal(*arguments, folder=self.folder, environment=own)
        shown = Done(done.returncode, done.stdout.decode(), done.stderr.decode())
        assert CANARY not in shown.shown + shown.said
        return shown

    def sweep(self, *arguments: str, key: Key | None = None) -> Done:
        """Sweep, with what is found as JSON."""
        return self.run("sweep", "--json", *arguments, key=key)


@pytest.fixture
def site(aws_double: AwsDouble, tmp_path: Path) -> Site:
    return Site(tmp_path, aws_double, next(REGIONS))


@pytest.fixture(scope="module")
def schema(root: Path) -> Draft202012Validator:
    document = json.loads((root / "docs/reference/sweep.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(document)
    return Draft202012Validator(document)


def test_where_records_explain_everything_nothing_is_found(site: Site, schema: Draft202012Validator) -> None:
    done = site.sweep()

    assert (done.status, done.found) == (0, []), done.said
    assert list(schema.iter_errors(done.json)) == []
    assert done.json["regions"] == [site.region]
    assert (done.json["secrets"], done.json["versions"]) == (2, 2)
    assert (done.json["never_seen"], done.json["not_visible"]) == ([], [])


def test_a_version_that_was_made_past_the_records_is_found(site: Site, schema: Draft202012Validator) -> None:
    version = site.put(1)
    done = site.sweep()
    shown = site.run("sweep")

    assert (done.status, done.found) == (10, [("untracked-version", "db", version)]), done.said
    assert list(schema.iter_errors(done.json)) == []
    assert shown.status == 10
    assert shown.shown.startswith("1 discrepancy\n")
    assert "this version exists, labelled AWSCURRENT, and no recorded change made it" in shown.shown


def test_a_secret_that_no_record_names_is_told_and_its_versions_are_found(site: Site) -> None:
    version = site.do("create_secret", 1, Name="hidden", SecretString=CANARY)
    done = site.sweep()

    assert done.found == [("untracked-version", "hidden", version)]
    assert [it.rpartition(":")[2][:-7] for it in done.json["never_seen"]] == ["hidden"]


def test_where_records_ceased_what_is_made_afterwards_is_found_a_day_later(
    aws_double: AwsDouble, tmp_path: Path
) -> None:
    site = Site(tmp_path, aws_double, next(REGIONS), hours=50)
    site.put(26)
    site.put(23)
    done = site.sweep()

    assert (done.status, done.found) == (10, [("untracked-version", "db", site.versions[1])])
    assert done.json["findings"][0]["reason"].endswith("; every record is older than that")
    assert done.json["too_young"] == 1


def test_what_was_just_made_is_too_young_to_be_told(site: Site) -> None:
    site.put(0)
    done = site.sweep()

    assert (done.status, done.found, done.json["too_young"]) == (0, [], 1)


@pytest.mark.parametrize("more", [{}, {"ForceDeleteWithoutRecovery": True}, {"RecoveryWindowInDays": 7}])
def test_a_deletion_without_a_record_is_found(site: Site, more: dict[str, Any], schema: Draft202012Validator) -> None:
    site.do("delete_secret", 1, SecretId="db", **more)
    done = site.sweep()

    assert (done.status, done.found) == (10, [("unrecorded-deletion", "db", "")]), done.said
    assert list(schema.iter_errors(done.json)) == []


def test_a_deletion_with_a_record_is_no_finding(site: Site) -> None:
    site.do("delete_secret", 1, SecretId="db")
    site.audit(*site.records("db"))

    assert (site.sweep().status, site.sweep().found) == (0, [])


def test_a_label_that_was_moved_without_a_record_is_found(site: Site, schema: Draft202012Validator) -> None:
    first, second = site.versions[0], site.put(2)
    site.audit(*site.records("db"))
    moved = {"VersionStage": "AWSCURRENT", "MoveToVersionId": first, "RemoveFromVersionId": second}
    site.do("update_secret_version_stage", 1, SecretId="db", **moved)
    done = site.sweep()

    assert (done.status, done.found) == (10, [("stale-label", "db", first)]), done.said
    assert list(schema.iter_errors(done.json)) == []
    site.audit(*site.records("db"))
    assert site.sweep().found == []


def test_what_was_found_is_kept_and_settled_once_its_record_is_read(site: Site) -> None:
    site.put(1)
    found = site.sweep("--record")
    [it] = found.json["findings"]
    listed = ("findings", "list", "--verdict", "untracked-version", "--json", "--exit-status")

    assert (found.status, found.said) == (10, "counterseal: recorded: 2 entries added\n")
    again = site.sweep("--record")
    assert (again.status, again.json["findings"]) == (10, [it])
    kept = site.run(*listed)
    assert kept.status == 10
    assert it["event_id"] in kept.shown

    site.audit(*site.records("db"))
    settled = site.sweep("--record")
    assert (settled.status, settled.found) == (0, [])
    over = site.run(*listed)
    assert over.status == 0
    assert it["event_id"] not in over.shown
    assert "no longer so" in site.run(*listed, "--all").shown
    assert site.run("ledger", "verify").status == 0


def test_without_record_nothing_is_kept(site: Site) -> None:
    site.put(1)
    before = site.run("ledger", "show").shown
    site.sweep()

    assert site.run("ledger", "show").shown == before


def test_what_may_not_be_seen_is_said_with_the_statement_that_would_show_it(
    site: Site, schema: Draft202012Validator
) -> None:
    lister = site.double.user({"Effect": "Allow", "Action": "secretsmanager:ListSecrets", "Resource": "*"})
    site.put(1)
    done = site.sweep(key=lister)

    assert (done.status, done.json["secrets"], len(done.json["not_visible"])) == (0, 0, 2)
    assert list(schema.iter_errors(done.json)) == []
    assert {it["statement"]["Action"] for it in done.json["not_visible"]} == {"secretsmanager:ListSecretVersionIds"}
    shown = site.run("sweep", key=lister).shown
    assert "Not seen    the versions of arn:aws:secretsmanager:" in shown


def test_regions_are_swept_together(site: Site) -> None:
    version = site.put(1)
    both = site.double.user(*may_audit("sa-east-1"), *may_audit(site.region))
    done = site.sweep("--regions", "sa-east-1", site.region, key=both)

    assert (done.status, done.found) == (10, [("untracked-version", "db", version)])
    assert done.json["regions"] == ["sa-east-1", site.region]


def test_who_may_list_nothing_is_denied(site: Site) -> None:
    done = site.sweep(key=site.double.user())

    assert done.status == 6
    assert "secretsmanager:ListSecrets" in done.said


def test_without_a_ledger_there_is_nothing_to_compare_with(aws_double: AwsDouble, tmp_path: Path) -> None:
    done = counterseal("sweep", folder=tmp_path, environment=aws_double.environment())

    assert done.returncode == 4
    assert b"there is no ledger" in done.stderr
