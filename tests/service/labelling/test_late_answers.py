"""Holds that run out: renewed while somebody works, and a late answer counts where the item still wants it from them."""

import json

import pytest
from tests.support.loops import MINUTE, START, make_loop, one

from assay.service.labelling.label_loop import LONGEST_HOLD, MOST_HELD, NotRenewed
from assay.service.working_set.label_queues import AUDIT, EXPERT
from assay.store import db
from assay.store.labelling import project_people, task_leases, wanted_answers
from assay.store.labelling.project_people import EXCLUDED, set_person_state
from assay.store.labelling.task_leases import AssignmentGone, TooLate
from assay.store.trail import events

HOLD = 10 * MINUTE
LATE = START + HOLD
LATER = LATE + MINUTE


@pytest.fixture
def loop(cast):
    """One item that wants one answer."""
    return make_loop(cast.scope, items_wanted=1)


def answers():
    return one("SELECT COUNT(*) FROM answer"), one("SELECT COALESCE(SUM(cents), 0) FROM ledger_entry")


def snapshot():
    return {
        table: db.rows(f"SELECT * FROM {table} ORDER BY id")
        for table in ("assignment", "answer", "ledger_entry", "event", "task", "cursor", "item")
    }


def refused(loop, who, assignment, reason, *, now=LATER):
    """A late answer is refused with this reason, and nothing is changed by it."""
    before = snapshot()
    with pytest.raises(TooLate) as caught:
        loop.submit(who, assignment, client_id="late", now=now)
    assert str(caught.value) == f"The time for this item ran out, and {reason}."
    assert snapshot() == before


# --- late answers ------------------------------------------------------------------------------------


@pytest.mark.parametrize("looked", [False, True], ids=["before anybody looked", "when it was put back"])
def test_a_late_answer_to_an_item_that_nobody_else_has_is_taken_and_paid_once(loop, looked):
    served = loop.take("lena")
    assert loop.expire(now=LATE) == 1 if looked else True
    first = loop.submit("lena", served.assignment, client_id="late", value="dog", now=LATER)
    after = snapshot()
    assert loop.submit("lena", served.assignment, client_id="late", value="dog", now=LATER + 1) == first
    assert snapshot() == after
    assert first.cents == 4
    assert answers() == (1, 4)
    assert not wanted_answers.has_open_task(loop.rules.batch), "one answer was wanted, and it came"
    (told,) = events.events_about(
        loop.scope, subject=f"assignment {served.assignment}", verbs=("submit an answer",)
    )
    assert json.loads(told.detail)["late"] is True
    assert loop.expire(now=LATER + 10 * HOLD) == 0
    assert loop.take("luis", now=LATER) is None


def test_nobody_is_late_in_the_last_moment(loop):
    served = loop.take("lena")
    loop.submit("lena", served.assignment, client_id="c-1", now=LATE - 1)
    (told,) = events.events_about(
        loop.scope, subject=f"assignment {served.assignment}", verbs=("submit an answer",)
    )
    assert "late" not in json.loads(told.detail)


def test_a_late_answer_is_refused_while_somebody_else_has_the_item_and_after_they_answered(loop):
    served = loop.take("lena")
    loop.expire(now=LATE)
    again = loop.take("luis", now=LATE)
    assert again.item == served.item
    refused(loop, "lena", served.assignment, "somebody else has it now")
    loop.submit("luis", again.assignment, client_id="c-2", now=LATE)
    refused(loop, "lena", served.assignment, "somebody else answered it meanwhile")
    assert answers() == (1, 4)


def test_a_late_answer_is_taken_again_once_somebody_else_gave_the_item_back(loop):
    served = loop.take("lena")
    loop.expire(now=LATE)
    loop.release("luis", loop.take("luis", now=LATE).assignment, now=LATE)
    loop.submit("lena", served.assignment, client_id="late", now=LATER)
    assert answers() == (1, 4)


def test_a_late_answer_is_taken_where_another_of_several_wanted_answers_is_open(cast):
    loop = make_loop(cast.scope, items_wanted=1, answers=2)
    served = loop.take("lena")
    loop.expire(now=LATE)
    again = loop.take("luis", now=LATE)
    loop.submit("lena", served.assignment, client_id="late", now=LATER)
    loop.submit("luis", again.assignment, client_id="c-2", now=LATER)
    assert answers() == (2, 8)
    assert not wanted_answers.has_open_task(loop.rules.batch)


def test_an_item_that_has_its_answers_takes_no_late_one(loop):
    served = loop.take("lena")
    loop.expire(now=LATE)
    with db.transaction():
        wanted_answers.close_tasks(loop.rules.batch, [served.item])
    refused(loop, "lena", served.assignment, "it has its answers")


