"""A file with references, resolved by the real command from AWS."""

import json
import stat
from pathlib import Path

import pytest
from tests.doubles.aws_double import REGION, AwsDouble
from tests.journeys.command import counterseal

pytestmark = [pytest.mark.double, pytest.mark.enable_socket]

CANARY = "canary-9Zt2Lk"


@pytest.fixture
def bitbucket(aws_double: AwsDouble, tmp_path: Path) -> Path:
    """Return a properties file as seed 001 describes it; the password needs every kind of escaping."""
    name = aws_double.put(json.dumps({"password": f" {CANARY}=\\ é\n"}))
    file = tmp_path / "bitbucket.properties"
    file.write_text(
        "# kept as it is\r\n"
        "encrypted-property.cipher.classname=com.atlassian.secrets.store.aws.AwsSecretsManagerStore\r\n"
        f'jdbc.password={{ENC}}{{"region":"{REGION}","secretId":"{name}", "secretPointer": "/password"}}\r\n'
        f"plugin.url=https://user:{{{{ aws-sm://{REGION}/{name}#/password }}}}@host\r\n"
        "mail.password={ATL_SECURED}\r\n"
    )
    return file


def test_a_properties_file_is_printed_with_its_values(bitbucket: Path, aws_double: AwsDouble, tmp_path: Path) -> None:
    done = counterseal("resolve", bitbucket.name, folder=tmp_path, environment=aws_double.environment())

    assert done.stdout == (
        b"# kept as it is\r\n"
        b"encrypted-property.cipher.classname=com.atlassian.secrets.store.aws.AwsSecretsManagerStore\r\n"
        b"jdbc.password=\\ canary-9Zt2Lk\\=\\\\ \\u00E9\\n\r\n"
        b"plugin.url=https://user:\\ canary-9Zt2Lk\\=\\\\ \\u00E9\\n@host\r\n"
        b"mail.password={ATL_SECURED}\r\n"
    )
    assert b"line 5, column 15 belongs to Atlassian's own secret storage and was left alone" in done.stderr


def test_the_output_file_is_its_owners_alone(bitbucket: Path, aws_double: AwsDouble, tmp_path: Path) -> None:
    done = counterseal(
        *("resolve", bitbucket.name, "--output", "out.properties"),
        folder=tmp_path,
        environment=aws_double.environment(),
    )

    written = tmp_path / "out.properties"
    assert (done.returncode, done.stdout) == (0, b"")
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    assert CANARY in written.read_text()


def test_the_file_itself_is_not_overwritten(bitbucket: Path, aws_double: AwsDouble, tmp_path: Path) -> None:
    before = bitbucket.read_bytes()

    done = counterseal(
        *("resolve", bitbucket.name, "--output", f"../{tmp_path.name}/{bitbucket.name}"),
        folder=tmp_path,
        environment=aws_double.environment(),
    )

    assert done.returncode == 9
    assert bitbucket.read_bytes() == before


def test_standard_input_is_resolved_as_text(aws_double: AwsDouble, tmp_path: Path) -> None:
    uri = f"aws-sm://{REGION}/{aws_double.put(CANARY)}"

    done = counterseal(
        *("resolve", "-"),
        folder=tmp_path,
        environment=aws_double.environment(),
        given=f"a={uri}\nb: {{{{ {uri} }}}}\n\xff".encode("latin-1"),
    )

    assert done.stdout == f"a={CANARY}\nb: {CANARY}\n\xff".encode("latin-1")


def test_check_lists_the_references_and_asks_nobody(bitbucket: Path, tmp_path: Path) -> None:
    done = counterseal("resolve", bitbucket.name, "--check", "--json", folder=tmp_path)

    listed = json.loads(done.stdout)
    assert done.returncode == 0
    assert listed["schema"] == "counterseal/references/v1"
    assert [(it["line"], it["column"], it["belongs_to"]) for it in listed["references"]] == [
        (3, 15, None),
        (4, 25, None),
        (5, 15, "Atlassian's own secret storage"),
    ]


def test_nothing_is_printed_when_one_value_is_missing(aws_double: AwsDouble, tmp_path: Path) -> None:
    (tmp_path / "app.conf").write_text(f"a=aws-sm://{REGION}/{aws_double.put(CANARY)}\nb=aws-sm://{REGION}/absent\n")

    done = counterseal("resolve", "app.conf", folder=tmp_path, environment=aws_double.environment())

    assert (done.returncode, done.stdout) == (4, b"")
    assert CANARY.encode() not in done.stderr


def test_a_mistake_is_shown_with_its_line_and_column(tmp_path: Path) -> None:
    (tmp_path / "app.properties").write_text('a=1\npassword = {ENC}{"region":"Ohio","secretId":"db"}\n')

    done = counterseal("resolve", "app.properties", "--check", folder=tmp_path)

    assert done.returncode == 3
    assert done.stderr == (
        b"counterseal: error: app.properties: the region 'Ohio' is a full name, not a code, at line 2, column 27\n"
        b"counterseal: hint: write us-east-2\n"
    )
