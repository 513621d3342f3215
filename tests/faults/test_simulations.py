"""Simulated projects with random faults, each replayable from its seed: the invariants hold (REL-1..REL-4).

SEED=17 pytest tests/faults/test_simulations.py -k one_seed      plays one of them again
"""

import os
import random
import sys
from collections import Counter

import pytest
from tests.support.faults import Crash, Unruly, crashing
from tests.support.invariants import check_invariants
from tests.support.loops import one
from tests.support.places import forget
from tests.support.projects import LABELS, NOW, submit, write_project

from assay.core.project import lifecycle
from assay.service.access.permissions import LABELLER, Actor
from assay.service.batches.accept_batch import accept_batch
from assay.service.batches.reject_batch import Remark, reject_batch
from assay.service.labelling import label_loop
from assay.service.labelling.person_at_work import WORKED_ON
from assay.service.working_set import stored_project
from assay.service.working_set.label_queues import AUDIT
from assay.service.working_set.load_batch import load_work
from assay.store import db
from assay.store.items import items
from assay.store.labelling import project_people
from assay.store.labelling.task_leases import AssignmentGone

DEFAULT_PROJECTS = 12
SLOW_PROJECTS = 1_000
LEASE = 30_000_000
MOST_CALLS = 400
STEPS_PER_CALL = 12
DAWDLE = 4_000.0


