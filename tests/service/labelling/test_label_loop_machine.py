"""A state machine of the label loop against a simple model: whatever people do, in whatever order.

The model knows items, wanted answers, leases and answers; everything that the store says is compared.
"""

import itertools
import sys
from dataclasses import dataclass, replace

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)
from tests.support.loops import LABELS, MINUTE, START, make_loop, one

from assay.core.errors import InvalidLabel
from assay.service.labelling.label_loop import LONGEST_HOLD, MOST_HELD, ClientIdTaken, NotRenewed
from assay.store import db
from assay.store.accounts.tenants import tenant_id
from assay.store.labelling import answers_and_pay_ledger, next_task_for_a_person, wanted_answers
from assay.store.labelling.task_leases import AssignmentGone, TooLate
from assay.store.scope import Scope

PEOPLE = ("lena", "luis", "lars")
TENANTS = ("main", "elsewhere")
NAMES = itertools.count()
STEPS = [0]
"""Steps taken so far, for the report of the slow test."""
FULL_RUNS, FULL_STEPS = 2_000, 50
people = st.sampled_from(PEOPLE)
tenants = st.sampled_from(TENANTS)
picks = st.integers(0, 99)


@dataclass
class Lease:
    """What the model knows of an assignment."""

    tenant: str
    who: str
    item: int
    control: bool
    until: int
    since: int
    state: str = "leased"


