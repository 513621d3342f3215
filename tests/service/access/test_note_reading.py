"""Readings of what is protected leave one event for each reader, subject and minute."""

from collections import Counter

import pytest
from tests.support.labelling import at_work
from tests.support.projects import NOW

from assay.service.access import note_reading as noting
from assay.service.access.note_reading import MINUTE, note_reading
from assay.service.accounts.people_with_accounts import see_people, see_person
from assay.service.batches.batch_quality import batch_quality
from assay.service.batches.gallery import ItemsWanted, items_page
from assay.service.batches.item_page import item_page
from assay.service.upkeep.forget_old_rows import tidy
from assay.service.workforce.people_at_work import people_at_work
from assay.store import db

pytestmark = pytest.mark.database


def events():
    rows = db.rows("SELECT actor, verb, subject FROM event WHERE verb LIKE 'see %%' AND outcome = 'done'")
    return Counter((actor.partition("@")[0], verb, subject) for actor, verb, subject in rows)


def test_readings_are_events_folded_by_reader_subject_and_minute(web, tmp_path):
    project = at_work(web, tmp_path / "pets")
    batch, otto, ada = project.batch.name, web.actor("otto"), web.actor("ada")
    start = NOW // MINUTE * MINUTE

    def reads(actor, now):
        items_page(actor, batch=batch, wanted=ItemsWanted(), after=None, now=now)
        item_page(actor, batch=batch, key="item-000", now=now)
        batch_quality(actor, batch=batch, now=now)

    for _ in range(3):
        reads(otto, start)
        reads(otto, start + MINUTE - 1)
    of_batch = f"batch {batch}"
    seen = {("otto", "see items", of_batch): 1, ("otto", "see who said what", of_batch): 1}
    assert events() == seen
    reads(otto, start + MINUTE)
    reads(ada, start)
    assert events()[("otto", "see items", of_batch)] == 2
    assert events()[("ada", "see items", of_batch)] == 1


def test_readings_about_people_are_events_too(web, tmp_path):
    at_work(web, tmp_path / "pets")
    adam, person = web.actor("adam"), web.member("lena").id
    see_people(adam, now=NOW)
    see_person(adam, person=person, now=NOW)
    people_at_work(adam, now=NOW)
    assert events() == {
        ("adam", "see people", "everybody"): 1,
        ("adam", "see people", f"person {person}"): 1,
        ("adam", "see people at work", "everybody"): 1,
    }


def test_several_processes_leave_one_event_and_what_is_over_is_forgotten(web):
    otto = web.actor("otto")
    for _ in range(3):
        noting.forget_noted()  # another process
        note_reading(otto, verb="see items", subject="batch x-1", now=NOW)
    assert sum(events().values()) == 1
    tidy(now=NOW + 2 * MINUTE)
    assert db.rows("SELECT subject FROM lease WHERE subject LIKE 'read %%'") == []
