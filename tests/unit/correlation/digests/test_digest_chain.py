"""The walk along a chain where digests contradict each other: what can and what cannot be told."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from counterseal.correlation.digests.completeness import Outcome, meaning_of, to_do_about
from counterseal.correlation.digests.digest_chain import Archive, StoredDigest, chains, follow
from counterseal.correlation.digests.digests import ChainId, Digest, DigestName
from counterseal.correlation.digests.saved_keys import PublicKey, Saved, SavedSignature

CHAIN = ChainId("111122223333", "eu-west-1", "main", "eu-west-1", backfill=False)
ARCHIVE = Archive("bucket", "")
START = datetime(2026, 1, 1, tzinfo=UTC)
GOOD = "600d"


class AnyButBad:
    """Takes one signature for good, whatever it is over."""

    def verify(self, message: bytes, signature: bytes) -> bool:
        return signature.hex() == GOOD


KEYS = (PublicKey("f", START, START.replace(month=12), AnyButBad()),)


def place(hour: int) -> str:
    stamp = f"20260310T{hour:02}0000Z"
    return f"AWSLogs/111122223333_CloudTrail-Digest_eu-west-1_main_eu-west-1_{stamp}.json.gz"


def stored(hour: int, *, lies_at: int | None = None, **changed: Any) -> StoredDigest:
    """Return the digest of the hour that ends then, whose hash is its number."""
    said: dict[str, Any] = {
        "start_text": f"2026-03-10T{hour - 1:02}:00:00Z",
        "end_text": f"2026-03-10T{hour:02}:00:00Z",
        "bucket": "bucket",
        "object_name": place(hour),
        "fingerprint": "f",
        "previous_bucket": "bucket",
        "previous_object": place(hour - 1),
        "previous_hash": str(hour - 1),
        "previous_signature": GOOD,
    }
    at = lies_at or hour
    name = DigestName(CHAIN, datetime(2026, 3, 10, at, tzinfo=UTC))
    return StoredDigest(place(at), name, Digest(**(said | changed)), str(hour))


def walk(*digests: StoredDigest, signatures: Mapping[int, str] | None = None) -> list[tuple[str, str]]:
    kept = {place(hour): SavedSignature(text, "SHA256withRSA", None) for hour, text in (signatures or {}).items()}
    links = follow(CHAIN, chains(digests)[CHAIN], ARCHIVE, Saved(KEYS, kept))
    return [(str(it.hour.outcome), it.hour.reason) for it in links]


def outcomes(*digests: StoredDigest, signatures: Mapping[int, str] | None = None) -> list[str]:
    return [outcome for outcome, _ in walk(*digests, signatures=signatures)]


def test_a_proved_digest_that_records_another_hash_shows_an_alteration() -> None:
    assert outcomes(stored(12, previous_hash="x"), stored(11), signatures={12: GOOD}) == ["proved", "altered-digest"]


def test_an_unproved_newest_digest_that_records_another_hash_and_no_signature_shows_an_alteration() -> None:
    (_, first), (altered, reason) = walk(stored(12, previous_hash="x", previous_signature="00"), stored(11))

    assert "newest" in first
    assert (altered, "itself not proved" in reason) == ("altered-digest", True)


def test_a_hash_that_agrees_with_a_signature_that_does_not_is_a_bad_signature() -> None:
    assert outcomes(stored(12, previous_signature="00"), stored(11))[1] == "bad-signature"
    assert outcomes(stored(12, previous_signature=None), stored(11))[1] == "bad-signature"


def test_a_signature_proves_a_digest_whatever_became_of_the_one_that_holds_it() -> None:
    assert outcomes(stored(12), stored(11), signatures={12: "00"}) == ["bad-signature", "proved"]


def test_what_only_a_refused_digest_says_proves_nothing() -> None:
    (_, _), (outcome, reason) = walk(stored(12, previous_signature="00"), stored(11), signatures={12: "00"})

    assert (outcome, "cannot be relied on" in reason) == ("unproved", True)


def test_the_signature_in_a_moved_digest_proves_the_one_before_it() -> None:
    assert outcomes(stored(12, lies_at=20), stored(11)) == ["proved", "moved-digest"]


def test_a_moved_newest_digest_that_begins_its_chain_is_told() -> None:
    assert outcomes(stored(12, lies_at=20, previous_object=None)) == ["moved-digest"]


def test_a_digest_in_another_bucket_is_named_with_it() -> None:
    found = walk(stored(12, previous_bucket="elsewhere"), stored(10), signatures={12: GOOD, 10: GOOD})

    assert [outcome for outcome, _ in found] == ["proved", "missing-digest", "proved"]
    assert "in 'elsewhere'" in found[1][1]


def test_the_oldest_place_taken_by_another_digest_is_altered() -> None:
    found = outcomes(stored(12), stored(14, lies_at=11), signatures={12: GOOD})

    assert found == ["proved", "altered-digest"]


def test_an_altered_digest_in_the_place_of_one_of_several_is_altered() -> None:
    found = outcomes(stored(12), stored(14, lies_at=11), stored(10), signatures={12: GOOD, 10: GOOD})

    assert found == ["proved", "altered-digest", "proved"]


def test_a_digest_that_says_it_is_no_digest_is_told_where_it_lies() -> None:
    assert outcomes(stored(12, object_name="something else")) == ["moved-digest"]


def test_saved_signatures_of_other_chains_and_older_hours_say_nothing() -> None:
    other = place(13).replace("main", "other")
    kept = {name: SavedSignature(GOOD, "SHA256withRSA", None) for name in (place(12), place(9), other, "x")}

    links = follow(CHAIN, [stored(12)], ARCHIVE, Saved(KEYS, kept))

    assert [it.hour.outcome for it in links] == [Outcome.PROVED]


def test_of_two_keys_with_one_fingerprint_the_one_of_that_time_counts() -> None:
    old = PublicKey("f", START.replace(year=2020), START.replace(year=2021), AnyButBad())
    kept = {place(12): SavedSignature(GOOD, "SHA256withRSA", None)}

    links = follow(CHAIN, [stored(12)], ARCHIVE, Saved((old, *KEYS), kept))

    assert [it.hour.outcome for it in links] == [Outcome.PROVED]


@pytest.mark.parametrize(("second", "outcome"), [(0, Outcome.PROVED), (1, Outcome.UNKNOWN_KEY)])
def test_a_key_may_begin_up_to_two_hours_after_the_digest_ends(second: int, outcome: Outcome) -> None:
    key = KEYS[0]._replace(start=datetime(2026, 3, 10, 14, 0, second, tzinfo=UTC))
    kept = {place(12): SavedSignature(GOOD, "SHA256withRSA", None)}

    links = follow(CHAIN, [stored(12)], ARCHIVE, Saved((key,), kept))

    assert [it.hour.outcome for it in links] == [outcome]


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_that_counts_says_what_to_do(outcome: Outcome) -> None:
    assert meaning_of(outcome)
    assert bool(to_do_about(outcome)) is (outcome is not Outcome.PROVED)
