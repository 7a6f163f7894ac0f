"""A secret value is revealed in the listed files only (design part 3, rule 6)."""

import ast

from tests.architecture.source import files

# Each with the reason why the value leaves its hiding place there.
MAY_REVEAL: dict[str, str] = {
    "references/pointer.py": "a pointer is followed inside the value, and its field is hidden again",
    "control/jira_hook.py": "the secret shared with Jira's webhook checks what it signs",
    "delivery/environment.py": "the value goes into the environment of a program",
    "delivery/render.py": "the value goes into a text",
    "aws/secretsmanager_writes.py": "the value is sent to Secrets Manager",
    "cli/get.py": "the value goes to standard output",
    "safes/head.py": "the content of a head, which is sealed like a value, is read",
    "seal/sealer.py": "values are sealed, under the epoch key",
    "seal/slots.py": "a member's keys are sealed, under an unlock key",
    "seal/grants.py": "an epoch key is granted",
    "seal/member_keys.py": "private keys become public ones, and one value for a slot",
    "seal/signatures.py": "a private key signs",
    "seal/password.py": "a password becomes a key",
    "seal/notary_keys.py": "a notary's keys sign, make codes, and go into their file",
    "assembly/refresh_tokens.py": "a refresh token of OAuth goes into its file",
    "assembly/notaries.py": "a notary's keys are written to their file",
    "outside/webhook.py": "the secret shared with a receiver signs what it gets",
    "outside/mail.py": "the password of a mailbox is sent to its server",
    "jira/sign_in.py": "a token is sent to Jira, and a refresh token to who gives tokens",
    "seal/key_file.py": "a key goes into its file",
    "seal/signing_key.py": "a signing key goes into its file, and becomes a public key",
}


def callers() -> set[str]:
    """Return the files that name an attribute `reveal`, called or not, and those that look it up by name."""
    found = set()
    for file in files():
        for node in ast.walk(file.tree):
            by_attribute = isinstance(node, ast.Attribute) and node.attr == "reveal"
            by_name = isinstance(node, ast.Constant) and node.value == "reveal"
            if by_attribute or by_name:
                found.add(file.name)
    return found


def test_only_the_listed_files_reveal_a_value() -> None:
    assert callers() - set(MAY_REVEAL) == set()


def test_every_listed_file_still_needs_to() -> None:
    assert set(MAY_REVEAL) - callers() == set()
