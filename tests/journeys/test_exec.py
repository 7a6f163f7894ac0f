"""A program started with secrets from AWS in its environment: exact bytes in, its own end out."""

import json
import signal
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
from tests.doubles.aws_double import REGION, AwsDouble
from tests.journeys.command import counterseal
from tests.servers import free_port

from counterseal.errors import exit_statuses

pytestmark = [pytest.mark.double, pytest.mark.enable_socket]

CANARY = "canary-7Q4mXw"
PRINT = (sys.executable, "-I", "-S", "-c", "import os; os.write(1, os.environb[b'VALUE'])")
_SHOW = "import json, os; print(json.dumps({name.decode(): value.hex() for name, value in os.environb.items()}))"
SHOW_ALL = (sys.executable, "-I", "-S", "-c", _SHOW)

EXACT = {
    "quotes": 'it\'s "so" `and` $HOME \\n',
    "LINES": "one\ntwo\r\nthree",
    "TRAILING_NEWLINE": "value\n",
    "UNICODE": "pässwörd-€-𝄞",
    "DIGITS_12": "123456789012",
    "DIGITS_20": "12345678901234567890",
    "DECIMAL": "1.10",
    "SPACES": "  two  ",
    "A_REFERENCE": "aws-sm://us-east-2/not-followed",
}


def test_whole_values_arrive_byte_for_byte(aws_double: AwsDouble, tmp_path: Path) -> None:
    references = {name: f"aws-sm://{REGION}/{aws_double.put(value)}" for name, value in EXACT.items()}

    assert delivered(references, aws_double, tmp_path) == {name: value.encode() for name, value in EXACT.items()}


def test_fields_arrive_byte_for_byte(aws_double: AwsDouble, tmp_path: Path) -> None:
    secret = aws_double.put(json.dumps(EXACT))
    references = {
        name: "{ENC}" + json.dumps({"region": REGION, "secretId": secret, "secretPointer": f"/{name}"})
        for name in EXACT
    }

    assert delivered(references, aws_double, tmp_path) == {name: value.encode() for name, value in EXACT.items()}


def test_fields_that_are_no_text_arrive_as_they_are_written(aws_double: AwsDouble, tmp_path: Path) -> None:
    fields = {"A": "1.10", "B": "123456789012", "C": "12345678901234567890", "D": '{ "a": [1.0, 2] }', "E": "true"}
    secret = aws_double.put("{" + ", ".join(f'"{name}": {text}' for name, text in fields.items()) + "}")
    references = {name: f"aws-sm://{REGION}/{secret}#/{name}" for name in fields}

    assert delivered(references, aws_double, tmp_path) == {name: text.encode() for name, text in fields.items()}


def test_a_binary_secret_arrives_byte_for_byte(aws_double: AwsDouble, tmp_path: Path) -> None:
    exact = bytes(range(1, 256))
    references = {"BINARY": f"aws-sm://{REGION}/{aws_double.put(exact)}"}

    assert delivered(references, aws_double, tmp_path) == {"BINARY": exact}


def delivered(
    references: dict[str, str], double: AwsDouble, folder: Path, *, of: Iterable[str] = ()
) -> dict[str, bytes]:
    """Run a program with these variables, and return what it found in them, or in those that are asked for."""
    done = counterseal("exec", "--", *SHOW_ALL, folder=folder, environment=double.environment() | references)
    found = {name: bytes.fromhex(value) for name, value in json.loads(done.stdout).items()}
    assert (done.returncode, done.stderr) == (0, b"")
    return {name: found[name] for name in of or references}


def test_a_nul_is_refused_and_nothing_runs(aws_double: AwsDouble, tmp_path: Path) -> None:
    environment = aws_double.environment() | {"VALUE": f"aws-sm://{REGION}/{aws_double.put(b'a' + bytes(1))}"}

    done = counterseal("exec", "--", "touch", "ran", folder=tmp_path, environment=environment)

    assert done.returncode == 9
    assert b"VALUE" in done.stderr
    assert not (tmp_path / "ran").exists()


