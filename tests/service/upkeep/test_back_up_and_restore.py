"""Backup and restore: accounts, work, pay and the audit trail come back whole, on either database and across."""

import errno
import json
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import tarfile
from contextlib import nullcontext
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth import authenticate
from tests.support.labelling import answer, at_work
from tests.support.places import Place
from tests.support.projects import submit, write_boxes, write_project
from tests.support.webpages import NOW, PASSWORD

from assay.core.errors import NotReadable
from assay.core.project import lifecycle
from assay.service.accounts.invite_person import invite_person
from assay.service.projects.pictures_not_there import NotThere, pictures_not_there
from assay.service.requests.further_batches.add_batch import BatchRequest, add_batch
from assay.service.requests.start_draft import start_draft
from assay.service.trail.seal_events import seal
from assay.service.trail.verify_audit import verify_audit
from assay.service.upkeep.back_up import back_up
from assay.service.upkeep.restore import NotEmpty, restore
from assay.service.webhooks.add_webhook import add_webhook
from assay.service.working_set.stored_project import intake_of
from assay.store import db
from assay.store.projects.projects import project_of_batch
from assay.store.upkeep import whole_tables


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
            table: [row for chunk in whole_tables.stream_table(table) for row in chunk]
            for table in whole_tables.ORDER
        }
    at = whole_tables.columns_of("event").index("verb")
    found["event"] = [row for row in found["event"] if row[at] not in ("back up", "restore")]
    return found


def moved(found, before, after):
    """Return the rows with folders below one home as they lie below another."""
    result = dict(found)
    for table in ("project", "further_batch", "batch", "draft"):
        at = whole_tables.columns_of(table).index("folder")
        result[table] = [
            (*row[:at], row[at].replace(str(before.resolve()), str(after.resolve())), *row[at + 1 :])
            for row in map(tuple, found[table])
        ]
    return result


def pay(rows):
    return sum(row[whole_tables.columns_of("ledger_entry").index("cents")] for row in rows)


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
        after = contents()
        assert after == moved(before, place.home, second.home)
        # What was uploaded is looked for where the home is now.
        folders = [row[whole_tables.columns_of("draft").index("folder")] for row in after["draft"]]
        assert folders
        assert all(folder.startswith(f"{second.home.resolve()}/uploads/") for folder in folders)
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


def test_a_further_batch_reads_its_data_below_the_new_home(web, place, templates, tmp_path):
    project = submit(web.installation, write_project(tmp_path / "pets"))
    folder = place.home / "uploads" / "1" / "77"
    folder.mkdir(parents=True)
    (folder / "more.csv").write_text("id,file\nb1,b1.jpg\n")
    view, batch = add_batch(
        web.installation.owner("rita", "tests"),
        project=project.row.name,
        asked=BatchRequest(tree={"data": {"path": "more.csv"}}, folder=folder),
        home=place.home,
        now=NOW,
    )
    file = tmp_path / "backup.tar.gz"
    back_up(web.installation.owner("root", "tests"), home=place.home, target=file, now=NOW)
    with templates.place(tmp_path / "second") as second:
        fresh = second.open()
        owner = fresh.owner("root", "tests")
        restore(owner, home=second.home, checkpoints=second.home / "checkpoints", source=file, now=NOW + 1)
        after = project_of_batch(fresh.scope, batch.id)
        data = Path(intake_of(after).data.path)
        assert data.is_relative_to(second.home.resolve())
        assert data.read_bytes() == (folder / "more.csv").read_bytes()
        assert (after.asked, after.seed, after.status) == (view.asked, view.seed, view.status)


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


def assay(place, *words):
    """Run a command in a place."""
    return subprocess.run(
        [str(ASSAY), *map(str, words)],
        env=place.environment(),
        capture_output=True,
        text=True,
        check=False,
    )


