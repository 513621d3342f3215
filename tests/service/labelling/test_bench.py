"""What the bench shows: an item, and nothing that would help to answer it other than by looking (SEC-5, FRAUD-1)."""

import json
from itertools import pairwise

import pytest
from tests.support.labelling import answer, ask_expert, at_work, claim, person, write_for_people
from tests.support.projects import LABELS, NOW, submit, truth_of, write_csv, write_project

from assay.core.errors import NotFound, NotPermitted
from assay.core.labels.label_values import Choice
from assay.entry.api.shapes.work import task_of
from assay.service.batches.comment_item import comment_item
from assay.service.labelling.bench import bench_set_up, show_tasks, work_there_is
from assay.service.labelling.claim_tasks import claim_tasks
from assay.service.labelling.person_at_work import pseudonym
from assay.service.projects.pause_project import pause_project
from assay.service.workforce.pause_person import pause_person
from assay.store import db
from assay.store.items import items
from assay.store.labelling import task_leases, wanted_answers


@pytest.fixture
def project(web, tmp_path):
    return at_work(web, tmp_path / "pets", items=40, known=dict(list(truth_of(40).items())[:8]))


def shown(web, project, name, served):
    return show_tasks(web.actor(name), batch=project.batch.name, served=served, now=NOW)


def take(web, project, name, item, queue_name="expert"):
    """Let somebody hold one certain item."""
    key = items.items_by_id([item])[0].key
    found = claim_tasks(
        web.installation, web.actor(name), batch=project.batch.name, ahead=1, item=key, now=NOW
    )
    (served,) = [one for one in found if one.item == item and one.queue == queue_name]
    return served


def judged(web, project, key="item-020", queue_name="expert"):
    """Let Lena and Luis answer an item, and Eva hold it."""
    (row,) = items.items_by_key(project.batch_id, [key]).values()
    with db.transaction():
        db.execute("DELETE FROM task WHERE batch_id = %s", [project.batch_id])
    for name, label in (("lena", "cat"), ("luis", "dog")):
        with db.transaction():
            wanted_answers.open_tasks(project.batch_id, queue="label", items=[row.id])
        while answer(web, project, name, label=label).answer and not task_leases.has_touched(
            item=row.id, person=person(web, project, name).id
        ):
            pass  # control items came first
    with db.transaction():
        db.execute("DELETE FROM task WHERE batch_id = %s", [project.batch_id])
    ask_expert(project, key, queue_name=queue_name)
    (served,) = claim(web, project, "eva")
    assert (served.key, served.queue) == (key, queue_name)
    (found,) = shown(web, project, "eva", [served])
    return found


def test_nothing_tells_a_control_item_from_another(web, project):
    seen = {False: [], True: []}
    for _ in range(25):
        (served,) = claim(web, project, "lena")
        (row,) = items.items_by_id([served.item])
        (found,) = shown(web, project, "lena", [served])
        seen[row.is_control].append(task_of(found).model_dump(mode="json"))
        answer(web, project, "lena")
    assert len(seen[True]) >= 2
    assert len(seen[False]) >= 3

    def shape(one):
        """What is the same about every task: its fields, and the values that are not the item's own."""
        own = ("assignment", "until")
        return {key: value for key, value in one.items() if key not in (*own, "item")} | {
            "item": sorted(one["item"])
        }

    shapes = {json.dumps(shape(one), sort_keys=True) for found in seen.values() for one in found}
    assert len(shapes) == 1
    assert "control" not in json.dumps(seen)


def test_the_numbers_of_assignments_tell_nothing_of_control_items(web, project):
    numbers = []
    for _ in range(20):
        (served,) = claim(web, project, "lena")
        numbers.append(served.assignment)
        answer(web, project, "lena")
    assert [b - a for a, b in pairwise(numbers)] == [1] * 19


def test_a_labeller_sees_neither_proposals_nor_others_answers(web, project):
    answer(web, project, "luis")
    for found in shown(web, project, "lena", claim(web, project, "lena", ahead=3)):
        assert found.review is None
        assert found.suggestion is None


def test_an_expert_sees_the_answers_without_their_givers(web, project):
    rita = web.actor("rita")
    comment_item(
        rita, batch=project.batch.name, key="item-020", comment="look at the ears", region=None, now=NOW
    )
    found = judged(web, project)
    assert found.review.answers == ["cat", "dog"]
    assert [(one.comment, one.who) for one in found.review.remarks] == [("look at the ears", "requester")]
    assert 0.0 <= found.review.risk <= 1.0
    told = json.dumps(task_of(found).model_dump(mode="json"))
    for name in ("lena", "luis"):
        member = web.member(name)
        for trace in (member.email, member.name, person(web, project, name).code):
            assert trace not in told
    assert [one["who"] for one in json.loads(told)["review"]["answers"]] == ["A", "B"]


