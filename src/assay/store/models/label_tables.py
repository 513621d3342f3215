"""The tables of changes to a project's labels, and of the items that are asked about anew because of one."""

from django.db import models

from assay.store.models.work_tables import Project, Tenant


class SchemaChange(models.Model):
    """A change to a project's labels, which makes their next `version`; never changed itself.

    `what` says which labels it is about and what they become, by id and name (`core/labels/schema_versions`). The intake's
    labels are version 1.
    """

    tenant = models.ForeignKey(Tenant, models.PROTECT, db_index=False)
    project = models.ForeignKey(Project, models.PROTECT, db_index=False)
    version = models.IntegerField()
    request_id = models.TextField()
    what = models.TextField()
    reason = models.TextField()
    actor = models.TextField()
    at = models.BigIntegerField()

    class Meta:
        db_table = "schema_change"
        constraints = [
            models.UniqueConstraint(fields=["project", "version"], name="schema_change_version"),
            models.UniqueConstraint(fields=["tenant", "request_id"], name="schema_change_request"),
        ]


class AskedAnew(models.Model):
    """An item whose label a change to the labels took: of its answers only those after `last_answer` count."""

    item_id = models.BigIntegerField(primary_key=True)
    last_answer = models.BigIntegerField()

    class Meta:
        db_table = "asked_anew"
