"""The tables. Times are microseconds since 1970 UTC, money is cents, JSON is canonical text.

Rows never leave the store; its functions return values. An item's id is `batch * 2**32 + ord`, so that
bulk inserts need no answer from the database and ids sort by batch and position. Hot tables carry no
foreign-key checks to tenant, batch and person: those rows are never deleted, and a check per answer
and per imported item costs more than it can find.
"""

from django.db import models
from django.db.models import Q


class Tenant(models.Model):
    """An organisation; nothing is shared between two."""

    name = models.TextField(unique=True)

    class Meta:
        db_table = "tenant"


class Project(models.Model):
    """One intake on its way through the statuses of Ground Truth Plus.

    `filed_by` is the member who filed it, and labels in it only where `filer_labels` says so.
    """

    tenant = models.ForeignKey(Tenant, models.PROTECT)
    name = models.TextField()
    intake = models.TextField()
    intake_digest = models.TextField()
    folder = models.TextField()
    seed = models.BigIntegerField()
    status = models.TextField()
    plan = models.TextField(db_default="")
    quote = models.TextField(db_default="")
    agreed = models.BooleanField(db_default=False)
    filed_by = models.BigIntegerField(null=True)
    filer_labels = models.BooleanField(db_default=False)
    created_at = models.BigIntegerField()

    class Meta:
        db_table = "project"
        constraints = [models.UniqueConstraint(fields=["tenant", "name"], name="project_name")]


class Person(models.Model):
    """Somebody who labels or judges; `code` is the pseudonym within its project."""

    tenant = models.ForeignKey(Tenant, models.PROTECT)
    project = models.ForeignKey(Project, models.PROTECT)
    code = models.TextField()
    is_expert = models.BooleanField()
    is_peer = models.BooleanField(db_default=False)
    state = models.TextField(db_default="active")
    reason = models.TextField(db_default="")
    member_id = models.BigIntegerField(null=True)
    right = models.IntegerField(db_default=0)
    wrong = models.IntegerField(db_default=0)
    link = models.BigIntegerField(db_default=0)
    cleared = models.BooleanField(db_default=False)
    findings = models.TextField(db_default="")
    reserve = models.BooleanField(db_default=False)

    class Meta:
        db_table = "person"
        constraints = [
            models.UniqueConstraint(fields=["project", "code"], name="person_code"),
            models.UniqueConstraint(fields=["project", "member_id"], name="person_member"),
        ]


class Batch(models.Model):
    """The items that are certified and delivered together, and how far each stage has come.

    `schema_version` is the version of its project's labels that it is read in, null for the first.
    """

    tenant = models.ForeignKey(Tenant, models.PROTECT)
    project = models.ForeignKey(Project, models.PROTECT)
    name = models.TextField()
    status = models.TextField()
    reason = models.TextField(db_default="")
    clock = models.BigIntegerField()
    created_at = models.BigIntegerField()
    received = models.BigIntegerField(db_default=0)
    accepted = models.BigIntegerField(db_default=0)
    rejected = models.BigIntegerField(db_default=0)
    near_done = models.BooleanField(db_default=False)
    deidentified = models.BooleanField(db_default=False)
    features_done = models.BooleanField(db_default=False)
    suggested = models.BigIntegerField(db_default=0)
    suggested_done = models.BooleanField(db_default=False)
    pilot = models.TextField(db_default="")
    answers = models.BigIntegerField(db_default=0)
    refit_at = models.BigIntegerField(db_default=0)
    refitted = models.BigIntegerField(db_default=0)
    prelabel_at = models.BigIntegerField(db_default=0)
    threshold = models.FloatField(db_default=0.0)
    calibration = models.TextField(db_default="")
    model = models.BinaryField(null=True)
    attempt = models.IntegerField(db_default=0)
    frozen_digest = models.TextField(db_default="")
    drawn = models.BigIntegerField(db_default=0)
    review_rounds = models.IntegerField(db_default=0)
    nonce = models.TextField(db_default="")
    commitment = models.TextField(db_default="")
    certificate = models.TextField(db_default="")
    folder = models.TextField(db_default="")
    schema_version = models.IntegerField(null=True)

    class Meta:
        db_table = "batch"
        constraints = [models.UniqueConstraint(fields=["project", "name"], name="batch_name")]


