"""Labels change while people work: nothing that was said is lost, and what cannot be read is asked again."""

import json
from collections import Counter
from dataclasses import replace

import pytest
from tests.support.labelling import answer, at_work, claim
from tests.support.projects import NOW, add_further, submit, truth_of, write_boxes, write_project

from assay.core.errors import BadValue, InvalidLabel, NotFound, NotPermitted
from assay.core.labels.schema_versions import CannotChangeLabels, WantedChange
from assay.core.project import lifecycle
from assay.core.project.price_of_work import AnswerPrice
from assay.service.batches import batch_quality
from assay.service.delivery.verify_certificate import Result, verify_certificate
from assay.service.labelling.mending.last_answers import last_answers
from assay.service.labelling.mending.mend_answer import AnswerStands, mend_answer
from assay.service.labelling.submit_answer import submit_answer
from assay.service.projects.change_labels import change_labels
from assay.service.projects.foretell_label_change import foretell_label_change
from assay.service.projects.project_labels import project_labels
from assay.service.quality.price_of_answers import work_so_far
from assay.service.working_set.load_batch import load_work
from assay.store import db
from assay.store.items import items
from assay.store.labelling import answers_and_pay_ledger
from assay.store.trail import events

pytestmark = pytest.mark.database
RENAME = WantedChange("rename", ("cat",), ("kitten",))
MERGE = WantedChange("merge", ("dog", "hen"), ("other",))
ADD = WantedChange("add", names=("cow",), help="says moo")
NOW_CALLED = {"cat": "kitten", "dog": "other", "hen": "other"}


def change(project, wanted, *, actor=None, request_id=None):
    actor = actor or project.installation.owner("rita", "tests")
    return change_labels(
        actor,
        project=project.row.name,
        wanted=wanted,
        reason="the guide changed",
        request_id=request_id or f"{wanted.kind}-{'-'.join((*wanted.labels, *wanted.names))}",
        now=NOW,
    )


def versions_of_answers():
    return Counter(version or 1 for (version,) in db.rows("SELECT schema_version FROM answer"))


def settled(project):
    return [row for row in items.all_items(project.batch) if row.state == lifecycle.SETTLED]


@pytest.fixture
def changed(installation, tmp_path):
    """A batch half through of simulated people, whose labels were renamed, merged and added to."""
    project = submit(installation, write_project(tmp_path, items=60))
    project.run_until(lambda one: one.batch.answers > 60)
    for wanted in (RENAME, MERGE, ADD):
        change(project, wanted)
    return project


def test_a_batch_in_work_goes_on_in_the_new_version_and_certifies(changed):
    before = {row.key: row for row in settled(changed)}
    assert before
    changed.run(most_steps=1)
    assert changed.batch.schema_version == 4
    for row in settled(changed):
        assert row.label == NOW_CALLED[before[row.key].label]
        assert row.chance == before[row.key].chance, "a new name does not make a label less sure"
    changed.run()
    assert changed.batch.status == lifecycle.DATA_DELIVERED
    assert versions_of_answers().keys() == {1, 4}
    lines = [json.loads(line) for line in (changed.delivery / "labels.jsonl").read_text().splitlines()]
    right = {key: NOW_CALLED[label] for key, label in truth_of(60).items()}
    assert sum(line["label"] == right[line["item"]] for line in lines) > 50
    assert verify_certificate(changed.delivery, trusted=None).result is Result.DEMONSTRATION
    statement = json.loads((changed.delivery / "certificate.json").read_text())["statement"]
    assert statement["labels"] == ["kitten", "other", "cow"]
    assert statement["label_ids"] == {"version": 4, "ids": [0, 3, 4], "gone": [[1, "dog"], [2, "hen"]]}


