"""Who an actor is, and what a change cites."""

from dataclasses import replace

import pytest
from msgspec import structs
from tests.unit.correlation.invented import ACCOUNT, ANA, SECRETS_MANAGER, change, session, ticket

from counterseal.correlation.tickets.people import People, citations, principals

ROLE = f"arn:aws:iam::{ACCOUNT}:role/path/Admin"


def test_maps_add_up() -> None:
    people = People({"ana": (ANA.arn,)}, {"anna": (ANA.arn, "x")})

    assert people.of(ANA) == {"ana", "anna"}


@pytest.mark.parametrize("listed", [ROLE, f"arn:aws:iam::{ACCOUNT}:role/Admin", session("s").arn, "s"])
def test_a_session_is_known_by_its_role_by_itself_or_by_its_name(listed: str) -> None:
    assert People({"ana": (listed,)}).of(session("s")) == {"ana"}


def test_a_fact_goes_before_a_name_that_the_caller_chose() -> None:
    people = People({"mallory": (ROLE,), "ana": ("ana@example.com",)})

    assert people.of(session("ana@example.com")) == {"mallory"}


def test_one_person_s_name_that_several_have_is_nobody_s() -> None:
    people = People({"ana": ("s", ANA.arn)}, {"ben": ("s", "u-1"), "cleo": ("u-1",)})
    known_by_id = structs.replace(session("s"), user_id="u-1")

    assert people.ambiguous == {"s", "u-1"}
    assert people.of(session("s")) == people.of(known_by_id) == frozenset()
    assert people.of(ANA) == {"ana"}


USER_IDS = ["90676c6a1b-2f0dbb2c-1c1b-4a55-9d1e-6e0ec2b2a001", "544894E8-80c1-707f-60e3-3ba6510dfac1"]


@pytest.mark.parametrize("user_id", USER_IDS)
def test_a_session_named_after_the_id_of_a_user_of_identity_center_is_not_that_user(user_id: str) -> None:
    people = People({"ana": (user_id,)})

    assert people.of(structs.replace(session("x"), user_id=user_id)) == {"ana"}
    assert people.of(session(user_id)) == frozenset()


def test_an_ambiguous_user_id_is_not_made_up_for_by_a_session_name() -> None:
    people = People({"ana": ("u-1", "s")}, {"ben": ("u-1",)})

    assert people.of(session("s")) == {"ana"}
    assert people.of(structs.replace(session("s"), user_id="u-1")) == frozenset()


def test_what_one_map_says_twice_is_not_ambiguous() -> None:
    assert People({"ana": ("s",)}, {"ana": ("s", "s")}).of(session("s")) == {"ana"}


@pytest.mark.parametrize("listed", ["ana", "role/Admin", "S", ""])
def test_a_name_alone_is_nobody(listed: str) -> None:
    people = People({"ana": (listed,)})

    assert people.of(ANA) == people.of(session("s")) == people.of(SECRETS_MANAGER) == frozenset()


def test_an_actor_without_an_arn_is_no_principal() -> None:
    assert principals(SECRETS_MANAGER) == frozenset()


SEALS = {
    "OPS-42." + "a" * 43: "OPS-42",
    "A-1." + "-_aZ09" * 7 + "x": "A-1",
    "#12." + "a" * 43: "#12",
    "ABCDEFGHIJKLMNOP-123." + "a" * 43: "ABCDEFGHIJKLMNOP-123",
    "#1." + "a" * 43: "",
    "OPS-42." + "a" * 42: "",
    "OPS-42." + "a" * 44: "",
    "OPS-42." + "a" * 42 + "=": "",
    "ops-42." + "a" * 43: "",
    "OPS-042." + "a" * 43: "",
    "ABCDEFGHIJKLMNOPQ-123." + "a" * 43: "",
    "OPS-42." + "a" * 43 + "\n": "",
    "terraform-20260310120000000000000001": "",
    "00000000-0000-4000-8000-000000000001": "",
}


@pytest.mark.parametrize("version_id", SEALS)
def test_only_the_exact_grammar_is_a_counterseal(version_id: str) -> None:
    assert citations(change(version_id=version_id)).counterseal == SEALS[version_id]


CITED = {
    "OPS-42": {"OPS-42"},
    "ana-OPS-42": {"OPS-42"},
    "OPS-42-ana": {"OPS-42"},
    "OPS-42,OPS-43": {"OPS-42", "OPS-43"},
    "DEVOPS-42": {"DEVOPS-42"},
    "OPS-421": {"OPS-421"},
    "xOPS-42": set(),
    "OPS-42x": set(),
    "ops-42": set(),
    "": set(),
}


@pytest.mark.parametrize("name", CITED)
def test_a_ticket_key_is_cited_whole_or_not_at_all(name: str) -> None:
    found = citations(change(actor=session(name, source_identity=name)))

    assert found.session_name == found.source_identity == CITED[name]


def test_a_tag_cites_only_by_being_the_key() -> None:
    tagged = change(actor=ANA, facts={"session_tags": {"ticket": "OPS-42", "note": "see OPS-43"}})

    assert citations(tagged).all() == ["OPS-42"]


def test_a_ticket_is_cited_by_its_id_as_well() -> None:
    by_id = citations(change(version_id="#10042." + "a" * 43))

    assert by_id.name(ticket())
    assert not by_id.name(ticket(issue_id="1"))
    assert not citations(change()).name(replace(ticket(), issue_id="", issue_key=""))