def test_the_stage_that_was_asked_for_is_delivered(aws_double: AwsDouble, tmp_path: Path) -> None:
    name = aws_double.put("old")
    aws_double.client("secretsmanager").put_secret_value(SecretId=name, SecretString="new")
    uri = f"aws-sm://{REGION}/{name}"

    given = delivered({"NOW": uri, "BEFORE": f"{uri}?stage=AWSPREVIOUS"}, aws_double, tmp_path)

    assert given == {"NOW": b"new", "BEFORE": b"old"}


def test_more_secrets_than_one_batch_takes_arrive(aws_double: AwsDouble, tmp_path: Path) -> None:
    values = {f"V{number}": f"value {number}" for number in range(25)}
    references = {name: f"aws-sm://{REGION}/{aws_double.put(value)}" for name, value in values.items()}

    assert delivered(references, aws_double, tmp_path) == {name: value.encode() for name, value in values.items()}


def test_a_caller_who_may_not_batch_gets_them_one_by_one(aws_double: AwsDouble, tmp_path: Path) -> None:
    key = aws_double.user({"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*"})
    references = {name: f"aws-sm://{REGION}/{aws_double.put(name)}" for name in ("ONE", "TWO")}

    assert (
        delivered(key.environment | references, aws_double, tmp_path).items() >= {"ONE": b"ONE", "TWO": b"TWO"}.items()
    )


def test_what_is_said_to_counterseal_does_not_reach_the_program(aws_double: AwsDouble, tmp_path: Path) -> None:
    settings = '[aws.prod]\nauthentication = "access-key"\naccess_key_id = "{}"\nsecret_access_key_env = "PROD_KEY"\n'
    key = aws_double.administrator
    (tmp_path / "counterseal.toml").write_text(settings.format(key.access_key_id))
    environment = {
        "COUNTERSEAL_AWS_ENDPOINT": aws_double.endpoint,
        "COUNTERSEAL_PASSWORD": CANARY,
        "PROD_KEY": key.secret_access_key,
        "VALUE": f"aws-sm://prod@{REGION}/{aws_double.put('value')}",
    }

    done = counterseal("exec", "--", *SHOW_ALL, folder=tmp_path, environment=environment)

    given = json.loads(done.stdout)
    assert bytes.fromhex(given["VALUE"]) == b"value"
    assert [name for name in given if name.startswith("COUNTERSEAL_") or name == "PROD_KEY"] == []


def test_a_role_is_assumed_with_its_external_id(aws_double: AwsDouble, tmp_path: Path) -> None:
    arn = reader_role(aws_double, external_id="outside-42")
    (tmp_path / "counterseal.toml").write_text(
        f'[aws.reader]\nauthentication = "role"\nrole_arn = "{arn}"\nexternal_id = "outside-42"\n'
        f'[aws.stranger]\nauthentication = "role"\nrole_arn = "{arn}"\nexternal_id = "wrong"\n'
    )
    name = aws_double.put("value")

    reader = counterseal(
        *("exec", "--", *PRINT),
        folder=tmp_path,
        environment=aws_double.environment() | {"VALUE": f"aws-sm://reader@{REGION}/{name}"},
    )
    stranger = counterseal(
        *("exec", "--", *PRINT),
        folder=tmp_path,
        environment=aws_double.environment() | {"VALUE": f"aws-sm://stranger@{REGION}/{name}"},
    )

    assert reader.stdout == b"value"
    assert stranger.returncode == 6
    assert b"sts:AssumeRole is not allowed" in stranger.stderr
    assert b"Traceback" not in stranger.stderr