def test_whoever_got_the_item_again_answers_it_once_by_either_hold(loop):
    served = loop.take("lena")
    loop.expire(now=LATE)
    again = loop.take("lena", now=LATE)
    assert again.item == served.item
    assert again.assignment != served.assignment
    loop.submit("lena", served.assignment, client_id="late", now=LATER)
    with pytest.raises(AssignmentGone, match="is released"):
        loop.submit("lena", again.assignment, client_id="c-2", now=LATER)
    assert answers() == (1, 4)
    assert not wanted_answers.has_open_task(loop.rules.batch)
    assert (
        one(
            "SELECT COUNT(*) FROM (SELECT task_id FROM assignment GROUP BY task_id HAVING COUNT(*) > 1) AS twice"
        )
        == 0
    )


@pytest.mark.parametrize("how", ["submit", "skip"])
def test_whoever_judged_the_item_meanwhile_is_not_heard_twice(cast, how):
    loop = make_loop(cast.scope, items_wanted=1)
    served = loop.take("lena")
    loop.expire(now=LATE)
    again = loop.take("lena", now=LATE)
    if how == "submit":
        loop.submit("lena", again.assignment, client_id="c-2", now=LATE)
    else:
        loop.skip("lena", again.assignment, now=LATE)
    loop.open([served.item])
    refused(loop, "lena", served.assignment, "you answered or skipped it meanwhile")


def test_whoever_is_linked_with_somebody_who_answered_meanwhile_is_not_heard(cast):
    loop = make_loop(cast.scope, items_wanted=1, labellers=("lena", "luis", "lars"))
    served = loop.take("lena")
    loop.expire(now=LATE)
    loop.submit("luis", loop.take("luis", now=LATE).assignment, client_id="c-2", now=LATE)
    loop.open([served.item])
    with db.transaction():
        pair = [loop.crew[who].id for who in ("lena", "luis")]
        db.execute("UPDATE person SET link = %s WHERE id IN (%s, %s)", [pair[0], *pair])
    crew = {who: project_people.person_by_id(loop.scope, found.id) for who, found in loop.crew.items()}
    loop.crew.update(crew)
    refused(loop, "lena", served.assignment, "somebody else answered it meanwhile")
    assert loop.take("lars", now=LATER).item == served.item


def test_a_blind_judgement_that_comes_late_is_taken_only_from_whoever_never_judged_the_item(cast):
    loop = make_loop(cast.scope, items_wanted=1, answers=0, experts=("eva", "emil"))
    loop.open(loop.items, queue_name=EXPERT)
    loop.submit("eva", loop.take("eva").assignment, client_id="c-1")
    with db.transaction():
        task_leases.reopen_for(list(loop.items), people=[loop.crew["eva"].id])
    loop.open(loop.items, queue_name=AUDIT)
    served = loop.take("emil")
    assert loop.take("eva") is None
    loop.expire(now=LATE)
    assert loop.submit("emil", served.assignment, client_id="late", now=LATER).cents == 20


@pytest.mark.parametrize("looked", [False, True], ids=["before anybody looked", "when it was put back"])
def test_a_late_answer_to_a_control_item_counts_like_any_other(cast, looked):
    loop = make_loop(cast.scope, items_wanted=60, controls=6)
    while (served := loop.take("lena")).item not in loop.controls:
        loop.submit("lena", served.assignment, client_id=f"c/{served.assignment}")
    before, _ = answers()
    assert loop.expire(now=LATE) == 1 if looked else True
    loop.submit("lena", served.assignment, client_id="late", now=LATER)
    assert answers() == (before + 1, 4 * (before + 1))


@pytest.mark.parametrize("state", ["paused", EXCLUDED])
@pytest.mark.parametrize("looked", [False, True], ids=["before anybody looked", "when it was put back"])
def test_whoever_works_no_longer_has_no_late_answer_taken(loop, state, looked):
    served = loop.take("lena")
    assert loop.expire(now=LATE) == 1 if looked else True
    lena = loop.crew["lena"].id
    with db.transaction():
        set_person_state(loop.scope, lena, state=state, reason="")
    loop.crew["lena"] = project_people.person_by_id(loop.scope, lena)
    refused(loop, "lena", served.assignment, "you do not work on this any longer")


