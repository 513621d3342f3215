import numpy as np
from bench.quality.simulated_crowds import GUESSER, ONE_LABEL, PATTERN, by_program, crowd

from assay.core.workforce.findings_about_people import (
    ALIKE,
    AUTOMATED,
    CARELESS,
    FAST,
    SLIPPING,
    look_at_people,
)

SIZE = {"items": 900, "people": 16, "answers": 5, "classes": 4}


def look(one, **more):
    return look_at_people(one.table, seconds=one.seconds, known=[None] * one.items, **more)


def kinds(found):
    return {(one.person, one.kind) for one in found.findings}


def test_an_honest_crowd_with_hard_items_has_no_findings():
    found = look(crowd(1, **SIZE))
    assert (found.findings, found.groups) == ([], [])


def test_careless_people_are_told_what_was_seen():
    said = {}
    for careless in (GUESSER, ONE_LABEL, PATTERN):
        found = look(crowd(2, careless=careless, bad=1, **SIZE))
        (one,) = found.findings
        assert (one.person, one.kind, one.pauses) == (0, CARELESS, True)
        said[careless] = one.sentence
    assert " answers do not follow the items more than guesses would (" in said[GUESSER]
    assert said[ONE_LABEL].endswith("answers are '0', whatever the item")
    assert said[PATTERN].endswith("answers follow from the one before rather than from the items")


def test_a_label_is_quoted_only_where_answers_are_labels():
    found = look(crowd(2, careless=ONE_LABEL, bad=1, **SIZE), quoted=False)
    assert found.findings[0].sentence.endswith("answers are the same, whatever the item")


def test_a_program_is_found_by_its_times_though_its_answers_are_good():
    quick = look(by_program(crowd(3, **SIZE), who=4, pause=0.1, seed=1))
    assert (4, AUTOMATED) in kinds(quick)
    assert "took less than 0.24 seconds" in next(o.sentence for o in quick.findings if o.kind == AUTOMATED)
    even = look(by_program(crowd(3, **SIZE), who=4, pause=6.0, seed=1))
    assert kinds(even) == {(4, AUTOMATED)}
    assert "as even as a clock's" in even.findings[0].sentence


def test_who_is_merely_fast_is_not_paused():
    one = crowd(4, **SIZE)
    one.seconds[one.person == 2] *= 0.08
    found = [f for f in look(one).findings if f.person == 2]
    assert [(f.kind, f.pauses) for f in found if f.kind == FAST] == [(FAST, False)]


def test_who_becomes_worse_is_told_since_when():
    one = crowd(6, items=2000, people=16, answers=5, classes=4, bad=1, slips=True)
    slips = [f for f in look(one).findings if f.kind == SLIPPING]
    assert [(f.person, f.pauses) for f in slips] == [(0, False)]
    assert "agree with others" in slips[0].sentence


def test_both_of_a_pair_are_told_of_the_other():
    found = look(crowd(7, items=2400, people=20, answers=5, classes=4, bad=1, copied=1.0))
    assert found.groups == [(0, 19)]
    assert {(f.person, f.other) for f in found.findings if f.kind == ALIKE} == {(0, 19), (19, 0)}
    assert not any(f.pauses for f in found.findings)


def test_nobody_is_found_where_nobody_answered():
    one = crowd(1, items=1, people=1, answers=1, classes=2)
    nothing = type(one.table)(np.zeros(0, np.int64), np.zeros(0, np.int64), [], 5, 3)
    found = look_at_people(nothing, seconds=np.zeros(0), known=[None] * 5)
    assert (found.findings, found.groups) == ([], [])
