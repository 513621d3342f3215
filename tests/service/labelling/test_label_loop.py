"""The label loop: what was acknowledged is saved once, paid once and told once; all else changes nothing."""

import json
from dataclasses import asdict, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.loops import MINUTE, START, make_loop, one

from assay.core.errors import InvalidLabel
from assay.core.project import lifecycle
from assay.core.project.price_of_work import AnswerPrice
from assay.core.review.control_and_pilot_sizes import CONTROL_SHARE, CONTROL_SHARE_FIRST, FIRST_ITEMS
from assay.core.workforce.whom_to_ask import FAIR
from assay.service.labelling import label_loop
from assay.service.labelling.control_items_mixed_in import NEWCOMER_CONTROLS, NEWCOMER_ITEMS
from assay.service.labelling.label_loop import ClientIdTaken, Served
from assay.service.labelling.who_goes_first import AT_WORK, others_first
from assay.store import db
from assay.store.items import items
from assay.store.labelling import answers_and_pay_ledger, next_task_for_a_person, task_leases
from assay.store.labelling.task_leases import AssignmentGone
from assay.store.trail import events
from assay.tasktypes import TASK_TYPES


@pytest.fixture
def loop(cast):
    return make_loop(cast.scope)


def snapshot():
    return {
        table: db.rows(f"SELECT * FROM {table} ORDER BY id")
        for table in ("assignment", "answer", "ledger_entry", "event", "task", "cursor", "item")
    }


def test_a_submit_saves_answer_pay_event_and_the_next_lease_together(loop):
    served = loop.take("lena")
    receipt = loop.submit("lena", served.assignment, client_id="c-1", value="dog", take_next=True)
    assert receipt.served is not None
    (answer,) = answers_and_pay_ledger.answers_of([served.item], queues=("label",))
    assert (answer.id, answer.value, answer.seconds, answer.person) == (
        receipt.answer,
        "dog",
        3.5,
        loop.crew["lena"].id,
    )
    assert db.rows("SELECT answer_id, debit, credit, cents FROM ledger_entry") == [
        (answer.id, "project:pets", "person:pets/lena", 4)
    ]
    (told,) = events.events_about(
        loop.scope, subject=f"assignment {served.assignment}", verbs=("submit an answer",)
    )
    assert (told.actor, told.at, told.outcome) == ("lena", START, "done")
    held = task_leases.assignment_by_id(loop.scope, receipt.served.assignment)
    assert held is not None
    assert (held.state, held.item) == ("leased", loop.items[1])


@pytest.mark.parametrize("times", [1, 2, 5])
def test_the_same_client_id_has_one_effect_and_one_reply(loop, times):
    served = loop.take("lena")
    first = loop.submit("lena", served.assignment, client_id="c-1", take_next=True)
    after = snapshot()
    for _ in range(times):
        assert loop.submit("lena", served.assignment, client_id="c-1", value="hen", take_next=True) == first
    assert snapshot() == after


def test_the_reply_is_the_same_even_when_the_next_item_is_long_answered(loop):
    served = loop.take("lena")
    first = loop.submit("lena", served.assignment, client_id="c-1", take_next=True)
    assert first.served is not None
    loop.submit("lena", first.served.assignment, client_id="c-2")
    late = START + 1_000 * MINUTE
    assert loop.submit("lena", served.assignment, client_id="c-1", now=late, take_next=True) == first


def test_somebody_elses_client_id_shows_nothing_and_changes_nothing(loop):
    served = loop.take("lena")
    loop.submit("lena", served.assignment, client_id="c-1", take_next=True)
    luis = loop.take("luis")
    before = snapshot()
    with pytest.raises(ClientIdTaken, match="'c-1' belongs to another submit"):
        loop.submit("luis", luis.assignment, client_id="c-1")
    with pytest.raises(ClientIdTaken):
        loop.submit("luis", served.assignment, client_id="c-1")
    assert snapshot() == before
    assert loop.submit("luis", luis.assignment, client_id="c-2").answer