def test_an_audit_is_blind(web, project):
    found = judged(web, project, queue_name="audit")
    assert found.review is None
    assert found.suggestion is None


def test_an_item_that_nobody_answered_is_judged_without_a_review(web, project):
    with db.transaction():
        db.execute("DELETE FROM task WHERE batch_id = %s", [project.batch_id])
    ask_expert(project, "item-021")
    (found,) = shown(web, project, "eva", claim(web, project, "eva"))
    assert found.served.queue == "expert"
    assert found.review is None


@pytest.mark.parametrize("earlier", [True, False])
def test_an_earlier_label_is_suggested_only_where_the_intake_names_it(web, tmp_path, earlier):
    folder, truth = tmp_path / "pets", truth_of(20)
    labels = ", labels: was" if earlier else ""
    intake = write_for_people(
        folder, truth=truth, data=f"{{path: items.csv, format: csv, id: id, media: file{labels}}}"
    )
    rows = [(key, f"photos/{key}.jpg", label, "zoo") for key, label in truth.items()]
    write_csv(folder / "items.csv", ("id", "file", "was", "place"), rows)
    project = at_work(web, folder, intake=intake)
    for found in shown(web, project, "lena", claim(web, project, "lena", ahead=3)):
        assert found.suggestion == (truth[found.served.key] if earlier else None)
        # A column that the intake calls the label is not shown once more as one of the others.
        assert found.extra == (
            {"place": "zoo"} if earlier else {"place": "zoo", "was": truth[found.served.key]}
        )


def test_media_links_are_the_viewer_s_own(web, project):
    for name in ("lena", "luis"):
        (found,) = shown(web, project, name, claim(web, project, name))
        assert f".{web.member(name).id}." in found.media
    assert show_tasks(web.actor("lena"), batch=project.batch.name, served=[], now=NOW) == []


def test_the_set_up_says_what_is_asked_for_and_how_one_is_doing(web, project):
    answer(web, project, "lena")
    found = bench_set_up(web.installation, web.actor("lena"), batch=project.batch.name, now=NOW)
    assert (found.task, found.produces) == ("classification", Choice.__name__.lower())
    assert tuple(one.name for one in found.labels) == LABELS
    assert (found.answer_price, found.expert_price, found.currency) == (4, 20, "EUR")
    assert (found.paid_per, found.pays) == ("item", "4 cents an answer")
    assert (found.done, found.earned, found.waiting, found.is_expert) == (1, 4, True, False)
    member, row = web.member("lena"), project.row
    assert found.code == pseudonym(project=project.id, member=member.id, seed=row.seed)
    assert "lena" not in found.code


def test_a_batch_is_set_up_for_its_people_only(web, project, strangers, tmp_path):
    with pytest.raises(NotPermitted):
        bench_set_up(web.installation, web.actor("otto"), batch=project.batch.name, now=NOW)
    with pytest.raises(NotFound):
        bench_set_up(web.installation, strangers.lena, batch=project.batch.name, now=NOW)
    simulated = submit(web.installation, write_project(tmp_path / "sim", items=12, name="sim"))
    with pytest.raises(NotFound):
        bench_set_up(web.installation, web.actor("lena"), batch=simulated.batch.name, now=NOW)


def test_work_with_something_waiting_comes_first_and_simulated_people_s_is_no_work(web, project, tmp_path):
    empty = at_work(web, tmp_path / "empty", items=20, name="empty")
    with db.transaction():
        db.execute("DELETE FROM task WHERE batch_id = %s", [empty.batch_id])
    simulated = submit(web.installation, write_project(tmp_path / "sim", items=12, name="sim"))
    simulated.run(most_steps=4)
    found = work_there_is(web.installation, web.actor("lena"), now=NOW)
    assert [(one.batch, one.waiting, one.price) for one in found] == [
        ("pets-1", True, 4),
        ("empty-1", False, 4),
    ]
    (first, _) = work_there_is(web.installation, web.actor("eva"), now=NOW)
    assert first.price == 20


def test_nothing_waits_for_somebody_who_is_paused_or_in_a_paused_project(web, project):
    lena = person(web, project, "lena").id
    pause_person(web.actor("otto"), person=lena, reason="too fast", now=NOW)
    (found,) = work_there_is(web.installation, web.actor("lena"), now=NOW)
    assert (found.waiting, found.state) == (False, "paused")
    assert claim(web, project, "lena") == []
    set_up = bench_set_up(web.installation, web.actor("lena"), batch="pets-1", now=NOW)
    assert (set_up.state, set_up.reason, set_up.waiting) == ("paused", "too fast", False)
    pause_project(web.actor("otto"), project="pets", reason="wrong guide", now=NOW)
    assert work_there_is(web.installation, web.actor("luis"), now=NOW) == []
    assert not bench_set_up(web.installation, web.actor("luis"), batch="pets-1", now=NOW).waiting
