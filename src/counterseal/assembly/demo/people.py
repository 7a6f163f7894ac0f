"""The invented people of the demonstration, as Jira and as AWS know them."""

from dataclasses import dataclass
from typing import Any

# AWS's own documentation uses this account number for examples; no customer has it.
ACCOUNT = "111122223333"
REGION = "eu-central-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody, or a program: the Jira user, and the role session that CloudTrail records."""

    user: str
    role: str
    session: str

    @property
    def arn(self) -> str:
        """Return the principal as CloudTrail writes it."""
        return f"arn:aws:sts::{ACCOUNT}:assumed-role/{self.role}/{self.session}"

    def identity(self) -> dict[str, Any]:
        """Return the `userIdentity` of a record (CloudTrail user guide, userIdentity element)."""
        return {
            "type": "AssumedRole",
            "principalId": f"AROAEXAMPLE{self.role[-6:].upper()}:{self.session}",
            "arn": self.arn,
            "accountId": ACCOUNT,
            "accessKeyId": "ASIAEXAMPLEEXAMPLE00",
            "sessionContext": {
                "sessionIssuer": {
                    "type": "Role",
                    "arn": f"arn:aws:iam::{ACCOUNT}:role/{self.role}",
                    "accountId": ACCOUNT,
                    "userName": self.role,
                },
                "attributes": {"mfaAuthenticated": "true"},
            },
        }


def _engineer(user: str) -> Person:
    return Person(user=user, role="AWSReservedSSO_Engineer_0f1e2d3c4b5a6978", session=f"{user}@bakery.example")


MAYA = _engineer("maya")
JONAS = _engineer("jonas")
INES = _engineer("ines")
PRIYA = _engineer("priya")
CONTRACTOR = Person(user="", role="Contractors", session="temp-17")
ROTATION = Person(user="", role="rotate-database-password-role", session="rotate-database-password")

IDENTITIES = {person.user: [person.arn] for person in (MAYA, JONAS, INES, PRIYA)}
