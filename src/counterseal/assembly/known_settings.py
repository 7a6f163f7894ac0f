"""Every setting there is: its name, its environment variable, and its line in docs/reference/settings.md."""

from typing import NamedTuple


class Known(NamedTuple):
    """One setting: the variable that overrides it, and its line in the reference."""

    variable: str
    meaning: str


SETTINGS = {
    "storage.uri": Known(
        "COUNTERSEAL_STORAGE_URI",
        "where safes are kept: file:///folder or s3://bucket/prefix; unset: a folder in the state directory",
    ),
    "storage.access": Known("COUNTERSEAL_STORAGE_ACCESS", "the access used for the storage; unset: default"),
    "storage.bucket_owner": Known(
        "COUNTERSEAL_STORAGE_BUCKET_OWNER",
        "the AWS account that must own the bucket: 12 digits; any other owner is refused",
    ),
    "unlock.key_file": Known("COUNTERSEAL_UNLOCK_KEY_FILE", "the key file that opens safes, instead of a password"),
    "state.directory": Known(
        "COUNTERSEAL_STATE_DIRECTORY",
        "what this machine remembers, such as the newest head it saw of each safe; unset: $XDG_STATE_HOME/counterseal",
    ),
    "notary.key_file": Known(
        "COUNTERSEAL_NOTARY_KEY_FILE", "the notary's keys; unset: notary.keys in the state directory"
    ),
    "notary.kms_mac_key": Known(
        "COUNTERSEAL_NOTARY_KMS_MAC_KEY",
        "the KMS key (HMAC_256) that makes codes: id, ARN or alias; `notary init` takes it",
    ),
    "notary.kms_signing_key": Known(
        "COUNTERSEAL_NOTARY_KMS_SIGNING_KEY",
        "the KMS key (ECC_NIST_EDWARDS25519) that signs: id, ARN or alias; `notary init` takes it",
    ),
    "notary.access": Known("COUNTERSEAL_NOTARY_ACCESS", "the access under which KMS is asked; unset: default"),
    "broker.access": Known("COUNTERSEAL_BROKER_ACCESS", "the access under which sessions are opened; unset: default"),
    "broker.role_arn": Known("COUNTERSEAL_BROKER_ROLE_ARN", "the role that sessions assume; `--role` is stronger"),
    "ledger.path": Known("COUNTERSEAL_LEDGER_PATH", "the SQLite ledger; unset: ledger.sqlite in the state directory"),
    "ledger.signing_key_file": Known(
        "COUNTERSEAL_LEDGER_SIGNING_KEY_FILE",
        "the key that signs checkpoints of the ledger; unset: ledger-signing-key in the state directory",
    ),
    "ledger.retention": Known(
        "COUNTERSEAL_LEDGER_RETENTION",
        'how long `ledger compact-to-parquet --prune` keeps partitions, such as "13 months"; the ledger keeps all',
    ),
    "tickets.file": Known(
        "COUNTERSEAL_TICKETS_FILE",
        "what the tickets say, where no --tickets is given: docs/reference/ticket-file.md; it goes before [jira]",
    ),
    "jira.url": Known("COUNTERSEAL_JIRA_URL", "the Jira that approvals are read from: https://example.atlassian.net"),
    "jira.flavour": Known("COUNTERSEAL_JIRA_FLAVOUR", "cloud or data-center; unset: Jira is asked"),
    "jira.cloud_id": Known(
        "COUNTERSEAL_JIRA_CLOUD_ID",
        "the id of a Cloud site, for tokens with scopes: these are taken by the gateway only",
    ),
    "jira.email": Known("COUNTERSEAL_JIRA_EMAIL", "whose API token it is: needed for Cloud, left out for Data Center"),
    "jira.token_env": Known("COUNTERSEAL_JIRA_TOKEN_ENV", "the environment variable that holds the token"),
    "jira.token": Known(
        "COUNTERSEAL_JIRA_TOKEN",
        "a reference to the token, such as aws-sm://eu-west-1/jira#/token; never the token itself",
    ),
    "jira.token_expires": Known(
        "COUNTERSEAL_JIRA_TOKEN_EXPIRES", "the day on which the token expires, for a warning: Jira does not tell"
    ),
    "jira.oauth_client_id": Known(
        "COUNTERSEAL_JIRA_OAUTH_CLIENT_ID",
        "the app of OAuth 2.0 (3LO) to sign in with on Cloud, in a token's place; `jira connect --oauth` sets it up",
    ),
    "jira.oauth_client_secret_env": Known(
        "COUNTERSEAL_JIRA_OAUTH_CLIENT_SECRET_ENV", "the environment variable that holds that app's secret"
    ),
    "jira.projects": Known(
        "COUNTERSEAL_JIRA_PROJECTS",
        "the keys of the projects whose tickets approve changes, as a list or separated by commas: no others do",
    ),
    "jira.ca_file": Known(
        "COUNTERSEAL_JIRA_CA_FILE", "a file of PEM certificates to trust for Jira, besides those of this machine"
    ),
    "jira.mirror": Known(
        "COUNTERSEAL_JIRA_MIRROR",
        "the SQLite mirror of tickets, for `up` and `jira sync`; unset: jira-mirror.sqlite in the state directory",
    ),
    "jira.webhook_secret_env": Known(
        "COUNTERSEAL_JIRA_WEBHOOK_SECRET_ENV",
        "the environment variable with the secret that Jira's webhook signs with; this opens /hooks/jira; "
        "two, separated by a comma, while one replaces the other",
    ),
    "jira.answers": Known(
        "COUNTERSEAL_JIRA_ANSWERS", '"true": `up` tells tickets what was found, by a link (alerts.link) and a property'
    ),
    "jira.comments": Known(
        "COUNTERSEAL_JIRA_COMMENTS", '"true": a comment as well, an internal one where customers could see it'
    ),
    "jira.transition": Known(
        "COUNTERSEAL_JIRA_TRANSITION",
        "the transition, or the status, into which a ticket is moved whose change needs an explanation; unset: none",
    ),
    "jira.create_in": Known(
        "COUNTERSEAL_JIRA_CREATE_IN", "the project in which a ticket is made for an unapproved change; unset: none is"
    ),
    "jira.create_as": Known("COUNTERSEAL_JIRA_CREATE_AS", "the type of issue of such a ticket; unset: Task"),
    "jira.outbox": Known(
        "COUNTERSEAL_JIRA_OUTBOX", "the SQLite outbox of answers; unset: jira-outbox.sqlite in the state directory"
    ),
    "inbox.path": Known(
        "COUNTERSEAL_INBOX_PATH", "the SQLite inbox of messages; unset: inbox.sqlite in the state directory"
    ),
    "alerts.outbox": Known(
        "COUNTERSEAL_ALERTS_OUTBOX", "the SQLite outbox of alerts; unset: outbox.sqlite in the state directory"
    ),
    "alerts.link": Known(
        "COUNTERSEAL_ALERTS_LINK",
        "where the pages are, for a link in each alert: https://audit.example; unset: no link",
    ),
    "up.metrics": Known(
        "COUNTERSEAL_UP_METRICS", '"true": `up` answers /metrics for Prometheus, on this machine, without a sign-in'
    ),
    "intake.queue": Known("COUNTERSEAL_INTAKE_QUEUE", "the address of the SQS queue that `up` takes messages from"),
    "intake.access": Known(
        "COUNTERSEAL_INTAKE_ACCESS",
        "the access for that queue, for confirming subscriptions and for log files; unset: default",
    ),
    "intake.sns_topics": Known(
        "COUNTERSEAL_INTAKE_SNS_TOPICS",
        "the ARNs of the SNS topics whose messages are taken, as a list or separated by commas; this opens /hooks/sns",
    ),
    "intake.sns_signature_versions": Known(
        "COUNTERSEAL_INTAKE_SNS_SIGNATURE_VERSIONS", "which versions of SNS's signature count: 2, or 1,2; unset: both"
    ),
    "intake.sns_authorities": Known(
        "COUNTERSEAL_INTAKE_SNS_AUTHORITIES",
        "a file of PEM certificates that SNS's must lead to; unset: the trust store of this machine",
    ),
    "intake.event_bridge_key_env": Known(
        "COUNTERSEAL_INTAKE_EVENT_BRIDGE_KEY_ENV",
        "the environment variable that holds the API key of the EventBridge connection; this opens /hooks/event-bridge",
    ),
    "intake.event_bridge_header": Known(
        "COUNTERSEAL_INTAKE_EVENT_BRIDGE_HEADER", "the header in which EventBridge sends that key; unset: x-api-key"
    ),
    "intake.log_folders": Known(
        "COUNTERSEAL_INTAKE_LOG_FOLDERS",
        "where log files that messages name may lie, s3://bucket/prefix each, as a list or separated by commas",
    ),
}

