"""The reference page of events, made of the catalogue, so that it cannot say anything else."""

from collections import defaultdict

from counterseal.control.intake import MAX_FILE_BYTES
from counterseal.control.walk import SUFFIXES
from counterseal.correlation.records.catalogue import CATALOGUE, KMS, LABEL_UPDATED, SECRETS_MANAGER, SENTINEL, Guards
from counterseal.correlation.records.envelopes import MAX_WRAPPINGS
from counterseal.correlation.records.event import Kind
from counterseal.correlation.records.record import MAX_RECORD_BYTES

_OPENING = f"""\
# Events

<!-- Made from the code by `make golden`; a test compares. -->

What Counterseal reads, what it keeps of it, and what each event name means. An event is one record of AWS in our
words. Names are those of CloudTrail.

## What is read

Files named on the command line, and in folders every file that ends in {", ".join(f"`{it}`" for it in SUFFIXES)}.
Gzip is told by its first bytes; all of its members are read. A broken, cut-off or unreadable file stops the audit with
its name: a file that is left out silently would read as a clean one. A folder without any such file stops it too.
A file of CloudTrail is read piece by piece, whatever its layout: its size does not matter to memory.

A file may hold one JSON document, one on each line, or several after another, of these, in each other and mixed:

* CloudTrail: `{{"Records": […]}}`, a bare array, one record alone;
* EventBridge: every detail-type that ends in `via CloudTrail`, and `{LABEL_UPDATED}`;
* SNS as Lambda gets it, and as HTTP and SQS get it; SQS as Lambda gets it, and as it is received;
* answers of `LookupEvents`.

Counted, and no records: digest files; messages of Jira automation (a hint that a ticket changed, never an approval);
subscription messages, other events of EventBridge, CloudTrail Insights. Any other JSON is an error that names the file.
Messages nest at most {MAX_WRAPPINGS} deep. A record has at most {MAX_RECORD_BYTES:,} bytes, a file at most
{MAX_FILE_BYTES:,} when it is unpacked.

## Rules

* A call succeeded where `errorCode` is absent or `200`. Absent `responseElements` are no failure, nor is an
  `errorMessage` alone.
* A refused write is an attempt. A refused read is nothing. What a VPC endpoint refused is an attempt; what it let pass
  has a record of its own and is not counted twice. A record of a VPC endpoint (`NetworkActivity`, `AwsVpceEvent`) tells
  no outcome: it is no change, no second guard event, stops and starts no trail, and shows nothing of KMS reads.
* Of a known name, `readOnly` says nothing. An unknown name of Secrets Manager is a read only where `readOnly` is true;
  otherwise it is `unclassified` and is reported.
* One event is one (eventID, recipient account). The same again is a duplicate. The same id with another content is a
  conflict: both are named, and the graver one stands.
* A record with `sharedEventID` reaches two accounts. The row of the account that owns the secret is the change, the
  other confirms it.
* A record whose addendum says `UPDATED_DATA` takes the place of the one it corrects.
* The version is `clientRequestToken` as it was sent. Of a rotation's service events it is the tail of `requestID`.
* The secret is the full ARN where AWS wrote it. A name or a partial ARN leads to a full ARN only through other records:
  one that answered the same name in that account, region and time, or the witness of the same version. Where two are
  possible, none is given. Six characters are taken off an ARN only where no record tells the name.
* From `CreateSecret` on a name means the secret that was made; after `DeleteSecret` with `forceDeleteWithoutRecovery`,
  none until the next. A deletion that leaves time to restore ends nothing, for the restore may be missing. Between two
  secrets of a name whose making or end no record tells, it means what the last record before and the first after agree
  on; in the very second of a making or an end, what is possible on both sides of it.
* That versions were deleted says that the name meant their secret at some time before, not when. It stands for that
  secret where no record tells of another of that name, and is a reason for doubt where one does.
* What a caller typed as an ARN is a full one where AWS wrote it elsewhere, a partial one where AWS wrote an ARN of that
  very name, else a full one where it ends like one. Where it may be either, for another that was typed is longer by six
  characters, or the shorter name was asked for as well, it has neither ARN nor name.
* A secret that no record tells of is not among the possible ones: where all of its records are missing, its name may
  lead to the one before or after it.
* Times are UTC at whole seconds.
"""

_KINDS = {
    Kind.CHANGE: "it altered a secret; `attempt` where AWS refused it",
    Kind.SERVICE: "Secrets Manager did it on its own account; a call of that name is `unclassified`",
    Kind.READ: "counted, not kept",
}

_WITNESSES = f"""\
## Witnesses

| Record | Confirms |
|---|---|
| `kms` {{calls}} whose encryption context names a secret | that version of that secret |
| `{LABEL_UPDATED}` | that a label now points at that version |

`{SENTINEL}` in place of the version is a trial of the key: it confirms none.
Anybody may call KMS with any encryption context: only where Secrets Manager made the call does it prove a name.
"""

_GUARDS = {
    Guards.MONITOR: "the monitor itself: always reported",
    Guards.KEY: "a KMS key: reported where it is registered",
    Guards.BUCKET: "a bucket's settings: reported where it is registered",
    Guards.OBJECT: "the objects of a bucket: reported where the bucket is registered",
    Guards.TABLE: "a table's items: reported where it is registered",
}

_REGISTERED = """\
Registered is what the [policy](policy.md) names. Buckets and keys by which trails deliver are too, though it names
none: those of `CreateTrail` and `UpdateTrail` that were not refused, whenever they were, `trail_buckets`, and the
buckets that logs are read from. A key counts as the answer names it, else as the request does: behind an alias none
is known. This holds for settings of buckets and for keys. What is done to objects is looked at while reading, before
trails are known: there, and for tables, only the policy registers.
"""