def test_a_client_id_used_again_for_another_item_is_no_acknowledgement(loop):
    served = loop.take("lena")
    first = loop.submit("lena", served.assignment, client_id="c-1", take_next=True)
    before = snapshot()
    with pytest.raises(ClientIdTaken):
        loop.submit("lena", first.served.assignment, client_id="c-1", value="dog")
    assert snapshot() == before


@pytest.mark.parametrize("how", ["submit", "skip", "release"])
def test_nobody_ends_somebody_elses_lease(loop, how):
    served = loop.take("lena")
    before = snapshot()
    with pytest.raises(AssignmentGone, match="not yours"):
        end(loop, how, served.assignment, "c-1", who="luis")
    assert snapshot() == before


@pytest.mark.parametrize("first", ["submit", "skip", "release"])
@pytest.mark.parametrize("second", ["submit", "skip", "release"])
def test_a_lease_ends_once(loop, first, second):
    served = loop.take("lena")
    end(loop, first, served.assignment, "c-1")
    before = snapshot()
    with pytest.raises(AssignmentGone):
        end(loop, second, served.assignment, "c-2")
    assert snapshot() == before


def end(loop, how, assignment, client_id, *, who="lena"):
    if how == "submit":
        loop.submit(who, assignment, client_id=client_id)
    elif how == "skip":
        loop.skip(who, assignment)
    else:
        loop.release(who, assignment)


@pytest.mark.parametrize(
    "value", ["", "cow", "Cat", "cat ", "cat\x00", "cat,dog", "=cat", "\ud800", "x" * 10_000]
)
def test_an_answer_that_is_no_label_changes_nothing(loop, value):
    served = loop.take("lena")
    before = snapshot()
    with pytest.raises(InvalidLabel):
        loop.submit("lena", served.assignment, client_id="c-1", value=value)
    assert snapshot() == before


def test_a_skip_says_why_pays_nothing_and_asks_somebody_else(loop):
    served = loop.take("lena")
    following = loop.skip("lena", served.assignment, reason="too dark " * 100)
    assert following.item == loop.items[1]
    reason = db.rows("SELECT state, reason FROM assignment WHERE id = %s", [served.assignment])[0]
    assert reason == ("skipped", ("too dark " * 100)[:500])
    assert one("SELECT COUNT(*) FROM ledger_entry") == 0
    assert one("SELECT COUNT(*) FROM item WHERE dirty AND id = %s", served.item) == 1
    assert events.count_events(loop.scope, verb="skip a task", subject=f"assignment {served.assignment}") == 1


def test_a_release_returns_the_wanted_answer_exactly_once(loop):
    before = one("SELECT COUNT(*) FROM task WHERE is_open")
    served = loop.take("lena")
    assert one("SELECT COUNT(*) FROM task WHERE is_open") == before - 1
    loop.release("lena", served.assignment)
    assert one("SELECT COUNT(*) FROM task WHERE is_open") == before
    with pytest.raises(AssignmentGone):
        loop.release("lena", served.assignment)
    assert one("SELECT COUNT(*) FROM task WHERE is_open") == before


def test_an_expiry_returns_the_wanted_answer_exactly_once_and_is_told(loop):
    before = one("SELECT COUNT(*) FROM task WHERE is_open")
    served = loop.take("lena")
    assert loop.expire(now=START + 10 * MINUTE) == 1
    assert loop.expire(now=START + 20 * MINUTE) == 0
    assert one("SELECT COUNT(*) FROM task WHERE is_open") == before
    assert (
        events.count_events(loop.scope, verb="expire a lease", subject=f"assignment {served.assignment}") == 1
    )


def test_experts_are_paid_as_experts(loop):
    loop.open([loop.items[0]], queue_name="audit")
    served = loop.take("eva")
    loop.submit("eva", served.assignment, client_id="c-1")
    assert answers_and_pay_ledger.spent(loop.rules.batch) == 20
    assert db.rows("SELECT credit FROM ledger_entry") == [("person:pets/eva",)]


