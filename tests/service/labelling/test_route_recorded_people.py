"""Whom recorded people's router asks: what tells most, within its limits, and never two who are believed to be one."""

import csv
import json
from collections import Counter
from dataclasses import replace

import pytest
from bench.quality.simulated_crowds import crowd
from tests.support.projects import submit

from assay.service.working_set import stored_project
from assay.store import db
from assay.store.labelling import answers_and_pay_ledger, project_people

PEOPLE, ITEMS, LABELS = 12, 120, ("cat", "dog", "hen")


@pytest.fixture
def project(installation, tmp_path):
    """A project of twelve recorded people, each of whom once answered every item."""
    one = crowd(1, items=ITEMS, people=PEOPLE, answers=PEOPLE, classes=3)
    keys = [f"item-{number:03}" for number in range(ITEMS)]
    votes = [Counter() for _ in keys]
    rows = []
    for item, who, label in zip(one.item.tolist(), one.person.tolist(), one.label.tolist(), strict=True):
        rows.append((keys[item], f"w{who:02}", LABELS[label]))
        votes[item][LABELS[label]] += 1
    for name, head, body in (
        ("items", ("id",), [(key,) for key in keys]),
        ("answers", ("item", "worker", "label"), rows),
        ("truth", ("item", "label"), [(k, v.most_common(1)[0][0]) for k, v in zip(keys, votes, strict=True)]),
    ):
        with (tmp_path / f"{name}.csv").open("w", newline="") as out:
            csv.writer(out).writerows([head, *body])
    intake = tmp_path / "intake.yaml"
    intake.write_text(
        "assay: 1\nname: pets\ntask: classification\ndata: {path: items.csv, id: id}\n"
        f"labels: [{', '.join(LABELS)}]\nquality: {{right: 0.9, confidence: 0.9}}\naccept: if_certified\n"
        "redundancy: {min: 3, max: 5}\n"
        "workforce: {kind: recorded, answers: answers.csv, truth: truth.csv}\n"
    )
    return submit(installation, intake)


def given(project):
    return answers_and_pay_ledger.all_answers(
        project.batch.first_item, project.batch.last_item, queues=("label", "peer")
    )


def test_recorded_answers_that_cannot_be_used_are_left_out_and_named(project):
    with (project.folder / "answers.csv").open("a") as out:
        out.write("item-001,,cat\nitem-002,w01,\n")
    stored_project.read_constants.cache_clear()
    project.run()
    assert project.batch.status == "Data delivered"
    ((detail,),) = db.rows("SELECT detail FROM event WHERE verb = 'leave answers out'")
    said = json.loads(detail)
    first = 2 + PEOPLE * ITEMS
    assert said["rule"] == (
        f"2 rows cannot be used, the first in answers.csv, line {first}: the cell 'worker' is empty"
    )
    assert (said["rows"], said["lines"]) == (2, [first, first + 1])


def test_nobody_gives_more_than_their_share_and_nobody_starves(project):
    project.run()
    assert project.batch.status == "Data delivered"
    counts = Counter(who for _, who, *_ in given(project))
    total = sum(counts.values())
    assert total > 200
    # Everybody may give 25; control items come on top of what is routed.
    assert max(counts.values()) <= 0.25 * total + 25
    assert len(counts) == PEOPLE
    assert min(counts.values()) >= 3


def test_two_who_are_believed_to_be_one_are_never_asked_about_the_same_item(project):
    scope = project.installation.scope
    project.run_until(lambda one: bool(one.batch.pilot))
    crew = [one for one in project_people.list_people(scope, project.id) if not one.is_expert]
    linked = {one.id for one in crew[:4]}
    with db.transaction():
        project_people.save_standing(scope, [replace(one, link=crew[0].id) for one in crew[:4]])
    project.run()
    assert project.batch.status == "Data delivered"
    seen = Counter((item, who in linked) for item, who, *_ in given(project))
    assert sum(count for (_, of_them), count in seen.items() if of_them) > 20
    assert max(count for (_, of_them), count in seen.items() if of_them) == 1
    assert max(seen.values()) > 1


def test_the_excluded_and_the_paused_are_not_asked(project):
    scope = project.installation.scope
    project.run_until(lambda one: bool(one.batch.pilot))
    crew = [one for one in project_people.list_people(scope, project.id) if not one.is_expert]
    with db.transaction():
        project_people.set_person_state(scope, crew[0].id, state=project_people.PAUSED, reason="away")
        project_people.set_person_state(scope, crew[1].id, state=project_people.EXCLUDED, reason="copies")
    project.run()
    assert {who for _, who, *_ in given(project)} == {one.id for one in crew[2:]}
