"""Who works carelessly, by program, or alike: error rates on simulated crowds, and what is found in recorded ones.

    python -m bench.quality.people [--scale 0.1]

Simulated crowds have hard items that draw honest people to one wrong label (`simulated_crowds.py`); a figure is the mean
over 100 crowds of 20 people, 600 items and 5 answers each, half of them with two labels and half with four. "Found" is
what `core.workforce.findings_about_people` finds at its stated rates. Recorded crowds: nobody knows who was honest, so of those found
careless it is measured with the truth whether their answers follow it all the same: whether the mean over labels of the
share of right answers is, by two standard errors, more than half-way between chance and the median person's. Whom to ask: three answers an item, chosen among the
recorded ones in five parts after a pilot of three tenths, people learnt anew before each part; the peers are chance and
the best skill.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from bench.measuring import Finding, options, report
from bench.quality import simulated_crowds as simulated
from bench.quality.crowd_sets import CrowdSet, recorded_sets
from bench.quality.simulated_crowds import Crowd, crowd

from assay.core.consolidation.methods.dawid_skene import DEFAULTS, Choices, fit_people, posterior
from assay.core.consolidation.values.choices import to_choices
from assay.core.ports.answers import AnswerTable, Floats, Ints
from assay.core.workforce import findings_about_people as kinds
from assay.core.workforce.copied_or_one_person_twice import copying
from assay.core.workforce.expected_answers import foretell
from assay.core.workforce.findings_about_people import Findings, look_at_people
from assay.core.workforce.whom_to_ask import information

CROWDS, DRAWS, LEAST_KNOWN = 100, 10, 20
SIZE = {"items": 600, "people": 20, "answers": 5}
WAYS = ("chance", "skill", "information")


def main() -> None:
    given = options(__doc__)
    count = max(4, round(CROWDS * given.scale))
    lines = [*honest(count), *careless(count), *automated(count), *copied(count), *slipping(count)]
    report(given, lines)
    sets = recorded_sets()
    if not sets:
        return
    report(given, recorded(sets, draws=max(2, round(DRAWS * given.scale))))


# --- simulated crowds ------------------------------------------------------------------------------


def looked_at(one: Crowd) -> Findings:
    return look_at_people(one.table, seconds=one.seconds, known=[None] * one.items)


def over(count: int, draw: Callable[[int, int], Crowd]) -> list[tuple[Crowd, Findings]]:
    """Draw `count` crowds, of two and four labels in turns, and look at their people."""
    return [(one, looked_at(one)) for one in (draw(seed, 2 + 2 * (seed % 2)) for seed in range(count))]


def found(result: Findings, *which: str) -> set[int]:
    return {one.person for one in result.findings if one.kind in which}


def honest(count: int) -> list[Finding]:
    seen = over(count, lambda seed, classes: crowd(seed, classes=classes, **SIZE))
    people = count * SIZE["people"]
    paused = sum(len(found(result, kinds.CARELESS, kinds.AUTOMATED)) for _, result in seen)
    alike = sum(bool(result.groups) for _, result in seen)
    slips = sum(len(found(result, kinds.SLIPPING)) for _, result in seen)
    fast = sum(len(found(result, kinds.FAST)) for _, result in seen)
    return [
        Finding(
            f"Honest people found careless or automated, {count} crowds",
            "<= 0.1 %",
            f"{100 * paused / people:.2f} % ({paused} of {people})",
            paused <= 0.001 * people,
        ),
        Finding(
            "Honest crowds in which any two are found alike",
            "<= 5 %",
            f"{100 * alike / count:.0f} %",
            alike <= 0.05 * count,
        ),
        Finding(
            "Honest people found slipping; found fast",
            "<= 0.3 %",
            f"{100 * slips / people:.2f} %; {100 * fast / people:.2f} %",
            max(slips, fast) <= 0.003 * people,
        ),
    ]


def careless(count: int) -> list[Finding]:
    lines = []
    for what in (simulated.GUESSER, simulated.ONE_LABEL, simulated.PATTERN):
        shares = []
        for items in (600, 1200):
            size = SIZE | {"items": items}

            def draw(seed: int, classes: int, what: str = what, size: dict[str, int] = size) -> Crowd:
                return crowd(seed, classes=classes, careless=what, bad=2, **size)

            seen = over(count, draw)
            shares.append([len(found(result, kinds.CARELESS) & {0, 1}) / 2 for _, result in seen])
            wrongly = sum(len(found(result, kinds.CARELESS, kinds.AUTOMATED) - {0, 1}) for _, result in seen)
        two, four = (100 * float(np.mean(shares[1][start::2])) for start in (0, 1))
        early = [100 * float(np.mean(shares[0][start::2])) for start in (0, 1)]
        lines.append(
            Finding(
                f"Careless people found by 300 answers each: {what}",
                ">= 80 %",
                f"{(two + four) / 2:.0f} % (two labels {two:.0f}, four {four:.0f}; by 150 answers {early[0]:.0f} and"
                f" {early[1]:.0f}; honest ones beside them: {wrongly})",
                (two + four) / 2 >= 80,
            )
        )
    return lines


def automated(count: int) -> list[Finding]:
    lines = []
    for what, pause in (("0.1 seconds", 0.1), ("5 seconds, give or take a tenth", 5.0)):

        def draw(seed: int, classes: int, pause: float = pause) -> Crowd:
            return simulated.by_program(crowd(seed, classes=classes, **SIZE), who=0, pause=pause, seed=seed)

        share = 100 * float(np.mean([0 in found(result, kinds.AUTOMATED) for _, result in over(count, draw)]))
        lines.append(
            Finding(f"Programs found by 150 answers in {what}", ">= 95 %", f"{share:.0f} %", share >= 95)
        )
    return lines


def copied(count: int) -> list[Finding]:
    told = {}
    for items in (600, 2400):
        for share in (0.5, 0.7, 0.9, 1.0):
            size = SIZE | {"items": items}

            def draw(seed: int, classes: int, share: float = share, size: dict[str, int] = size) -> Crowd:
                return crowd(seed, classes=classes, bad=1, copied=share, **size)

            last = SIZE["people"] - 1
            told[items, share] = float(
                np.mean([{0, last} <= found(r, kinds.ALIKE) for _, r in over(count, draw)])
            )
    # Two of twenty people, five answers an item: they share items * (5 / 20) * (4 / 19).
    said = "; ".join(
        f"{round(items / 19)} shared items: "
        + ", ".join(
            f"{100 * told[items, s]:.0f} % of those who copy {100 * s:.0f} %" for s in (0.5, 0.7, 0.9, 1.0)
        )
        for items in (600, 2400)
    )
    return [
        Finding(
            "Pairs found of whom one copies the other", ">= 80 % at 9 of 10", said, told[2400, 0.9] >= 0.8
        )
    ]


def slipping(count: int) -> list[Finding]:
    shares = []
    for items in (600, 1200):
        size = SIZE | {"items": items}

        def draw(seed: int, classes: int, size: dict[str, int] = size) -> Crowd:
            return crowd(seed, classes=classes, bad=2, slips=True, **size)

        seen = over(count, draw)
        shares.append(100 * float(np.mean([len(found(r, kinds.SLIPPING) & {0, 1}) / 2 for _, r in seen])))
    return [
        Finding(
            "People found who lose 30 points of skill after 150 of 300 answers",
            ">= 50 %",
            f"{shares[1]:.0f} % (after 75 of 150: {shares[0]:.0f} %)",
            shares[1] >= 50,
        )
    ]


# --- recorded crowds -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """What was found in one recorded set."""

    name: str
    people: int
    careless: int
    judged: int
    follow: int
    pairs: int
    looked_at: int


def recorded(sets: Sequence[CrowdSet], *, draws: int) -> list[Finding]:
    told = [told_of(one) for one in sets]
    for one in told:
        print(f"  {one}", flush=True)
    pairs, looked = sum(one.pairs for one in told), sum(one.looked_at for one in told)
    judged, follow = sum(one.judged for one in told), sum(one.follow for one in told)
    bad, people = sum(one.careless for one in told), sum(one.people for one in told)
    right: dict[str, list[float]] = {way: [] for way in WAYS}
    for one in sets:
        # The largest sets take long and vary little.
        seeds = range(draws if len(one.table.item) < 50_000 else max(2, draws // 5))
        for way in WAYS:
            right[way].append(float(np.mean([accuracy(one, way=way, seed=seed) for seed in seeds])))
        print(f"  {one.name}: " + ", ".join(f"{way} {right[way][-1]:.3f}" for way in WAYS), flush=True)
    mean = {way: 100 * float(np.mean(values)) for way, values in right.items()}
    return [
        Finding(
            f"Pairs found alike in {len(told)} recorded crowds, of {looked} looked at",
            "<= 0.02 %",
            f"{pairs} ({', '.join(f'{one.name} {one.pairs}' for one in told if one.pairs) or 'none'})",
            pairs <= 0.0002 * looked,
        ),
        Finding(
            "People found careless in recorded crowds whose answers follow the truth all the same",
            "<= 5 %",
            f"{100 * follow / max(judged, 1):.0f} % ({follow} of {judged} with {LEAST_KNOWN} known items or more; found in all:"
            f" {bad} of {people} people)",
            follow <= 0.05 * judged,
        ),
        Finding(
            "Right with 3 answers an item, asked for by information, mean of recorded sets",
            ">= skill",
            f"{mean['information']:.1f} % (best skill {mean['skill']:.1f} %, by chance {mean['chance']:.1f} %)",
            mean["information"] >= mean["skill"],
        ),
    ]


def told_of(one: CrowdSet) -> Told:
    table = in_any_order(one.table)
    result = look_at_people(table, seconds=np.zeros(len(table.item)), known=[None] * table.items)
    bad = sorted(found(result, kinds.CARELESS))
    balanced, error, known = balanced_accuracy(one)
    usual = float(np.median(balanced[known >= LEAST_KNOWN])) if (known >= LEAST_KNOWN).any() else np.nan
    chance = 1.0 / len({label for label in one.truth if label is not None})
    judged = [who for who in bad if known[who] >= LEAST_KNOWN]
    return Told(
        name=one.name,
        people=table.people,
        careless=len(bad),
        judged=len(judged),
        follow=sum(float(balanced[who] - 2 * error[who]) > (chance + usual) / 2 for who in judged),
        pairs=sum(one.kind == kinds.ALIKE for one in result.findings) // 2,
        looked_at=copying(foretell(table), rate=kinds.FALSE).looked_at,
    )


def in_any_order(table: AnswerTable) -> AnswerTable:
    """Return the answers in a drawn order, as items are served: the files tell no time, and are ordered by item."""
    rows = np.random.default_rng(1).permutation(len(table.item))
    values = np.array(table.value)[rows].tolist()
    return AnswerTable(table.item[rows], table.person[rows], values, table.items, table.people)


def balanced_accuracy(one: CrowdSet) -> tuple[Floats, Floats, Ints]:
    """Return everybody's mean over true labels of the share of right answers, its error, and answers to known items."""
    names = sorted({label for label in one.truth if label is not None})
    truth = np.array([names.index(label) if label is not None else -1 for label in one.truth])
    known = truth[one.table.item] >= 0
    person, true = one.table.person[known], truth[one.table.item][known]
    right = np.array(one.table.value)[known] == np.array(names)[true]
    cell = person * len(names) + true
    size = one.table.people * len(names)
    hits = np.bincount(cell, weights=right, minlength=size).reshape(-1, len(names))
    count = np.bincount(cell, minlength=size).reshape(-1, len(names))
    shares = np.where(count > 0, hits / np.maximum(count, 1), np.nan)
    seen = (count > 0).any(axis=1)
    balanced, error = np.zeros(one.table.people), np.ones(one.table.people)
    balanced[seen] = np.nanmean(shares[seen], axis=1)
    labels = np.maximum((count > 0).sum(axis=1), 1)
    # With one pseudo-answer of each kind, so that a label seen once does not look certain.
    smooth = (hits + 1.0) / (count + 2.0)
    spread = np.where(count > 0, smooth * (1.0 - smooth) / np.maximum(count, 1), 0.0)
    error[seen] = np.sqrt(spread.sum(axis=1))[seen] / labels[seen]
    return balanced, error, count.sum(axis=1)