class Simulation:
    """One project from intake to delivery, with faults drawn from its seed."""

    def __init__(self, place, folder, seed, monkeypatch) -> None:
        self.dice = random.Random(seed)
        self.counts: Counter[str] = Counter()
        self.place = place
        self.step_answers = self.dice.randint(3, 60)
        people_ = self.dice.randint(4, 9)
        size = self.dice.randint(8, 40)
        intake = write_project(
            folder,
            items=size,
            seed=seed,
            right=self.dice.choice([0.7, 0.8, 0.9]),
            people=people_,
            experts=self.dice.randint(2, 4),
            accept=self.dice.choice(["by_hand", "if_certified"]),
            known={f"item-{n:03}": self.dice.choice(LABELS) for n in range(self.dice.choice([0, 0, 3]))}
            or None,
        )
        self._unruly(monkeypatch, seed)
        self.project = submit(place.open(step_answers=self.step_answers), intake, seed=seed)
        self.clock = NOW
        self.answers: list[tuple[object, ...]] = []
        self.rejections = self.dice.choice([0, 0, 1, 2])

    def _unruly(self, monkeypatch, seed: int) -> None:
        made = stored_project.make_workforce
        rates = [self.dice.choice([0.0, 0.03]) for _ in range(3)]

        def unruly(*arguments, **named):
            inner = made(*arguments, **named)
            assert inner is not None
            skips, abandons, dawdles = rates
            return Unruly(inner, seed, skips, abandons, dawdles, DAWDLE)

        monkeypatch.setattr(stored_project, "make_workforce", unruly)
        stored_project.read_constants.cache_clear()

    def play(self) -> Counter[str]:
        """Go on, with faults in between, until the batch is delivered."""
        for _ in range(MOST_CALLS):
            if self.project.batch.status == lifecycle.DATA_DELIVERED:
                break
            done = self._go_on()
            self._nothing_lost()
            if self.project.batch.status == lifecycle.READY_FOR_REVIEW:
                self._decide()
            elif done:
                self._disturb()
        batch = self.project.batch
        assert batch.status == lifecycle.DATA_DELIVERED, (
            f"it ended as {self.project.row.status}, {batch.status}"
        )
        check_invariants(self.project)
        self.counts["answers"] += len(self.answers)
        return self.counts

    def _go_on(self) -> int:
        """Run some steps, perhaps to a crash; a new process goes on later, when the dead one's lease is over."""
        if self.dice.random() < 0.3:
            try:
                with crashing(at=self.dice.randrange(2 * STEPS_PER_CALL)):
                    return self._run()
            except Crash:
                self.counts["crashes"] += 1
                forget()
                self.clock += LEASE
                return 1
        return self._run()

    def _run(self) -> int:
        return self.project.run(most_steps=STEPS_PER_CALL, clock=lambda: self.clock)

    def _nothing_lost(self) -> None:
        """What was acknowledged before is still there, unchanged, and what is new came after it."""
        now = db.rows("SELECT id, client_id, assignment_id, person_id, value, at FROM answer ORDER BY id")
        assert now[: len(self.answers)] == self.answers
        self.answers = now

    def _disturb(self) -> None:
        fault = self.dice.choice([self._submit_again, self._submit_late, self._pause, self._nothing])
        fault()

    def _nothing(self) -> None:
        self.counts["quiet moments"] += 1

    def _submit_again(self) -> None:
        """A browser repeats a submit whose reply it never saw."""
        if not self.answers:
            return
        answer, client, assignment, person, _, _ = self.dice.choice(self.answers)
        receipt = self._submit(person, assignment, str(client))
        assert receipt.answer == answer
        self.counts["repeated submits"] += 1
        self._unchanged()

    def _submit_late(self) -> None:
        """Somebody submits on a lease that is over: taken and paid where the item still wants an answer of theirs."""
        over = db.rows(
            "SELECT id, person_id FROM assignment WHERE state IN ('expired', 'skipped') ORDER BY id DESC LIMIT 3"
        )
        if not over:
            return
        assignment, person = self.dice.choice(over)
        wanted = self._wants_late(assignment)
        before = len(self.answers)
        if wanted:
            self._submit(person, assignment, f"late/{assignment}")
            self.counts["late submits taken"] += 1
        else:
            with pytest.raises(AssignmentGone):
                self._submit(person, assignment, f"late/{assignment}")
            self.counts["late submits refused"] += 1
        self._nothing_lost()
        assert len(self.answers) == before + wanted
        self._all_paid()

    def _wants_late(self, assignment: int) -> bool:
        """Whether a late answer is owed to a lease by what the rows say: nobody else has the item, nor had its holder."""
        state, item, person, queue, task = db.rows(
            "SELECT state, item_id, person_id, queue, task_id FROM assignment WHERE id = %s", [assignment]
        )[0]
        if state != "expired" or self.project.batch.status not in WORKED_ON:
            return False
        holder = project_people.person_by_id(self.project.installation.scope, person)
        if holder.state != "active" or queue not in label_loop.queues_of(holder):
            return False
        newer = f"FROM assignment WHERE item_id = {item} AND person_id = {person} AND id > {assignment}"
        if one(f"SELECT COUNT(*) {newer} AND state = 'leased' AND queue = '{queue}'"):
            return True
        had = f"FROM assignment WHERE item_id = {item} AND person_id = {person} AND state NOT IN ('released', 'expired')"
        if one(f"SELECT COUNT(*) {had}"):
            return False
        if queue == AUDIT and one(
            f"SELECT COUNT(*) FROM answer WHERE item_id = {item} AND person_id = {person}"
        ):
            return False  # whoever answered before does not check
        if task is None:
            return True
        is_open = f"FROM task WHERE item_id = {item} AND queue = '{queue}' AND is_open"
        return bool(one(f"SELECT COUNT(*) {is_open}"))

    def _submit(self, person: int, assignment: int, client_id: str):
        row = project_people.person_by_id(self.project.installation.scope, person)
        actor = Actor(self.project.installation.scope, row.code, frozenset({LABELLER}), "tests", row.id)
        work = load_work(
            self.project.installation,
            batch=self.project.batch_id,
            out=self.project.out,
            hold=lambda: None,
            real_now=self.clock,
        )
        with db.transaction():
            return label_loop.submit(
                actor,
                rules=work.rules,
                person=row,
                assignment=assignment,
                client_id=client_id,
                value=LABELS[0],
                seconds=1.0,
                now=work.now,
                take_next=True,
                takes_late=self.project.batch.status in WORKED_ON,
            )

    def _unchanged(self) -> None:
        before = len(self.answers)
        self._nothing_lost()
        assert len(self.answers) == before
        self._all_paid()

    def _all_paid(self) -> None:
        assert one("SELECT COUNT(*) FROM ledger_entry") == len(self.answers)

    def _pause(self) -> None:
        """Somebody is sent home, as long as three labellers are left."""
        crew = project_people.list_people(self.project.installation.scope, self.project.id)
        active = [person for person in crew if person.state == "active" and not person.is_expert]
        if len(active) > 3 and self.counts["pauses"] < 2:
            with db.transaction():
                db.execute("UPDATE person SET state = 'paused' WHERE id = %s", [self.dice.choice(active).id])
            self.counts["pauses"] += 1

    def _decide(self) -> None:
        """The requester accepts or, once or twice, sends items back."""
        rita = self.project.installation.owner("rita", "tests")
        name = self.project.batch.name
        if self.rejections:
            self.rejections -= 1
            rows = [row for row in items.all_items(self.project.batch) if not row.is_control]
            keys = [row.key for row in self.dice.sample(rows, k=min(3, len(rows)))]
            reject_batch(
                rita, batch=name, remarks=[Remark(key, "look again") for key in keys], now=self.clock
            )
            self.counts["rejections"] += 1
        else:
            accept_batch(rita, batch=name, now=self.clock)