LISTS = frozenset(
    {
        "intake.sns_topics",
        "intake.sns_signature_versions",
        "intake.log_folders",
        "jira.projects",
        "jira.webhook_secret_env",
    }
)
"""Settings that may be written as a list of texts; in the environment, separated by commas."""

SWITCHES = frozenset({"up.metrics", "jira.answers", "jira.comments"})
"""Settings that are true or false: in the file with or without quotation marks."""

DAYS = frozenset({"jira.token_expires"})
"""Settings that are days: in the file with or without quotation marks."""

ACCESS_SETTINGS = {
    "authentication": "role, instance-profile, access-key or default",
    "region": "the region's code, such as us-east-2",
    "role_arn": "the role to assume, with authentication = role",
    "external_id": "the external id that the role's trust policy asks for",
    "sts_endpoint": "an STS endpoint other than the region's own; it must be an STS host",
    "sts_region": "the region of STS where it differs from `region`",
    "mfa_serial": "the MFA device that the role's trust policy asks for",
    "access_key_id": "the access key's id, with authentication = access-key",
    "secret_access_key_env": "the environment variable that holds the secret access key",
}

AUTHENTICATIONS = ("role", "instance-profile", "access-key", "default")

ENVIRONMENT_ONLY = {
    "COUNTERSEAL_SETTINGS": "the settings file; unset: the nearest counterseal.toml from the working directory upward",
    "COUNTERSEAL_PASSWORD": "the password that opens safes, where nobody can be asked for it",
    "COUNTERSEAL_AWS_ENDPOINT": "an AWS double for tests: refused unless it is a loopback address",
}
