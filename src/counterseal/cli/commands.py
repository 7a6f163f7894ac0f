"""The commands there are: name, the file that runs it, and one line of help."""


class Command:
    """One command: the file in `cli/` that runs it, the group it is listed in, and what it does in one line."""

    __slots__ = ("group", "module", "summary")

    def __init__(self, module: str, group: str, summary: str) -> None:
        """Take the file's name, the group's title and the line of help."""
        self.module = module
        self.group = group
        self.summary = summary


COMMANDS: dict[str, Command] = {
    "put": Command("put", "Keep", "write a secret: sealed into a safe, or into AWS under a ticket"),
    "get": Command("get", "Keep", "print a secret from a safe"),
    "list": Command("list_secrets", "Keep", "list the secrets of a safe, never their values"),
    "history": Command("history", "Keep", "list the versions of a secret"),
    "remove": Command("remove", "Keep", "remove a secret; it can be restored"),
    "restore": Command("restore", "Keep", "bring back a removed secret or an older version"),
    "resolve": Command("resolve", "Deliver", "print a file with its references replaced by the values"),
    "exec": Command("execute", "Deliver", "run a command with the references in its environment resolved"),
    "audit": Command("audit", "Account", "join the changes in CloudTrail files with the tickets that approve them"),
    "trail": Command("trail", "Account", "prove from CloudTrail's digests that no log file is missing or altered"),
    "sweep": Command("sweep", "Account", "find what AWS holds and no record explains: versions, deletions, labels"),
    "report": Command("report", "Account", "answer a question about what the ledger holds, also in SQL"),
    "export": Command("export", "Account", "write the population to a file, or a sample that anybody can draw again"),
    "findings": Command("findings", "Account", "list, show, waive or watch what audits found and the ledger holds"),
    "ticket": Command("ticket", "Account", "show what a ticket approves and why, or ask it about a change"),
    "identity": Command("identity", "Account", "say which Jira user a principal of AWS is, and see who is nobody's"),
    "jira": Command("jira", "Account", "look at Jira, mirror its tickets, set up its webhook, answer its tickets"),
    "seal": Command("seal", "Account", "issue a counterseal for an approved ticket: the token to pass to AWS"),
    "session": Command("session", "Account", "run a tool in an AWS session that carries an approved ticket"),
    "rotate": Command("rotate", "Account", "rotate a secret in AWS under a ticket: stage, try, make current"),
    "notary": Command("notary", "Account", "set up the notary; export and revoke counterseals"),
    "ledger": Command("ledger", "Account", "verify, sign, export and show the record of what was found"),
    "policy": Command("policy", "Account", "explain a verdict by its rules; show the AWS policies that roles need"),
    "intake": Command("intake", "Account", "take messages from an SQS queue, and decide on what they report"),
    "inbox": Command("inbox", "Account", "list, show, retry or quarantine the messages that came"),
    "alert": Command("alert", "Account", "tell people and programs what became of findings: webhook, mail"),
    "metrics": Command("metrics", "Account", "print what the ledger holds for Prometheus"),
    "up": Command("up", "Run", "start Counterseal on this machine, with everything embedded"),
    "doctor": Command("doctor", "Run", "look at each thing that Jira needs, and say what mends it"),
    "help": Command("help", "Run", "explain a topic: exit-status"),
}