def simulate(templates, folder, seed) -> Counter[str]:
    with pytest.MonkeyPatch.context() as patch, templates.place(folder / "home") as place:
        try:
            return Simulation(place, folder / "project", seed, patch).play()
        except BaseException as problem:
            problem.add_note(
                f"replay it with SEED={seed} pytest tests/faults/test_simulations.py -k one_seed"
            )
            raise


def simulate_many(templates, tmp_path, django_db_blocker, seeds) -> Counter[str]:
    total: Counter[str] = Counter()
    with django_db_blocker.unblock():
        for seed in seeds:
            total += simulate(templates, tmp_path / str(seed), seed)
            total["projects"] += 1
    return total


def test_simulated_projects_with_random_faults_keep_every_invariant(templates, tmp_path, django_db_blocker):
    total = simulate_many(templates, tmp_path, django_db_blocker, range(1, DEFAULT_PROJECTS + 1))
    assert total["projects"] == DEFAULT_PROJECTS
    for fault in (
        "crashes",
        "repeated submits",
        "late submits refused",
        "pauses",
        "rejections",
    ):
        assert total[fault] > 0, f"no {fault} happened"


@pytest.mark.skipif("SEED" not in os.environ, reason="set SEED to play one simulation again")
def test_one_seed(templates, tmp_path, django_db_blocker):
    seed = int(os.environ["SEED"])
    assert simulate_many(templates, tmp_path, django_db_blocker, [seed])["projects"] == 1


def test_a_seed_plays_the_same_again(templates, tmp_path, django_db_blocker):
    first, second = (simulate_many(templates, tmp_path / name, django_db_blocker, [3]) for name in "ab")
    assert first == second


@pytest.mark.slow
@pytest.mark.timeout(14_400)
def test_a_thousand_simulated_projects_keep_every_invariant(
    templates, tmp_path, django_db_blocker, scale, capsys
):
    wanted = max(DEFAULT_PROJECTS, round(SLOW_PROJECTS * scale))
    total = simulate_many(templates, tmp_path, django_db_blocker, range(1_001, 1_001 + wanted))
    assert total["projects"] == wanted
    assert total["late submits taken"] > 0
    with capsys.disabled():
        sys.stdout.write(f"\n{', '.join(f'{count:,} {what}' for what, count in sorted(total.items()))}\n")