_OBJECTS = """\
What is done to objects are data events: a trail records them only where its event selectors ask for the bucket. An
audit says of which registered bucket it read no write. Reads, and the parts of an upload that is not completed, alter
no object. Of these two it is counted, and not told, that they happened:

* `PutObject` by CloudTrail itself (type `AWSService`, invoked by `cloudtrail.amazonaws.com`), which delivers so. That
  it was refused is told, and so is a log file or a digest that anybody else wrote.
* `PutObject` of what a safe is made of ([its names](../formats/safe.md)), or its refusal because another member was
  first. S3 cannot tell a member from a stranger; whoever opens the safe can.

Everything else is told, with what became of the object. `DeleteObject` of a version removes it for good. Without a
version it hides the object behind a delete marker where the bucket keeps versions, and removes it where it does not:
the record may not tell which. `DeleteObjects` names no object; since June 2025 S3 adds a `DeleteObject` of the type
`AwsServiceEvent` for each, unless the trail leaves these out. Behind an access point, `resources` names the bucket.
"""

_BLIND = """\
## Blind intervals

| From | Until |
|---|---|
| `StopLogging` | `StartLogging` of that trail |
| `DeleteTrail` | `StartLogging` of a trail of that name |
| `UpdateTrail` that leaves out all other regions, or accounts | one that takes them in again |
| `UpdateTrail`, or `CreateTrail` after a deletion, that sends the files elsewhere | one that sends them back |
| `CreateTrail` that puts a narrower trail in the place of a deleted one | `UpdateTrail` that takes in the rest |
| `PutEventSelectors` that leaves out management events, writes, or the reads of KMS | one that takes them in again |
| `RemoveAccountFromOrganization`, `LeaveOrganization` | `AcceptHandshake` of that account, as below |
| `DisableAWSServiceAccess` of CloudTrail | `CreateTrail` or `UpdateTrail` of that account with `isOrganizationTrail` |

A call that was refused makes none. Of calls in one second, whose order nobody knows, the making of the trail counts as
the first, what narrows it or sends its files elsewhere late, what stops it last. What is blind is what the trail
may have covered: its own region and account where its `CreateTrail` was read and said no more, every region (`*`)
where a record says so or none is there, and every account where it is an organisation's trail or no record tells. A
trail is an organisation's where its making or an update says so, or where another account than its own called it.
A selector that is narrowed by a field we do not weigh counts as leaving out. Where the request does not tell the
selectors, the answer does; where neither does, nobody knows what they leave out: all of it counts, until others are
told.
Files go elsewhere where the bucket or prefix that is asked for is not the first that records tell of this trail; where
none tells, any that is asked for counts. With `trail_buckets` in the [policy](policy.md), elsewhere is outside these.
Where an audit reads `s3://bucket/prefix`, and the intake `log_folders`, is never elsewhere: such a bucket counts
beside those of `trail_buckets`, or beside the first place where none are named.

An account that leaves its organisation is blind in every region: the organisation's trails record it no more. It is
seen again once it accepts an invitation of the account that removed it, or of one whose trail is known to be an
organisation's: to accept any other says nothing of the trails that are read. `DisableAWSServiceAccess` of
`cloudtrail.amazonaws.com` blinds every account but the one that called, for CloudTrail deletes the organisation's
trails in all others. `EnableAWSServiceAccess` ends nothing: CloudTrail alters no trail then, and a trail must be
given to the organisation again. Where a record does not tell the account or the service, it may have been any, or
CloudTrail. None of this counts where trails are named in the records and each is known never to have been an
organisation's: its making was read, and nothing since says otherwise. To remove a delegated administrator is a guard
event and blinds nothing: the trails belong to the management account. Of calls in one second, what takes accounts
away counts as the last.

`includeGlobalServiceEvents` blinds nothing: Secrets Manager and KMS are regional. Nor does `enableLogFileValidation`:
that nothing proves the files complete from then on is said among what was not seen.
Another trail may have recorded meanwhile: the interval says that this one did not.
"""


def events_page() -> str:
    """Return docs/reference/events.md."""
    parts = [_OPENING, "## Secrets Manager\n", "| Event | Kind | Operation |\n|---|---|---|"]
    for (service, name), entry in CATALOGUE.items():
        if service == SECRETS_MANAGER:
            parts.append(f"| `{name}` | {entry.kind} | {entry.operation or ''} |")
    parts.append("")
    parts += [f"* `{kind}`: {meaning}." for kind, meaning in _KINDS.items()]
    parts.append("* `UpdateSecret` is a new value or only metadata: a witness tells which.\n")
    calls = [f"`{name}`" for (service, name), it in CATALOGUE.items() if (service, it.kind) == (KMS, Kind.WITNESS)]
    parts.append(_WITNESSES.format(calls=", ".join(sorted(calls))))
    parts.append("## Guard events\n")
    named: dict[tuple[Guards, str], list[str]] = defaultdict(list)
    for (service, name), entry in CATALOGUE.items():
        if entry.guards is not None:
            named[entry.guards, service].append(f"`{name}`")
    parts.append(_REGISTERED)
    for guards, meaning in _GUARDS.items():
        parts.append(f"{meaning[0].upper()}{meaning[1:]}.\n")
        parts += [f"* {service}: {', '.join(names)}" for (of, service), names in named.items() if of is guards]
        parts.append("")
        if guards is Guards.OBJECT:
            parts.append(_OBJECTS)
    parts.append(_BLIND)
    return "\n".join(parts)
