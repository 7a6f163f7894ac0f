"""The fake that gated changes are tested on keeps the contract of the real thing."""

import pytest
from tests.contracts.secret_writer import Region, SecretWriterContract
from tests.unit.control.fake_secrets import FakeSecrets


class TestFakeSecrets(SecretWriterContract):
    @pytest.fixture
    def region(self) -> Region:
        fake = FakeSecrets()
        return Region(fake, fake)
