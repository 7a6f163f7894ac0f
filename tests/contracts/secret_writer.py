"""What everything that changes secrets in Secrets Manager does, above all with the tokens that become versions."""

from abc import ABC, abstractmethod
from typing import NamedTuple
from uuid import uuid4

import pytest

from counterseal.errors import Conflict, Refused, SecretNotFound
from counterseal.hidden import Hidden
from counterseal.secretstore import SecretRequest, SecretStore
from counterseal.secretstore.writing import CURRENT, PENDING, NewSecret, SecretWriter

PREVIOUS = "AWSPREVIOUS"


class Region(NamedTuple):
    """One region: where secrets are changed, and where they are read."""

    writer: SecretWriter
    store: SecretStore

    def value(self, secret_id: str, version_id: str | None = None) -> bytes:
        """Return a value, the current one where no version is named."""
        (version,) = self.store.fetch([SecretRequest(secret_id, version_id=version_id)])
        return version.value.reveal()


def counterseal(ticket: str = "OPS-42") -> str:
    """Return a token in the form of a counterseal."""
    return f"{ticket}.{uuid4().hex}AbC-_{uuid4().hex[:6]}"


class SecretWriterContract(ABC):
    """The contract: a subclass gives a region of the implementation."""

    @pytest.fixture
    @abstractmethod
    def region(self) -> Region:
        """Return a region."""

    @pytest.fixture
    def name(self, region: Region) -> str:
        """Return the name of a secret that holds "one"."""
        name = f"test/{uuid4()}"
        region.writer.create(NewSecret(name), Hidden(b"one"), counterseal())
        return name

    def test_a_new_secret_has_the_token_for_its_version(self, region: Region) -> None:
        name, token = f"test/{uuid4()}", counterseal()

        arn = region.writer.create(NewSecret(name, "for tests", tags={"team": "ops"}), Hidden(b"one"), token)

        described = region.writer.describe(name)
        assert (described.arn, described.name) == (arn, name)
        assert described.version_with(CURRENT) == token
        assert region.value(name, token) == b"one"

    def test_making_it_twice_under_one_token_is_making_it_once(self, region: Region) -> None:
        name, token = f"test/{uuid4()}", counterseal()

        arns = {region.writer.create(NewSecret(name), Hidden(b"one"), token) for _ in range(2)}

        assert len(arns) == 1
        assert list(region.writer.versions(name)) == [token]

    def test_making_it_twice_under_two_tokens_is_a_conflict(self, region: Region, name: str) -> None:
        with pytest.raises(Conflict):
            region.writer.create(NewSecret(name), Hidden(b"one"), counterseal())

    def test_a_new_value_has_the_token_for_its_version(self, region: Region, name: str) -> None:
        before, token = region.writer.describe(name).version_with(CURRENT), counterseal()

        region.writer.put(name, Hidden(b"two"), token, stage=CURRENT)

        assert region.writer.describe(name).stages == {token: frozenset({CURRENT}), before: frozenset({PREVIOUS})}
        assert (region.value(name), region.value(name, before)) == (b"two", b"one")

    def test_the_same_value_under_the_same_token_changes_nothing(self, region: Region, name: str) -> None:
        first, second = counterseal(), counterseal()
        for value, token in ((b"two", first), (b"three", second), (b"two", first)):
            region.writer.put(name, Hidden(value), token, stage=CURRENT)

        assert region.writer.describe(name).version_with(CURRENT) == second
        assert region.value(name) == b"three"

    def test_another_value_under_the_same_token_is_a_conflict(self, region: Region, name: str) -> None:
        token = counterseal()
        region.writer.put(name, Hidden(b"two"), token, stage=CURRENT)

        with pytest.raises(Conflict):
            region.writer.put(name, Hidden(b"three"), token, stage=CURRENT)

        assert region.value(name, token) == b"two"

    def test_what_is_not_text_is_kept_byte_for_byte(self, region: Region, name: str) -> None:
        region.writer.put(name, Hidden(b"\xff\x00\n"), counterseal(), stage=CURRENT)

        assert region.value(name) == b"\xff\x00\n"

    def test_a_staged_value_becomes_current_when_the_label_moves(self, region: Region, name: str) -> None:
        before, token = region.writer.describe(name).version_with(CURRENT), counterseal()
        region.writer.put(name, Hidden(b"two"), token, stage=PENDING)
        staged = region.value(name)

        region.writer.move_stage(name, CURRENT, to=token, away_from=before)

        assert (staged, region.value(name)) == (b"one", b"two")
        assert CURRENT in region.writer.describe(name).stages[token]

    def test_a_staged_value_can_be_taken_back(self, region: Region, name: str) -> None:
        token = counterseal()
        region.writer.put(name, Hidden(b"two"), token, stage=PENDING)

        region.writer.move_stage(name, PENDING, away_from=token)

        assert token not in region.writer.describe(name).stages
        assert region.value(name) == b"one"

    def test_a_label_is_moved_from_where_it_is_or_not_at_all(self, region: Region, name: str) -> None:
        pending, other = counterseal(), counterseal()
        region.writer.put(name, Hidden(b"two"), other, stage="mine")
        region.writer.put(name, Hidden(b"three"), pending, stage=PENDING)

        with pytest.raises(Conflict):
            region.writer.move_stage(name, CURRENT, to=pending, away_from=other)

        assert region.value(name) == b"one"

    def test_what_is_not_there_is_not_found(self, region: Region) -> None:
        name = f"test/{uuid4()}"

        with pytest.raises(SecretNotFound):
            region.writer.describe(name)
        with pytest.raises(SecretNotFound):
            region.writer.versions(name)
        with pytest.raises(SecretNotFound):
            region.writer.put(name, Hidden(b"one"), counterseal(), stage=CURRENT)

    @pytest.mark.parametrize("size", [0, 65_537])
    def test_what_secrets_manager_cannot_hold_is_refused(self, region: Region, name: str, size: int) -> None:
        with pytest.raises(Refused):
            region.writer.put(name, Hidden(b"x" * size), counterseal(), stage=CURRENT)
