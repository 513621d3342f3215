import numpy as np

from assay.core.review.settle_ask_again_or_hand_on import Limits, Next, decide

LIMITS = Limits(least=2, most=5, threshold=0.05)


def decided(*, right, count, available=True, skips=0, **more):
    return Next(
        int(
            decide(
                right=np.array([right]),
                count=np.array([count]),
                available=np.array([available]),
                skips=np.array([skips]),
                limits=LIMITS,
                **more,
            )[0]
        )
    )


def test_an_item_is_asked_about_until_it_has_the_fewest_answers():
    assert decided(right=0.999, count=1) is Next.ASK


def test_a_safe_item_settles():
    assert decided(right=0.95, count=2) is Next.SETTLE


def test_a_risky_item_gets_another_answer_while_somebody_is_there():
    assert decided(right=0.9, count=4) is Next.ASK


def test_an_item_that_nobody_more_is_asked_about_settles_with_its_risk():
    assert decided(right=0.9, count=4, available=False) is Next.SETTLE
    assert decided(right=0.9, count=5) is Next.SETTLE


def test_an_expert_looks_where_people_have_nothing_to_say():
    assert decided(right=0.0, count=0, available=False) is Next.EXPERT


def test_a_peer_looks_at_moderate_risk_only():
    assert decided(right=0.8, count=5, peer=np.array([True])) is Next.PEER
    assert decided(right=0.5, count=5, peer=np.array([True])) is Next.SETTLE


def test_three_skips_send_an_item_to_an_expert():
    assert decided(right=0.99, count=3, skips=3) is Next.EXPERT
    assert decided(right=0.0, count=0, skips=2) is Next.ASK


def test_nobody_is_asked_where_it_does_not_pay():
    assert decided(right=0.7, count=3, pays=np.array([False])) is Next.SETTLE
    assert decided(right=0.97, count=3, pays=np.array([True])) is Next.ASK
    assert decided(right=0.7, count=1, pays=np.array([False])) is Next.ASK  # below the fewest
