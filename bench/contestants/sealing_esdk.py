"""Seals and opens with the AWS Encryption SDK: under a raw AES key, always with key commitment.

`plain` is the SDK's own raw master key, `mpl` the raw AES keyring of the material providers library; `unsigned` leaves
out the signature that the SDK adds by default. Frames have the SDK's default size.
"""

import os
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import aws_encryption_sdk
from aws_encryption_sdk.identifiers import AlgorithmSuite, CommitmentPolicy, EncryptionKeyType, WrappingAlgorithm
from aws_encryption_sdk.internal.crypto.wrapping_keys import WrappingKey
from aws_encryption_sdk.key_providers.raw import RawMasterKey

from bench.contestants.content import content
from bench.turns import Job, serve

SUITES = {
    "unsigned": AlgorithmSuite.AES_256_GCM_HKDF_SHA512_COMMIT_KEY,
    "default": AlgorithmSuite.AES_256_GCM_HKDF_SHA512_COMMIT_KEY_ECDSA_P384,
}
# The same facts as ours are bound to.
CONTEXT = {"kind": "secret", "workspace": "bench", "safe": "bench", "object_id": "invented", "version": "1"}


def seal(size: str, keys: str, suite: str) -> Job:
    """Encrypt one value of this many bytes; the outcome is what it decrypts to."""
    encrypt, decrypt, value = *_both_ways(keys, suite), content(size)
    return Job(run=lambda: encrypt(value), outcome=lambda sealed: sha256(decrypt(sealed)).hexdigest())


def unseal(size: str, keys: str, suite: str) -> Job:
    """Decrypt one encrypted value of this many bytes."""
    encrypt, decrypt = _both_ways(keys, suite)
    sealed = encrypt(content(size))
    return Job(run=lambda: decrypt(sealed), outcome=lambda opened: sha256(opened).hexdigest())


def _both_ways(keys: str, suite: str) -> tuple[Callable[[bytes], bytes], Callable[[bytes], bytes]]:
    client = aws_encryption_sdk.EncryptionSDKClient(commitment_policy=CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT)
    under = {"key_provider": _master_key()} if keys == "plain" else {"keyring": _keyring()}

    def encrypt(value: bytes) -> Any:
        return client.encrypt(source=value, encryption_context=CONTEXT, algorithm=SUITES[suite], **under)[0]

    def decrypt(sealed: bytes) -> Any:
        return client.decrypt(source=sealed, **under)[0]

    return encrypt, decrypt


def _master_key() -> Any:
    wrapping_key = WrappingKey(
        wrapping_algorithm=WrappingAlgorithm.AES_256_GCM_IV12_TAG16_NO_PADDING,
        wrapping_key=os.urandom(32),
        wrapping_key_type=EncryptionKeyType.SYMMETRIC,
    )
    return RawMasterKey(key_id="epoch-1", provider_id="bench", wrapping_key=wrapping_key)


def _keyring() -> Any:
    from aws_cryptographic_material_providers.mpl import AwsCryptographicMaterialProviders
    from aws_cryptographic_material_providers.mpl.config import MaterialProvidersConfig
    from aws_cryptographic_material_providers.mpl.models import AesWrappingAlg, CreateRawAesKeyringInput

    providers = AwsCryptographicMaterialProviders(config=MaterialProvidersConfig())
    return providers.create_raw_aes_keyring(
        input=CreateRawAesKeyringInput(
            key_namespace="bench",
            key_name="epoch-1",
            wrapping_key=os.urandom(32),
            wrapping_alg=AesWrappingAlg.ALG_AES256_GCM_IV12_TAG16,
        )
    )


if __name__ == "__main__":
    serve({"seal": seal, "open": unseal})
