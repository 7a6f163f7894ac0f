"""Every AWS call made in `aws/` is granted in `provisioning/`, and no grant lacks a call (design part 3, rule 8)."""

import ast
from collections.abc import Iterator

import pytest
from tests.architecture.source import SourceFile, files

from counterseal.provisioning.broker import READS, TAKES_A_SESSION, WRITES, permissions
from counterseal.provisioning.calls import PERMISSIONS
from counterseal.provisioning.catalogue import ALL, PLACES

SERVICES = ("cloudtrail", "dynamodb", "events", "iam", "kms", "s3", "secretsmanager", "sns", "sqs", "sts")

# What botocore's own credential chain calls for us, by the file that asks it to.
BY_BOTOCORE = {"aws/signing_in.py": {("sts", "AssumeRole")}}

# Calls whose part of the house is being built: a line goes when its call is there.
AWAITED: set[tuple[str, str]] = set()

# Granted although no code of ours makes the call: AWS makes it for the caller, or the tool in a broker session does.
BESIDES: dict[str, str] = {
    "kms:Decrypt": "Secrets Manager, S3 and SQS use the customer's own key for the caller",
    "kms:Encrypt": "Secrets Manager re-encrypts with another key of the customer's for the caller",
    "lambda:InvokeFunction": "Secrets Manager wants it of whoever calls RotateSecret",
    "kms:GenerateDataKey": "Secrets Manager and S3 use the customer's own key for the caller",
    **dict.fromkeys((*WRITES, *permissions(*READS)), "the tool that runs in a broker session calls it"),
}


def operations() -> dict[str, set[tuple[str, str]]]:
    """Return every operation of the services by its name in Python."""
    from botocore import xform_name
    from botocore.session import Session

    found: dict[str, set[tuple[str, str]]] = {}
    session = Session()
    for service in SERVICES:
        for name in session.get_service_model(service).operation_names:
            found.setdefault(xform_name(name), set()).add((service, name))
    return found


OPERATIONS = operations()


def made() -> dict[tuple[str, str], str]:
    """Return every call made in `aws/`, with a file that makes it."""
    found: dict[tuple[str, str], str] = {}
    for file in files():
        if file.name.startswith("aws/"):
            found |= dict.fromkeys(calls_in(file), file.name)
            found |= dict.fromkeys(BY_BOTOCORE.get(file.name, ()), file.name)
    return found


def calls_in(file: SourceFile) -> Iterator[tuple[str, str]]:
    """Yield the operations that a file names: called, passed on, or given to a paginator."""
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Attribute) and node.attr in OPERATIONS and not is_self(node.value):
            yield one_of(OPERATIONS[node.attr], file.name)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get_paginator":
            (name,) = node.args
            assert isinstance(name, ast.Constant), f"{file.name}: get_paginator takes a literal name"
            yield one_of(OPERATIONS[name.value], file.name)  # type: ignore[index]  # a name is text


def is_self(node: ast.expr) -> bool:
    """Say whether the attribute is a method of our own object."""
    return isinstance(node, ast.Name) and node.id == "self"


def one_of(candidates: set[tuple[str, str]], file: str) -> tuple[str, str]:
    """Return the operation meant: where several services have it, that of the service that the file is named after."""
    if len(candidates) == 1:
        return next(iter(candidates))
    stem = file.removeprefix("aws/").removesuffix(".py")
    (fitting,) = (it for it in candidates if stem.startswith(it[0]))
    return fitting


def granted() -> set[str]:
    return {action for policy in ALL for action in policy.actions()}


def test_every_call_is_in_the_table_of_calls() -> None:
    unknown = {call: file for call, file in made().items() if call not in PERMISSIONS}

    assert unknown == {}, "add the call to provisioning/calls.py, and its permission to the policy of its role"


def test_every_call_in_the_table_is_made() -> None:
    unmade = set(PERMISSIONS) - set(made())

    assert unmade == AWAITED, "take the call out of the table and of its policy; out of AWAITED where it is made now"


def test_every_permission_that_a_call_needs_is_granted() -> None:
    needed = {permission for permissions in PERMISSIONS.values() for permission in permissions}

    assert needed - granted() == set(), "add it to the policy of its role in provisioning/"


def test_no_grant_lacks_a_call() -> None:
    needed = {permission for permissions in PERMISSIONS.values() for permission in permissions}

    assert granted() - needed - set(BESIDES) == set(), "take it out of its policy, or say in BESIDES who needs it"


def test_no_call_hides_behind_a_computed_name() -> None:
    hidden = [
        f"{file.name}:{node.lineno}"
        for file in files()
        if file.name.startswith("aws/")
        for node in ast.walk(file.tree)
        if (isinstance(node, ast.Name) and node.id == "getattr")
        or (isinstance(node, ast.Attribute) and node.attr in ("_make_api_call", "_make_request"))
    ]

    assert hidden == []


def test_the_table_names_operations_of_the_service_model() -> None:
    known = {it for candidates in OPERATIONS.values() for it in candidates}

    assert set(PERMISSIONS) - known == set()


def test_a_session_allows_operations_of_the_service_model() -> None:
    known = {name for candidates in OPERATIONS.values() for service, name in candidates if service == "secretsmanager"}

    assert {it for names in TAKES_A_SESSION.values() for it in names} - known == set()


@pytest.mark.parametrize("policy", ALL, ids=lambda it: it.name)
def test_every_place_of_a_policy_is_explained(policy: object) -> None:
    assert set(policy.places()) - set(PLACES) == set()  # type: ignore[attr-defined]


def test_every_place_is_used() -> None:
    used = {place for policy in ALL for place in policy.places()}

    assert set(PLACES) - used - {"account", "region", "partition"} == set()