class FurtherBatch(models.Model):
    """What a batch after its project's first asks for, and how far it has come on the project's way.

    `asked` is what it says of its own, whose paths are relative to `folder`; the rest is its project's. Without
    `own_limit` it shares the approved price of its project.
    """

    tenant = models.ForeignKey(Tenant, models.PROTECT)
    project = models.ForeignKey(Project, models.PROTECT)
    batch = models.OneToOneField(Batch, models.PROTECT)
    asked = models.TextField()
    intake_digest = models.TextField()
    folder = models.TextField()
    own_limit = models.BooleanField()
    seed = models.BigIntegerField()
    status = models.TextField()
    plan = models.TextField(db_default="")
    quote = models.TextField(db_default="")
    agreed = models.BooleanField(db_default=False)
    filed_by = models.BigIntegerField(null=True)

    class Meta:
        db_table = "further_batch"
        constraints = [
            models.UniqueConstraint(fields=["project", "intake_digest"], name="further_batch_once")
        ]


class Item(models.Model):
    """One thing to label. `chance` (p) is the calibrated probability that `label` is right.

    `parts` holds the confidence of each object of the label as a JSON list, or nothing.
    """

    id = models.BigIntegerField(primary_key=True)
    tenant = models.ForeignKey(Tenant, models.PROTECT, db_constraint=False, db_index=False)
    batch = models.ForeignKey(Batch, models.PROTECT, db_constraint=False, db_index=False)
    key = models.TextField()
    state = models.TextField()
    fingerprint = models.TextField()
    is_control = models.BooleanField(db_default=False)
    is_pilot = models.BooleanField(db_default=False)
    dirty = models.BooleanField(db_default=False)
    stuck = models.BooleanField(db_default=False)
    judged = models.BooleanField(db_default=False)
    near_group = models.BigIntegerField(null=True)
    label = models.TextField(db_default="")
    chance = models.FloatField(db_default=0.0)
    answers = models.IntegerField(db_default=0)
    frozen = models.TextField(db_default="")
    decided_at = models.BigIntegerField(db_default=0)
    decided_by = models.TextField(db_default="")
    parts = models.TextField(db_default="")

    class Meta:
        db_table = "item"
        constraints = [models.UniqueConstraint(fields=["batch", "key"], name="item_key")]
        indexes = [
            models.Index(fields=["batch"], condition=Q(dirty=True), name="item_dirty"),
            models.Index(fields=["batch"], condition=Q(is_control=True), name="item_control"),
            models.Index(
                fields=["batch", "state", "id"], condition=~Q(state="settled"), name="item_unsettled"
            ),
            models.Index(fields=["batch"], condition=Q(state="checking"), name="item_checking"),
            models.Index(
                fields=["batch", "near_group"], condition=Q(near_group__isnull=False), name="item_near"
            ),
            models.Index(
                fields=["batch", "chance", "id"],
                condition=Q(state="settled", is_control=False),
                name="item_risk",
            ),
        ]


class ItemBody(models.Model):
    """What labellers see of an item, and the requester's other columns: wide rows kept apart.

    `shown` names the copy that people see, which is a blob; it is empty where they see the item's own file. The columns after it are facts of a picture (`core/labels/item_facts`), null where unknown.
    """

    item_id = models.BigIntegerField(primary_key=True)
    media = models.TextField(null=True)
    text = models.TextField(null=True)
    extra = models.TextField()
    near = models.BinaryField(null=True)
    features = models.BinaryField(null=True)
    proposal = models.BinaryField(null=True)
    shown = models.TextField(db_default="")
    width = models.IntegerField(null=True)
    height = models.IntegerField(null=True)
    orientation = models.IntegerField(null=True)
    pages = models.IntegerField(null=True)

    class Meta:
        db_table = "item_body"
        indexes = [models.Index(fields=["shown"], condition=~Q(shown=""), name="item_body_shown")]


class Suggestion(models.Model):
    """What a model that does not learn, or an earlier labelling, proposes for an item, as label text.

    `schema_version` is the version of the labels that it was said under, null for the first.
    """

    item_id = models.BigIntegerField()
    source = models.IntegerField()
    value = models.TextField()
    schema_version = models.IntegerField(null=True)

    class Meta:
        db_table = "suggestion"
        constraints = [models.UniqueConstraint(fields=["item_id", "source"], name="suggestion_once")]