def test_class_numbers_stay_by_id_and_a_delivered_batch_keeps_its_version(installation, tmp_path):
    project = submit(installation, write_boxes(tmp_path))
    project.run_until(lambda one: one.batch.answers > 10)
    change(project, RENAME)
    change(project, WantedChange("retire", ("dog",), ("hen",)))
    change(project, ADD)
    project.run()
    assert project.batch.status == lifecycle.DATA_DELIVERED
    coco = json.loads((project.delivery / "labels.coco.json").read_text())
    assert [tuple(one.values()) for one in coco["categories"]] == [(1, "kitten"), (3, "hen"), (4, "cow")]
    assert {one["category_id"] for one in coco["annotations"]} == {1, 3}
    names = (project.delivery / "yolo" / "data.yaml").read_text()
    assert names.endswith('names:\n  0: "kitten"\n  1: "dog"\n  2: "hen"\n  3: "cow"\n')
    manifest = [json.loads(line) for line in (project.delivery / "labels.manifest").read_text().splitlines()]
    maps = [line["boxes-metadata"]["class-map"] for line in manifest]
    assert {pair for one in maps for pair in one.items()} == {("0", "kitten"), ("2", "hen")}
    assert verify_certificate(project.delivery, trusted=None).result is Result.DEMONSTRATION

    change(project, WantedChange("rename", ("cow",), ("ox",)))
    assert project.run() == 0, "a delivered batch does not follow"
    found = project_labels(installation.owner("rita", "tests"), project="boxes", now=NOW)
    assert (found.version, [one.version for one in found.batches]) == (5, [4])
    assert [(one.number, one.name) for one in found.labels] == [(0, "kitten"), (2, "hen"), (3, "ox")]
    assert found.changes[1].sentence == "'dog' was retired, and is read as 'hen'"


def test_a_further_batch_begins_with_the_newest_version_and_reads_older_truth(changed):
    changed.run()
    truth = {f"more-{key}": label for key, label in truth_of(60, seed=4).items()}
    more = add_further(changed, truth=truth)
    assert more.batch.schema_version == 4
    more.run()
    assert more.batch.status == lifecycle.DATA_DELIVERED
    lines = [json.loads(line) for line in (more.delivery / "labels.jsonl").read_text().splitlines()]
    right = [line["label"] == NOW_CALLED[truth[line["item"]]] for line in lines]
    assert sum(right) > 50


def test_a_dry_run_says_what_happens_and_changes_nothing(changed):
    actor = changed.installation.owner("rita", "tests")
    wanted = WantedChange("retire", ("kitten",), ("other",))
    changed.run(most_steps=1)
    told = foretell_label_change(actor, project="pets", wanted=wanted, now=NOW)
    assert (told.version, changed.row.newest) == (5, 4)
    (batch,) = told.batches
    kittens = [row for row in items.all_items(changed.batch) if row.label == "kitten"]
    assert (batch.renamed, batch.reopened, batch.controls, batch.most) == (len(kittens), 0, 0, 0)
    with pytest.raises(CannotChangeLabels, match="are simulated, and their truth cannot say anew what was"):
        change(changed, WantedChange("split", ("other",), ("dog-like", "hen-like")))


def test_the_same_request_is_one_change_with_one_event(installation, tmp_path, cast, strangers):
    project = submit(installation, write_project(tmp_path))
    once, again = (change(project, RENAME, request_id="r-1") for _ in range(2))
    assert once == again
    assert project.row.newest == 2
    assert events.count_events(installation.scope, verb="change labels", subject="project pets") == 1
    with pytest.raises(BadValue, match="this one was another change's"):
        change(project, ADD, request_id="r-1")
    with pytest.raises(NotPermitted):
        change(project, ADD, actor=cast.lena)
    with pytest.raises(NotFound):
        change(project, ADD, actor=strangers.rita)
    with pytest.raises(Exception, match="append-only"), db.transaction():
        db.execute("UPDATE schema_change SET reason = 'another'")


@pytest.fixture
def pets(web, tmp_path):
    """A project of three people who have begun, with two control items that are known."""
    known = {"item-000": "cat", "item-001": "dog"}
    return at_work(web, tmp_path, crew=("lena", "luis", "eva"), known=known)


