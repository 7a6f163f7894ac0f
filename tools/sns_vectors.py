"""Writes tests/vectors/sns: certificates of our own making, and messages signed as SNS signs, or not quite.

    PYTHONPATH=. .venv/bin/python -m tools.sns_vectors

The private keys are thrown away when it ends. A released vector is never edited: run it only to make a new set.
"""

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

FOLDER = Path(__file__).parent.parent / "tests/vectors/sns"
NOW = datetime(2026, 3, 2, 10, 0, 0, tzinfo=UTC)
TOPIC = "arn:aws:sns:us-east-2:111122223333:secret-changes"
ISSUER_AT = "http://crt.r2m99.amazontrust.com/r2m99.cer"
PATH = "/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem"
HOST = "https://sns.us-east-2.amazonaws.com"
EVENT = {
    "version": "0", "id": "3e1f6a52-1e5f-4b7a-9c3e-5a1f6f0c9d01", "detail-type": "AWS API Call via CloudTrail",
    "source": "aws.secretsmanager", "account": "111122223333", "time": "2026-03-02T09:58:00Z", "region": "us-east-2",
    "resources": [],
    "detail": {
        "eventVersion": "1.11",
        "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/jonas", "userName": "jonas"},
        "eventTime": "2026-03-02T09:57:30Z", "eventSource": "secretsmanager.amazonaws.com",
        "eventName": "PutSecretValue", "awsRegion": "us-east-2", "sourceIPAddress": "198.51.100.7", "userAgent": "aws",
        "requestParameters": {
            "secretId": "shop/prod/db", "clientRequestToken": "0b0f1d7e-6a0f-4a2e-9a51-3c1d5e7f9a11",
        },
        "responseElements": {"arn": "arn:aws:secretsmanager:us-east-2:111122223333:secret:shop/prod/db-AbCdEf"},
        "requestID": "9f6b0f5e-58a6-4e04-9a3d-6f2a2b1c4d10", "eventID": "5b7c1c1e-2d4b-4f62-8a57-0c9e8d7f6a21",
        "readOnly": False, "eventType": "AwsApiCall", "managementEvent": True, "recipientAccountId": "111122223333",
        "eventCategory": "Management",
    },
}  # fmt: skip

_Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


class _Authority(NamedTuple):
    certificate: x509.Certificate
    private_key: rsa.RSAPrivateKey


def main() -> None:
    """Make everything and write it, once."""
    if (FOLDER / "messages.json").exists():
        raise SystemExit("the vectors are there, and a released vector is never edited: name another folder")
    FOLDER.mkdir(parents=True, exist_ok=True)
    root = _authority("Invented Root", None)
    between = _authority("Invented RSA 2048 M99", root)
    stranger = _authority("Somebody Else", None)
    private_key = _rsa()
    certificates = {
        "sns": _leaf(private_key, between),
        "expired": _leaf(private_key, between, days=(-400, -10)),
        "not-yet": _leaf(private_key, between, days=(10, 400)),
        "other-name": _leaf(private_key, between, name="sqs.amazonaws.com"),
        "untrusted": _leaf(private_key, stranger, issuer_at=""),
        "short-key": _leaf(rsa.generate_private_key(65537, 1024), between),  # noqa: S505  # it must be refused
        "not-rsa": _leaf(ec.generate_private_key(ec.SECP256R1()), between),
    }
    (FOLDER / "authority.pem").write_bytes(root.certificate.public_bytes(Encoding.PEM))
    (FOLDER / "issuer.der").write_bytes(between.certificate.public_bytes(Encoding.DER))
    for name, certificate in certificates.items():
        (FOLDER / f"{name}.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    document = {
        "now": "2026-03-02T10:00:00Z",
        "topics": [TOPIC, TOPIC.replace("aws:", "aws-cn:", 1).replace("us-east-2", "cn-north-1")],
        "issuer_at": ISSUER_AT,
        "cases": [*_good(private_key), *_hostile(private_key), *_by_certificate(private_key)],
    }
    text = json.dumps(document, ensure_ascii=False, indent=1)
    (FOLDER / "messages.json").write_text(f"{text}\n", encoding="utf-8")
    print(f"wrote {len(document['cases'])} cases to {FOLDER}")


def notification(**changes: Any) -> dict[str, Any]:
    """Return a notification, not signed yet."""
    return {
        "Type": "Notification",
        "MessageId": "a1b2c3d4-0000-5000-8000-000000000001",
        "TopicArn": TOPIC,
        "Message": json.dumps(EVENT, separators=(",", ":")),
        "Timestamp": "2026-03-02T09:58:05.123Z",
        "SignatureVersion": "2",
        "SigningCertURL": HOST + PATH,
        "UnsubscribeURL": f"{HOST}/?Action=Unsubscribe&SubscriptionArn={TOPIC}:c9135db0",
    } | changes