def run(place, *words):
    """Run a command in a place, require that it succeeds, and return what it says."""
    done = assay(place, *words)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def put(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def test_what_is_kept_beside_a_backup_is_named_with_its_size(used, place, tmp_path):
    put(place.home / "shown" / "1" / "a", b"x" * 1_500)
    (place.home / "shown" / "link").symlink_to(tmp_path / "project")
    outside = tmp_path / "project"
    count = len([path for path in outside.rglob("*") if path.is_file()])
    for words, shown in (([], False), (["--without-files"], True)):
        done = run(place, "backup", tmp_path / "b.tar", *words)
        assert f"not in it: data of projects, in {outside}, {count:,} files, " in done
        told = f"not in it: copies of pictures that people see, in {place.home / 'shown'}, 1 files, 1.5 kB"
        assert (told in done) == shown
        assert ("not in it: links, and files whose names no archive can hold" in done) != shown


def test_files_of_the_home_come_back_below_the_new_home(used, place, templates, tmp_path):
    held = {
        "uploads/1/1/data.csv": b"id,text\n" * 50_000,
        "uploads/1/1/data.csv.gz": b"\x1f\x8b is what its name says",
        "shown/1/ab/abc": os.urandom(70_000),
        "shown/1/ab/empty": b"",
        "blobs/media/1/contents/ab/abcd": os.urandom(40_000),
        "blobs/media/1/names/shown-1/ab/abc": b"abcd 40000\n",
    }
    for name, content in held.items():
        put(place.home / name, content)
    put(place.home / "deliveries" / "1" / "9" / "later-1" / "labels.csv", b"no row of the snapshot names it")
    put(place.home / "checkpoints" / "checkpoint-00009999.json", b"a later block's")
    put(place.home / "uploads" / "1" / "1" / ".half.part", b"half of a file")
    put(place.home / "blobs" / "media" / "1" / ".half.part", b"half of a blob")
    put(place.home / "blobs" / "media" / "1" / ".lock", b"")
    file = tmp_path / "backup.tar"
    said = run(place, "backup", file)
    assert "  in it: blobs/media, 2 files, 40.0 kB\n" in said
    with tarfile.open(file) as archive:
        index = json.load(archive.extractfile("index.json"))["statement"]
    assert index["folders"]["blobs/media"] == {"files": 2, "bytes": 40_011}
    assert file.stat().st_size < 300_000  # what gzip makes smaller is packed
    second = Place(tmp_path / "second", "") if not place.url else None
    with nullcontext(second) if second else templates.place(tmp_path / "second") as found:
        run(found, "restore", file)
        there = {
            str(path.relative_to(found.home)): path.read_bytes()
            for name in ("uploads", "shown", "blobs", "deliveries")
            for path in (found.home / name).rglob("*")
            if path.is_file()
        }
        assert {name: there[name] for name in held} == held
        assert [name for name in there if "later" in name or name.endswith((".part", ".lock"))] == []
        assert (found.home / "keys" / "installation.key").exists()
        assert not (found.home / ".restored").exists()
        assert not (found.home / ".restoring").exists()
        run(found, "audit", "verify")


def test_a_delivery_in_the_home_is_there_after_a_restore_and_its_certificate_holds(
    place, templates, tmp_path
):
    home = place.home
    intake = write_project(tmp_path / "pets", items=30, accept="if_certified")
    run(place, "run", intake, "--out", home / "deliveries" / "1" / "1", "--seed", "3")
    file = tmp_path / "backup.tar"
    run(place, "backup", file)
    shutil.rmtree(home / "deliveries")
    with templates.place(tmp_path / "second", migrated=False) as second:
        run(second, "restore", file)
        found = json.loads(run(second, "status", "--json"))
        folder = Path(found[0]["folder"])
        assert folder == (second.home / "deliveries" / "1" / "1" / "pets-1").resolve()
        done = assay(second, "certificate", "verify", folder)
        assert done.returncode == 8, done.stdout  # a demonstration: everything holds, nobody stood behind it


def test_files_that_come_while_rows_are_copied_are_found(used, place, tmp_path, monkeypatch):
    """Rows first, then files: what a row of the snapshot names was on the disk before the row."""
    late = place.home / "shown" / "1" / "late"
    monkeypatch.setattr(whole_tables, "snapshot", lambda: put(late, b"named by a row that is just saved"))
    file = tmp_path / "backup.tar"
    back_up(used.owner("root", "tests"), home=place.home, target=file, now=NOW)
    with tarfile.open(file) as archive:
        assert "files/shown/1/late" in archive.getnames()


def test_a_backup_is_its_owners_alone_from_its_first_byte(used, place, tmp_path, monkeypatch):
    file, seen = tmp_path / "backup.tar", []
    left = tmp_path / ".backup.tar.partial"  # by a backup that was killed
    left.write_bytes(b"half of a backup")
    left.chmod(0o644)
    before = os.umask(0)
    try:
        monkeypatch.setattr(
            whole_tables,
            "snapshot",
            lambda: seen.extend(stat_of(path) for path in tmp_path.glob(".*.partial")),
        )
        back_up(used.owner("root", "tests"), home=place.home, target=file, now=NOW)
    finally:
        os.umask(before)
    assert seen == [0o600]
    assert not left.exists()
    assert stat_of(file) == 0o600


def test_a_backup_that_fails_leaves_the_older_one_and_nothing_else(used, place, tmp_path, monkeypatch):
    file = tmp_path / "backup.tar"
    file.write_bytes(b"the older one")
    before = sorted(tmp_path.iterdir())

    def refuse():
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(whole_tables, "snapshot", refuse)
    with pytest.raises(OSError, match="No space"):
        back_up(used.owner("root", "tests"), home=place.home, target=file, now=NOW)
    assert file.read_bytes() == b"the older one"
    assert sorted(tmp_path.iterdir()) == before


def test_folders_move_once_whichever_way_their_home_was_called(used, tmp_path):
    before = [str(folder) for (folder,) in db.rows("SELECT folder FROM draft")]
    with db.transaction():
        db.execute("UPDATE draft SET folder = '/link/home/uploads/1/1'")
        whole_tables.move_folders(("/link/home", "/data/home"), "/data/home/new")
    assert {folder for (folder,) in db.rows("SELECT folder FROM draft")} == {"/data/home/new/uploads/1/1"}
    assert before


def test_a_home_whose_folders_lie_on_other_volumes_is_restored_too(
    used, place, templates, tmp_path, monkeypatch
):
    put(place.home / "uploads" / "1" / "1" / "data.csv", b"id")
    file = tmp_path / "backup.tar"
    back_up(used.owner("root", "tests"), home=place.home, target=file, now=NOW)
    replace = os.replace

    def refusing(source, target):
        if str(target).endswith("data.csv") and ".restored" in str(source):
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        replace(source, target)

    with templates.place(tmp_path / "second") as second:
        owner = second.open().owner("root", "tests")
        monkeypatch.setattr(os, "replace", refusing)
        restore(owner, home=second.home, checkpoints=second.home / "checkpoints", source=file, now=NOW)
        copied = second.home / "uploads" / "1" / "1" / "data.csv"
        assert copied.read_bytes() == b"id"
        assert stat_of(copied) == 0o600
        assert not (second.home / ".restored").exists()


def stat_of(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_pictures_that_are_not_there_are_counted_by_project(installation, tmp_path):
    project = submit(installation, write_boxes(tmp_path / "pets", items=5))
    project.run_until(lambda found: found.batch.status == lifecycle.DATA_RECEIVED)
    owner = installation.owner("tests", "tests")
    assert pictures_not_there(owner, home=installation.home, now=NOW) == []
    (project.folder / "photos" / "003.png").unlink()
    assert pictures_not_there(owner, home=installation.home, now=NOW) == [
        NotThere("boxes", 5, 1, str(project.folder / "photos" / "003.png"))
    ]
