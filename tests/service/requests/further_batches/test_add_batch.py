"""A further batch of a project: filed once, worked on with what earlier batches showed, certified by itself."""

import json
from dataclasses import replace

import pytest
from tests.support.invariants import check_invariants
from tests.support.projects import NOW, add_further, submit, truth_of, write_project

from assay.core.errors import BadValue, NotAllowed, NotPermitted, NotReadable
from assay.core.planning.plan import EARLIER
from assay.core.project import lifecycle
from assay.core.project.further_intake import ProjectsKey
from assay.service.access.refuse_own_work import FilesForOthers
from assay.service.delivery.verify_certificate import verify_certificate
from assay.service.labelling.person_at_work import enrol_members, kept_out
from assay.service.projects.approve_quote import SeveralWait, approve_quote
from assay.service.projects.pause_project import pause_project
from assay.service.projects.project_page import project_page
from assay.service.projects.resume_project import resume_project
from assay.service.quality.plan_and_quote import load_plan
from assay.service.trail.seal_events import demonstration_key
from assay.store import db
from assay.store.items import items
from assay.store.labelling.project_people import list_people
from assay.store.projects.batches import list_batches
from assay.store.projects.projects import project_of_batch

pytestmark = pytest.mark.database


def further_truth(count=60, *, begin="more"):
    return {f"{begin}-{key}": label for key, label in truth_of(count, seed=9).items()}


def seen_by(project):
    """The project as its batch sees it."""
    return project_of_batch(project.installation.scope, project.batch_id)


def delivered_pets(installation, folder):
    project = submit(installation, write_project(folder, items=80))
    project.run()
    assert project.batch.status == lifecycle.DATA_DELIVERED
    return project


@pytest.fixture
def begun(beginnings, request):
    return beginnings.of(delivered_pets) if "delivered" in request.fixturenames else None


@pytest.fixture
def delivered(begun, installation, tmp_path):
    """A project whose first batch is delivered, in a folder that a test may write to."""
    found = begun.project(installation, tmp_path)
    return replace(found, folder=tmp_path)


# --- the whole way -------------------------------------------------------------------------------


def test_a_further_batch_goes_the_whole_way_to_a_delivery_of_its_own(delivered):
    before = {path.name: path.read_bytes() for path in delivered.delivery.iterdir() if path.is_file()}

    further = add_further(delivered, truth=further_truth())
    assert further.batch.name == "pets-2"
    assert further.row.status == lifecycle.PRODUCTION_IN_PROGRESS
    further.run()

    assert further.batch.status == lifecycle.DATA_DELIVERED
    assert (further.row.status, seen_by(further).status) == (lifecycle.PRODUCTION_COMPLETE,) * 2
    assert further.delivery.name == "pets-2"
    assert {path.name: path.read_bytes() for path in delivered.delivery.iterdir() if path.is_file()} == before
    check_invariants(further)


def test_each_certificate_stands_by_itself(delivered):
    further = add_further(delivered, truth=further_truth())
    further.run()
    first, second = (
        json.loads((one.delivery / "certificate.json").read_text())["statement"]
        for one in (delivered, further)
    )

    assert (first["batch"], second["batch"]) == ("pets-1", "pets-2")
    assert first["nonce_commitment"] != second["nonce_commitment"]
    own = {row.key for row in items.all_items(further.batch) if not row.is_control}
    assert second["items"] == len(own)
    assert all(key.startswith("more-") for key in own)
    assert second["attempt"] >= 1
    key = demonstration_key(further.installation.home).fingerprint
    assert verify_certificate(further.delivery, trusted=key).findings == ()


def test_the_same_data_again_are_the_same_batch(delivered):
    one = add_further(delivered, truth=further_truth())
    again = add_further(delivered, truth=further_truth())
    other = add_further(delivered, truth=further_truth(61))

    assert again.batch_id == one.batch_id
    assert other.batch.name == "pets-3"
    assert len(list_batches(delivered.installation.scope, delivered.id)) == 3


def test_its_chance_and_time_are_its_own_and_its_people_the_projects(delivered):
    further = add_further(delivered, truth=further_truth())
    seed = seen_by(further).seed
    further.run()

    assert seed != delivered.row.seed
    assert further.batch.clock > delivered.batch.clock
    assert seen_by(further).crew_seed == delivered.row.seed


