"""What start-up loads is read from the interpreter itself."""

from bench.startup import modules_loaded


def test_the_version_is_answered_without_a_parser() -> None:
    loaded = modules_loaded(["--version"])

    assert "counterseal.cli.main" in loaded
    assert "argparse" not in loaded
    assert "site" not in loaded
