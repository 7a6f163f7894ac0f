"""Checks a message of SNS as an endpoint does: read, topic, age, address of the certificate, signature."""

import base64
import json
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from bench.turns import Job, serve
from counterseal.clock import FixedClock, format_time
from counterseal.control.sns import SnsCheck, read_sns
from counterseal.seal.certificates import RsaMessageKey
from counterseal.signing import MessageKey

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
TOPIC = "arn:aws:sns:eu-west-1:111122223333:secret-changes"
CERTIFICATE = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem"
# As long as EventBridge's event about one change, as it stands in a message.
EVENT_BYTES = 1800


class OneKey:
    """The key that is held once the certificate was checked, which is done once a day."""

    def __init__(self, key: rsa.RSAPublicKey) -> None:
        """Take the key."""
        self._key = RsaMessageKey(key, NOW + timedelta(days=30))

    def key(self, url: str) -> MessageKey:  # noqa: ARG002  # there is one
        """Return the key, whatever the address: it has been checked."""
        return self._key


def check(answer: str) -> Job:
    """Check one message, 2048 bits and SHA-256; `answer` is what must come of it."""
    private = rsa.generate_private_key(65537, 2048)
    checked = SnsCheck([TOPIC], OneKey(private.public_key()), FixedClock(NOW))
    body = _signed(private)

    def run() -> str:
        checked.check(body, is_fresh=True)
        return answer

    return Job(run=run, outcome=lambda said: said)


def _signed(private: rsa.RSAPrivateKey) -> bytes:
    said = {
        "Type": "Notification",
        "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
        "TopicArn": TOPIC,
        "Message": json.dumps({"detail": "x" * EVENT_BYTES}),
        "Timestamp": format_time(NOW - timedelta(seconds=3)),
        "SignatureVersion": "2",
        "Signature": "",
        "SigningCertURL": CERTIFICATE,
    }
    to_sign = read_sns(json.dumps(said).encode()).signed
    signature = private.sign(to_sign, padding.PKCS1v15(), SHA256())
    return json.dumps(said | {"Signature": base64.b64encode(signature).decode()}).encode()


if __name__ == "__main__":
    serve({"check": check})