def test_a_batch_whose_data_failed_is_added_anew_with_mended_data(delivered):
    failed = add_further(delivered, truth=dict.fromkeys(truth_of(5), "cat"), data="old.csv")
    failed.run()
    assert failed.batch.status == lifecycle.DATA_TRANSFER_FAILED
    again = add_further(delivered, truth=dict.fromkeys(truth_of(5), "cat"), data="old.csv")
    assert again.batch.name == "pets-3"


# --- data of earlier batches ---------------------------------------------------------------------


def texts(folder, rows):
    folder.mkdir(exist_ok=True)
    (folder / "items.csv").write_text("id,text\n" + "".join(f"{key},{text}\n" for key, text in rows))


def test_content_of_an_earlier_batch_is_set_aside_with_its_name_and_an_id_may_come_again(
    installation, tmp_path
):
    truth = {f"t{number:02}": "cat" for number in range(50)}
    intake = write_project(
        tmp_path / "pets",
        truth=truth,
        task="text_classification",
        data="{path: items.csv, format: csv, id: id, text: text}",
    )
    texts(tmp_path / "pets", [(key, f"first text number {key}") for key in truth])
    project = submit(installation, intake)
    project.run()

    rows = [("t00", "a text that is new under an old id"), ("n1", "first text number t07"), ("n2", "new too")]
    texts(tmp_path / "pets" / "more", rows)
    further = add_further(
        project,
        truth={"t00": "dog", "n1": "cat", "n2": "hen"},
        written=False,
        data="items.csv",
    )
    further.run_until(lambda one: one.batch.status == lifecycle.DATA_RECEIVED)

    assert [row.key for row in items.all_items(further.batch)] == ["t00", "n2"]
    assert [(key, reason) for _, key, reason in items.list_set_aside(further.batch_id, limit=9)] == [
        ("n1", "its content was in batch pets-1 of this project already")
    ]
    noted = db.rows("SELECT detail FROM event WHERE verb = 'note ids of earlier batches'")
    assert '"items":1' in noted[0][0]


# --- what was learnt -----------------------------------------------------------------------------


def test_a_further_batch_begins_with_what_people_have_shown(delivered):
    shown = {
        one.code: one.right + one.wrong for one in list_people(delivered.installation.scope, delivered.id)
    }
    assert sum(shown.values()) > 0
    further = add_further(delivered, truth=further_truth())
    further.run_until(lambda one: seen_by(one).status == lifecycle.WORKFLOW_SETUP)

    assert further.batch.model
    assert further.batch.calibration
    assert json.loads(further.batch.calibration).get("alone") is None
    further.run()
    after = {
        one.code: one.right + one.wrong for one in list_people(delivered.installation.scope, delivered.id)
    }
    assert all(after[code] >= count for code, count in shown.items())


def test_its_plan_is_foretold_from_the_pilot_before_it(delivered):
    further = add_further(delivered, truth=further_truth())
    further.run_until(lambda one: bool(seen_by(one).plan))

    assert load_plan(seen_by(further).plan).basis == EARLIER
    assert load_plan(delivered.row.plan) != load_plan(seen_by(further).plan)


def test_control_items_are_used_again_and_nobody_sees_one_twice(installation, tmp_path):
    truth = truth_of(80)
    known = {key: truth[key] for key in list(truth)[:12]}
    project = submit(installation, write_project(tmp_path / "pets", items=80, known=known))
    project.run()
    further = add_further(project, truth=further_truth(120))
    further.run()

    assert further.batch.status == lifecycle.DATA_DELIVERED
    assert items.control_items(further.batch_id) == []
    again = db.rows(
        "SELECT item_id, person_id FROM assignment WHERE batch_id = %s AND item_id <= %s",
        [further.batch_id, project.batch.last_item],
    )
    assert again
    twice = db.rows(
        "SELECT item_id, person_id FROM answer WHERE item_id IN"
        " (SELECT id FROM item WHERE batch_id = %s AND is_control) GROUP BY item_id, person_id HAVING COUNT(*) > 1",
        [project.batch_id],
    )
    assert twice == []
    statement = json.loads((further.delivery / "certificate.json").read_text())["statement"]
    assert statement["items"] == 120


