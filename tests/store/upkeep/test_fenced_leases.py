"""Worker leases: one holder at a time, and whoever lost it saves nothing (REL-3)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.store import db
from assay.store.upkeep.fenced_leases import (
    LeaseLost,
    break_lease,
    claim_lease,
    drop_lease,
    hold_lease,
    lease_holder,
)


def claim(holder, *, now, length=30, subject="batch 1"):
    with db.transaction():
        return claim_lease(subject, holder=holder, now=now, until=now + length)


def save_under(fence, *, until, subject="batch 1"):
    with db.transaction():
        db.execute("INSERT INTO tenant (name) VALUES (%s)", [f"saved under {fence} at {until}"])
        hold_lease(subject, fence=fence, until=until)


def saved():
    return db.rows("SELECT COUNT(*) FROM tenant WHERE name LIKE %s", ["saved%"])[0][0]


def test_a_second_worker_gets_nothing_until_the_lease_runs_out(place):
    assert claim("a", now=100) == 1
    assert claim("b", now=129) is None
    assert lease_holder("batch 1") == "a"
    assert claim("b", now=130) == 2
    assert lease_holder("batch 1") == "b"


def test_a_stale_fence_saves_nothing(place):
    old = claim("a", now=0)
    claim("b", now=30)
    with pytest.raises(LeaseLost, match="batch 1 went to somebody else"):
        save_under(old, until=90)
    assert saved() == 0


def test_the_same_holder_coming_back_has_a_new_fence(place):
    first = claim("a", now=0)
    second = claim("a", now=30)
    assert second == first + 1
    with pytest.raises(LeaseLost):
        save_under(first, until=90)
    save_under(second, until=90)
    assert saved() == 1


def test_a_lease_that_is_held_on_to_does_not_run_out(place):
    fence = claim("a", now=0)
    save_under(fence, until=60)
    assert claim("b", now=59) is None


def test_a_lease_given_back_is_free_and_its_fence_is_worthless(place):
    fence = claim("a", now=0)
    with db.transaction():
        drop_lease("batch 1", fence=fence)
    with pytest.raises(LeaseLost):
        save_under(fence, until=60)
    assert claim("b", now=1) == fence + 1


def test_giving_back_a_lost_lease_does_not_free_the_new_holders(place):
    old = claim("a", now=0)
    new = claim("b", now=30)
    with db.transaction():
        drop_lease("batch 1", fence=old)
        break_lease("batch 1", holder="a")
    save_under(new, until=90)
    assert claim("c", now=31) is None


def test_the_lease_of_a_dead_holder_can_be_broken(place):
    claim("a", now=0)
    with db.transaction():
        break_lease("batch 1", holder="a")
    assert claim("b", now=1) == 2


def test_leases_on_two_subjects_do_not_meet(place):
    assert claim("a", now=0, subject="batch 1") == 1
    assert claim("b", now=0, subject="batch 2") == 1
    assert lease_holder("batch 3") == ""


moves = st.lists(
    st.tuples(st.sampled_from("abc"), st.integers(1, 40), st.sampled_from(["claim", "save", "drop"])),
    max_size=25,
)


def test_whatever_happens_only_the_newest_fence_saves(place):
    @settings(max_examples=40, deadline=None, database=None)
    @given(moves)
    def check(steps):
        with db.transaction():
            db.execute("DELETE FROM lease")
        now, fences, newest, until = 0, {}, 0, 0
        for who, passed, what in steps:
            now += passed
            if what == "claim":
                fence = claim(who, now=now)
                assert (fence is None) == (until > now)
                if fence is not None:
                    assert fence == newest + 1
                    newest, until, fences[who] = fence, now + 30, fence
            elif who in fences:
                mine = fences[who] == newest and until > 0
                if what == "drop":
                    with db.transaction():
                        drop_lease("batch 1", fence=fences[who])
                    until = 0 if mine else until
                elif mine:
                    with db.transaction():
                        hold_lease("batch 1", fence=newest, until=now + 30)
                    until = now + 30
                else:
                    with pytest.raises(LeaseLost), db.transaction():
                        hold_lease("batch 1", fence=fences[who], until=now + 30)

    check()
    assert db.row("SELECT COUNT(*) FROM lease") is not None
