"""A notary whose keys KMS holds: it signs and makes codes there, and nobody ever has the keys."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from botocore.exceptions import ClientError

from counterseal.aws.failures import AWS_FAILURES, in_our_words
from counterseal.errors import Refused
from counterseal.seal.notary_keys import LocalNotaryKeys, NotaryKey
from counterseal.seal.signatures import namespaced
from counterseal.signing import Notary, NotaryKeys

MAC_ALGORITHM = "HMAC_SHA_256"
# Ed25519 as RFC 8032 has it, over the message itself: whoever has the public key can check it without KMS.
SIGNING_ALGORITHM = "ED25519_SHA_512"
_SIGNING_SPEC = "ECC_NIST_EDWARDS25519"

# KMS API reference, GenerateMac and Sign: Message.
_LONGEST_MESSAGE = 4096
# RFC 8410, section 4: what stands before the 32 bytes of an Ed25519 public key in DER.
_DER_HEAD = bytes.fromhex("302a300506032b6570032100")
_NOT_ITS_CODE = "KMSInvalidMacException"


class KmsClient(Protocol):
    """The calls that a notary and its verifiers need."""

    def generate_mac(self, **arguments: Any) -> Mapping[str, Any]:
        """Make a code."""
        ...

    def get_public_key(self, **arguments: Any) -> Mapping[str, Any]:
        """Return the public half of a signing key."""
        ...

    def sign(self, **arguments: Any) -> Mapping[str, Any]:
        """Sign a message."""
        ...

    def verify_mac(self, **arguments: Any) -> Mapping[str, Any]:
        """Check a code; a wrong one is an error."""
        ...


def kms_notary_key(client: KmsClient, mac_key: str, signing_key: str) -> NotaryKey:
    """Return the notary's key that these two KMS keys are, after a code that shows that they can be used.

    Each is named by its id, its ARN or its alias; what comes back names them by ARN.

    Raises:
        NotFound: there is no such key.
        Denied, Unreachable: KMS refuses, or did not answer.
        Refused: one of them is a key for something else.
    """
    public = _asked(lambda: client.get_public_key(KeyId=signing_key), signing_key)
    if public.get("KeySpec") != _SIGNING_SPEC or not public["PublicKey"].startswith(_DER_HEAD):
        raise Refused(
            f"the KMS key {signing_key!r} is no Ed25519 key",
            hint=f"aws kms create-key --key-spec {_SIGNING_SPEC} --key-usage SIGN_VERIFY makes one",
        )
    probe = _asked(lambda: client.generate_mac(KeyId=mac_key, Message=b"probe", MacAlgorithm=MAC_ALGORITHM), mac_key)
    raw: bytes = public["PublicKey"].removeprefix(_DER_HEAD)
    return NotaryKey(raw, mac_key=probe["KeyId"], signing_key=public["KeyId"])


class KmsNotary:
    """Issues with the keys that KMS holds."""

    def __init__(self, client: KmsClient, key: NotaryKey) -> None:
        """Take the client of the keys' region, and the key."""
        self._client = client
        self._key = key

    @property
    def key_id(self) -> str:
        """Return the id under which a verifier knows the key."""
        return self._key.key_id

    def sign(self, namespace: str, message: bytes) -> bytes:
        """Return the signature over the namespace and the message.

        Raises:
            Refused: the namespace could be read as a part of the message, or KMS does not take it.
            Denied, Unreachable: KMS refuses, or did not answer.
        """
        exact = _short_enough(namespaced(namespace, message))
        key_id = self._key.signing_key
        answer = _asked(
            lambda: self._client.sign(
                KeyId=key_id, Message=exact, MessageType="RAW", SigningAlgorithm=SIGNING_ALGORITHM
            ),
            key_id,
        )
        signature: bytes = answer["Signature"]
        return signature

    def code(self, message: bytes) -> bytes:
        """Return the full HMAC-SHA256 of the message (RFC 2104).

        Raises:
            Refused, Denied, Unreachable: as `sign`.
        """
        exact, key_id = _short_enough(message), self._key.mac_key
        answer = _asked(
            lambda: self._client.generate_mac(KeyId=key_id, Message=exact, MacAlgorithm=MAC_ALGORITHM), key_id
        )
        code: bytes = answer["Mac"]
        return code


class KmsNotaryKeys:
    """Verifies signatures here, and asks KMS about codes where it holds the key."""

    def __init__(self, keys: Iterable[NotaryKey], client_in: Callable[[str], KmsClient]) -> None:
        """Take the keys, and what opens a client of a region.

        Of a notary's own line KMS is not asked: a notary may make codes, and need not be allowed to check them.
        """
        held = list(keys)
        self._local = LocalNotaryKeys(held)
        self._mac_keys = {it.key_id: it.mac_key for it in held if asks_kms(it)}
        self._client_in = client_in
        self._clients: dict[str, KmsClient] = {}

    def knows(self, key_id: str) -> bool:
        """Say whether the key of that id is among them."""
        return self._local.knows(key_id)

    def has_signed(self, key_id: str, namespace: str, message: bytes, signature: bytes) -> bool:
        """Say whether the key of that id signed this message; a key that is not known signed nothing."""
        return self._local.has_signed(key_id, namespace, message, signature)

    def has_coded(self, key_id: str, message: bytes, code: bytes) -> bool | None:
        """Say whether that is the message's code under the key of that id; None without the right to compute it.

        Raises:
            Denied, Unreachable, NotFound: KMS does not say. Keys without an ARN, public ones, do not ask it.
        """
        mac_key = self._mac_keys.get(key_id)
        if mac_key is None:
            return self._local.has_coded(key_id, message, code)
        if len(message) > _LONGEST_MESSAGE:
            return False  # KMS never made it
        try:
            answer = self._client_of(mac_key).verify_mac(
                KeyId=mac_key, Message=message, MacAlgorithm=MAC_ALGORITHM, Mac=code
            )
        except AWS_FAILURES as failure:
            if isinstance(failure, ClientError) and failure.response["Error"].get("Code") == _NOT_ITS_CODE:
                return False
            raise in_our_words(failure, asked_for=_words(mac_key)) from failure
        return answer["MacValid"] is True

    def _client_of(self, mac_key: str) -> KmsClient:
        region = region_of(mac_key)
        if region not in self._clients:
            self._clients[region] = self._client_in(region)
        return self._clients[region]


def asks_kms(key: NotaryKey) -> bool:
    """Say whether this is the right to verify that KMS gives, as it is handed out."""
    return bool(key.mac_key) and not key.signing_key


def region_of(key_arn: str) -> str:
    """Return the region in which a key is."""
    return key_arn.split(":")[3]


def _asked(ask: Callable[[], Mapping[str, Any]], key_id: str) -> Mapping[str, Any]:
    try:
        return ask()
    except AWS_FAILURES as failure:
        raise in_our_words(failure, asked_for=_words(key_id)) from failure


def _words(key_id: str) -> str:
    return f"KMS key {key_id!r}"


def _short_enough(message: bytes) -> bytes:
    if len(message) > _LONGEST_MESSAGE:
        raise Refused(f"KMS takes messages of at most {_LONGEST_MESSAGE} bytes, and this has {len(message)}")
    return message


_: type[Notary] = KmsNotary
_keys: type[NotaryKeys] = KmsNotaryKeys
