"""The policy is read to the letter, and every key of it is documented."""

import tomllib
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from counterseal.correlation.tickets.policy import KEYS, Basis, Freeze, Policy, policy_table, read_policy
from counterseal.errors import SettingsError

STANDING = {
    "principal": "arn:p",
    "secrets": ["s"],
    "operations": ["any"],
    "ticket": "OPS-1",
    "expires": date(2027, 1, 1),
}
WHOLE: dict[str, Any] = {
    "approvers_needed": 2,
    "separation_of_duties": False,
    "approver_groups": ["CAB"],
    "approved_statuses": ["Genehmigt"],
    "statuses_after_approval": ["In Arbeit"],
    "rejected_statuses": ["Abgelehnt"],
    "uncovered_fields": ["Labels"],
    "candidate_days": 3,
    "default_window_hours": 4,
    "emergency_limit_hours": 48,
    "minimum_basis": "window",
    "longest_waiver_days": 90,
    "baseline": "2026-01-01",
    "identities": {"ana": ["arn:ana"]},
    "rotation_roles": {"arn:function": "arn:role"},
    "jira_fields": {"secrets": "customfield_1"},
    "freeze": [{"from": datetime(2026, 12, 20, tzinfo=UTC), "to": "2027-01-03T00:00:00Z", "reason": "year's end"}],
    "standing": [STANDING],
    "trail_buckets": ["logs"],
    "guarded_buckets": ["b"],
    "guarded_keys": ["k"],
    "guarded_tables": ["t"],
}


def test_every_key_is_read() -> None:
    policy = read_policy(WHOLE)

    assert (policy.approvers_needed, policy.separation_of_duties) == (2, False)
    assert policy.approver_groups == {"cab"}
    assert policy.approved_statuses == {"genehmigt"}
    assert policy.statuses_after_approval == {"in arbeit", "genehmigt"}
    assert policy.rejected_statuses == {"abgelehnt"}
    assert policy.uncovered_fields == {"labels"}
    assert policy.candidate_span == timedelta(days=3)
    assert policy.default_window == timedelta(hours=4)
    assert policy.emergency_limit == timedelta(hours=48)
    assert policy.minimum_basis is Basis.WINDOW
    assert policy.longest_waiver == timedelta(days=90)
    assert policy.baseline == datetime(2026, 1, 1, tzinfo=UTC)
    assert policy.identities == {"ana": ("arn:ana",)}
    assert policy.rotation_roles == {"arn:function": "arn:role"}
    assert policy.jira_fields == {"secrets": "customfield_1"}
    start, end = datetime(2026, 12, 20, tzinfo=UTC), datetime(2027, 1, 3, tzinfo=UTC)
    assert policy.freezes == (Freeze(start=start, end=end, reason="year's end"),)
    assert policy.standing[0].expires == datetime(2027, 1, 1, tzinfo=UTC)
    assert policy.trail_buckets == ("logs",)
    assert (policy.guarded_buckets, policy.guarded_keys, policy.guarded_tables) == (("b", "logs"), ("k",), ("t",))


def test_nothing_set_is_the_default() -> None:
    assert read_policy({}) == Policy()
    assert set(WHOLE) == set(KEYS)
    assert len(fields(Policy)) == len(KEYS)


WRONG: dict[str, tuple[dict[str, Any], str, str]] = {
    "an unknown key": (
        {"approver_needed": 1},
        "unknown key policy.approver_needed",
        "did you mean 'approvers_needed'?",
    ),
    "more days than a century": (
        {"candidate_days": 36_501},
        "candidate_days must be a whole number, at most 36500",
        "",
    ),
    "more hours than a century": (
        {"default_window_hours": 876_001},
        "default_window_hours must be a whole number, at most 876000",
        "",
    ),
    "a limit beyond a century": (
        {"emergency_limit_hours": 876_001},
        "emergency_limit_hours must be a whole number, at most 876000",
        "",
    ),
    "no approver at all": ({"approvers_needed": 0}, "policy.approvers_needed must be a whole number, at least 1", ""),
    "a flag for a number": ({"candidate_days": True}, "and is true or false", ""),
    "half a day": ({"candidate_days": 0.5}, "and is a number", ""),
    "text for a flag": ({"separation_of_duties": "yes"}, "must be true or false, and is text", ""),
    "an unknown basis": ({"minimum_basis": "rotation"}, "policy.minimum_basis: 'rotation' is not known", "known are"),
    "an unknown Jira field": ({"jira_fields": {"secret": "c"}}, "'secret' is not known", "did you mean 'secrets'?"),
    "a Jira field that is none": ({"jira_fields": {"secrets": 1}}, "policy.jira_fields.secrets must be text", ""),
    "a freeze that ends first": (
        {"freeze": [{"from": "2026-02-01", "to": "2026-01-01"}]},
        "policy.freeze[0] ends before it begins",
        "",
    ),
    "an unknown key in a freeze": ({"freeze": [{"form": "x"}]}, "unknown key policy.freeze[0].form", "'from'"),
    "a standing approval for an unknown operation": (
        {"standing": [STANDING | {"operations": ["al"]}]},
        "policy.standing[0].operations: 'al' is not known",
        "",
    ),
    "a baseline that is none": ({"baseline": "soon"}, "policy.baseline: 'soon' is not a time", "write it like"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_named(case: str) -> None:
    members, message, hint = WRONG[case]

    with pytest.raises(SettingsError) as refused:
        read_policy(members)

    assert message in str(refused.value)
    assert hint in refused.value.hint


def test_the_example_of_the_reference_is_a_policy(root: Path) -> None:
    page = (root / "docs/reference/policy.md").read_text(encoding="utf-8")
    example = page.partition("```toml\n")[2].partition("```")[0]

    policy = read_policy(policy_table(tomllib.loads(example), "policy.md"))

    assert (policy.approvers_needed, policy.standing[0].owner) == (2, "cleo.j")
    assert policy.freezes[0].reason == "year's end"


def test_the_policy_stands_in_a_table_of_its_name() -> None:
    assert policy_table({"policy": {"candidate_days": 1}, "storage": {}}, "f") == {"candidate_days": 1}


@pytest.mark.parametrize(
    ("document", "hint"),
    [
        ({"polcy": {}}, "did you mean [policy] by [polcy]?"),
        ({"candidate_days": 1}, "the rules stand under a line that says [policy]"),
        ({}, "the rules stand under a line that says [policy]"),
    ],
)
def test_a_file_without_the_table_is_refused(document: dict[str, Any], hint: str) -> None:
    with pytest.raises(SettingsError, match=r"'rules\.toml' has no table \[policy\]") as refused:
        policy_table(document, "rules.toml")

    assert refused.value.hint == hint


def test_more_identities_stand_beside_a_policy_s_own() -> None:
    policy = read_policy({"identities": {"ana": ["a"], "ben": ["b"]}})

    found = policy.with_identities({"ana": ("x",), "cleo": ("c",)})

    assert found.identities == {"ana": ("a", "x"), "ben": ("b",), "cleo": ("c",)}
    assert policy.with_identities({}) == policy