class SetAside(models.Model):
    """A received row that is not an item of the batch, with the reason."""

    batch = models.ForeignKey(Batch, models.PROTECT)
    line = models.BigIntegerField()
    key = models.TextField(db_default="")
    reason = models.TextField()

    class Meta:
        db_table = "set_aside"


class Task(models.Model):
    """One wanted answer; its id is its place in the queue, and it is open until somebody leases it."""

    batch = models.ForeignKey(Batch, models.PROTECT, db_constraint=False, db_index=False)
    queue = models.TextField()
    item_id = models.BigIntegerField(db_index=True)
    is_open = models.BooleanField(db_default=True)

    class Meta:
        db_table = "task"
        indexes = [models.Index(fields=["batch", "queue", "id"], condition=Q(is_open=True), name="task_open")]


class Assignment(models.Model):
    """A lease: this person has this item until then. Its id is the fencing token."""

    tenant = models.ForeignKey(Tenant, models.PROTECT, db_constraint=False, db_index=False)
    batch = models.ForeignKey(Batch, models.PROTECT, db_constraint=False, db_index=False)
    task_id = models.BigIntegerField(null=True)
    item_id = models.BigIntegerField()
    person = models.ForeignKey(Person, models.PROTECT, db_constraint=False, db_index=False)
    queue = models.TextField()
    state = models.TextField()
    leased_until = models.BigIntegerField()
    served_at = models.BigIntegerField()
    reason = models.TextField(db_default="")

    class Meta:
        db_table = "assignment"
        constraints = [
            models.UniqueConstraint(
                fields=["item_id", "person"],
                condition=Q(state__in=["leased", "submitted", "skipped"]),
                name="one_judgement_each",
            )
        ]
        indexes = [
            models.Index(
                fields=["batch", "leased_until"], condition=Q(state="leased"), name="assignment_leased"
            ),
            models.Index(
                fields=["item_id", "person"],
                condition=Q(state__in=["released", "expired"]),
                name="assignment_given_back",
            ),
        ]


class Answer(models.Model):
    """What a person said; never changed.

    Who mends an answer gives another to the same lease: it `supersedes` the one before and counts `in_place` of it, or,
    without that, is kept beside it and counts for nothing (`store/labelling/counted_answers`). `schema_version` is the
    version of the labels that it was said under, null for the first.
    """

    tenant = models.ForeignKey(Tenant, models.PROTECT, db_constraint=False, db_index=False)
    client_id = models.TextField()
    assignment = models.ForeignKey(Assignment, models.PROTECT, db_index=False)
    batch = models.ForeignKey(Batch, models.PROTECT, db_constraint=False, db_index=False)
    item_id = models.BigIntegerField(db_index=True)
    person = models.ForeignKey(Person, models.PROTECT, db_constraint=False, db_index=False)
    queue = models.TextField()
    value = models.TextField()
    seconds = models.FloatField()
    at = models.BigIntegerField()
    next_assignment = models.BigIntegerField(null=True)
    supersedes = models.BigIntegerField(null=True)
    in_place = models.BooleanField(db_default=True)
    schema_version = models.IntegerField(null=True)

    class Meta:
        db_table = "answer"
        constraints = [
            models.UniqueConstraint(fields=["tenant", "client_id"], name="answer_client"),
            models.UniqueConstraint(
                fields=["assignment"], condition=Q(supersedes__isnull=True), name="answer_lease"
            ),
            models.UniqueConstraint(
                fields=["supersedes"], condition=Q(supersedes__isnull=False), name="answer_mended_once"
            ),
        ]
        indexes = [models.Index(fields=["person", "id"], name="answer_person")]


class LedgerEntry(models.Model):
    """Double entry: cents move from one account to another; corrected only by a counter-entry."""

    tenant = models.ForeignKey(Tenant, models.PROTECT, db_constraint=False, db_index=False)
    batch = models.ForeignKey(Batch, models.PROTECT, db_constraint=False)
    answer = models.OneToOneField(Answer, models.PROTECT)
    debit = models.TextField()
    credit = models.TextField()
    cents = models.BigIntegerField()
    at = models.BigIntegerField()

    class Meta:
        db_table = "ledger_entry"


