"""The known traps of CloudTrail, one by one: which tests stand on each. None may be left without one."""

import ast
from functools import lru_cache
from pathlib import Path

import pytest

CORRELATION, CONTROL = "tests/unit/correlation", "tests/unit/control"
RECORDS, JUDGING = f"{CORRELATION}/records", f"{CORRELATION}/judging"

TRAPS: dict[str, tuple[str, ...]] = {
    "1 the answer says arn, aRN or ARN": (
        f"{RECORDS}/test_whereabouts.py::test_the_secret_is_found_in_every_place_that_was_seen",
    ),
    "2 a name, a partial ARN, a full one, and names that end like a suffix": (
        f"{RECORDS}/test_identity.py::test_a_bare_name_alone_leads_to_no_arn",
        f"{RECORDS}/test_identity.py::test_a_partial_arn_that_looks_full_is_told_apart_by_what_is_known",
        f"{RECORDS}/test_identity.py::test_a_name_that_ends_like_a_suffix_is_kept_where_a_record_tells_it",
    ),
    "3 two secrets with one suffix": (
        f"{RECORDS}/test_identity.py::test_secrets_that_share_a_suffix_stay_apart",
        f"{CORRELATION}/test_real_records.py::test_secrets_of_the_simulation_share_suffixes_and_stay_apart",
    ),
    "4 a success without an answer": (f"{RECORDS}/test_normalise.py::test_no_answer_is_no_failure",),
    "5 a message without an error code, and a code that means success": (
        f"{RECORDS}/test_normalise.py::test_an_error_message_alone_is_no_error_code",
        f"{RECORDS}/test_normalise.py::test_an_error_code_of_success_is_a_success",
    ),
    "6 an identity without a type": (f"{RECORDS}/test_actor.py::test_an_actor_is_what_the_record_says_and_no_more",),
    "7 CreateSecret says name, not secretId": (
        f"{RECORDS}/test_whereabouts.py::test_create_secret_says_name_and_not_secret_id",
    ),
    "8 the same token again changes nothing": (
        f"{JUDGING}/test_witnesses.py::test_a_token_given_again_is_a_repeat_and_lacks_nothing",
        f"{JUDGING}/test_proof.py::test_a_repeated_call_is_the_same_use",
    ),
    "9 UpdateSecret of metadata only": (
        f"{JUDGING}/test_witnesses.py::test_an_update_without_a_witness_that_would_have_been_seen_is_metadata",
    ),
    "10 Secrets Manager only tries a key": (
        f"{RECORDS}/test_normalise.py::test_a_key_that_is_only_tried_witnesses_no_version",
    ),
    "11 a label goes back": (f"{JUDGING}/test_labels.py::test_a_rollback_is_seen",),
    "12 a rotation's steps by their token": (
        f"{JUDGING}/test_rotation.py::test_a_step_inherits_from_the_approved_rotation",
    ),
    "13 replicas in other regions": (
        f"{RECORDS}/test_identity.py::test_a_replica_is_another_secret_with_the_same_name",
        f"{RECORDS}/test_secret_names.py::test_a_replica_differs_in_its_region_only",
    ),
    "14 versions deleted, and nobody asked": (
        f"{JUDGING}/test_aside.py::test_a_deletion_that_nobody_ordered_is_an_orphan",
    ),
    "15 an addendum corrects a record": (
        f"{RECORDS}/test_gathering.py::test_a_correction_takes_the_place_of_what_it_corrects",
    ),
    "16 one action in two accounts": (
        f"{RECORDS}/test_gathering.py::test_one_action_delivered_to_two_accounts_is_one_change_of_the_owner",
    ),
    "17 one id, two contents": (
        f"{RECORDS}/test_gathering.py::test_the_same_id_with_another_content_is_a_conflict_and_no_duplicate",
    ),
    "18 files out of order, and of the next day": (
        f"{RECORDS}/test_gathering.py::test_order_and_splitting_change_nothing",
        f"{JUDGING}/test_docket.py::test_any_order_any_repetition_and_any_split_give_the_findings_of_one_audit",
    ),
    "19 attempts that AWS denied": (f"{RECORDS}/test_normalise.py::test_a_refused_write_is_an_attempt",),
    "20 a trail that was stopped": (
        f"{RECORDS}/test_blindness.py::test_a_stopped_trail_is_blind_until_it_starts",
        f"{JUDGING}/test_docket.py::test_a_discrepancy_of_a_blind_interval_is_never_all_clear",
    ),
    "21 digests: starting, empty, backfilled, moved, with a hash of 63 digits": (
        f"{CONTROL}/test_completeness.py::test_a_restart_of_validation_is_a_gap",
        f"{CONTROL}/test_completeness.py::test_a_whole_chain_is_proved_hour_by_hour_silence_included",
        f"{CONTROL}/test_completeness.py::test_backfill_digests_are_a_chain_of_their_own_with_the_key_of_their_making",
        f"{CONTROL}/test_completeness.py::test_a_moved_digest_is_a_moved_digest",
        f"{CONTROL}/test_completeness.py::test_a_hash_of_63_digits_is_a_bad_hash_though_it_is_signed",
    ),
    "22 SNS: hosts that look alike, Url and URL, no subject, both versions": (
        f"{CONTROL}/test_sns.py::test_trap_22_what_sns_signed_is_accepted",
        f"{CONTROL}/test_sns.py::test_trap_22_what_it_did_not_is_refused_for_its_own_reason",
        f"{CONTROL}/test_sns.py::test_trap_22_no_address_but_that_of_sns_is_ever_asked",
    ),
    "23 version 1.10 is later than 1.9": (
        f"{RECORDS}/test_record.py::test_an_event_version_is_compared_as_whole_numbers",
    ),
    "24 names that nobody knows": (
        f"{RECORDS}/test_catalogue.py::test_an_unknown_name_that_is_not_read_only_surfaces",
        f"{CORRELATION}/test_every_entry.py::test_a_name_that_aws_may_add_surfaces",
    ),
    "25 partitions": (f"{RECORDS}/test_identity.py::test_an_arn_of_every_partition_is_understood",),
    "26 a source address that is a list, or a service": (
        f"{RECORDS}/test_facts.py::test_a_source_address_may_be_a_list_or_a_service",
    ),
    "27 dates in the words of a locale": (
        f"{RECORDS}/test_normalise.py::test_texts_of_dates_in_an_answer_are_left_alone",
    ),
    "28 Jira's own way to write a time": (
        "tests/unit/test_clock.py::test_every_written_form_is_read_to_the_whole_second",
        f"{RECORDS}/test_envelopes.py::test_a_message_of_jira_automation_is_a_hint_and_never_an_approval",
    ),
}


@lru_cache
def _tests_in(file: Path) -> frozenset[str]:
    found = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
    return frozenset(it.name for it in found if isinstance(it, ast.FunctionDef))


def test_every_trap_has_its_number() -> None:
    assert [int(it.partition(" ")[0]) for it in TRAPS] == list(range(1, 29))


@pytest.mark.parametrize("trap", TRAPS)
def test_a_trap_has_tests_that_are_there(trap: str, root: Path) -> None:
    missing = [it for it in TRAPS[trap] if it.partition("::")[2] not in _tests_in(root / it.partition("::")[0])]

    assert TRAPS[trap]
    assert missing == []