def test_somebody_paused_is_served_nothing_but_may_finish_what_they_hold(loop):
    served = loop.take("lena")
    loop.crew["lena"] = type(loop.crew["lena"])(
        **{name: getattr(loop.crew["lena"], name) for name in loop.crew["lena"].__slots__}
        | {"state": "paused"}
    )
    assert loop.take("lena") is None
    assert loop.submit("lena", served.assignment, client_id="c-1", take_next=True).served is None
    assert one("SELECT COUNT(*) FROM answer") == 1


def test_an_answer_paid_by_its_objects_is_paid_once_and_told_the_same_whatever_the_price_is_by_then(loop):
    price = AnswerPrice("object", cents=3, least=4, most=60)
    task = TASK_TYPES.get("image_boxes")
    paying = replace(loop, rules=replace(loop.rules, task=task, answer_price=price))
    served = paying.take("lena")
    said = [{"label": "dog", "left": 9.0 * n, "top": 1, "width": 5, "height": 5} for n in range(4)]
    value = json.dumps({"boxes": said})
    first = paying.submit("lena", served.assignment, client_id="c-1", value=value)
    dearer = replace(paying, rules=replace(paying.rules, answer_price=replace(price, cents=9)))
    again = dearer.submit("lena", served.assignment, client_id="c-1", value=value)
    assert (first.cents, again.cents, again.is_new) == (12, 12, False)
    assert db.rows("SELECT cents FROM ledger_entry") == [(12,)]
    assert '"cents":12' in db.rows("SELECT detail FROM event WHERE verb = 'submit an answer'")[0][0]


@pytest.mark.parametrize(("clocked", "cents"), [(False, 60), (True, 15)])
def test_no_more_minutes_are_paid_to_people_than_they_had_the_item(loop, clocked, cents):
    rules = replace(loop.rules, answer_price=AnswerPrice("minute", cents=30, least=2, most=60))
    served = loop.take("lena")
    with db.transaction():
        receipt = label_loop.submit(
            loop.actor("lena"),
            rules=rules,
            person=loop.crew["lena"],
            assignment=served.assignment,
            client_id="c-1",
            value="dog",
            seconds=900.0,
            now=START + MINUTE // 2,
            take_next=False,
            clocked=clocked,
        )
    assert receipt.cents == cents


@pytest.mark.parametrize("table", ["ledger_entry", "event", "answer"])
def test_a_submit_that_cannot_be_told_paid_or_kept_saves_nothing(loop, table, monkeypatch):
    served = loop.take("lena")
    before = snapshot()
    real = db.execute if table != "answer" else db.row
    name = "execute" if table != "answer" else "row"

    def failing(sql, values=()):
        if sql.startswith(f"INSERT INTO {table} "):
            raise OSError("the disk is full")
        return real(sql, values)

    monkeypatch.setattr(db, name, failing)
    with pytest.raises(OSError, match="disk is full"):
        loop.submit("lena", served.assignment, client_id="c-1")
    monkeypatch.undo()
    assert snapshot() == before


# --- control items -------------------------------------------------------------------------------


def work_through(loop, who, *, until=200):
    """Answer until nothing comes; return what was served, in order."""
    seen = []
    served = loop.take(who)
    while served is not None and len(seen) < until:
        seen.append(served)
        served = loop.submit(
            who, served.assignment, client_id=f"{who}/{served.assignment}", take_next=True
        ).served
    return seen


def test_nothing_that_is_served_tells_a_control_item_from_another(cast):
    loop = make_loop(cast.scope, items_wanted=40, controls=10)
    seen = work_through(loop, "lena")
    kinds = {served.item in loop.controls: served for served in seen}
    assert set(kinds) == {True, False}
    known, ordinary = asdict(kinds[True]), asdict(kinds[False])
    assert (
        set(known)
        == set(ordinary)
        == {"assignment", "item", "key", "media", "text", "extra", "queue", "until"}
    )
    for field in ("queue", "until", "text"):
        assert known[field] == ordinary[field]
    assert {name: type(value) for name, value in known.items()} == {
        name: type(value) for name, value in ordinary.items()
    }
    assert not {"control", "label", "known"} & set(Served.__slots__)


