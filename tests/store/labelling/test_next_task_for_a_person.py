"""The queue: who gets what next. Nobody twice on an item, nothing stranded, no wanted answer served twice."""

import threading
from dataclasses import replace

import pytest
from django.db import IntegrityError, connections
from tests.support.loops import MINUTE, START, make_loop, one

from assay.store import db
from assay.store.labelling import next_task_for_a_person, task_leases, wanted_answers

LATER = START + next_task_for_a_person.RESCAN_EVERY


def work_off(loop, who, *, now=START, client="c"):
    """Answer until nothing is left for somebody; return the items in the order served."""
    seen = []
    while (served := loop.take(who, now=now)) is not None:
        seen.append(served.item)
        loop.submit(who, served.assignment, client_id=f"{client}/{who}/{served.assignment}", now=now)
    return seen


def test_items_come_in_the_order_of_the_queue(cast):
    loop = make_loop(cast.scope)
    assert work_off(loop, "lena") == list(loop.items)


def test_a_person_never_gets_an_item_twice(cast):
    loop = make_loop(cast.scope, answers=3)
    assert work_off(loop, "lena") == list(loop.items)
    assert work_off(loop, "lena", now=LATER) == []
    assert work_off(loop, "luis") == list(loop.items)
    assert one("SELECT COUNT(*) FROM task WHERE is_open") == len(loop.items)


def test_an_item_that_somebody_skipped_never_comes_back_to_them(cast):
    loop = make_loop(cast.scope, items_wanted=2)
    first = loop.take("lena")
    assert first is not None
    following = loop.skip("lena", first.assignment)
    assert following is not None
    assert following.item == loop.items[1]
    loop.open([first.item])
    assert loop.take("lena", now=LATER) is None
    again = loop.take("luis")
    assert again is not None
    assert again.item == first.item


def test_a_released_item_comes_back_at_the_end(cast):
    loop = make_loop(cast.scope, items_wanted=3)
    first = loop.take("lena")
    assert first is not None
    loop.release("lena", first.assignment)
    assert work_off(loop, "luis") == [loop.items[1], loop.items[2], loop.items[0]]


def test_a_lease_that_ran_out_comes_back_at_the_end_even_to_the_same_person(cast):
    loop = make_loop(cast.scope, items_wanted=2)
    first = loop.take("lena")
    assert first is not None
    late = START + 10 * MINUTE
    assert loop.expire(now=late - 1) == 0
    assert loop.expire(now=late) == 1
    assert loop.expire(now=late) == 0
    assert work_off(loop, "lena", now=late) == [loop.items[1], loop.items[0]]


def test_what_the_cursor_passed_while_it_was_locked_is_found_by_searching_again(cast):
    loop = make_loop(cast.scope, items_wanted=3)
    with db.transaction():  # as if another connection had held the first task for a moment
        db.execute("UPDATE task SET is_open = FALSE WHERE item_id = %s", [loop.items[0]])
    assert work_off(loop, "lena") == list(loop.items[1:])
    with db.transaction():
        db.execute("UPDATE task SET is_open = TRUE WHERE item_id = %s", [loop.items[0]])
    assert work_off(loop, "lena", now=LATER) == [loop.items[0]]


def test_searching_again_happens_at_most_every_few_seconds(cast):
    loop = make_loop(cast.scope, items_wanted=2)
    work_off(loop, "lena", now=LATER)  # ends with a search that found nothing
    with db.transaction():
        db.execute("UPDATE task SET is_open = TRUE")
        db.execute("UPDATE assignment SET state = 'released'")
    assert loop.take("lena", now=LATER + 1) is None
    assert loop.take("lena", now=LATER + next_task_for_a_person.RESCAN_EVERY) is not None


def test_withdrawn_tasks_are_served_to_nobody(cast):
    loop = make_loop(cast.scope, items_wanted=3)
    with db.transaction():
        wanted_answers.close_tasks(loop.rules.batch, [loop.items[0], loop.items[2]])
    assert work_off(loop, "lena") == [loop.items[1]]
    assert not wanted_answers.has_open_task(loop.rules.batch)


def test_experts_see_only_the_experts_queues_and_labellers_only_theirs(cast):
    loop = make_loop(cast.scope, items_wanted=2)
    loop.open([loop.items[1]], queue_name="expert")
    served = loop.take("eva")
    assert served is not None
    assert (served.item, served.queue) == (loop.items[1], "expert")
    assert loop.take("eva") is None
    assert work_off(loop, "lena") == list(loop.items)


def test_an_answer_by_a_labeller_bars_them_from_every_queue_on_that_item(cast):
    loop = make_loop(cast.scope, items_wanted=1)
    work_off(loop, "lena")
    loop.open(loop.items, queue_name="peer")
    for who in ("lena", "luis"):
        loop.crew[who] = replace(loop.crew[who], is_peer=True)
    assert loop.take("lena", now=LATER) is None
    served = loop.take("luis")
    assert served is not None
    assert served.queue == "peer"


def test_the_database_itself_refuses_two_judgements_of_one_person_on_an_item(cast):
    loop = make_loop(cast.scope, items_wanted=1)
    served = loop.take("lena")
    assert served is not None
    with pytest.raises(IntegrityError), db.transaction():
        _lease_again(loop, served.item)
    assert one("SELECT COUNT(*) FROM assignment") == 1


def _lease_again(loop, item):
    task_leases.add_assignment(
        loop.scope,
        batch=loop.rules.batch,
        task=None,
        item=item,
        person=loop.crew["lena"].id,
        queue="label",
        now=START,
        until=START + MINUTE,
    )


def race(loop, names, *, rounds):
    """Let people take and submit at once, each on a connection of their own."""
    problems, start = [], threading.Barrier(len(names))

    def act(who):
        try:
            start.wait()
            misses = 0
            for number in range(rounds):
                served = loop.take(who, now=START + number)
                if served is None:
                    misses += 1
                    if misses > 3:
                        break
                    continue
                loop.submit(
                    who, served.assignment, client_id=f"{who}/{served.assignment}", now=START + number
                )
        except BaseException as problem:  # noqa: BLE001 - a thread's failure is the test's
            problems.append(problem)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=act, args=(who,)) for who in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []


def test_people_who_take_at_the_same_time_never_share_a_wanted_answer(cast, django_db_blocker):
    names = ("lena", "luis", "lars")
    loop = make_loop(cast.scope, items_wanted=12, answers=2, labellers=names)
    with django_db_blocker.unblock():
        race(loop, names, rounds=20)
        for who in names:  # what was locked when a cursor passed is found on searching again
            work_off(loop, who, now=LATER)
    assert one("SELECT COUNT(*) FROM answer") == 24
    assert one("SELECT COUNT(DISTINCT task_id) FROM assignment") == 24
    assert (
        one("SELECT COUNT(*) FROM (SELECT 1 FROM answer GROUP BY item_id, person_id HAVING COUNT(*) > 1) x")
        == 0
    )
    assert one("SELECT COUNT(*) FROM task WHERE is_open") == 0


def test_one_person_in_two_tabs_gets_two_different_items(cast, django_db_blocker):
    loop = make_loop(cast.scope, items_wanted=12, answers=2)
    loop.crew["lena again"] = loop.crew["lena"]
    with django_db_blocker.unblock():
        race(loop, ("lena", "lena again"), rounds=20)
        work_off(loop, "lena", now=LATER)
    assert one("SELECT COUNT(*) FROM answer") == 12
    assert one("SELECT COUNT(DISTINCT item_id) FROM answer") == 12
