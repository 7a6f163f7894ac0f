"""A real S3 server for tests: SeaweedFS, on loopback, in a folder of its own."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from tests.conftest import ROOT
from tests.servers import answers, free_port, running

from counterseal.aws.access import AwsAccess
from counterseal.aws.session import client

WEED = ROOT / ".venv-oracles" / "bin" / "weed"
ADMIN = ("weedadmin", "weedadminsecret")
READER = ("weedreader", "weedreadersecret")
# Of many writers of one name at once, this server lets each look for the lock once a second: the last of eight was
# seen to wait for more than four. S3 itself answers such writers at once.
_LOCK_SECONDS = 30


class ObjectServer(NamedTuple):
    """A running S3 server: its address, and identities of two powers."""

    endpoint: str

    def client(self, *, identity: tuple[str, str] = ADMIN) -> Any:
        """Return a client signed in as one of the identities."""
        access_key_id, secret = identity
        variable = f"WEED_SECRET_OF_{access_key_id.upper()}"
        # An access names the variable that holds its secret; these secrets are the server's own, written below.
        os.environ[variable] = secret
        access = AwsAccess(
            name="weed",
            authentication="access-key",
            region="us-east-1",
            access_key_id=access_key_id,
            secret_access_key_env=variable,
        )
        return client("s3", access, endpoint=self.endpoint, waits_seconds=_LOCK_SECONDS)


@contextmanager
def object_server(folder: Path) -> Iterator[ObjectServer]:
    """Run the server for the length of a `with`."""
    identities = folder / "identities.json"
    identities.write_text(json.dumps({"identities": [_identity(*ADMIN, "Admin"), _identity(*READER, "Read", "List")]}))
    data = folder / "data"
    data.mkdir()
    ports = {name: free_port() for name in ("s3", "master", "volume", "filer")}
    grpc = {name: free_port() for name in ports}
    command: list[str | Path] = [
        WEED,
        "mini",
        f"-dir={data}",
        "-ip=127.0.0.1",
        "-ip.bind=127.0.0.1",
        f"-s3.config={identities}",
        *(f"-{name}.port={port}" for name, port in ports.items()),
        *(f"-{name}.port.grpc={port}" for name, port in grpc.items()),
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
        "-volume.max=400",
        "-master.telemetry=false",
        "-admin.ui=false",
        "-webdav=false",
    ]
    environment = {"WEED_MASTER_VOLUME_GROWTH_COPY_1": "1"}
    endpoint = f"http://127.0.0.1:{ports['s3']}"
    with running(command, log=folder / "log", ready=answers(f"{endpoint}/healthz"), environment=environment):
        yield ObjectServer(endpoint)


def _identity(access_key_id: str, secret: str, *actions: str) -> dict[str, Any]:
    return {
        "name": access_key_id,
        "credentials": [{"accessKey": access_key_id, "secretKey": secret}],
        "actions": list(actions),
    }
