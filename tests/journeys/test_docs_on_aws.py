"""Pages that need AWS: every block fenced as `bash` is run as it stands, page by page, against the double of AWS."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.doubles.aws_double import REGION, AwsDouble
from tests.doubles.broker_stage import aws_cli

pytestmark = [pytest.mark.enable_socket, pytest.mark.double]

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```bash\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def pages() -> list[str]:
    """Return the pages that have something to run on AWS, by their place in the checkout."""
    found = [page for page in ROOT.glob("docs/**/*.md") if BLOCK.search(page.read_text(encoding="utf-8"))]
    return sorted(str(page.relative_to(ROOT)) for page in found)


@pytest.fixture(scope="module")
def trail_bucket(aws_double: AwsDouble) -> str:
    """Return the bucket of the example's trail, as CloudTrail would have filled it."""
    name, root = "acme-trail", ROOT / "examples/trail"
    signatures = json.loads((ROOT / "examples/trail-signatures.json").read_text(encoding="utf-8"))
    client = aws_double.client("s3")
    client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    for file in root.rglob("*.gz"):
        place = file.relative_to(root).as_posix()
        client.put_object(Bucket=name, Key=place, Body=file.read_bytes(), Metadata=signatures.get(place, {}))
    return name


def run_page(page: Path, folder: Path, aws_double: AwsDouble) -> subprocess.CompletedProcess[str]:
    """Run the blocks of a page, one after another in one shell beside the examples, as an account's administrator."""
    programs, work = folder / "bin", folder / "work"
    programs.mkdir()
    work.mkdir()
    shutil.copytree(ROOT / "examples", work / "examples")
    # The AWS CLI reaches for the legacy addresses of SQS whatever AWS_ENDPOINT_URL says; the option it follows.
    aws = f'"{aws_cli(ROOT)}" --endpoint-url {aws_double.endpoint}'
    for name, command in {"counterseal": f'"{sys.executable}" -m counterseal', "aws": aws}.items():
        (programs / name).write_text(f'#!/bin/sh\nexec {command} "$@"\n')
        (programs / name).chmod(0o755)
    environment = {
        **aws_double.environment(),
        "PATH": f"{programs}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT / "src"),
        "HOME": str(folder),
        "AWS_ENDPOINT_URL": aws_double.endpoint,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
    }
    script = "\n".join(BLOCK.findall(page.read_text(encoding="utf-8")))
    shell = [shutil.which("bash") or "/bin/bash", "-euo", "pipefail", "-c", script]
    return subprocess.run(
        shell, cwd=work, env=environment, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )


@pytest.mark.usefixtures("trail_bucket")
@pytest.mark.parametrize("name", pages())
def test_the_commands_of_a_page_do_what_it_says(name: str, tmp_path: Path, aws_double: AwsDouble) -> None:
    done = run_page(ROOT / name, tmp_path, aws_double)

    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"


def test_a_page_whose_command_fails_is_noticed(tmp_path: Path, aws_double: AwsDouble) -> None:
    page = tmp_path / "page.md"
    page.write_text("```bash\naws sts no-such-call\n```\n")

    assert run_page(page, tmp_path, aws_double).returncode != 0


def test_the_pages_on_what_lives_in_an_account_are_run() -> None:
    names = (
        "let-kms-hold-the-notary-keys",
        "run-a-tool-under-a-ticket",
        "change-a-secret-under-a-ticket",
        "audit-a-live-account",
        "sweep-an-account",
    )

    assert {f"docs/how-to/{name}.md" for name in names} <= set(pages())