def confirmation(kind: str, **changes: Any) -> dict[str, Any]:
    """Return what SNS asks when somebody subscribes, or tells when somebody ends it."""
    said = notification(Type=kind, Message="You have chosen to subscribe to the topic.\nConfirm it.")
    del said["UnsubscribeURL"]
    said |= {"Token": "2336412f37"}
    return said | {"SubscribeURL": f"{HOST}/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=2336412f37"} | changes


def signed(said: Mapping[str, Any], private_key: rsa.RSAPrivateKey) -> dict[str, Any]:
    """Return the message with its signature: written from the documentation, and not from the product's code."""
    if said["Type"] == "Notification":
        names = ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"]
    else:
        names = ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"]
    lines = [f"{name}\n{said[name]}\n" for name in names if said.get(name) is not None]
    digest = SHA1() if said["SignatureVersion"] == "1" else SHA256()  # noqa: S303  # version 1 is SHA1
    signature = private_key.sign("".join(lines).encode(), padding.PKCS1v15(), digest)
    return dict(said) | {"Signature": base64.b64encode(signature).decode()}


def _good(private_key: rsa.RSAPrivateKey) -> list[dict[str, Any]]:
    china = {
        "TopicArn": "arn:aws-cn:sns:cn-north-1:111122223333:secret-changes",
        "SigningCertURL": f"https://sns.cn-north-1.amazonaws.com.cn{PATH}",
    }
    lambdas = notification()
    lambdas["SigningCertUrl"] = lambdas.pop("SigningCertURL")
    lambdas |= {"Subject": None, "MessageAttributes": {}}
    made = {
        "version 2": notification(),
        "version 1": notification(SignatureVersion="1"),
        "with a subject": notification(Subject="A secret changed"),
        "subject is null": notification(Subject=None),
        "not ASCII": notification(Message="Geheimnis geändert: 🔑", Subject="é"),
        "spelled as Lambda does": lambdas,
        "with attributes": notification(MessageAttributes={"kind": {"Type": "String", "Value": "x"}}),
        "China": notification(**china),
        "subscription": confirmation("SubscriptionConfirmation"),
        "end of a subscription": confirmation("UnsubscribeConfirmation"),
    }
    return [_case(name, signed(said, private_key), "accepted") for name, said in made.items()]