def reader_role(double: AwsDouble, *, external_id: str) -> str:
    """Make a role that may read secrets, and return its ARN."""
    iam = double.client("iam")
    trust = {
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:ExternalId": external_id}},
    }
    rights = {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
    name = f"reader-{free_port()}"
    arn: str = iam.create_role(RoleName=name, AssumeRolePolicyDocument=_policy(trust))["Role"]["Arn"]
    iam.put_role_policy(RoleName=name, PolicyName="read", PolicyDocument=_policy(rights))
    return arn


def _policy(statement: Mapping[str, object]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.mark.parametrize("status", [0, 3, 7, 255])
def test_the_exit_status_is_the_programs_own(status: int, aws_double: AwsDouble, tmp_path: Path) -> None:
    environment = aws_double.environment() | {"VALUE": f"aws-sm://{REGION}/{aws_double.put('value')}"}

    done = counterseal("exec", "--", "sh", "-c", f"exit {status}", folder=tmp_path, environment=environment)

    assert done.returncode == status


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGKILL, signal.SIGPIPE])
def test_a_program_dies_of_its_signal(sent: signal.Signals, aws_double: AwsDouble, tmp_path: Path) -> None:
    environment = aws_double.environment() | {"VALUE": f"aws-sm://{REGION}/{aws_double.put('value')}"}

    done = counterseal("exec", "--", "sh", "-c", f"kill -{sent.value} $$", folder=tmp_path, environment=environment)

    assert done.returncode == -sent


@pytest.mark.parametrize(
    ("reference", "status", "says"),
    [
        ('{{ENC}}{{"region":"US East (Ohio)","secretId":"{0}"}}', 3, "write us-east-2"),
        ('{{ENC}}{{"region":"us-east-2","secretId":"{0}","secretPointer":"password"}}', 3, "start with a slash"),
        ('{{ENC}}{{"region":"us-east-2","secretID":"{0}"}}', 3, "did you mean 'secretId'?"),
        ("aws-sm://us-east-2/{0}#/pasword", 5, "no field at '/pasword'"),
        ("aws-sm://us-east-2/absent", 4, "no secret 'absent' in us-east-2"),
        ("s3://bucket/object#/field", 9, "not resolved yet"),
        ("aws-sm://nobody@us-east-2/{0}", 13, "no access is named 'nobody'"),
    ],
    ids=["region name", "no slash", "unknown key", "missing field", "missing secret", "s3", "unknown access"],
)
def test_each_mistake_has_its_own_error(
    reference: str, status: int, says: str, aws_double: AwsDouble, tmp_path: Path
) -> None:
    name = aws_double.put(json.dumps({"password": CANARY}))
    environment = aws_double.environment() | {"VALUE": reference.format(name)}

    done = counterseal("exec", "--", "touch", "ran", folder=tmp_path, environment=environment)

    assert done.returncode == status
    assert says in done.stderr.decode()
    assert CANARY.encode() not in done.stdout + done.stderr
    assert not (tmp_path / "ran").exists()


def test_denied_names_the_permission(aws_double: AwsDouble, tmp_path: Path) -> None:
    environment = aws_double.environment(aws_double.user()) | {"VALUE": f"aws-sm://{REGION}/{aws_double.put(CANARY)}"}

    done = counterseal("exec", "--", *PRINT, folder=tmp_path, environment=environment)

    assert done.returncode == 6
    assert b"secretsmanager:GetSecretValue is not allowed" in done.stderr
    assert CANARY.encode() not in done.stdout + done.stderr


def test_a_default_does_not_hide_a_denial(aws_double: AwsDouble, tmp_path: Path) -> None:
    uri = f"aws-sm://{REGION}/{aws_double.put(CANARY)}?default=fallback"

    done = counterseal(
        *("exec", "--", *PRINT),
        folder=tmp_path,
        environment=aws_double.environment(aws_double.user()) | {"VALUE": uri},
    )

    assert done.returncode == 6


def test_a_default_stands_in_for_what_is_missing(aws_double: AwsDouble, tmp_path: Path) -> None:
    references = {
        "ONE": f"aws-sm://{REGION}/absent?default=fall%20back",
        "TWO": f"aws-sm://{REGION}/{aws_double.put('here')}",
    }

    assert delivered(references, aws_double, tmp_path) == {"ONE": b"fall back", "TWO": b"here"}


