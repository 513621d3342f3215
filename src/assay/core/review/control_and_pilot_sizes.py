"""How large a batch's fixed parts are: what the stages of a real batch and its rehearsal have in common."""

AUDITED_TWICE = 0.1
"""Share of the audit that a second expert judges too, where there is one (10-20 % is usual)."""

PILOT_ANSWERS = 3
"""Answers per item of the pilot; it measures how answers agree, which takes more than one."""

REFIT_GROWTH = 1.25
"""People are learnt anew whenever answers have grown by so much."""

TRAINING_GROWTH = 1.5
FIRST_TRAINING = 150
"""A pre-labeller trains first at so many answers, then whenever they have grown by so much."""

REVIEW_PARTS = (0.4, 0.7, 1.0)
"""Experts redo the riskiest items in parts, so that each part teaches the calibration."""

CONTROL_STREAM = 0.07
"""Answers to control items per answer to another item, the many among a person's first ones included."""

FIRST_ITEMS = 10
CONTROL_SHARE_FIRST = 0.3
CONTROL_SHARE = 0.05
"""Share of control items among a person's first items, and afterwards (3-5 % of the stream is usual, and more
among the first ten)."""

_PILOT_SHARE, _PILOT_LEAST, _PILOT_MOST = 0.05, 50, 500
_CONTROL_SHARE, _CONTROL_MOST = 0.05, 40


def control_count(items: int) -> int:
    """Return how many of a batch's items become control items where the requester gave none."""
    return min(_CONTROL_MOST, int(items * _CONTROL_SHARE))


def pilot_count(items: int) -> int:
    """Return how many items (control items aside) are in the pilot."""
    return min(items, _PILOT_MOST, max(_PILOT_LEAST, int(items * _PILOT_SHARE)))


def most_answers(*, least: int, most: int, expert_price: float) -> int:
    """Return the most answers per item: one that took as many as an expert costs belongs to the expert."""
    return max(least, min(most, int(expert_price)))