def test_late_answers_make_nobody_hold_more_than_they_may(cast):
    loop = make_loop(cast.scope, items_wanted=20)
    lost = [loop.take("lena") for _ in range(MOST_HELD)]
    held = [loop.take("lena", now=LATE) for _ in range(MOST_HELD)]
    assert None not in held
    for one_of in lost:
        receipt = loop.submit(
            "lena", one_of.assignment, client_id=f"late/{one_of.assignment}", now=LATE, take_next=True
        )
        assert receipt.served is None
    assert answers() == (MOST_HELD, 4 * MOST_HELD)
    assert len(task_leases.held(loop.rules.batch, person=loop.crew["lena"].id, now=LATE)) == MOST_HELD


# --- renewal -----------------------------------------------------------------------------------------


def test_a_renewed_item_goes_to_nobody_else_and_takes_its_answer(loop):
    served = loop.take("lena")
    half = START + HOLD // 2
    assert loop.renew("lena", served.assignment, now=half) == half + HOLD
    assert loop.expire(now=LATE) == 0
    assert loop.take("luis", now=LATE) is None
    loop.submit("lena", served.assignment, client_id="c-1", now=half + HOLD - 1)
    (told,) = events.events_about(
        loop.scope, subject=f"assignment {served.assignment}", verbs=("renew a task",)
    )
    assert (told.actor, json.loads(told.detail)) == ("lena", {"until": half + HOLD})


def test_nobody_holds_an_item_for_ever(loop):
    served = loop.take("lena")
    longest = START + LONGEST_HOLD * HOLD
    until, now = served.until, START
    while until < longest:
        now = until - MINUTE
        until = loop.renew("lena", served.assignment, now=now)
    assert until == longest
    assert loop.renew("lena", served.assignment, now=longest - 1) == longest
    for looked in (False, True):
        assert loop.expire(now=longest) == 1 if looked else True
        with pytest.raises(NotRenewed, match="it was held as long as an item can be"):
            loop.renew("lena", served.assignment, now=longest)
    # The work is not lost for that: nobody else wanted the item.
    loop.submit("lena", served.assignment, client_id="late", now=longest + HOLD)
    assert answers() == (1, 4)


@pytest.mark.parametrize("looked", [False, True], ids=["before anybody looked", "when it was put back"])
def test_an_item_that_nobody_else_has_is_held_anew(loop, looked):
    served = loop.take("lena")
    assert loop.expire(now=LATE) == 1 if looked else True
    assert loop.renew("lena", served.assignment, now=LATER) == LATER + HOLD
    assert loop.take("luis", now=LATER) is None
    loop.submit("lena", served.assignment, client_id="c-1", now=LATER)
    assert answers() == (1, 4)


def test_an_item_that_somebody_else_has_is_not_held_anew(loop):
    served = loop.take("lena")
    loop.expire(now=LATE)
    loop.take("luis", now=LATE)
    before = snapshot()
    with pytest.raises(TooLate, match="somebody else has it now"):
        loop.renew("lena", served.assignment, now=LATER)
    assert snapshot() == before


def test_renewing_makes_nobody_hold_more_than_they_may(cast):
    loop = make_loop(cast.scope, items_wanted=20)
    lost = loop.take("lena")
    for _ in range(MOST_HELD):
        loop.take("lena", now=LATE)
    before = snapshot()
    with pytest.raises(NotRenewed, match="you hold 3 others, as many as one may"):
        loop.renew("lena", lost.assignment, now=LATE)
    assert snapshot() == before


@pytest.mark.parametrize("how", ["submit", "skip", "release"])
def test_what_was_ended_is_not_renewed(loop, how):
    served = loop.take("lena")
    if how == "submit":
        loop.submit("lena", served.assignment, client_id="c-1")
    elif how == "skip":
        loop.skip("lena", served.assignment)
    else:
        loop.release("lena", served.assignment)
    before = snapshot()
    with pytest.raises(AssignmentGone):
        loop.renew("lena", served.assignment)
    assert snapshot() == before


def test_nobody_renews_what_is_somebody_else_s_or_never_was(loop):
    served = loop.take("lena")
    before = snapshot()
    for who, assignment in (("luis", served.assignment), ("lena", 10**9)):
        with pytest.raises(AssignmentGone, match="is not yours"):
            loop.renew(who, assignment)
    assert snapshot() == before


def test_whoever_is_paused_renews_nothing(loop):
    served = loop.take("lena")
    lena = loop.crew["lena"].id
    with db.transaction():
        set_person_state(loop.scope, lena, state="paused", reason="")
    loop.crew["lena"] = project_people.person_by_id(loop.scope, lena)
    with pytest.raises(NotRenewed, match="you do not work on this batch now"):
        loop.renew("lena", served.assignment)
