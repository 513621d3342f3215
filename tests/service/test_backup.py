"""Backup and restore: accounts, work, pay and the audit trail come back whole, on either database and across."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth import authenticate
from tests.support.labelling import answer, at_work
from tests.support.places import Place
from tests.support.webpages import NOW, PASSWORD

from assay.core.errors import NotReadable
from assay.service.actions.add_webhook import add_webhook
from assay.service.actions.back_up import back_up
from assay.service.actions.invite_person import invite_person
from assay.service.actions.restore import NotEmpty, restore
from assay.service.actions.start_draft import start_draft
from assay.service.reads.verify_audit import verify_audit
from assay.service.sealing import seal
from assay.store import db, tables


@pytest.fixture
def used(web, tmp_path):
    """An installation in which people have signed up, worked, and been paid."""
    web.member("rita", password=PASSWORD)
    web.member("adam", password=PASSWORD)
    Authenticator.objects.create(
        user_id=web.member("adam").user, type=Authenticator.Type.TOTP, data={"secret": "S", "ü": "é"}
    )
    web.key("rita")
    invite_person(web.actor("adam"), email="new@example.org", roles=["labeller"], now=NOW)
    add_webhook(web.installation, web.actor("adam"), url="https://hooks.example.org/in", verbs=[], now=NOW)
    start_draft(web.installation, web.actor("rita"), now=NOW)
    project = at_work(web, tmp_path / "project")
    for name in ("lena", "luis", "lena"):
        answer(web, project, name)
    seal(now=NOW)
    return web.installation


ASSAY = Path(sys.executable).with_name("assay")


def contents():
    """Return every row of every table, but for the events of backing up and restoring themselves."""
    with db.transaction():
        found = {
            table: [row for chunk in tables.stream_table(table) for row in chunk] for table in tables.ORDER
        }
    at = tables.columns_of("event").index("verb")
    found["event"] = [row for row in found["event"] if row[at] not in ("back up", "restore")]
    return found


def pay(rows):
    return sum(row[tables.columns_of("ledger_entry").index("cents")] for row in rows)


def test_accounts_work_pay_and_trail_come_back_as_they_were(used, place, templates, tmp_path):
    file = tmp_path / "backup.tar.gz"
    before = contents()
    assert pay(before["ledger_entry"]) > 0
    assert all(
        before[table] for table in ("auth_user", "mfa_authenticator", "member", "api_key", "invitation")
    )
    assert all(before[table] for table in ("draft", "webhook", "answer", "event"))
    copied = back_up(used.owner("root", "tests"), home=place.home, target=file, now=NOW)
    with templates.place(tmp_path / "second") as second:
        fresh = second.open()
        checkpoints = second.home / "checkpoints"
        done = restore(
            fresh.owner("root", "tests"), home=second.home, checkpoints=checkpoints, source=file, now=NOW + 1
        )
        assert (done.rows, done.tables) == (copied.rows, copied.tables)
        assert contents() == before
        assert verify_audit(fresh.owner("root", "tests"), checkpoints=checkpoints, now=NOW + 2).ok
        assert authenticate(username="rita@example.org", password=PASSWORD) is not None
        assert authenticate(username="rita@example.org", password="another") is None
        with pytest.raises(NotEmpty):
            restore(
                fresh.owner("root", "tests"), home=second.home, checkpoints=checkpoints, source=file, now=NOW
            )
        # New rows get ids of their own.
        with db.transaction():
            db.execute("INSERT INTO tenant (name) VALUES ('another')")


def test_a_damaged_backup_changes_nothing(used, place, templates, tmp_path):
    file = tmp_path / "backup.tar.gz"
    back_up(used.owner("root", "tests"), home=place.home, target=file, now=NOW)
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    with templates.place(tmp_path / "second") as second:
        fresh = second.open()
        before = contents()
        with pytest.raises(NotReadable):
            restore(
                fresh.owner("root", "tests"),
                home=second.home,
                checkpoints=second.home / "checkpoints",
                source=file,
                now=NOW + 1,
            )
        assert contents() == before


def test_a_backup_of_one_database_is_restored_into_the_other_and_back(used, place, templates, tmp_path):
    if not place.url:
        pytest.skip("needs both databases: it runs with PostgreSQL")
    before = contents()
    first, second = tmp_path / "first.tar.gz", tmp_path / "second.tar.gz"
    back_up(used.owner("root", "tests"), home=place.home, target=first, now=NOW)
    light = Place(tmp_path / "light", "")
    run(light, "restore", first)
    with sqlite3.connect(light.home / "assay.db") as link:
        (cents,) = link.execute("SELECT SUM(cents) FROM ledger_entry").fetchone()
        (secret,) = link.execute("SELECT data FROM mfa_authenticator").fetchone()
    assert cents == pay(before["ledger_entry"])
    assert "secret" in secret
    run(light, "audit", "verify")
    run(light, "backup", second)
    with templates.place(tmp_path / "heavy", migrated=False) as heavy:
        run(heavy, "restore", second)
        run(heavy, "audit", "verify")
        after = contents()
    assert {table: len(rows) for table, rows in after.items()} == {
        table: len(rows) for table, rows in before.items()
    }
    assert after["ledger_entry"] == before["ledger_entry"]
    assert after["answer"] == before["answer"]
    assert after["mfa_authenticator"] == before["mfa_authenticator"]
    assert after["auth_user"] == before["auth_user"]


def run(place, *words):
    """Run a command in a place and require that it succeeds."""
    done = subprocess.run(
        [str(ASSAY), *map(str, words)],
        env=place.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