class Event(models.Model):
    """Who did what, when, from where, with which outcome. `block` is set once, by the sealer."""

    tenant = models.ForeignKey(Tenant, models.PROTECT, db_constraint=False, db_index=False)
    at = models.BigIntegerField()
    actor = models.TextField()
    source = models.TextField()
    verb = models.TextField()
    subject = models.TextField()
    outcome = models.TextField()
    before = models.TextField(db_default="")
    after = models.TextField(db_default="")
    detail = models.TextField(db_default="{}")
    block = models.BigIntegerField(null=True)

    class Meta:
        db_table = "event"
        indexes = [
            models.Index(fields=["id"], condition=Q(block=None), name="event_unsealed"),
            models.Index(fields=["block", "id"], name="event_block"),
            models.Index(
                fields=["tenant", "subject", "id"], condition=Q(actor="assay"), name="event_automatic"
            ),
        ]


class Block(models.Model):
    """One link of the chain: the digests of its events in order, and the hash of the link before."""

    id = models.BigIntegerField(primary_key=True)
    at = models.BigIntegerField()
    count = models.IntegerField()
    ids = models.BinaryField()
    digests = models.BinaryField()
    previous = models.TextField()
    hash = models.TextField()

    class Meta:
        db_table = "block"


class Cursor(models.Model):
    """How far a person has come in a queue; locking its row makes a person's claims take turns."""

    batch = models.ForeignKey(Batch, models.PROTECT, db_constraint=False, db_index=False)
    person = models.ForeignKey(Person, models.PROTECT, db_constraint=False, db_index=False)
    queue = models.TextField()
    position = models.BigIntegerField(db_default=0)
    served = models.BigIntegerField(db_default=0)
    controls = models.BigIntegerField(db_default=0)
    rescanned_at = models.BigIntegerField(db_default=0)

    class Meta:
        db_table = "cursor"
        constraints = [models.UniqueConstraint(fields=["person", "batch", "queue"], name="cursor_one")]


class Turn(models.Model):
    """When a simulated or recorded person acts next: the sequencer's memory."""

    batch = models.ForeignKey(Batch, models.PROTECT, db_constraint=False, db_index=False)
    person = models.ForeignKey(Person, models.PROTECT, db_constraint=False, db_index=False)
    due_at = models.BigIntegerField()
    assignment = models.BigIntegerField(null=True)
    item_key = models.TextField(db_default="")
    idle = models.BooleanField(db_default=False)

    class Meta:
        db_table = "turn"
        constraints = [models.UniqueConstraint(fields=["batch", "person"], name="turn_one")]


class Lease(models.Model):
    """Which worker works on what; `fence` grows with every new holder."""

    subject = models.TextField(primary_key=True)
    holder = models.TextField()
    fence = models.BigIntegerField()
    until = models.BigIntegerField()

    class Meta:
        db_table = "lease"


class Feedback(models.Model):
    """What a requester or a reviewer said about an item (or a region of it) or, without one, about the batch.

    `region` is a JSON object in the item's own coordinates, or nothing; `role` says who spoke.
    """

    batch = models.ForeignKey(Batch, models.PROTECT)
    item_id = models.BigIntegerField(null=True)
    comment = models.TextField()
    region = models.TextField(db_default="")
    role = models.TextField(db_default="requester")
    actor = models.TextField()
    at = models.BigIntegerField()

    class Meta:
        db_table = "feedback"
        indexes = [models.Index(fields=["item_id"], name="feedback_item")]


class Supplement(models.Model):
    """Further formats of a delivered batch, asked for after its delivery; `formats` are names with spaces between.

    `reason` says why it was refused; `digest` is the SHA-256 of its signed statement's file once it is delivered.
    """

    tenant = models.ForeignKey(Tenant, models.PROTECT, db_index=False)
    batch = models.ForeignKey(Batch, models.PROTECT, db_index=False)
    number = models.IntegerField()
    formats = models.TextField()
    state = models.TextField()
    reason = models.TextField(db_default="")
    digest = models.TextField(db_default="")
    asked_at = models.BigIntegerField()
    done_at = models.BigIntegerField(db_default=0)

    class Meta:
        db_table = "supplement"
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="supplement_number")]
        indexes = [
            models.Index(fields=["tenant", "batch"], condition=Q(state="asked for"), name="supplement_asked")
        ]