def test_a_split_asks_about_its_items_anew_and_the_same_people_may_answer(web, pets, monkeypatch):
    said = {}
    monkeypatch.setattr(batch_quality, "FEWEST", 1)
    for place in range(8):
        for name in ("lena", "luis"):
            (served,) = claim(web, pets, name)
            label = "cat" if place % 2 else "dog"
            said.setdefault(served.key, set()).add(label)
            answer(web, pets, name, label=label)
    wanted = WantedChange("split", ("cat",), ("kitten", "tom"))
    pets.run()
    rita = web.actor("rita")
    told = foretell_label_change(rita, project="pets", wanted=wanted, now=NOW).batches[0]
    paid = answers_and_pay_ledger.spent(pets.batch_id)
    cats = {row.id for row in items.all_items(pets.batch) if row.label == "cat" and not row.is_control}
    assert (told.reopened, told.controls) == (len(cats), 1)
    assert told.least == 4 * (len(cats) + 1) < told.most
    ((luis_on_a_cat,),) = db.rows(
        "SELECT MAX(a.id) FROM answer a JOIN person p ON p.id = a.person_id WHERE p.member_id = %s AND a.value = 'cat'",
        [web.member("luis").id],
    )
    change(pets, wanted, actor=rita)
    pets.run()

    rows = {row.id: row for row in items.all_items(pets.batch)}
    assert all(rows[item].state == lifecycle.LABELLING and not rows[item].label for item in cats)
    assert [row.key for row in rows.values() if row.is_control] == ["item-001"]
    assert not answers_and_pay_ledger.answers_of(list(cats), queues=("label",)), "none of them counts"
    assert answers_and_pay_ledger.spent(pets.batch_id) == paid, "they stay paid"
    with pytest.raises(InvalidLabel, match="'cat' was split: it is 'kitten' or 'tom' now"):
        answer(web, pets, "lena", label="cat")
    last = last_answers(web.installation, web.actor("lena"), batch=pets.batch.name, now=NOW)
    assert {one.label for one in last} == {"dog"}
    open_items = {item for (item,) in db.rows("SELECT item_id FROM task WHERE is_open")}
    assert cats <= open_items
    # Where others settled it, an answer that cannot be read any more is counted for no label, and the page is there.
    last_cat = "(SELECT MAX(item_id) FROM answer WHERE value = 'cat')"
    db.execute(f"UPDATE item SET state = 'settled', label = 'dog' WHERE id = {last_cat} OR label = 'dog'")
    db.execute(f"DELETE FROM asked_anew WHERE item_id = {last_cat}")
    heat = batch_quality.batch_quality(rita, batch=pets.batch.name, now=NOW).said
    assert heat is not None
    assert heat.labels == ("dog", "hen", "kitten", "tom")
    assert sum(map(sum, heat.counts)) == heat.counts[0][0] > 0
    work = load_work(pets.installation, batch=pets.batch_id, out=pets.out, hold=lambda: None, real_now=NOW)
    by_minute = replace(work.intake.money, answer=AnswerPrice(per="minute", cents=3, least=1, most=60))
    paid = work_so_far(replace(work, intake=replace(work.intake, money=by_minute)))
    assert paid.answers == heat.counts[0][0]
    with pytest.raises(
        AnswerStands, match="the project's labels changed since, and its item is asked about anew"
    ):
        mend_answer(
            web.installation,
            web.actor("luis"),
            batch=pets.batch.name,
            answer=luis_on_a_cat,
            client_id="again",
            value="dog",
            seconds=1.0,
            now=NOW,
        )


def test_what_was_taken_before_a_change_and_answered_after_it_is_read_as_it_was_meant(web, pets):
    (served,) = claim(web, pets, "lena")
    change(pets, RENAME, actor=web.actor("rita"))
    pets.run(most_steps=1)
    submit_answer(
        web.installation,
        web.actor("lena"),
        batch=pets.batch.name,
        assignment=served.assignment,
        client_id="lena-late",
        value="cat",
        seconds=2.0,
        now=NOW,
    )
    ((value, version),) = db.rows("SELECT value, schema_version FROM answer WHERE client_id = 'lena-late'")
    assert (value, version) == ("kitten", 2)