# --- money and decisions -------------------------------------------------------------------------


def test_batches_without_a_limit_of_their_own_share_the_projects(installation, tmp_path):
    project = submit(installation, write_project(tmp_path / "pets", items=80, budget=3_000))
    project.run()
    assert project.batch.status == lifecycle.DATA_DELIVERED

    further = add_further(project, truth=further_truth(100))
    further.run()
    own = add_further(
        project,
        truth=further_truth(40, begin="own"),
        data="own.csv",
        approve={"max_price": "900000"},
    )
    own.run()

    assert seen_by(further).status == lifecycle.REVIEW_IN_PROGRESS
    assert seen_by(own).status != lifecycle.REVIEW_IN_PROGRESS
    rita = project.installation.owner("rita", "tests")
    found = project_page(rita, project="pets", now=NOW)
    assert found.waits_for.startswith("pets-2: The price is about")
    assert "left for this batch" in found.waits_for

    while further.batch.status != lifecycle.DATA_DELIVERED:  # the plan, and the quote after its pilot
        approve_quote(rita, project="pets", now=NOW)
        assert further.run()
    assert not project.row.agreed
    assert seen_by(further).agreed


def test_where_several_batches_wait_an_approval_names_one(delivered):
    rita = delivered.installation.owner("rita", "tests")
    two = add_further(delivered, truth=further_truth(), approve={"max_price": "1"})
    three = add_further(
        delivered, truth=further_truth(30, begin="third"), data="b.csv", approve={"max_price": "1"}
    )
    for one in (two, three):
        one.run()

    with pytest.raises(SeveralWait, match="pets-2, pets-3"):
        approve_quote(rita, project="pets", now=NOW)
    approve_quote(rita, project="pets", batch="pets-3", now=NOW)
    assert (seen_by(two).agreed, seen_by(three).agreed) == (False, True)
    with pytest.raises(NotAllowed):
        approve_quote(rita, project="pets", batch="pets-1", now=NOW)


def test_a_pause_holds_every_batch_in_work_and_a_resume_lets_them_go_on(delivered):
    further = add_further(delivered, truth=further_truth())
    further.run_until(lambda one: one.batch.status == lifecycle.IN_PROGRESS)
    rita = delivered.installation.owner("rita", "tests")
    pause_project(rita, project="pets", reason="new rules", now=NOW)
    assert (delivered.batch.status, further.batch.status) == (lifecycle.DATA_DELIVERED, lifecycle.PAUSED)
    resume_project(rita, project="pets", now=NOW)
    further.run()
    assert further.batch.status == lifecycle.DATA_DELIVERED


# --- what is refused -----------------------------------------------------------------------------


def test_what_is_the_projects_is_not_said_anew(delivered):
    with pytest.raises(ProjectsKey, match="'quality' is its project's"):
        add_further(delivered, truth=further_truth(), quality={"right": "0.5"})
    with pytest.raises(NotReadable):
        add_further(delivered, truth=further_truth(), data="items.unknown")
    with pytest.raises(BadValue, match="in all batches of a project or in none"):
        add_further(delivered, truth=further_truth(), data="x.csv", columns={"labels": "file"})
    assert len(list_batches(delivered.installation.scope, delivered.id)) == 1


def test_who_labels_files_no_batch_and_who_files_one_does_not_label(web, tmp_path):
    rita, otto = web.actor("rita"), web.actor("otto")
    both = web.actor("luis", "labeller", "requester")
    scope = web.installation.scope
    intake = write_project(tmp_path / "pets")
    intake.write_text(intake.read_text().replace("kind: simulated", "kind: people"))
    project = submit(web.installation, intake, actor=rita)
    with pytest.raises(NotPermitted):
        add_further(project, truth=further_truth(), actor=web.actor("lena"))

    enrol_members(scope, project=project.id, seed=1)
    with pytest.raises(FilesForOthers):
        add_further(project, truth=further_truth(), actor=both)
    add_further(project, truth=further_truth(), actor=otto)
    assert kept_out(scope, project=project.id) == {rita.member, otto.member}
