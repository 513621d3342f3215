"""Accounts, keys, drafts, webhooks, appeals, and who is alive."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0003_suggestions"),
    ]

    operations = [
        migrations.CreateModel(
            name="ApiKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.TextField()),
                ("prefix", models.TextField(unique=True)),
                ("hash", models.TextField()),
                ("scopes", models.TextField()),
                ("created_at", models.BigIntegerField()),
                ("expires_at", models.BigIntegerField()),
                ("used_at", models.BigIntegerField(db_default=0)),
                ("revoked_at", models.BigIntegerField(db_default=0)),
            ],
            options={
                "db_table": "api_key",
            },
        ),
        migrations.CreateModel(
            name="Appeal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.TextField()),
                ("state", models.TextField(db_default="open")),
                ("answer", models.TextField(db_default="")),
                ("actor", models.TextField(db_default="")),
                ("at", models.BigIntegerField()),
                ("answered_at", models.BigIntegerField(db_default=0)),
            ],
            options={
                "db_table": "appeal",
            },
        ),
        migrations.CreateModel(
            name="Draft",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("member_id", models.BigIntegerField()),
                ("name", models.TextField()),
                ("text", models.TextField(db_default="")),
                ("folder", models.TextField()),
                ("version", models.BigIntegerField(db_default=1)),
                ("project", models.TextField(db_default="")),
                ("created_at", models.BigIntegerField()),
                ("changed_at", models.BigIntegerField()),
            ],
            options={
                "db_table": "draft",
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("email", models.TextField()),
                ("roles", models.TextField()),
                ("hash", models.TextField(unique=True)),
                ("invited_by", models.TextField()),
                ("created_at", models.BigIntegerField()),
                ("expires_at", models.BigIntegerField()),
                ("used_at", models.BigIntegerField(db_default=0)),
                ("revoked_at", models.BigIntegerField(db_default=0)),
            ],
            options={
                "db_table": "invitation",
            },
        ),
        migrations.CreateModel(
            name="Member",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("user_id", models.BigIntegerField(unique=True)),
                ("name", models.TextField()),
                ("email", models.TextField()),
                ("roles", models.TextField()),
                ("state", models.TextField(db_default="active")),
                ("epoch", models.BigIntegerField(db_default=1)),
                ("networks", models.TextField(db_default="")),
                ("created_at", models.BigIntegerField()),
            ],
            options={
                "db_table": "member",
            },
        ),
        migrations.CreateModel(
            name="Reply",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.TextField()),
                ("digest", models.TextField()),
                ("status", models.IntegerField()),
                ("body", models.TextField()),
                ("at", models.BigIntegerField()),
            ],
            options={
                "db_table": "reply",
            },
        ),
        migrations.CreateModel(
            name="Webhook",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("member_id", models.BigIntegerField()),
                ("url", models.TextField()),
                ("verbs", models.TextField(db_default="")),
                ("salt", models.TextField()),
                ("state", models.TextField(db_default="active")),
                ("seen_block", models.BigIntegerField(db_default=0)),
                ("created_at", models.BigIntegerField()),
            ],
            options={
                "db_table": "webhook",
            },
        ),
        migrations.CreateModel(
            name="WebhookDelivery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("event_id", models.BigIntegerField()),
                ("body", models.TextField()),
                ("state", models.TextField(db_default="waiting")),
                ("attempts", models.IntegerField(db_default=0)),
                ("due_at", models.BigIntegerField()),
                ("answer", models.TextField(db_default="")),
                ("created_at", models.BigIntegerField()),
            ],
            options={
                "db_table": "webhook_delivery",
            },
        ),
        migrations.CreateModel(
            name="Worker",
            fields=[
                ("name", models.TextField(primary_key=True, serialize=False)),
                ("kind", models.TextField()),
                ("started_at", models.BigIntegerField()),
                ("seen_at", models.BigIntegerField()),
                ("note", models.TextField(db_default="")),
            ],
            options={
                "db_table": "worker",
            },
        ),
        migrations.AddField(
            model_name="feedback",
            name="region",
            field=models.TextField(db_default=""),
        ),
        migrations.AddField(
            model_name="feedback",
            name="role",
            field=models.TextField(db_default="requester"),
        ),
        migrations.AddField(
            model_name="person",
            name="member_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddIndex(
            model_name="answer",
            index=models.Index(fields=["person", "id"], name="answer_person"),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.UniqueConstraint(fields=("project", "member_id"), name="person_member"),
        ),
        migrations.AddField(
            model_name="apikey",
            name="tenant",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="store.tenant"),
        ),
        migrations.AddField(
            model_name="appeal",
            name="person",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="store.person"),
        ),
        migrations.AddField(
            model_name="appeal",
            name="tenant",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="store.tenant"),
        ),
        migrations.AddField(
            model_name="draft",
            name="tenant",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="store.tenant"),
        ),
        migrations.AddField(
            model_name="invitation",
            name="tenant",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="store.tenant"),
        ),
        migrations.AddField(
            model_name="member",
            name="tenant",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="store.tenant"),
        ),
        migrations.AddField(
            model_name="apikey",
            name="member",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="store.member"),
        ),
        migrations.AddField(
            model_name="reply",
            name="tenant",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="store.tenant"),
        ),
        migrations.AddField(
            model_name="webhook",
            name="tenant",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="store.tenant"),
        ),
        migrations.AddField(
            model_name="webhookdelivery",
            name="webhook",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="store.webhook"),
        ),
        migrations.AddIndex(
            model_name="draft",
            index=models.Index(fields=["tenant", "member_id"], name="draft_of"),
        ),
        migrations.AddConstraint(
            model_name="member",
            constraint=models.UniqueConstraint(fields=("tenant", "email"), name="member_email"),
        ),
        migrations.AddIndex(
            model_name="reply",
            index=models.Index(fields=["at"], name="reply_at"),
        ),
        migrations.AddConstraint(
            model_name="reply",
            constraint=models.UniqueConstraint(fields=("tenant", "key"), name="reply_key"),
        ),
        migrations.AddIndex(
            model_name="webhookdelivery",
            index=models.Index(
                condition=models.Q(("state", "waiting")), fields=["due_at"], name="delivery_due"
            ),
        ),
        migrations.AddConstraint(
            model_name="webhookdelivery",
            constraint=models.UniqueConstraint(fields=("webhook", "event_id"), name="delivery_once"),
        ),
    ]
