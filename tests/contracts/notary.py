"""What every notary does, and those who verify what it issued: a subclass says how to make them, and adds no test."""

from abc import ABC, abstractmethod

import pytest

from counterseal.seal.notary_keys import LocalNotaryKeys, parse_notary_keys
from counterseal.signing import Notary, NotaryKeys

NAMESPACE, MESSAGE = "counterseal/issuance", b"OPS-42.code\n{}"


class NotaryContract(ABC):
    """The promises of `Notary` and `NotaryKeys`, on any implementation."""

    @pytest.fixture
    @abstractmethod
    def notary(self) -> Notary:
        """Return a notary."""

    @pytest.fixture
    @abstractmethod
    def keys(self, notary: Notary) -> NotaryKeys:
        """Return the right to verify what it issues, codes as well."""

    @pytest.fixture
    @abstractmethod
    def public_line(self, notary: Notary) -> str:
        """Return the line of its public key."""

    def test_its_key_is_known_and_no_other(self, notary: Notary, keys: NotaryKeys) -> None:
        assert keys.knows(notary.key_id)
        assert not keys.knows("notary-0000000000000000")

    def test_what_it_signs_is_verified(self, notary: Notary, keys: NotaryKeys) -> None:
        assert keys.has_signed(notary.key_id, NAMESPACE, MESSAGE, notary.sign(NAMESPACE, MESSAGE))

    def test_what_it_signs_is_verified_with_the_public_key_alone(self, notary: Notary, public_line: str) -> None:
        public = LocalNotaryKeys(parse_notary_keys(public_line.encode(), name="keys"))

        assert public.has_signed(notary.key_id, NAMESPACE, MESSAGE, notary.sign(NAMESPACE, MESSAGE))
        assert public.has_coded(notary.key_id, MESSAGE, notary.code(MESSAGE)) is None

    def test_a_signature_serves_for_nothing_else(self, notary: Notary, keys: NotaryKeys) -> None:
        signature = notary.sign(NAMESPACE, MESSAGE)

        assert not keys.has_signed(notary.key_id, NAMESPACE, MESSAGE + b" ", signature)
        assert not keys.has_signed(notary.key_id, "counterseal/revocation", MESSAGE, signature)
        assert not keys.has_signed("notary-0000000000000000", NAMESPACE, MESSAGE, signature)

    def test_a_code_is_the_same_every_time_and_whole(self, notary: Notary) -> None:
        code = notary.code(MESSAGE)

        assert code == notary.code(MESSAGE)
        assert len(code) == 32

    def test_its_codes_are_verified_and_no_others(self, notary: Notary, keys: NotaryKeys) -> None:
        code = notary.code(MESSAGE)
        other = bytes([code[0] ^ 1]) + code[1:]

        assert keys.has_coded(notary.key_id, MESSAGE, code) is True
        assert keys.has_coded(notary.key_id, MESSAGE, other) is False
        assert keys.has_coded(notary.key_id, MESSAGE + b" ", code) is False
        assert keys.has_coded("notary-0000000000000000", MESSAGE, code) is None
