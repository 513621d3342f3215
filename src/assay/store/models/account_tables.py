"""The tables of the doors: accounts, keys, drafts, webhooks, and who is alive.

Times are microseconds since 1970 UTC; secrets are kept as hashes only.
"""

from django.db import models
from django.db.models import Q

from assay.store.models.work_tables import Person, Tenant


class Member(models.Model):
    """Somebody with an account in a tenant: `user_id` is who signs in, `roles` words separated by spaces.

    `epoch` grows when roles change or the account is disabled: older sessions and keys end with it.
    """

    tenant = models.ForeignKey(Tenant, models.PROTECT)
    user_id = models.BigIntegerField(unique=True)
    name = models.TextField()
    email = models.TextField()
    roles = models.TextField()
    state = models.TextField(db_default="active")
    epoch = models.BigIntegerField(db_default=1)
    networks = models.TextField(db_default="")
    created_at = models.BigIntegerField()

    class Meta:
        db_table = "member"
        constraints = [models.UniqueConstraint(fields=["tenant", "email"], name="member_email")]


class ApiKey(models.Model):
    """A key to the API: only the hash of its secret is kept. `scopes` are roles, words separated by spaces.

    `made_by` is a session or the shell; older keys may have been made with a key, their parent, with which they end.
    """

    tenant = models.ForeignKey(Tenant, models.PROTECT)
    member = models.ForeignKey(Member, models.PROTECT)
    name = models.TextField()
    prefix = models.TextField(unique=True)
    hash = models.TextField()
    scopes = models.TextField()
    created_at = models.BigIntegerField()
    expires_at = models.BigIntegerField()
    used_at = models.BigIntegerField(db_default=0)
    revoked_at = models.BigIntegerField(db_default=0)
    made_by = models.TextField(db_default="")
    parent = models.ForeignKey("self", models.PROTECT, null=True)

    class Meta:
        db_table = "api_key"


class Notice(models.Model):
    """What a member is told on their account page about keys, passwords and devices."""

    member = models.ForeignKey(Member, models.PROTECT)
    at = models.BigIntegerField()
    text = models.TextField()

    class Meta:
        db_table = "notice"


class CountedTry(models.Model):
    """How many tries a bucket is owed: the moment in which it will be full again."""

    bucket = models.TextField(primary_key=True)
    owed_until = models.BigIntegerField()

    class Meta:
        db_table = "counted_try"


class Invitation(models.Model):
    """A way in for somebody new, once: only the hash of its secret is kept."""

    tenant = models.ForeignKey(Tenant, models.PROTECT)
    email = models.TextField()
    roles = models.TextField()
    hash = models.TextField(unique=True)
    invited_by = models.TextField()
    created_at = models.BigIntegerField()
    expires_at = models.BigIntegerField()
    used_at = models.BigIntegerField(db_default=0)
    revoked_at = models.BigIntegerField(db_default=0)

    class Meta:
        db_table = "invitation"


class Draft(models.Model):
    """A request that is being written: the intake's text and the folder of uploaded files.

    `version` grows with every save, so that two editors cannot overwrite each other unseen. The page that saved it
    last is told apart from others by `saved_page`, its requests by `saved_count`; it began from version `saved_since`.
    """

    tenant = models.ForeignKey(Tenant, models.PROTECT)
    member_id = models.BigIntegerField()
    name = models.TextField()
    text = models.TextField(db_default="")
    folder = models.TextField()
    version = models.BigIntegerField(db_default=1)
    saved_page = models.TextField(db_default="")
    saved_count = models.BigIntegerField(db_default=0)
    saved_since = models.BigIntegerField(db_default=0)
    project = models.TextField(db_default="")
    created_at = models.BigIntegerField()
    changed_at = models.BigIntegerField()

    class Meta:
        db_table = "draft"
        indexes = [models.Index(fields=["tenant", "member_id"], name="draft_of")]


class Quote(models.Model):
    """What a state of a draft would take, once a worker has found it out; `wanted_at` is when somebody last asked."""

    tenant = models.ForeignKey(Tenant, models.PROTECT)
    draft_id = models.BigIntegerField()
    member_id = models.BigIntegerField()
    key = models.TextField()
    state = models.TextField(db_default="waiting")
    plan = models.TextField(db_default="")
    problem = models.TextField(db_default="")
    wanted_at = models.BigIntegerField()

    class Meta:
        db_table = "quote"
        constraints = [models.UniqueConstraint(fields=["tenant", "key"], name="quote_key")]


class Webhook(models.Model):
    """Where to tell of events; `verbs` are words of the audit trail, one per line, none: all of them."""

    tenant = models.ForeignKey(Tenant, models.PROTECT)
    member_id = models.BigIntegerField()
    url = models.TextField()
    verbs = models.TextField(db_default="")
    salt = models.TextField()
    state = models.TextField(db_default="active")
    seen_block = models.BigIntegerField(db_default=0)
    created_at = models.BigIntegerField()

    class Meta:
        db_table = "webhook"


class WebhookDelivery(models.Model):
    """One message to one webhook, and how it went."""

    webhook = models.ForeignKey(Webhook, models.PROTECT)
    event_id = models.BigIntegerField()
    body = models.TextField()
    state = models.TextField(db_default="waiting")
    attempts = models.IntegerField(db_default=0)
    due_at = models.BigIntegerField()
    answer = models.TextField(db_default="")
    created_at = models.BigIntegerField()

    class Meta:
        db_table = "webhook_delivery"
        constraints = [models.UniqueConstraint(fields=["webhook", "event_id"], name="delivery_once")]
        indexes = [models.Index(fields=["due_at"], condition=Q(state="waiting"), name="delivery_due")]


class Reply(models.Model):
    """The reply that a request with an idempotency key got: the same key again gets the same reply."""

    tenant = models.ForeignKey(Tenant, models.PROTECT)
    key = models.TextField()
    digest = models.TextField()
    status = models.IntegerField()
    body = models.TextField()
    at = models.BigIntegerField()

    class Meta:
        db_table = "reply"
        constraints = [models.UniqueConstraint(fields=["tenant", "key"], name="reply_key")]
        indexes = [models.Index(fields=["at"], name="reply_at")]


class Appeal(models.Model):
    """What a person who was paused says about it, and what an operator answered."""

    tenant = models.ForeignKey(Tenant, models.PROTECT)
    person = models.ForeignKey(Person, models.PROTECT)
    text = models.TextField()
    state = models.TextField(db_default="open")
    answer = models.TextField(db_default="")
    actor = models.TextField(db_default="")
    at = models.BigIntegerField()
    answered_at = models.BigIntegerField(db_default=0)

    class Meta:
        db_table = "appeal"


class Worker(models.Model):
    """A server or worker process that is alive: it says so every few seconds."""

    name = models.TextField(primary_key=True)
    kind = models.TextField()
    started_at = models.BigIntegerField()
    seen_at = models.BigIntegerField()
    note = models.TextField(db_default="")

    class Meta:
        db_table = "worker"