def test_a_control_item_pays_and_is_told_like_any_other(cast):
    loop = make_loop(cast.scope, items_wanted=40, controls=10)
    work_through(loop, "lena")
    told = db.rows(
        "SELECT DISTINCT a.queue, l.cents, l.debit, l.credit FROM answer a JOIN ledger_entry l ON l.answer_id = a.id"
    )
    assert told == [("label", 4, "project:pets", "person:pets/lena")]
    details = [event.detail for event in events.list_events(loop.scope) if event.verb == "submit an answer"]
    assert not any("control" in detail for detail in details)


def test_control_items_ride_along_with_ordinary_work_only(cast):
    loop = make_loop(cast.scope, items_wanted=30, controls=20)
    seen = work_through(loop, "lena")
    assert seen[-1].item not in loop.controls
    assert loop.take("lena", now=START + next_task_for_a_person.RESCAN_EVERY) is None


def test_control_items_are_never_shown_twice_to_one_person_even_when_given_back(cast):
    loop = make_loop(cast.scope, items_wanted=60, controls=3)
    shown = []
    for _ in range(110):
        served = loop.take("lena")
        if served is None:
            break
        shown.append(served.item)
        if served.item in loop.controls:
            loop.release("lena", served.assignment)
        else:
            loop.submit("lena", served.assignment, client_id=f"c/{served.assignment}")
    controls = [item for item in shown if item in loop.controls]
    assert controls
    assert len(controls) == len(set(controls))


def test_more_control_items_come_among_the_first_items(cast):
    names = [f"labeller-{number}" for number in range(12)]
    loop = make_loop(cast.scope, items_wanted=100, answers=12, controls=60, labellers=names)
    early = late = later = 0
    for who in names:
        seen = [served.item in loop.controls for served in work_through(loop, who, until=60)]
        early += sum(seen[:FIRST_ITEMS])
        late += sum(seen[FIRST_ITEMS:])
        later += len(seen[FIRST_ITEMS:])
    assert early / (FIRST_ITEMS * len(names)) == pytest.approx(CONTROL_SHARE_FIRST, abs=0.12)
    assert late / later == pytest.approx(CONTROL_SHARE, abs=0.035)


def test_a_newcomer_waits_while_nobody_knows_the_control_items(cast):
    loop = make_loop(cast.scope, items_wanted=60, answers=2, controls=6)
    with db.transaction():
        db.execute("UPDATE item SET label = '' WHERE is_control")
    assert len(work_through(loop, "lena")) == NEWCOMER_ITEMS
    assert loop.take("lena") is None
    with db.transaction():
        items.make_controls([(item, "cat", lifecycle.SETTLED) for item in loop.controls])
    seen = [served.item in loop.controls for served in work_through(loop, "lena")]
    assert all(seen[:NEWCOMER_CONTROLS])
    assert seen.count(False) == 60 - NEWCOMER_ITEMS


def test_where_there_are_few_control_items_a_newcomer_goes_on_after_them(cast):
    loop = make_loop(cast.scope, items_wanted=60, controls=2)
    seen = [served.item in loop.controls for served in work_through(loop, "lena")]
    assert (seen.count(True), seen.count(False)) == (2, 60)


TEAM = ("lena", "luis", "lars", "lola", "lutz")


def shared_loop(cast, *, given=60):
    """A team at work on a batch that has some answers, where lena has had as many items as anybody may at first."""
    loop = make_loop(cast.scope, items_wanted=40, answers=5, labellers=TEAM, given=given)
    assert len(work_through(loop, "lena", until=FAIR.start)) == FAIR.start
    return loop


def set_reserve(loop, who, *, to=True):
    with db.transaction():
        db.execute("UPDATE person SET reserve = %s WHERE id = %s", [to, loop.crew[who].id])
    loop.crew[who] = replace(loop.crew[who], reserve=to)


