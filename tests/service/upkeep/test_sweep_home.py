"""What nothing names is swept from the home after a day; what anybody needs, or has just written, never is."""

import os
import shutil
import time
import zipfile

import pytest
from tests.support.photographs import photograph
from tests.support.projects import NOW, submit, write_pictures, write_project

from assay.core.project import lifecycle
from assay.service.intake.sweep_unpacked import sweep_unpacked
from assay.service.intake.zip_archives import unpacked_beside
from assay.service.requests.start_draft import start_draft
from assay.service.stored_blobs import media_blobs
from assay.service.trail.seal_events import checkpoint
from assay.service.upkeep.back_up import back_up
from assay.service.upkeep.sweep_home import DAY, SWEEP_EVERY, Swept, claim_sweep, standing_still, sweep_home
from assay.service.working_set.media_files import shown_content
from assay.store import db
from assay.store.items import items

TOMORROW = time.time_ns() // 1_000 + DAY + 3_600_000_000


@pytest.fixture
def project(installation, tmp_path):
    """Two photographs that people see as copies, received."""
    intake = write_pictures(tmp_path / "project", items=2)
    for key in ("item-000", "item-001"):
        photograph(intake.parent / "photos" / f"{key}.jpg", orientation=6, brightest=200 + int(key[-1]))
    made = submit(installation, intake)
    made.run_until(lambda p: p.batch.status == lifecycle.IN_PROGRESS)
    return made


def copies(installation):
    return sorted(path.name for path in (installation.home / "blobs" / "media").rglob("contents/*/*"))


def test_what_items_name_stays_however_old_it_is(installation, project):
    before = copies(installation)
    assert len(before) == 2
    assert sweep_home(installation, now=TOMORROW) == Swept()
    assert copies(installation) == before


def test_the_copy_of_an_item_that_was_set_aside_goes_after_a_day_and_no_sooner(installation, project):
    first, second = items.all_items(project.batch)
    kept = items.body(second.id)
    with db.transaction():
        items.remove_items([first.id])
    assert sweep_home(installation, now=TOMORROW - DAY) == Swept()
    assert len(copies(installation)) == 2
    assert sweep_home(installation, now=TOMORROW).blobs == 2, "its name, and its content"
    assert len(copies(installation)) == 1
    tenant = installation.scope.tenant
    shown_content(kept, root=project.folder, home=installation.home, tenant=tenant).open("rb").close()


def test_copies_of_a_batch_whose_data_never_came_whole_go(installation, project):
    with db.transaction():
        db.execute("UPDATE batch SET status = %s", [lifecycle.DATA_TRANSFER_FAILED])
    assert sweep_home(installation, now=TOMORROW).blobs == 4
    assert copies(installation) == []


def test_another_tenant_s_items_keep_no_copies_of_this_one(installation, project, place):
    other = place.open(tenant="elsewhere")
    blobs = media_blobs(installation.home, tenant=other.scope.tenant)
    name = items.body(project.batch.first_item).shown
    with blobs.writing() as writing:
        writing.name(name, writing.put([b"of the others"], shrinks=False))
    assert sweep_home(installation, now=TOMORROW).blobs == 2
    assert blobs.find(name) is None
    assert len(copies(installation)) == 2


def test_a_copy_that_two_batches_name_stays_for_the_other_one(installation, project, tmp_path):
    second = shutil.copytree(project.folder, tmp_path / "second")
    text = (second / "intake.yaml").read_text().replace("name: pets", "name: again")
    (second / "intake.yaml").write_text(text)
    again = submit(installation, second / "intake.yaml")
    again.run_until(lambda p: p.batch.status == lifecycle.IN_PROGRESS)
    assert len(copies(installation)) == 2, "the same pictures have the same copies"
    with db.transaction():
        items.remove_items([row.id for row in items.all_items(project.batch)])
    assert sweep_home(installation, now=TOMORROW) == Swept()


def test_rows_of_another_database_sweep_nothing(installation, project, templates):
    checkpoint(home=installation.home, folder=installation.checkpoint_dir, now=NOW)
    with db.transaction():
        db.execute("DELETE FROM suggestion")
        for table in ("task", "item_body", "item"):
            db.execute(f"DELETE FROM {table}")
    (installation.checkpoint_dir / "checkpoint-999999.json").write_text("{}")
    assert sweep_home(installation, now=TOMORROW) == Swept()
    assert len(copies(installation)) == 2


def test_nothing_is_swept_while_a_backup_copies_files(installation, project, tmp_path):
    with db.transaction():
        items.remove_items([row.id for row in items.all_items(project.batch)])
    with standing_still(installation.home):
        assert sweep_home(installation, now=TOMORROW) == Swept()
        file = tmp_path / "beside-another.tar"
        back_up(installation.owner("root", "tests"), home=installation.home, target=file, now=NOW)
    assert len(copies(installation)) == 2
    assert sweep_home(installation, now=TOMORROW).blobs == 4


def test_folders_of_drafts_that_are_gone_and_uploads_that_never_came_whole_go(web):
    installation = web.installation
    draft = start_draft(installation, web.actor("rita"), now=NOW)
    uploads = installation.home / "uploads" / str(installation.scope.tenant)
    (uploads / "4711").mkdir(parents=True)
    (uploads / "4711" / "items.csv").write_text("id\n")
    (uploads / "by hand").mkdir()
    (uploads / str(draft.id) / ".abc.part").write_text("half")
    (uploads / str(draft.id) / "whole.csv").write_text("id\n")
    assert sweep_home(installation, now=TOMORROW - DAY) == Swept()
    assert sweep_home(installation, now=TOMORROW) == Swept(folders=1, unfinished=1)
    assert sorted(one.name for one in uploads.iterdir()) == sorted([str(draft.id), "by hand"])
    assert (uploads / str(draft.id) / "whole.csv").is_file()


def test_a_zip_that_changed_leaves_no_folder_of_its_former_state_for_ever(installation, tmp_path):
    intake = write_project(tmp_path / "project", items=12, data="{path: data.zip, format: csv}")
    archive = intake.parent / "data.zip"
    pack(archive, intake.parent / "items.csv")
    project = submit(installation, intake)
    project.run_until(lambda p: p.batch.accepted == 12)
    former = unpacked_beside(archive)
    os.utime(archive, (1, 1))
    current = unpacked_beside(archive)
    half = archive.with_name(".data.zip-ab_cd12x")
    half.mkdir()
    strange = [archive.with_name(name) for name in (".data.zip.notes", ".other.zip.12-ab", ".data.zip-keep")]
    for one in strange:
        one.mkdir()
    assert sweep_unpacked(installation.scope, before=TOMORROW - 2 * DAY) == 0
    assert sweep_unpacked(installation.scope, before=TOMORROW - DAY) == 2
    assert not former.exists()
    assert not half.exists()
    assert current.is_dir()
    assert all(one.is_dir() for one in strange)


def pack(archive, *files):
    with zipfile.ZipFile(archive, "w") as out:
        for one in files:
            out.write(one, one.name)


def test_one_worker_sweeps_and_only_a_few_times_a_day(installation):
    assert claim_sweep(holder="one", now=NOW)
    assert not claim_sweep(holder="two", now=NOW + SWEEP_EVERY - 1)
    assert claim_sweep(holder="two", now=NOW + SWEEP_EVERY)
