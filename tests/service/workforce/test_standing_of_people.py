"""What follows from what people's answers say: pauses and links, told in sentences, once an operator has not said otherwise."""

from dataclasses import replace

import numpy as np
import pytest
from bench.quality.simulated_crowds import GUESSER, ONE_LABEL, crowd
from tests.support.projects import LABELS, NOW, submit, write_project

from assay.core.workforce.findings_about_people import ALIKE, CARELESS
from assay.service.quality.calibrated_consensus import columns, once
from assay.service.workforce import standing_of_people
from assay.service.workforce.people_at_work import people_at_work
from assay.service.workforce.standing_of_people import findings_from_text, findings_to_text, standing_of
from assay.service.working_set.load_batch import load_work
from assay.store import db
from assay.store.items import items
from assay.store.labelling import project_people
from assay.store.trail import events


@pytest.fixture
def project(installation, tmp_path):
    """A project of 600 items and 20 people, whose answers the tests make up."""
    found = submit(installation, write_project(tmp_path / "pets", items=600, people=20))
    found.run_until(lambda one: bool(one.batch.pilot))
    return found


def looked_at(project, one, *, change=lambda person: person):
    """Return the work, the crew, and what follows from a made-up crowd's answers."""
    work = load_work(
        project.installation, batch=project.batch_id, out=project.out, hold=lambda: None, real_now=NOW
    )
    everybody = [change(person) for person in project_people.list_people(work.scope, project.id)]
    crew = [person for person in everybody if not person.is_expert]
    rows = items.all_items(project.batch)
    places = zip(
        one.item.tolist(), one.person.tolist(), one.label.tolist(), one.seconds.tolist(), strict=True
    )
    answers = [(rows[i].id, crew[p].id, LABELS[label], seconds) for i, p, label, seconds in places]
    table = columns(
        work,
        [answer[:3] for answer in answers],
        suggested=(),
        items_in_order=[row.id for row in rows],
        people=everybody,
    )
    return work, crew, standing_of(work, everybody, rows, table=table, answers=answers)


def careless(bad=1, kind=ONE_LABEL):
    return crowd(2, items=600, people=20, answers=5, classes=3, careless=kind, bad=bad)


def test_careless_people_are_paused_with_a_sentence_and_an_event_that_names_the_rule(project):
    work, crew, found = looked_at(project, careless())
    paused = [(before, after) for before, after in found.changed if after.state == project_people.PAUSED]
    assert [after.id for _, after in paused] == [crew[0].id]
    with db.transaction():
        standing_of_people.save(work, found)
    after = project_people.person_by_id(work.scope, crew[0].id)
    assert after.state == "paused"
    assert after.reason.endswith("answers are 'cat', whatever the item")
    (told,) = [one for one in events.list_events(work.scope) if one.verb == "pause a person"]
    assert '"rule":"answers follow a habit and not the items, 5 % false findings"' in told.detail
    assert after.reason in told.detail


def test_operators_see_what_was_found_in_plain_words(web, project):
    work, crew, found = looked_at(project, careless())
    with db.transaction():
        standing_of_people.save(work, found)
    shown = {one.figures.code: one for one in people_at_work(web.actor("otto"), now=NOW)}
    (seen,) = shown[crew[0].code].findings
    assert (seen.kind, seen.is_grave, seen.other) == (CARELESS, True, "")
    assert shown[crew[1].code].findings == []
    assert shown[crew[0].code].family == "classification"


def test_whoever_an_operator_let_go_on_is_told_about_and_not_paused(project):
    _, crew, found = looked_at(project, careless(), change=lambda person: replace(person, cleared=True))
    assert [after for _, after in found.changed if after.state != "active"] == []
    assert dict(found.found)[crew[0].id] != ""


def test_the_answers_of_the_excluded_are_not_looked_at(project):
    one = careless(bad=2, kind=GUESSER)
    _, crew, found = looked_at(
        project, one, change=lambda person: replace(person, state=project_people.EXCLUDED)
    )
    assert found.changed == []
    assert dict(found.found)[crew[0].id] == ""


def test_people_alike_are_linked_with_whoever_was_linked_with_one_of_them(project):
    one = crowd(7, items=600, people=10, answers=5, classes=3, bad=1, copied=1.0)
    places = {0: 19, 3: 9, 9: 3}  # they are the last and the fourth of the crew
    who = np.array([places.get(place, place) for place in range(10)])[one.person]
    one = replace(one, person=who, people=20)
    ids = sorted(person.id for person in project_people.list_people(project.installation.scope, project.id))
    before = {ids[8]: ids[8], ids[3]: ids[8]}
    work, crew, found = looked_at(
        project, one, change=lambda person: replace(person, link=before.get(person.id, 0))
    )
    linked = {after.id: after.link for _, after in found.changed if after.link}
    assert set(linked.values()) == {crew[3].id}
    assert set(linked) == {crew[3].id, ids[8], crew[19].id}
    with db.transaction():
        standing_of_people.save(work, found)
    told = [event for event in events.list_events(work.scope) if event.verb == "link people"]
    assert {event.subject for event in told} == {f"batch {project.batch.name}"}
    assert any("answers were the same" in event.detail for event in told)
    kinds = {kind for _, text in found.found for kind, _, _ in findings_from_text(text)}
    assert kinds == {ALIKE}


def test_what_linked_people_say_of_one_item_counts_once_and_the_first_word_is_theirs(project):
    crew = project_people.list_people(project.installation.scope, project.id)[:4]
    linked = [replace(one, link=crew[0].id) for one in crew[:2]] + list(crew[2:])
    said = [(1, crew[1].id, "cat"), (1, crew[2].id, "dog"), (1, crew[0].id, "cat"), (2, crew[0].id, "hen")]
    assert list(once(said, linked)) == [said[0], said[1], said[3]]
    assert list(once(said, crew)) == said


def test_findings_are_kept_as_they_were():
    found = [("alike", "on 30 items …", "p-abc"), ("fast", "said 'x'", "")]
    assert findings_from_text(findings_to_text(found)) == found
    assert (findings_to_text([]), findings_from_text("")) == ("", [])