# --- whom to ask -----------------------------------------------------------------------------------

PILOT, PARTS, EACH = 0.3, 5, 3


def accuracy(one: CrowdSet, *, way: str, seed: int) -> float:
    """Return the share of right labels, of items after the pilot, with three answers chosen in one way."""
    coded = to_choices(one.table, names=one.schema.names)
    dice = np.random.default_rng(seed)
    tie, unused = dice.random(len(coded.item)), np.ones(len(coded.item), dtype=np.bool_)
    pilot = dice.random(coded.items) < PILOT
    taken: list[Ints] = []

    def ask(items: Ints, worth: Floats) -> None:
        wanted = np.zeros(coded.items, dtype=np.bool_)
        wanted[items] = True
        rows = np.flatnonzero(unused & wanted[coded.item])
        rows = rows[np.lexsort((tie[rows], -np.round(worth[rows], 9), coded.item[rows]))]
        first = np.ones(len(rows), dtype=np.bool_)
        first[1:] = coded.item[rows[1:]] != coded.item[rows[:-1]]
        unused[rows[first]] = False
        taken.append(rows[first])

    nothing = np.zeros(len(coded.item))
    for _ in range(EACH):
        ask(np.flatnonzero(pilot), nothing)
    for part in np.array_split(dice.permutation(np.flatnonzero(~pilot)), PARTS):
        people = fit_people(chosen(coded, np.concatenate(taken)), known=np.full(coded.items, -1), prior=None)
        skill = np.einsum("pkk,k->p", people.rows, people.shares)
        start = len(taken)
        for _ in range(EACH):
            if way == "information":
                so_far = chosen(coded, np.concatenate([np.zeros(0, np.int64), *taken[start:]]))
                belief = posterior(so_far, people=people, prior=None, temper=DEFAULTS.temper)
                ask(part, information(belief[coded.item], people.rows[coded.person]))
            else:
                ask(part, skill[coded.person] if way == "skill" else nothing)
    answers = chosen(coded, np.concatenate(taken))
    people = fit_people(answers, known=np.full(coded.items, -1), prior=None)
    belief = posterior(answers, people=people, prior=None, temper=DEFAULTS.temper)
    scored = one.scored & ~pilot
    return float(one.right([one.schema.names[k] for k in belief.argmax(axis=1).tolist()])[scored].mean())


def chosen(coded: Choices, rows: Ints) -> Choices:
    return Choices(
        coded.item[rows], coded.person[rows], coded.label[rows], coded.items, coded.people, coded.classes
    )


if __name__ == "__main__":
    main()
