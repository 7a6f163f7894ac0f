"""Every failure of a change says what it leaves behind: nothing, or nobody knows."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore import exceptions as aws  # noqa: TID253  # the failures of botocore are what this is about
from botocore.exceptions import BotoCoreError, ClientError  # noqa: TID253  # as above

from counterseal import errors
from counterseal.aws.caller import Caller, caller_of
from counterseal.aws.secretsmanager_writes import SecretsManagerWriter
from counterseal.hidden import Hidden
from counterseal.secretstore.writing import CURRENT, Listed, NewSecret

TOKEN = f"OPS-42.{'A' * 43}"
ARN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf"


def refusal(code: str, *, status: int = 400, message: str = "canary") -> ClientError:
    answer: Any = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "PutSecretValue")


class Client:
    """Answers every call with what it was given, and keeps what was asked."""

    def __init__(self, *answers: Any) -> None:
        self._answers = list(answers)
        self.asked: list[dict[str, Any]] = []

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(**arguments: Any) -> Any:
            self.asked.append({"call": name} | arguments)
            answer = self._answers.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer

        return call


def writer(*answers: Any) -> tuple[SecretsManagerWriter, Client]:
    client = Client(*answers)
    return SecretsManagerWriter(client, client, "eu-west-1"), client


FAILURES: list[tuple[BotoCoreError | ClientError, type[errors.CountersealError], str]] = [
    (aws.ReadTimeoutError(endpoint_url="x"), errors.Unsettled, "did not say whether it did the new value of|version"),
    (aws.ConnectionClosedError(endpoint_url="x"), errors.Unsettled, "ConnectionClosedError"),
    (aws.HTTPClientError(error=OSError("x")), errors.Unsettled, "did not say"),
    (refusal("InternalServiceError", status=500), errors.Unsettled, "AWS failed, and did not say"),
    (aws.ConnectTimeoutError(endpoint_url="x"), errors.Unreachable, "did not answer in time"),
    (aws.EndpointConnectionError(endpoint_url="x"), errors.Unreachable, "cannot be reached"),
    (aws.NoCredentialsError(), errors.SettingsError, "no AWS credentials"),
    (refusal("ThrottlingException"), errors.Unreachable, "throttling"),
    (refusal("ResourceExistsException"), errors.Conflict, "there is one already"),
    (refusal("ResourceNotFoundException"), errors.SecretNotFound, "there is no secret 'db' in eu-west-1"),
    (refusal("InvalidRequestException", message="marked for deletion"), errors.SecretNotFound, "for deletion"),
    (refusal("InvalidRequestException"), errors.Refused, r"AWS refused the new version of .*InvalidRequestExc"),
    (refusal("InvalidParameterException"), errors.Refused, "InvalidParameterException"),
    (refusal("LimitExceededException"), errors.Refused, "LimitExceededException"),
    (refusal("EncryptionFailure"), errors.Denied, "KMS key does not encrypt"),
    (refusal("AccessDeniedException"), errors.Denied, "secretsmanager:PutSecretValue is not allowed"),
    (refusal("ExpiredTokenException"), errors.Denied, "expired"),
]


@pytest.mark.parametrize(("failure", "error", "said"), FAILURES, ids=lambda it: getattr(it, "__name__", None))
def test_a_failure_is_told_apart(failure: Exception, error: type[errors.CountersealError], said: str) -> None:
    with pytest.raises(error, match=said) as caught:
        writer(failure)[0].put("db", Hidden(b"x"), TOKEN, stage=CURRENT)

    assert type(caught.value) is error
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    "ask",
    [
        lambda it: it.create(NewSecret("db"), Hidden(b"x"), TOKEN),
        lambda it: it.move_stage("db", CURRENT, to=TOKEN),
        lambda it: it.rotate("db", TOKEN),
    ],
    ids=["create", "move_stage", "rotate"],
)
@pytest.mark.parametrize("failure", [aws.ReadTimeoutError(endpoint_url="x"), refusal("X", status=503)], ids=type)
def test_no_change_is_said_to_have_failed_that_may_have_been_made(
    ask: Callable[[SecretsManagerWriter], Any], failure: Exception
) -> None:
    with pytest.raises(errors.Unsettled):
        ask(writer(failure)[0])


def test_the_token_and_the_value_are_sent_as_they_are() -> None:
    text, binary = writer({}), writer({})
    text[0].put("db", Hidden("ä\r\n".encode()), TOKEN, stage="AWSPENDING")
    binary[0].put("db", Hidden(b"\xff"), TOKEN, stage=CURRENT)

    assert text[1].asked == [
        {
            "call": "put_secret_value",
            "SecretId": "db",
            "ClientRequestToken": TOKEN,
            "VersionStages": ["AWSPENDING"],
            "SecretString": "ä\r\n",
        }
    ]
    assert binary[1].asked[0]["SecretBinary"] == b"\xff"


def test_a_new_secret_says_only_what_was_chosen() -> None:
    plain, full = writer({"ARN": ARN}), writer({"ARN": ARN})
    plain[0].create(NewSecret("db"), Hidden(b"x"), TOKEN)
    arn = full[0].create(NewSecret("db", "for the shop", "alias/shop", {"team": "ops"}), Hidden(b"x"), TOKEN)

    needed = {"call": "create_secret", "Name": "db", "ClientRequestToken": TOKEN, "SecretString": "x"}
    assert arn == ARN
    assert plain[1].asked == [needed]
    assert full[1].asked == [
        needed | {"Description": "for the shop", "KmsKeyId": "alias/shop", "Tags": [{"Key": "team", "Value": "ops"}]}
    ]


def test_a_rotation_is_asked_for_now() -> None:
    given, client = writer({})
    given.rotate("db", TOKEN)

    assert client.asked == [
        {"call": "rotate_secret", "SecretId": "db", "ClientRequestToken": TOKEN, "RotateImmediately": True}
    ]


def test_a_label_that_is_elsewhere_is_a_conflict() -> None:
    with pytest.raises(errors.Conflict, match="AWSCURRENT of secret 'db' in eu-west-1 is no longer"):
        writer(refusal("InvalidParameterException"))[0].move_stage("db", CURRENT, to=TOKEN, away_from="x")


def test_versions_are_listed_to_the_last_page() -> None:
    made = datetime(2026, 3, 10, tzinfo=UTC)
    pages = [
        {"Versions": [{"VersionId": "a", "VersionStages": ["AWSCURRENT"], "CreatedDate": made}], "NextToken": "n"},
        {"Versions": [{"VersionId": "b"}]},
    ]
    given, client = writer(*pages)

    assert given.versions("db") == {"a": Listed(frozenset({"AWSCURRENT"}), made), "b": Listed(frozenset())}
    assert client.asked[1]["NextToken"] == "n"


@pytest.mark.parametrize("ask", [lambda it: it.describe("db"), lambda it: it.versions("db")], ids=["describe", "list"])
def test_a_question_that_is_not_answered_changes_nothing(ask: Callable[[SecretsManagerWriter], Any]) -> None:
    with pytest.raises(errors.Unreachable) as caught:
        ask(writer(aws.ReadTimeoutError(endpoint_url="x"))[0])

    assert type(caught.value) is errors.Unreachable


def test_who_calls_is_told_with_the_time_at_aws() -> None:
    headers = {"date": "Tue, 10 Mar 2026 12:00:00 GMT"}
    answer = {"Arn": "arn:aws:iam::111122223333:user/ana", "Account": "111122223333"}
    told = {"ResponseMetadata": {"HTTPHeaders": headers}}

    assert caller_of(Client(answer | told)).told_at == datetime(2026, 3, 10, 12, tzinfo=UTC)
    assert caller_of(Client(answer)) == Caller("arn:aws:iam::111122223333:user/ana", "111122223333", None)


def test_credentials_that_are_not_taken_are_told() -> None:
    with pytest.raises(errors.Denied):
        caller_of(Client(refusal("InvalidClientTokenId", status=403)))
