"""AWS on this machine for tests: MiniStack with sign-in enforced, and users of its own.

Its root keys skip the check of signatures. They are used once, to make the administrator; nothing else signs with them.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

from tests.servers import answers, free_port, running

REGION = "us-east-2"
_ROOT_KEY = ("test", "test")
_LAUNCHER = Path(__file__).with_name("aws_launcher.py")
_EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}


class Key(NamedTuple):
    """An access key of a user of the double."""

    access_key_id: str
    secret_access_key: str

    @property
    def environment(self) -> dict[str, str]:
        """Return the variables that the default chain reads."""
        return {"AWS_ACCESS_KEY_ID": self.access_key_id, "AWS_SECRET_ACCESS_KEY": self.secret_access_key}


class AwsDouble:
    """A running double: its address, its administrator's key, and what tests prepare on it."""

    def __init__(self, endpoint: str, records: Path) -> None:
        """Take the address and the file of records, and make the administrator."""
        self.endpoint = endpoint
        self._records = records
        self.administrator = self._user(Key(*_ROOT_KEY), [_EVERYTHING])

    def client(self, service: str, region: str = REGION) -> Any:
        """Return a client of the administrator's."""
        return self._client(service, self.administrator, region)

    def client_of_the_past(self, service: str, hours: float, region: str = REGION) -> Any:
        """Return a client of the administrator's, whose requests were made some hours ago."""
        made = self.client(service, region)

        def move_back(params: Any, **_: Any) -> None:
            params["headers"]["x-seconds-ago"] = str(hours * 3600)

        made.meta.events.register("before-call", move_back)
        return made

    def user(self, *statements: Mapping[str, Any]) -> Key:
        """Return the key of a new user who may do what the statements say: nothing, where there are none."""
        return self._user(self.administrator, statements)

    def arn_of(self, key: Key) -> str:
        """Return the ARN of the user whose key that is."""
        arn: str = self._client("sts", key, REGION).get_caller_identity()["Arn"]
        return arn

    def put(self, value: str | bytes, *, region: str = REGION) -> str:
        """Keep a value under a new name, and return the name."""
        name = f"test/{uuid4()}"
        kind = "SecretString" if isinstance(value, str) else "SecretBinary"
        self.client("secretsmanager", region).create_secret(Name=name, **{kind: value})
        return name

    def records_of(self, name: str, *, region: str = REGION) -> list[dict[str, Any]]:
        """Return what CloudTrail would have recorded of the calls that changed, or should have changed, a secret."""
        arn = self.client("secretsmanager", region).describe_secret(SecretId=name)["ARN"]
        records = [json.loads(line) for line in self._records.read_text(encoding="utf-8").splitlines()]
        asked = [(it["requestParameters"], it) for it in records]
        return [it for request, it in asked if {request.get("secretId"), request.get("name")} & {name, arn}]

    def environment(self, key: Key | None = None) -> dict[str, str]:
        """Return the variables under which Counterseal speaks to the double."""
        return {"COUNTERSEAL_AWS_ENDPOINT": self.endpoint, **(key or self.administrator).environment}

    def _user(self, maker: Key, statements: Any) -> Key:
        iam = self._client("iam", maker, REGION)
        name = f"user-{uuid4()}"
        iam.create_user(UserName=name)
        if statements:
            document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
            iam.put_user_policy(UserName=name, PolicyName="rights", PolicyDocument=document)
        made = iam.create_access_key(UserName=name)["AccessKey"]
        return Key(made["AccessKeyId"], made["SecretAccessKey"])

    def _client(self, service: str, key: Key, region: str) -> Any:
        from botocore.config import Config
        from botocore.session import Session

        return Session().create_client(
            service,
            region_name=region,
            endpoint_url=self.endpoint,
            aws_access_key_id=key.access_key_id,
            aws_secret_access_key=key.secret_access_key,
            config=Config(proxies={}, retries={"total_max_attempts": 1}),
        )


@contextmanager
def running_aws_double(python: Path, folder: Path) -> Iterator[AwsDouble]:
    """Run MiniStack under our launcher, by the interpreter given, on a free loopback port; all files in the folder."""
    port = free_port()
    records = folder / "records.jsonl"
    records.touch()
    endpoint = f"http://127.0.0.1:{port}"
    environment = {
        "BIND_HOST": "127.0.0.1",  # its default is all interfaces
        "MINISTACK_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "AUTH": "true",
        "CLOUDTRAIL_RECORDING": "1",
        "AWS_ACCESS_KEY_ID": _ROOT_KEY[0],
        "AWS_SECRET_ACCESS_KEY": _ROOT_KEY[1],
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "RECORDS_FILE": str(records),
    }
    for variable in ("TMPDIR", "S3_DATA_DIR", "STATE_DIR"):
        place = folder / variable.lower()
        place.mkdir()
        environment[variable] = str(place)
    ready = answers(f"{endpoint}/_ministack/health")
    with running([python, _LAUNCHER], log=folder / "log", ready=ready, environment=environment):
        yield AwsDouble(endpoint, records)
