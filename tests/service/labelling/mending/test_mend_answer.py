"""Mending one's own answer: the new one counts in its place, the old one stays in trail and ledger and counts for nothing."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from tests.support.invariants import check_answers, check_record, check_redundancy
from tests.support.loops import one
from tests.support.places import forget
from tests.support.projects import NOW, submit, write_project

from assay.core.errors import InvalidLabel, NotFound, NotPermitted
from assay.core.project import lifecycle
from assay.service.access.permissions import EXPERT, LABELLER, REQUESTER, Actor, record
from assay.service.labelling import label_loop
from assay.service.labelling.label_loop import ClientIdTaken
from assay.service.labelling.mending.last_answers import MOST_BACK, last_answers
from assay.service.labelling.mending.mend_answer import AnswerStands, Mended, mend_answer
from assay.service.labelling.person_at_work import at_work
from assay.service.labelling.submit_answer import submit_answer
from assay.store import db
from assay.store.items import item_gallery, items
from assay.store.labelling import answer_counts, answers_and_pay_ledger, queues_at_work
from assay.store.labelling.project_people import list_people
from assay.store.labelling.wanted_answers import open_tasks
from assay.store.projects import batches


class Work:
    """A project whose pilot is open, and two labellers and an expert of it."""

    def __init__(self, project):
        self.project = project
        people = list_people(project.installation.scope, project.id)
        labellers = [one for one in people if not one.is_expert]
        expert = next(one for one in people if one.is_expert)
        scope = project.installation.scope
        self.lena, self.luis = (
            Actor(scope, one.code, frozenset({LABELLER}), "tests", one.id) for one in labellers[:2]
        )
        self.eva = Actor(scope, expert.code, frozenset({EXPERT}), "tests", expert.id)
        self.sent = 0
        self.places = {}
        tasks = db.rows("SELECT DISTINCT item_id FROM task WHERE is_open ORDER BY item_id")
        self.ordinary = [item for (item,) in tasks]

    @property
    def name(self):
        return self.project.batch.name

    def answer(self, who, value="cat", *, served=None, now=NOW):
        """Answer this item, or the next that is no control item; return (answer, item)."""
        if served is None:
            served = self.serve(who, self.ordinary[self.places.get(who.name, 0)], now=now)
            self.places[who.name] = self.places.get(who.name, 0) + 1
        self.sent += 1
        receipt = submit_answer(
            self.project.installation, who, batch=self.name, assignment=served.assignment,
            client_id=f"first-{self.sent}", value=value, seconds=2.0, now=now, take_next=False,
        )  # fmt: skip
        return receipt.answer, served.item

    def serve(self, who, item, *, queue="label", control=False, now=NOW):
        found = at_work(self.project.installation, who, batch=self.name)
        with db.transaction():
            return label_loop.take_item(
                who, rules=found.rules, person=found.person, item=item, name=queue, control=control, now=now
            )

    def control(self, who):
        """Serve a control item and answer it."""
        item = next(row for row in items.control_items(self.project.batch_id) if row.label).id
        return self.answer(who, served=self.serve(who, item, control=True))

    def mend(self, who, answer, value="dog", *, client_id="mend-0001", seconds=1.5, now=NOW + 1):
        return mend_answer(
            self.project.installation, who, batch=self.name, answer=answer, client_id=client_id, value=value,
            seconds=seconds, now=now,
        )  # fmt: skip

    def counted(self, item):
        return [
            (one.id, one.value) for one in answers_and_pay_ledger.answers_of([item], queues=("label", "peer"))
        ]

    def set(self, **values):
        with db.transaction():
            batches.set_batch(self.project.installation.scope, self.project.batch_id, **values)


@pytest.fixture
def work(tmp_path, installation):
    known = {f"known-{n}": "cat" for n in range(6)}
    truth = {f"item-{n:03}": "cat" for n in range(40)} | known
    project = submit(installation, write_project(tmp_path / "project", truth=truth, known=known))
    project.run_until(lambda found: found.batch.pilot == "running")
    return Work(project)


# --- mended --------------------------------------------------------------------------------------


def test_the_mended_answer_counts_and_the_one_before_counts_for_nothing(work):
    first, item = work.answer(work.lena)
    other, _ = work.answer(work.luis, "hen")
    mended = work.mend(work.lena, first)
    assert mended.supersedes == first
    assert (mended.answer, "dog") in work.counted(item)
    assert first not in {answer for answer, _ in work.counted(item)}
    batch = work.project.batch
    told = answers_and_pay_ledger.all_answers(batch.first_item, batch.last_item, queues=("label",))
    assert sorted(value for _, _, value, _ in told) == ["dog", "hen"]
    assert answer_counts.answer_seconds(batch.id, queue="label") == [2.0, 3.5]  # luis's, then all of lena's
    assert answers_and_pay_ledger.count_answers(batch.id) == {"label": 2}
    assert answer_counts.count_answers_of(batch.id, person=work.lena.person) == 1
    assert answer_counts.totals_of(work.lena.person) == (1, 4)
    assert sum(day.answers for day in item_gallery.answers_by_day(batch)) == 2
    people = {person.id: person.answers for person in queues_at_work.people_at_work(work.lena.scope)}
    assert people[work.lena.person] == 1
    assert db.rows("SELECT value FROM answer WHERE id = %s", [first]) == [("cat",)]
    assert other in {row[0] for row in db.rows("SELECT answer_id FROM ledger_entry")}


def test_pay_stays_one_entry_and_the_trail_tells_both(work):
    first, _ = work.answer(work.lena)
    mended = work.mend(work.lena, first)
    assert db.rows("SELECT answer_id, cents FROM ledger_entry") == [(first, 4)]
    told = db.rows("SELECT verb, actor, detail FROM event WHERE verb LIKE %s ORDER BY id", ["%an answer"])
    assert [(verb, actor) for verb, actor, _ in told] == [
        ("submit an answer", work.lena.name),
        ("mend an answer", work.lena.name),
    ]
    assert json.loads(told[1][2]) == {"answer": mended.answer, "supersedes": first, "cents": 0}


def test_the_item_is_looked_at_again_and_people_are_learnt_anew_before_a_freeze(work):
    first, item = work.answer(work.lena)
    work.project.run(most_steps=1)
    assert not items.items_by_id([item])[0].dirty
    work.set(refitted=7)
    work.mend(work.lena, first)
    assert items.items_by_id([item])[0].dirty
    assert work.project.batch.refitted == -1
    assert not batches.is_as_learnt(work.lena.scope, replaced(work.project.batch, refitted=7))
    work.project.run(most_steps=1)
    row = items.items_by_id([item])[0]
    assert (row.dirty, row.answers, row.label) == (False, 1, "dog")


def replaced(row, **values):
    return type(row)(**{name: getattr(row, name) for name in type(row).__dataclass_fields__} | values)


def test_an_answer_is_mended_again_by_its_newest_number_only(work):
    first, item = work.answer(work.lena)
    second = work.mend(work.lena, first).answer
    with pytest.raises(AnswerStands, match="a newer one of yours supersedes it already"):
        work.mend(work.lena, first, "hen", client_id="mend-0002")
    third = work.mend(work.lena, second, "hen", client_id="mend-0003").answer
    assert work.counted(item) == [(third, "hen")]
    assert one("SELECT COUNT(*) FROM ledger_entry") == 1


@pytest.mark.parametrize("times", [1, 3])
def test_the_same_client_id_has_one_effect_and_one_reply(work, times):
    first, _ = work.answer(work.lena)
    replies = {work.mend(work.lena, first) for _ in range(times)}
    assert len(replies) == 1
    assert one("SELECT COUNT(*) FROM answer") == 2
    other, _ = work.answer(work.lena)
    with pytest.raises(ClientIdTaken):
        work.mend(work.lena, other)
    with pytest.raises(ClientIdTaken):
        work.mend(work.lena, other, client_id="first-1")
    lease = one("SELECT assignment_id FROM answer WHERE id = %s", first)
    with pytest.raises(ClientIdTaken):
        submit_answer(
            work.project.installation, work.lena, batch=work.name, assignment=lease, client_id="mend-0001",
            value="cat", seconds=1.0, now=NOW,
        )  # fmt: skip


def test_the_last_answers_are_what_was_said_last_about_the_last_items(work):
    numbers = [work.answer(work.lena)[0] for _ in range(MOST_BACK + 2)]
    mended = work.mend(work.lena, numbers[-3]).answer
    found = last_answers(work.project.installation, work.lena, batch=work.name, now=NOW)
    assert [one.answer for one in found] == [*numbers[:-4:-1][:2], mended, *numbers[-4 : -MOST_BACK - 1 : -1]]
    assert [one.label for one in found[:3]] == ["cat", "cat", "dog"]
    assert last_answers(work.project.installation, work.luis, batch=work.name, now=NOW) == []


# --- control items -------------------------------------------------------------------------------


def test_of_a_control_item_the_first_answer_counts_and_nobody_is_told(work):
    plain, _ = work.answer(work.lena)
    control, item = work.control(work.lena)
    replies = [work.mend(work.lena, number, client_id=f"mend-{number:04}") for number in (plain, control)]
    assert [reply.supersedes for reply in replies] == [plain, control]
    assert work.counted(item) == [(control, "cat")]
    again = work.mend(work.lena, replies[1].answer, "hen", client_id="mend-again")
    assert again.supersedes == replies[1].answer
    assert work.counted(item) == [(control, "cat")]
    shown = last_answers(work.project.installation, work.lena, batch=work.name, now=NOW)
    assert [one.label for one in shown] == ["hen", "dog"]
    details = [
        json.loads(detail)
        for (detail,) in db.rows("SELECT detail FROM event WHERE verb = 'mend an answer' ORDER BY id")
    ]
    assert {tuple(sorted(detail)) for detail in details} == {("answer", "cents", "supersedes")}
    assert not items.items_by_id([item])[0].dirty


def status(work, found):
    with db.transaction():
        db.execute("UPDATE batch SET status = %s WHERE id = %s", [found, work.project.batch_id])


def finish_pilot(work):
    with db.transaction():
        record(
            work.project.installation.system("worker"),
            now=NOW + 5,
            verb="finish the pilot (project)",
            subject=f"batch {work.name}",
        )


def pause(work):
    with db.transaction():
        db.execute("UPDATE person SET state = 'paused' WHERE id = %s", [work.lena.person])


def answer_more(work):
    for _ in range(MOST_BACK):
        work.answer(work.lena)


REFUSALS = {
    "closed": ("the batch is closed", lambda work: status(work, lifecycle.READY_FOR_REVIEW)),
    "frozen": ("the labels are frozen", lambda work: work.set(frozen_digest="ab")),
    "pilot": ("a quote rests on", finish_pilot),
    "paused": ("you do not work on this batch now", pause),
    "long ago": (f"one can go back {MOST_BACK} items", answer_more),
}


@pytest.mark.parametrize("why", REFUSALS)
def test_what_is_refused_is_refused_alike_for_control_items(work, why):
    sentence, make_it_so = REFUSALS[why]
    numbers = [work.answer(work.lena)[0], work.control(work.lena)[0]]
    make_it_so(work)
    before = one("SELECT COUNT(*) FROM answer")
    said = []
    for number in numbers:
        with pytest.raises(AnswerStands, match=sentence) as refused:
            work.mend(work.lena, number, client_id=f"mend-{number:04}")
        said.append(str(refused.value).replace(f"answer {number} ", "answer N "))
    assert said[0] == said[1]
    assert one("SELECT COUNT(*) FROM answer") == before
    assert work.project.batch.refitted == 0


def test_what_was_said_after_the_pilot_can_be_mended(work):
    finish_pilot(work)
    number, item = work.answer(work.lena, now=NOW + 10)
    mended = work.mend(work.lena, number, now=NOW + 11)
    assert work.counted(item) == [(mended.answer, "dog")]


# --- refused -------------------------------------------------------------------------------------


def test_what_an_expert_has_judged_stands(work):
    number, item = work.answer(work.lena)
    with db.transaction():
        db.execute("UPDATE item SET judged = TRUE WHERE id = %s", [item])
    with pytest.raises(AnswerStands, match="stands as it is: an expert has judged the item since"):
        work.mend(work.lena, number)
    assert work.counted(item) == [(number, "cat")]


def test_an_experts_judgement_is_final_and_stands_in_the_way_before_it_is_read(work):
    number, item = work.answer(work.lena)
    work.answer(work.luis)
    with db.transaction():
        open_tasks(work.project.batch_id, queue="expert", items=[item])
    judgement, _ = work.answer(work.eva, served=work.serve(work.eva, item, queue="expert"))
    with pytest.raises(AnswerStands, match="an expert's judgement is final"):
        work.mend(work.eva, judgement)
    with pytest.raises(AnswerStands, match="an expert has judged the item since"):
        work.mend(work.lena, number)


def test_somebody_elses_answer_is_as_missing(work):
    number, _ = work.answer(work.lena)
    sentences = []
    for answer in (number, 999_999):
        with pytest.raises(NotFound) as refused:
            work.mend(work.luis, answer)
        sentences.append(str(refused.value).replace(str(answer), "N"))
    assert sentences[0] == sentences[1] == "There is no answer of yours 'N'."
    requester = Actor(work.lena.scope, "rita", frozenset({REQUESTER}), "tests")
    with pytest.raises(NotPermitted):
        work.mend(requester, number)
    with pytest.raises(InvalidLabel):
        work.mend(work.lena, number, "wombat")
    assert one("SELECT COUNT(*) FROM answer") == 1


def test_an_item_in_review_is_not_disturbed_and_read_with_what_the_reviewer_says(work):
    number, item = work.answer(work.lena)
    with db.transaction():
        db.execute("UPDATE item SET state = %s, dirty = FALSE WHERE id = %s", [lifecycle.EXPERT_REVIEW, item])
    mended = work.mend(work.lena, number)
    assert not items.items_by_id([item])[0].dirty
    assert work.counted(item) == [(mended.answer, "dog")]


# --- in the whole --------------------------------------------------------------------------------


def test_a_batch_with_mended_answers_keeps_every_invariant_to_its_certificate(work):
    numbers = [work.answer(work.lena)[0] for _ in range(4)] + [work.control(work.lena)[0]]
    for number in numbers:
        work.mend(work.lena, number, client_id=f"mend-{number:04}")
    work.project.run()
    assert work.project.batch.status == lifecycle.DATA_DELIVERED
    check_answers(work.project)
    check_redundancy(work.project)
    check_record(work.project)


@pytest.mark.parametrize("ids", [1, 4])
def test_mended_many_times_at_once_it_is_mended_once(work, ids):
    number, item = work.answer(work.lena)
    gate = threading.Barrier(4)

    def send(place):
        gate.wait()
        try:
            return work.mend(work.lena, number, client_id=f"at-once-{place % ids}")
        except AnswerStands as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(send, range(4)))
    mended = [reply for reply in found if isinstance(reply, Mended)]
    assert len(set(mended)) == 1
    assert len(mended) == 4 // ids
    assert all("supersedes it already" in str(reply) for reply in found if reply not in mended)
    assert work.counted(item) == [(mended[0].answer, "dog")]


def test_answers_stay_append_only(work):
    number, _ = work.answer(work.lena)
    for statement in ("UPDATE answer SET in_place = FALSE", "DELETE FROM answer"):
        with pytest.raises(Exception, match="append-only"), db.transaction():
            db.execute(f"{statement} WHERE id = %s", [number])
    forget()
    assert one("SELECT COUNT(*) FROM answer WHERE in_place") == 1
