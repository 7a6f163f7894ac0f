"""The help of `counterseal` itself, checked in so that it costs no parser: `make golden` writes it."""

HELP = """\
usage: counterseal COMMAND [ARGUMENT ...]

Every secret sealed. Every change countersealed.

Keep:
  put       write a secret: sealed into a safe, or into AWS under a ticket
  get       print a secret from a safe
  list      list the secrets of a safe, never their values
  history   list the versions of a secret
  remove    remove a secret; it can be restored
  restore   bring back a removed secret or an older version

Deliver:
  resolve   print a file with its references replaced by the values
  exec      run a command with the references in its environment resolved

Account:
  audit     join the changes in CloudTrail files with the tickets that approve them
  trail     prove from CloudTrail's digests that no log file is missing or altered
  sweep     find what AWS holds and no record explains: versions, deletions, labels
  report    answer a question about what the ledger holds, also in SQL
  export    write the population to a file, or a sample that anybody can draw again
  findings  list, show, waive or watch what audits found and the ledger holds
  ticket    show what a ticket approves and why, or ask it about a change
  identity  say which Jira user a principal of AWS is, and see who is nobody's
  jira      look at Jira, mirror its tickets, set up its webhook, answer its tickets
  seal      issue a counterseal for an approved ticket: the token to pass to AWS
  session   run a tool in an AWS session that carries an approved ticket
  rotate    rotate a secret in AWS under a ticket: stage, try, make current
  notary    set up the notary; export and revoke counterseals
  ledger    verify, sign, export and show the record of what was found
  policy    explain a verdict by its rules; show the AWS policies that roles need
  intake    take messages from an SQS queue, and decide on what they report
  inbox     list, show, retry or quarantine the messages that came
  alert     tell people and programs what became of findings: webhook, mail
  metrics   print what the ledger holds for Prometheus

Run:
  up        start Counterseal on this machine, with everything embedded
  doctor    look at each thing that Jira needs, and say what mends it
  help      explain a topic: exit-status

counterseal COMMAND --help explains a command.
counterseal --version prints the version.
counterseal help exit-status lists what the exit statuses mean.
"""
