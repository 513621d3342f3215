"""The rehearsal: a batch from its first answer to its certificate, in memory, with the real decisions.

It serves the plan (synthetic answers) and the replay (recorded ones). Asking, calibrating, settling,
going to experts, freezing, drawing and testing are the functions that a real batch uses; only the
people and the clock are missing. The order of things:

1. a pilot: what do answers here tell, and do they pay?
2. people are asked about the other items for as long as one more answer pays (`worth_of_one_more_answer`);
3. experts redo the riskiest items, as deep as makes review and audit together cheapest;
4. labels are frozen, a sample is drawn, the betting martingale tests it; errors found are corrected;
5. a failed attempt leaves judged items that teach the calibration, and goes deeper.

Everything ends with a certificate: what experts have judged is right by definition here.
"""

from dataclasses import replace

import numpy as np

from assay.core import chance
from assay.core.planning.rehearsal.rehearsal_scene import AnswerSource, Rehearsal, Scene
from assay.core.planning.rehearsal.rehearse_proof import prove
from assay.core.planning.rehearsal.rehearsed_answers import Book
from assay.core.ports.answers import Ints
from assay.core.review.control_and_pilot_sizes import most_answers
from assay.core.review.expert_redo_depth import Audit
from assay.core.review.known_item_lessons import Lessons
from assay.core.review.settle_ask_again_or_hand_on import Limits, Next, decide
from assay.core.review.worth_of_one_more_answer import Evidence, worth_asking

_HOPE = 0.7
"""How much of the difference between the people asked next and the pilot's is believed: the skill of
people about whom little is known flatters those who stand at the top."""

_PART, _LEAST_PART = 0.25, 50
"""Of the answers so far, asked before the model learns anew, and so many at least."""

_CLEARLY_CHEAPER = 0.8
"""People are asked only while that is expected to cost at most this share of the experts alone: what a
pilot of a few dozen items expects is uncertain."""


def rehearse(scene: Scene, *, source: AnswerSource) -> Rehearsal:
    """Run a batch from its first answer to its certificate."""
    book = Book(scene, source)
    pilot = _pilot(book)
    return prove(book, threshold=_ask(book, after=pilot) if pilot else 0.0)


def _pilot(book: Book) -> int:
    """Ask often about a few items, or take what there is; return how many answers that makes."""
    scene = book.scene
    if scene.start is not None:
        book.take(scene.start.answers)
        book.judge(scene.start.judged)
        book.judge(scene.start.by_chance, by_chance=True)
        return book.answers
    controls = np.flatnonzero(book.control)
    for turn in range(min(scene.limits.most, scene.pilot_depth)):
        together = turn < scene.control_depth
        book.ask_once(np.concatenate([book.in_pilot, controls]) if together else book.in_pilot)
    if scene.pilot_judged:
        book.judge(book.in_pilot, by_chance=True)
    return book.answers


def _ask(book: Book, *, after: int) -> float:
    """Ask, one round after another, about every item where one more answer pays; return the threshold."""
    scene = book.scene
    limits = scene.limits
    most = most_answers(least=limits.least, most=limits.most, expert_price=scene.expert_price)
    while True:
        consensus, right = book.believe()
        open_items = np.flatnonzero(~book.judged)
        lessons = book.lessons()
        worth = worth_asking(
            right=right[open_items],
            count=consensus.count[open_items],
            most=most,
            evidence=_with_better_people(book, lessons, open_items, pilot=after),
            audit=Audit(len(book.batch), scene.quality.allowed, scene.quality.delta, lessons.spread),
            expert_price=scene.expert_price,
            believed=book.alone[open_items],
        )
        spent = book.answers - after
        if scene.may_skip_people and spent + worth.cost > _CLEARLY_CHEAPER * worth.experts_alone:
            return worth.threshold
        todo = decide(
            right=right[open_items],
            count=consensus.count[open_items],
            available=~book.exhausted[open_items],
            skips=np.zeros(len(open_items), dtype=np.int64),
            limits=Limits(0 if scene.may_skip_people else limits.least, most, worth.threshold),
            pays=worth.pays,
        )
        sure = book.alone[open_items] & ~worth.pays & (1.0 - right[open_items] <= worth.threshold)
        wanted = open_items[(todo == Next.ASK) & ~sure]
        if not len(wanted):
            return worth.threshold
        book.ask_once(_first(book, wanted, count=consensus.count) if scene.automatic else wanted)


def _first(book: Book, wanted: Ints, *, count: Ints) -> Ints:
    """Return about which of these items people are asked before the model learns anew: of those that nobody answered a part."""
    unasked = wanted[count[wanted] == 0]
    part = max(_LEAST_PART, int(_PART * book.answers))
    dice = chance.generator(book.scene.seed, "in which order", str(book.answers))
    return np.sort(np.concatenate([wanted[count[wanted] > 0], dice.permutation(unasked)[:part]]))


def _with_better_people(book: Book, lessons: Lessons, items: Ints, *, pilot: int) -> Evidence:
    """Raise the rates, and what a first answer will be worth, by as much as the people who would be asked next are better than the pilot's."""
    assert book.model is not None
    skill = book.model.skill()
    usual = float(skill[book.table().person[:pilot]].mean())
    gain = _HOPE * max(0.0, book.source.prospect(items, skill=skill) - usual)
    if not gain:
        return lessons.evidence
    rate = min(lessons.rate + gain, 0.98)
    return replace(
        lessons.evidence,
        support_right=max(lessons.evidence.support_right, rate),
        support_wrong=min(lessons.evidence.support_wrong, 1.0 - rate),
        first=np.clip(lessons.evidence.first + gain, 0.0, 0.98),
    )
