"""The commands as a table: what each is called, what it does, where its module is, how it can end.

`assay --help` reads this table alone, so that it answers at once; a command's module is imported when it
is the one that runs.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Command:
    """One command. `exits` maps exit codes beyond 0, 1 and 2 to what they mean here.

    `remote` names the function of `entry.cli.jobs.commands_on_a_server` that does the same on a server (`--server`), if any does.
    """

    name: str
    sentence: str
    module: str
    example: str
    exits: tuple[tuple[int, str], ...] = ()
    remote: str = ""


COMMON_EXITS: Final = (
    (0, "done"),
    (1, "something went wrong that is not the input's fault"),
    (2, "the input or a setting cannot be used"),
    (4, "not allowed, or no such thing"),
    (5, "another worker is at it"),
    (6, "the database cannot be used"),
    (130, "stopped by the user; the same command goes on where it stopped"),
)

COMMANDS: Final = (
    Command(
        "demo",
        "Run the whole chain on an example with simulated people; without a name, on 1,797 handwritten digits.",
        "assay.entry.cli.jobs.demo",
        "assay demo --example shelves",
        ((3, "the batch was not certified, not delivered, or its certificate does not verify"),),
    ),
    Command(
        "serve",
        "Serve pages and API, with a worker beside them; with DATABASE_URL any number of these share the work.",
        "assay.entry.cli.server.serve",
        "assay serve --bind 127.0.0.1:8700",
    ),
    Command(
        "work",
        "Do what is due on every batch until stopped: one more worker beside those of `assay serve`.",
        "assay.entry.cli.server.work",
        "assay work",
    ),
    Command(
        "invite",
        "Invite somebody with roles, and print the link with which they make their account.",
        "assay.entry.cli.server.invite",
        "assay invite rita@example.org --role requester",
    ),
    Command(
        "key",
        "Make an API key for a member, and print it once.",
        "assay.entry.cli.server.key",
        "assay key rita@example.org --name notebook --days 30",
    ),
    Command(
        "plan",
        "Say what an intake will take and what each half point of quality costs; changes nothing.",
        "assay.entry.cli.jobs.plan",
        "assay plan intake.yaml",
    ),
    Command(
        "run",
        "Run an intake up to `Ready for review` or `Data delivered`; goes on where it was killed.",
        "assay.entry.cli.jobs.run",
        "assay run intake.yaml --out deliveries --seed 7",
        ((3, "the project waits for a decision, which the last line names"),),
        remote="run",
    ),
    Command(
        "batch add",
        "Add further data to a project as a batch of its own, and work on it; the same again goes on with it.",
        "assay.entry.cli.jobs.batch_add",
        "assay batch add shelf-photos --data items2.csv --deadline 2027-01-20",
        ((3, "the batch waits for a decision, which the last line names"),),
        remote="batch_add",
    ),
    Command(
        "labels",
        "Show a project's labels and their versions, or rename, merge, split, add or retire some.",
        "assay.entry.cli.jobs.labels",
        'assay labels shelf-photos rename cola --as "cola, any" --reason "the guide says brands later"',
        remote="labels",
    ),
    Command(
        "status",
        "List projects and batches with their statuses and counts.",
        "assay.entry.cli.jobs.status",
        "assay status",
        remote="status",
    ),
    Command(
        "approve",
        "Approve a plan, quote or cost that lies beyond the intake's standing decisions.",
        "assay.entry.cli.jobs.approve",
        "assay approve shelf-photos",
        remote="approve",
    ),
    Command(
        "accept",
        "Accept a batch that is ready for review.",
        "assay.entry.cli.jobs.accept",
        "assay accept shelf-photos-1",
        remote="accept",
    ),
    Command(
        "reject",
        "Reject a batch with remarks; the items they name are worked on again.",
        "assay.entry.cli.jobs.reject",
        'assay reject shelf-photos-1 --item 0017="the label is hidden" --item 0042',
        remote="reject",
    ),
    Command(
        "deliver",
        "Deliver an accepted batch, or a delivered one in further formats, and go on with whatever else is due on it.",
        "assay.entry.cli.jobs.deliver",
        "assay deliver shelf-photos-1 --out deliveries",
        remote="deliver",
    ),
    Command(
        "consolidate",
        "Turn a file of answers (item,worker,label) into labels with confidence.",
        "assay.entry.cli.files.consolidate",
        "assay consolidate answers.csv.gz --task classification -o labels.csv",
    ),
    Command(
        "convert",
        "Turn a label file of one format into another, and say what could not come along.",
        "assay.entry.cli.files.convert",
        "assay convert instances.json --from coco --to yolo -o dataset",
    ),
    Command(
        "replay",
        "Replay recorded answers through the real routing, review and certificate.",
        "assay.entry.cli.files.replay",
        "assay replay answers.csv --truth truth.csv --json",
        ((3, "not certified"),),
    ),
    Command(
        "certificate verify",
        "Draw, compare and compute again what a delivery's certificate says, and check its signature and its supplements.",
        "assay.entry.cli.files.certificate_verify",
        "assay certificate verify deliveries/shelf-photos-1",
        (
            (3, "something does not hold; every finding is printed"),
            (7, "everything holds, but no key was named as trusted"),
            (8, "everything holds, and it is a DEMONSTRATION: no people stood behind it"),
            (9, "everything holds, and it is NOT INDEPENDENT: labels and judgements are by the same person"),
        ),
    ),
    Command(
        "manifest check",
        "Check an augmented manifest and say which reader would stumble where.",
        "assay.entry.cli.files.manifest_check",
        "assay manifest check labels.manifest",
        ((3, "problems were found; each is printed"),),
    ),
    Command(
        "audit verify",
        "Verify the chain of audit events and its signed checkpoints.",
        "assay.entry.cli.server.audit_verify",
        "assay audit verify",
        ((3, "the chain is broken; the first bad entry is named"),),
    ),
    Command(
        "backup",
        "Write tables, keys, checkpoints, uploads, shown copies and deliveries into one signed file.",
        "assay.entry.cli.server.backup",
        "assay backup assay-backup.tar --passphrase-file passphrase",
    ),
    Command(
        "restore",
        "Restore a backup into an empty home and database; goes on where it was interrupted.",
        "assay.entry.cli.server.restore",
        "assay restore assay-backup.tar --key 0123-4567-89ab-cdef-0123-4567-89ab-cdef --home new-home",
        ((3, "the backup is not signed by the key that was named, was changed, or has another passphrase"),),
    ),
    Command(
        "doctor",
        "Check this installation and say what is missing.",
        "assay.entry.cli.server.doctor",
        "assay doctor",
        ((3, "something is missing or wrong; each is printed"),),
    ),
)