class LabelLoop(RuleBasedStateMachine):
    """Three people of two tenants each, who never meet."""

    replies = Bundle("replies")

    @initialize(items=st.integers(1, 5), answers=st.integers(1, 3), controls=st.integers(0, 2))
    def begin(self, items, answers, controls):
        name, self.now, self.clients = f"pets-{next(NAMES)}", START, itertools.count()
        self.name = name
        self.loops = {}
        self.wanted: dict[str, dict[int, int]] = {}
        self.known: dict[int, Lease] = {}
        self.answers: dict[str, list[tuple[int, str, str]]] = {}
        for tenant in TENANTS:
            with db.transaction():
                scope = Scope(tenant_id(tenant))
            loop = make_loop(
                scope, items_wanted=items, answers=answers, controls=controls, labellers=PEOPLE, name=name
            )
            self.loops[tenant] = loop
            self.wanted[tenant] = dict.fromkeys(loop.items, answers)
            self.answers[tenant] = []

    def touched(self, tenant, who):
        """Items that somebody holds, answered or skipped, and control items they ever saw."""
        return {
            lease.item
            for lease in self.known.values()
            if (lease.tenant, lease.who) == (tenant, who)
            and (lease.control or lease.state in ("leased", "submitted", "skipped"))
        }

    def serve(self, tenant, who, served):
        """Compare what was served with what may be, and note it."""
        loop = self.loops[tenant]
        open_to_them = {item for item, many in self.wanted[tenant].items() if many} - self.touched(
            tenant, who
        )
        if served is None:
            assert not open_to_them, f"{who} got nothing although {open_to_them} waits"
            return
        control = served.item in loop.controls
        assert served.item not in self.touched(tenant, who)
        if control:
            assert any(self.wanted[tenant].values()), "a control item came alone"
        else:
            assert served.item in open_to_them
            self.wanted[tenant][served.item] -= 1
        assert served.until == self.now + 10 * MINUTE
        self.known[served.assignment] = Lease(tenant, who, served.item, control, served.until, self.now)

    def alive(self, assignment):
        lease = self.known[assignment]
        return lease.state == "leased" and lease.until > self.now

    def some(self, pick, *, alive):
        """Return one of the assignments that are alive (somebody takes one if need be), or are not; else None."""
        found = [number for number in self.known if self.alive(number) == alive]
        if alive and not found:
            self.take_now(TENANTS[pick % 2], PEOPLE[pick % 3])
            found = [number for number in self.known if self.alive(number)]
        return found[pick % len(found)] if found else None

    @rule(tenant=tenants, who=people)
    def take(self, tenant, who):
        self.take_now(tenant, who)

    def take_now(self, tenant, who):
        self.now += next_task_for_a_person.RESCAN_EVERY  # so that a search from the start is always allowed
        self.serve(tenant, who, self.loops[tenant].take(who, now=self.now))

    @rule(target=replies, pick=picks, value=st.sampled_from(LABELS), take_next=st.booleans())
    def submit(self, pick, value, take_next):
        self.now += next_task_for_a_person.RESCAN_EVERY
        assignment = self.some(pick, alive=True)
        if assignment is None:
            return multiple()
        lease, client = self.known[assignment], f"{self.name}/{next(self.clients)}"
        receipt = self.loops[lease.tenant].submit(
            lease.who, assignment, client_id=client, value=value, now=self.now, take_next=take_next
        )
        lease.state = "submitted"
        self.answers[lease.tenant].append((lease.item, lease.who, value))
        if take_next:
            self.serve(lease.tenant, lease.who, receipt.served)
        else:
            assert receipt.served is None
        return (assignment, client, receipt)

    @rule(pick=picks)
    def act_on_a_lease_that_is_over(self, pick):
        assignment = self.some(pick, alive=False)
        if assignment is None:
            return
        lease = self.known[assignment]
        loop, client = self.loops[lease.tenant], f"{self.name}/{next(self.clients)}"
        for attempt in (
            lambda: loop.submit(lease.who, assignment, client_id=client, now=self.now, take_next=True),
            lambda: loop.renew(lease.who, assignment, now=self.now),
        ):
            if lease.state not in ("leased", "expired"):
                with pytest.raises(AssignmentGone):
                    attempt()
        for attempt in (
            lambda: loop.skip(lease.who, assignment, now=self.now),
            lambda: loop.release(lease.who, assignment, now=self.now),
        ):
            with pytest.raises(AssignmentGone):
                attempt()

    def held(self, tenant, who):
        """How many items somebody holds."""
        return sum(
            (one.tenant, one.who) == (tenant, who) and self.alive(number)
            for number, one in self.known.items()
        )

    def too_late(self, pick):
        """Return one of the assignments whose time ran out, or None."""
        found = [
            number
            for number, one in self.known.items()
            if one.state == "expired" or (one.state == "leased" and one.until <= self.now)
        ]
        return found[pick % len(found)] if found else None

    def may_have_it_back(self, assignment):
        """Whether an item may be had anew by the person whose time for it ran out, and which newer lease that ends."""
        lease = self.known[assignment]
        if lease.state == "leased":
            return True, None
        others = [
            one
            for number, one in self.known.items()
            if number != assignment
            and (one.tenant, one.who, one.item) == (lease.tenant, lease.who, lease.item)
        ]
        newer = next((one for one in others if one.state == "leased"), None)
        if newer is not None or lease.control:
            return True, newer
        judged = any(one.state in ("submitted", "skipped") for one in others)
        return self.wanted[lease.tenant][lease.item] > 0 and not judged, None

    def have_it_back(self, assignment, newer):
        lease = self.known[assignment]
        if newer is not None:
            newer.state = "released"
        elif lease.state == "expired" and not lease.control:
            self.wanted[lease.tenant][lease.item] -= 1

    @rule(target=replies, pick=picks, value=st.sampled_from(LABELS), take_next=st.booleans())
    def submit_late(self, pick, value, take_next):
        self.now += next_task_for_a_person.RESCAN_EVERY
        assignment = self.too_late(pick)
        if assignment is None:
            return multiple()
        lease, client = self.known[assignment], f"{self.name}/{next(self.clients)}"
        loop = self.loops[lease.tenant]
        possible, newer = self.may_have_it_back(assignment)
        if not possible:
            with pytest.raises(TooLate):
                loop.submit(lease.who, assignment, client_id=client, value=value, now=self.now)
            return multiple()
        receipt = loop.submit(
            lease.who, assignment, client_id=client, value=value, now=self.now, take_next=take_next
        )
        self.have_it_back(assignment, newer)
        lease.state = "submitted"
        self.answers[lease.tenant].append((lease.item, lease.who, value))
        if take_next and self.held(lease.tenant, lease.who) < MOST_HELD:
            self.serve(lease.tenant, lease.who, receipt.served)
        else:
            assert receipt.served is None
        return (assignment, client, receipt)

    @rule(pick=picks, late=st.booleans())
    def renew(self, pick, late):
        assignment = self.too_late(pick) if late else self.some(pick, alive=True)
        if assignment is None:
            return
        lease, alive = self.known[assignment], self.alive(assignment)
        loop, longest = self.loops[lease.tenant], lease.since + LONGEST_HOLD * 10 * MINUTE
        possible, newer = (True, None) if alive else self.may_have_it_back(assignment)
        held = self.held(lease.tenant, lease.who) - (newer is not None and newer.until > self.now)
        if self.now >= longest or not possible or (not alive and held >= MOST_HELD):
            with pytest.raises((NotRenewed, TooLate)):
                loop.renew(lease.who, assignment, now=self.now)
            return
        lease.until = min(self.now + 10 * MINUTE, longest)
        assert loop.renew(lease.who, assignment, now=self.now) == lease.until
        self.have_it_back(assignment, newer)
        lease.state = "leased"

    @rule(reply=replies, value=st.sampled_from(LABELS))
    def submit_again(self, reply, value):
        assignment, client, receipt = reply
        lease = self.known[assignment]
        again = self.loops[lease.tenant].submit(
            lease.who, assignment, client_id=client, value=value, now=self.now, take_next=True
        )
        assert steady(again) == steady(receipt)

    @rule(reply=replies, pick=picks)
    def use_a_client_id_of_another_submit(self, reply, pick):
        used, client, _ = reply
        assignment = self.some(pick, alive=True)
        if assignment is None or self.known[assignment].tenant != self.known[used].tenant:
            return
        lease = self.known[assignment]
        with pytest.raises(ClientIdTaken):
            self.loops[lease.tenant].submit(lease.who, assignment, client_id=client, now=self.now)

    @rule(pick=picks, who=people, tenant=tenants)
    def try_on_somebody_elses_lease(self, pick, who, tenant):
        assignment = self.some(pick, alive=True)
        if assignment is None or (self.known[assignment].tenant, self.known[assignment].who) == (tenant, who):
            return
        loop = self.loops[tenant]
        for attempt in (
            lambda: loop.submit(who, assignment, client_id=f"x/{next(self.clients)}", now=self.now),
            lambda: loop.skip(who, assignment, now=self.now),
            lambda: loop.renew(who, assignment, now=self.now),
            lambda: loop.release(who, assignment, now=self.now),
        ):
            with pytest.raises(AssignmentGone, match="not yours"):
                attempt()

    @rule(pick=picks)
    def submit_nonsense(self, pick):
        assignment = self.some(pick, alive=True)
        if assignment is None:
            return
        lease = self.known[assignment]
        with pytest.raises(InvalidLabel):
            self.loops[lease.tenant].submit(
                lease.who,
                assignment,
                client_id=f"{self.name}/{next(self.clients)}",
                value="cow",
                now=self.now,
            )

    @rule(pick=picks)
    def skip(self, pick):
        self.now += next_task_for_a_person.RESCAN_EVERY
        assignment = self.some(pick, alive=True)
        if assignment is None:
            return
        lease = self.known[assignment]
        served = self.loops[lease.tenant].skip(lease.who, assignment, now=self.now)
        lease.state = "skipped"
        self.serve(lease.tenant, lease.who, served)

    @rule(pick=picks)
    def release(self, pick):
        assignment = self.some(pick, alive=True)
        if assignment is None:
            return
        lease = self.known[assignment]
        self.loops[lease.tenant].release(lease.who, assignment, now=self.now)
        self.give_back(lease, "released")

    def give_back(self, lease, state):
        lease.state = state
        if not lease.control:
            self.wanted[lease.tenant][lease.item] += 1

    @rule(minutes=st.integers(1, 6))
    def time_passes(self, minutes):
        self.now += minutes * MINUTE

    @rule(tenant=tenants)
    def expire(self, tenant):
        gone = [
            lease
            for lease in self.known.values()
            if lease.tenant == tenant and lease.state == "leased" and lease.until <= self.now
        ]
        assert self.loops[tenant].expire(now=self.now) == len(gone)
        for lease in gone:
            self.give_back(lease, "expired")

    @precondition(lambda self: hasattr(self, "loops"))
    @invariant()
    def the_store_says_what_the_model_says(self):
        STEPS[0] += 1
        for tenant, loop in self.loops.items():
            batch = loop.rules.batch
            codes = {person.id: code for code, person in loop.crew.items()}
            stored = [
                (item, codes[person], value)
                for item, person, value in db.rows(
                    "SELECT item_id, person_id, value FROM answer WHERE batch_id = %s ORDER BY id", [batch]
                )
            ]
            assert stored == self.answers[tenant]
            assert answers_and_pay_ledger.spent(batch) == 4 * len(stored)
            assert one("SELECT COUNT(*) FROM ledger_entry WHERE batch_id = %s", batch) == len(stored)
            opened = wanted_answers.open_counts(batch, loop.items)
            assert opened == {item: many for item, many in self.wanted[tenant].items() if many}
            states = dict(db.rows("SELECT id, state FROM assignment WHERE batch_id = %s", [batch]))
            assert states == {
                number: lease.state for number, lease in self.known.items() if lease.tenant == tenant
            }


def steady(receipt):
    """A receipt without the end of the next item's hold, which a renewal moves."""
    return replace(receipt, served=receipt.served and replace(receipt.served, until=0))


def play(runs, steps):
    run_state_machine_as_test(
        LabelLoop,
        settings=settings(
            max_examples=runs,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_the_loop_does_what_the_model_does(place):
    play(30, 30)
    assert one("SELECT COUNT(*) FROM answer") == one("SELECT COUNT(*) FROM ledger_entry")
    told = one("SELECT COUNT(*) FROM event WHERE verb = 'submit an answer'")
    assert told == one("SELECT COUNT(*) FROM answer") > 0


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_the_loop_does_what_the_model_does_at_full_count(place, scale, capsys):
    runs = max(30, round(FULL_RUNS * scale))
    play(runs, FULL_STEPS)
    answers = one("SELECT COUNT(*) FROM answer")
    assert answers == one("SELECT COUNT(*) FROM ledger_entry") > 0
    with capsys.disabled():
        sys.stdout.write(
            f"\n{runs:,} runs, {STEPS[0]:,} steps, {answers:,} answers, no difference from the model\n"
        )
