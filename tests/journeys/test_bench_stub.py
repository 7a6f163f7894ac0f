"""The benchmark's own server, asked by a real client."""

import json
from typing import Any

import pytest
from bench.stub_server import calls, running


@pytest.mark.enable_socket
def test_a_real_client_reads_one_secret_and_twenty_at_once() -> None:
    from botocore.session import Session

    with running(count=20) as url:
        client: Any = Session().create_client(
            "secretsmanager",
            region_name="eu-central-1",
            endpoint_url=url,
            aws_access_key_id="invented",
            aws_secret_access_key="invented",
        )
        one = client.get_secret_value(SecretId="bench/0003")
        many = client.batch_get_secret_value(SecretIdList=[f"bench/{number:04d}" for number in range(20)])
        client.close()
        counted = calls(url)

    assert json.loads(one["SecretString"])["password"] == "invented-0003"
    assert len(many["SecretValues"]) == 20
    assert counted == {"GetSecretValue": 1, "BatchGetSecretValue": 1}