def test_unreachable_is_an_error_of_its_own(tmp_path: Path) -> None:
    environment = {
        "COUNTERSEAL_AWS_ENDPOINT": f"http://127.0.0.1:{free_port()}",
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": CANARY,
        "VALUE": "aws-sm://us-east-2/db?default=never",
    }

    done = counterseal("exec", "--", *PRINT, folder=tmp_path, environment=environment)

    assert (done.returncode, done.stdout) == (7, b"")
    assert b"cannot be reached for secret 'db' in us-east-2" in done.stderr
    assert CANARY.encode() not in done.stderr


def test_the_ambient_endpoint_is_ignored(aws_double: AwsDouble, tmp_path: Path) -> None:
    elsewhere = f"http://127.0.0.1:{free_port()}"
    environment = aws_double.environment() | {
        "AWS_ENDPOINT_URL": elsewhere,
        "AWS_ENDPOINT_URL_SECRETS_MANAGER": elsewhere,
        "HTTP_PROXY": elsewhere,
        "VALUE": f"aws-sm://{REGION}/{aws_double.put('value')}",
    }

    assert counterseal("exec", "--", *PRINT, folder=tmp_path, environment=environment).stdout == b"value"


@pytest.mark.parametrize(
    "endpoint",
    ["http://192.0.2.1:4566", "https://evil.example", "http://127.0.0.1@evil.example", "http://127.0.0.1.evil.example"],
)
def test_a_double_elsewhere_is_refused(endpoint: str, tmp_path: Path) -> None:
    environment = {"COUNTERSEAL_AWS_ENDPOINT": endpoint, "VALUE": "aws-sm://us-east-2/db"}

    done = counterseal("exec", "--", *PRINT, folder=tmp_path, environment=environment)

    assert done.returncode == 13
    assert b"COUNTERSEAL_AWS_ENDPOINT" in done.stderr
    assert b"loopback" in done.stderr


@pytest.fixture
def safe(tmp_path: Path) -> dict[str, str]:
    """Return what opens a safe `team` that has the secret `db` in it."""
    environment = {"COUNTERSEAL_UNLOCK_KEY_FILE": "team.key"}
    value = json.dumps({"password": f"{CANARY}\n", "port": 1.10}).replace("1.1", "1.10").encode()
    made = counterseal(
        *("put", "safe://team/db", "--create-key-file"), folder=tmp_path, environment=environment, given=value
    )
    assert made.returncode == 0
    return environment


def test_a_safe_and_aws_deliver_to_one_program(safe: dict[str, str], aws_double: AwsDouble, tmp_path: Path) -> None:
    references = {
        "PASSWORD": "safe://team/db#/password",
        "PORT": "safe://team/db?version=1#/port",
        "OTHER": f"aws-sm://{REGION}/{aws_double.put('other')}",
    }

    given = delivered(safe | references, aws_double, tmp_path, of=references)

    assert given == {"PASSWORD": f"{CANARY}\n".encode(), "PORT": b"1.10", "OTHER": b"other"}


@pytest.mark.parametrize(
    ("uri", "status"),
    [
        ("safe://team/absent", 4),
        ("safe://team/db?version=9", 4),
        ("safe://nobody/db", 4),
        ("safe://team/db#/pasword", 5),
    ],
)
def test_what_a_safe_does_not_have_is_missing(uri: str, status: int, safe: dict[str, str], tmp_path: Path) -> None:
    done = counterseal("exec", "--", *PRINT, folder=tmp_path, environment=safe | {"VALUE": uri})

    assert done.returncode == status
    assert CANARY.encode() not in done.stdout + done.stderr


def test_a_default_stands_in_for_a_secret_that_a_safe_does_not_have(safe: dict[str, str], tmp_path: Path) -> None:
    environment = safe | {"VALUE": "safe://team/absent?default=x"}

    assert counterseal("exec", "--", *PRINT, folder=tmp_path, environment=environment).stdout == b"x"


def test_every_status_above_is_in_the_table() -> None:
    assert {3, 4, 5, 6, 7, 9, 13} <= exit_statuses().keys()