def test_whoever_gave_their_share_waits_while_enough_others_are_at_work(cast):
    loop = shared_loop(cast)
    assert others_first(loop.rules, person=loop.crew["lena"], now=START) is False
    for who in ("luis", "lars"):
        loop.take(who)
    served = loop.take("lena")  # two others cannot do it all
    loop.release("lena", served.assignment)
    loop.take("lola")
    assert others_first(loop.rules, person=loop.crew["lena"], now=START) is True
    assert loop.take("lena") is None
    # They took nothing new for a while: nobody waits for people who are gone.
    gone = START + AT_WORK
    assert others_first(loop.rules, person=loop.crew["lena"], now=gone - 1) is True
    assert others_first(loop.rules, person=loop.crew["lena"], now=gone) is False
    assert loop.take("lena", now=gone) is not None


def test_a_share_grows_with_the_batch(cast):
    loop = shared_loop(cast, given=4 * (FAIR.start + 2))
    for who in ("luis", "lars", "lola"):
        loop.take(who)
    assert loop.take("lena") is not None


def test_answers_that_nobody_looked_at_yet_count_for_everybodys_share(cast):
    loop = shared_loop(cast, given=0)
    for who in TEAM[1:]:
        loop.take(who)
    assert loop.take("lena") is None
    with db.transaction():
        db.execute("UPDATE cursor SET served = 24 WHERE person_id <> %s", [loop.crew["lena"].id])
    # She had 26 of 122, and may have a quarter.
    assert loop.take("lena") is not None


def test_those_who_gave_their_share_or_wait_themselves_are_not_waited_for(cast):
    loop = shared_loop(cast)
    for who in ("luis", "lars", "lola"):
        loop.take(who)
    set_reserve(loop, "lola")
    assert loop.take("lena") is not None
    set_reserve(loop, "lola", to=False)
    with db.transaction():
        db.execute("UPDATE cursor SET served = 25 WHERE person_id = %s", [loop.crew["luis"].id])
    assert loop.take("lena") is not None


def test_the_reserve_waits_sooner_and_shares_what_it_may_give(cast):
    loop = shared_loop(cast, given=11 * (FAIR.start + 2))
    for who in ("luis", "lars", "lola"):
        loop.take(who)
    ordinary = loop.take("lena")
    loop.release("lena", ordinary.assignment)
    set_reserve(loop, "lena")
    served = loop.take("lena")  # a tenth of the answers is hers alone
    loop.release("lena", served.assignment)
    set_reserve(loop, "lutz")
    assert loop.take("lena") is None  # half of that
    with db.transaction():
        db.execute("UPDATE person SET state = 'paused' WHERE code = 'lutz'")
    assert loop.take("lena") is not None


def test_where_one_person_may_do_it_all_the_reserve_waits_for_somebody_only(cast):
    loop = make_loop(cast.scope, items_wanted=40, answers=5, labellers=TEAM, given=100, exposure=1.0)
    work_through(loop, "lena", until=FAIR.start)
    set_reserve(loop, "lena")
    assert loop.take("lena") is not None
    loop.take("luis")
    assert loop.take("lena") is None


def test_experts_wait_for_nobody(cast):
    loop = shared_loop(cast)
    expert = replace(loop.crew["eva"], reserve=True)
    for who in ("luis", "lars", "lola"):
        loop.take(who)
    assert others_first(loop.rules, person=expert, now=START) is False


def test_pay_adds_up_whatever_people_do(cast):
    numbers = iter(range(1_000))

    @settings(max_examples=15, deadline=None, database=None)
    @given(st.lists(st.tuples(st.sampled_from(["lena", "luis"]), st.sampled_from("sxr")), max_size=12))
    def check(moves):
        loop = make_loop(cast.scope, items_wanted=5, answers=2, name=f"pets-{next(numbers)}")
        answers = 0
        for who, what in moves:
            served = loop.take(who)
            if served is None:
                continue
            if what == "s":
                loop.submit(who, served.assignment, client_id=f"{loop.rules.project}/{served.assignment}")
                answers += 1
            elif what == "x":
                loop.skip(who, served.assignment)
            else:
                loop.release(who, served.assignment)
        assert answers_and_pay_ledger.spent(loop.rules.batch) == 4 * answers
        assert sum(answers_and_pay_ledger.count_answers(loop.rules.batch).values()) == answers

    check()
    assert one("SELECT COUNT(*) FROM answer") == one("SELECT COUNT(*) FROM ledger_entry")
