"""What all tests share: the place of the real records, and hypothesis without a clock."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from tests.doubles.aws_double import AwsDouble, running_aws_double

ROOT = Path(__file__).parent.parent
SHARED_DATA = ROOT.parent / "shared" / "data"

settings.register_profile("counterseal", deadline=None, derandomize=True)
settings.load_profile("counterseal")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip, with the reason, what reads the real records where they are absent."""
    if SHARED_DATA.is_dir():
        return
    absent = pytest.mark.skip(reason="the real CloudTrail records are not beside this checkout (../shared/data)")
    for item in items:
        if item.get_closest_marker("shared_data"):
            item.add_marker(absent)


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the root of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real records; the test that asks for it carries the marker `shared_data`."""
    return SHARED_DATA


@pytest.fixture(scope="session")
def aws_double(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AwsDouble]:
    """Return the AWS double of this run; a test that asks for it carries the markers `double` and `enable_socket`."""
    python = ROOT / ".venv-doubles/bin/python"
    with running_aws_double(python, tmp_path_factory.mktemp("aws-double")) as double:
        yield double