def _hostile(private_key: rsa.RSAPrivateKey) -> list[dict[str, Any]]:
    good = signed(notification(), private_key)
    wrong = "the signature is not that of SNS over this message"
    made: list[tuple[str, dict[str, Any], str]] = [
        ("message altered", good | {"Message": good["Message"].replace("jonas", "priya")}, wrong),
        ("time altered", good | {"Timestamp": "2026-03-02T09:59:05.123Z"}, wrong),
        ("subject added", good | {"Subject": "A secret changed"}, wrong),
        ("subject taken away", signed(notification(Subject="x"), private_key) | {"Subject": None}, wrong),
        ("version 2 called 1", good | {"SignatureVersion": "1"}, wrong),
        ("signature of another", good | {"Signature": base64.b64encode(bytes(256)).decode()}, wrong),
        ("no signature", good | {"Signature": ""}, wrong),
        ("version 3", good | {"SignatureVersion": "3"}, "the version of the signature is not one that is taken here"),
        (
            "signature is no base64",
            good | {"Signature": "no base64!"},
            "the signature of a message of SNS is not base64",
        ),
        ("another type", good | {"Type": "Invitation"}, "SNS sends no message of this type"),
        ("type of a confirmation", good | {"Type": "SubscriptionConfirmation"}, wrong),
        ("no id", {name: it for name, it in good.items() if name != "MessageId"}, "this is no message of SNS"),
        ("message is no text", good | {"Message": {"a": 1}}, "this is no message of SNS"),
        ("lone surrogate", good | {"Message": "\ud800"}, "this is no message of SNS"),
        (
            "another topic",
            signed(notification(TopicArn=TOPIC.replace("secret-changes", "theirs")), private_key),
            "the topic is not one of intake.sns_topics",
        ),
        (
            "an hour and a second old",
            signed(notification(Timestamp="2026-03-02T08:59:59.000Z"), private_key),
            "the message was sent more than an hour ago",
        ),
        (
            "of the future",
            signed(notification(Timestamp="2026-03-02T10:05:01.000Z"), private_key),
            "the message says that it will be sent later",
        ),
        ("time is none", signed(notification(Timestamp="yesterday"), private_key), "'yesterday' is not a time"),
        (
            "two addresses",
            good | {"SigningCertUrl": "https://sns.us-east-2.amazonaws.com/other.pem"},
            "a message of SNS gives one address twice, and differently",
        ),
    ]
    host = "sns.us-east-2.amazonaws.com"
    not_there = f"the certificate's address is not on the host {host}"
    addresses = {
        "bucket named sns": (f"https://sns.s3-us-west-2.amazonaws.com{PATH}", not_there),
        "bucket named sns, accelerated": (f"https://sns.s3-accelerate.amazonaws.com{PATH}", not_there),
        "host that goes on": (f"https://{host}.evil.example{PATH}", not_there),
        "host with a dot at its end": (f"https://{host}.{PATH}", not_there),
        "host in upper case": (f"https://SNS.us-east-2.amazonaws.com{PATH}", not_there),
        "host that looks alike": (f"https://snѕ.us-east-2.amazonaws.com{PATH}", not_there),
        "host escaped": (f"https://sns%2eus-east-2.amazonaws.com{PATH}", not_there),
        "another region": (f"https://sns.eu-west-1.amazonaws.com{PATH}", not_there),
        "China for a topic elsewhere": (f"https://sns.us-east-2.amazonaws.com.cn{PATH}", not_there),
        "backslash": (f"https://{host}\\@evil.example{PATH}", "the certificate's address "),
        "user": (f"https://{host}@evil.example{PATH}", "the certificate's address names a user"),
        "port": (f"https://{host}:443{PATH}", "the certificate's address names a port"),
        "http": (f"http://{host}{PATH}", "the certificate's address is not https"),
        "file": ("file:///etc/passwd", "the certificate's address is not https"),
        "query": (f"https://{host}{PATH}?x=1", "the certificate's address has a query or a fragment"),
        "fragment": (f"https://{host}{PATH}#", "the certificate's address has a query or a fragment"),
        "another path": (f"https://{host}/x.pem", "the certificate's address has not the path of a certificate of SNS"),
        "a path above": (
            f"https://{host}/a/..{PATH}",
            "the certificate's address has not the path of a certificate of SNS",
        ),
        "no address": ("", "the certificate's address is not https"),
        "no address at all": ("https://[", "the certificate's address is none"),
    }
    made += [(f"certificate: {name}", good | {"SigningCertURL": url}, why) for name, (url, why) in addresses.items()]
    nowhere = {"TopicArn": TOPIC.replace("us-east-2", "s3-us-west-2")}
    made.append(("topic in no region", signed(notification(**nowhere), private_key), "the topic is not one of"))
    return [_case(name, said, why) for name, said, why in made]


def _by_certificate(private_key: rsa.RSAPrivateKey) -> list[dict[str, Any]]:
    good = signed(notification(), private_key)
    reasons = {
        "expired": "the certificate is not valid at this time",
        "not-yet": "the certificate is not valid at this time",
        "other-name": "the certificate is for another name",
        "untrusted": "the certificate of SNS leads to no authority that this machine trusts",
        "short-key": "the key of a certificate is not RSA of 2048 bits or more",
        "not-rsa": "the key of a certificate is not RSA of 2048 bits or more",
    }
    return [_case(f"certificate {name}", good, why) | {"certificate": name} for name, why in reasons.items()]


def _case(name: str, said: Mapping[str, Any], expect: str) -> dict[str, Any]:
    # As text, so that what JSON may not hold as such (half a character) is written as a message would write it.
    return {"name": name, "certificate": "sns", "expect": expect, "body": json.dumps(said)}


def _rsa() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _builder(name: str, public_key: Any, days: tuple[int, int]) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(_named(name))
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW + timedelta(days=days[0]))
        .not_valid_after(NOW + timedelta(days=days[1]))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
    )


def _authority(name: str, above: _Authority | None) -> _Authority:
    private_key = _rsa()
    issuer, by = (above.certificate.subject, above.private_key) if above else (_named(name), private_key)
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=False, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    certificate = (
        _builder(name, private_key.public_key(), (-1000, 3000))
        .issuer_name(issuer)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False)
        .sign(by, SHA256())
    )
    return _Authority(certificate, private_key)


def _leaf(
    private_key: _Key,
    by: _Authority,
    *,
    name: str = "sns.amazonaws.com",
    days: tuple[int, int] = (-30, 360),
    issuer_at: str = ISSUER_AT,
) -> x509.Certificate:
    builder = (
        _builder(name, private_key.public_key(), days)
        .issuer_name(by.certificate.subject)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.private_key.public_key()), critical=False)
    )
    if issuer_at:
        place = x509.UniformResourceIdentifier(issuer_at)
        access = x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, place)
        builder = builder.add_extension(x509.AuthorityInformationAccess([access]), critical=False)
    return builder.sign(by.private_key, SHA256())


if __name__ == "__main__":
    main()
