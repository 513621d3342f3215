"""Who goes first: people whose answers tell much less than the best people's wait while these are at work."""

import json
from collections import Counter
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from bench.quality.simulated_crowds import GUESSER, crowd
from tests.support.projects import LABELS, NOW, submit, write_project

from assay.service.quality.calibrated_consensus import columns
from assay.service.quality.plan_and_quote import load_plan
from assay.service.workforce.people_in_reserve import reserve_of
from assay.service.working_set.load_batch import load_work
from assay.store import db
from assay.store.items import items
from assay.store.labelling import answers_and_pay_ledger, project_people

pytestmark = pytest.mark.one_database

PEOPLE, GUESSERS = 20, 3


@pytest.fixture
def project(installation, tmp_path):
    """A project of 300 items and 20 people, whose answers the tests make up."""
    found = submit(installation, write_project(tmp_path / "pets", items=300, people=PEOPLE))
    found.run_until(lambda one: bool(one.batch.pilot))
    return found


class Judge:
    """A model of people that knows how right they are and no more, as those of boxes or spans do."""

    def __init__(self, skill):
        self.right = np.array(skill)

    def skill(self):
        return self.right


class Looked:
    """A made-up crowd's answers, and who is of the reserve by them."""

    def __init__(self, project):
        self.work = load_work(
            project.installation, batch=project.batch_id, out=project.out, hold=lambda: None, real_now=NOW
        )
        self.everybody = project_people.list_people(self.work.scope, project.id)
        self.crew = [person.id for person in self.everybody if not person.is_expert]
        self.rows = items.all_items(project.batch)
        one = crowd(3, items=300, people=PEOPLE, answers=5, classes=3, careless=GUESSER, bad=GUESSERS)
        places = zip(one.item.tolist(), one.person.tolist(), one.label.tolist(), strict=True)
        self.table = columns(
            self.work,
            [(self.rows[i].id, self.crew[p], LABELS[label]) for i, p, label in places],
            suggested=(),
            items_in_order=[row.id for row in self.rows],
            people=self.everybody,
        )
        self.model = self.work.task.fit(
            self.table, schema=self.work.intake.schema, known=[None] * len(self.rows)
        )

    def found(self, *, everybody=None, model=None, work=None, still_open=True):
        return reserve_of(
            work or self.work,
            everybody or self.everybody,
            model=model or self.model,
            table=self.table,
            prior=None,
            still_open=np.full(len(self.rows), still_open),
        )


def test_those_who_guess_are_of_the_reserve(project):
    looked = Looked(project)
    found = looked.found()
    assert set(looked.crew[:GUESSERS]) <= found
    skill = dict(zip((person.id for person in looked.everybody), looked.model.skill(), strict=True))
    best = sorted((skill[person] for person in looked.crew), reverse=True)
    assert max(skill[person] for person in found) < best[PEOPLE // 3]


def test_experts_and_the_paused_are_not(project):
    looked = Looked(project)
    guesser = looked.crew[0]
    resting = [
        replace(person, state="paused") if person.id == guesser else person for person in looked.everybody
    ]
    assert guesser not in looked.found(everybody=resting)
    experts = {person.id for person in looked.everybody if person.is_expert}
    assert experts
    assert not experts & looked.found()


def test_where_no_item_is_open_everything_stays_as_it_is(project):
    assert Looked(project).found(still_open=False) is None


def test_nobody_waits_where_the_plan_ends_after_its_date(project):
    looked = Looked(project)
    plan = load_plan(project.row.plan)
    day = plan.finish.date()
    for due, late in ((day, False), (date.fromordinal(day.toordinal() - 1), True)):
        work = replace(looked.work, intake=replace(looked.work.intake, deadline=due))
        assert (looked.found(work=work) == set()) is late


def test_where_labels_are_right_in_part_precision_decides(project):
    looked = Looked(project)
    experts = [1.0] * (len(looked.everybody) - PEOPLE)
    # One over the square of the loss: 100 for the best, 51 for the last but two, 44 for the last two.
    skill = [0.9] * 17 + [0.86, 0.85, 0.85]
    order = sorted(looked.everybody, key=lambda person: person.is_expert)
    assert [person.id for person in order] == [person.id for person in looked.everybody], "experts come last"
    assert looked.found(model=Judge([*skill, *experts])) == set(looked.crew[17:])
    assert looked.found(model=Judge([0.9] * 17 + [0.88] * 3 + experts)) == set()


def test_in_a_batch_the_reserve_gives_less_and_the_trail_says_who_and_why(installation, tmp_path):
    project = submit(
        installation, write_project(tmp_path / "project", items=300, people=10, seed=3, right=0.95)
    )
    project.run()
    assert project.batch.status == "Data delivered"
    in_reserve = set()
    for verb, detail in db.rows(
        "SELECT verb, detail FROM event WHERE verb IN ('put into the reserve', 'call out of the reserve') ORDER BY id"
    ):
        said = json.loads(detail)
        assert said["rule"] == "what an answer tells, against the best"
        assert (verb == "put into the reserve") is (said["person"] not in in_reserve)
        in_reserve ^= {said["person"]}
    crew = project_people.list_people(installation.scope, project.id)
    assert {person.code for person in crew if person.reserve} == in_reserve
    assert in_reserve, "somebody of this crowd tells little"
    given = Counter(
        person
        for _, person, *_ in answers_and_pay_ledger.all_answers(
            project.batch.first_item, project.batch.last_item, queues=("label",)
        )
    )
    waiting = [given[person.id] for person in crew if person.reserve]
    others = [given[person.id] for person in crew if not (person.reserve or person.is_expert)]
    assert np.mean(waiting) < 0.7 * np.mean(others)
