"""Crowds whose honest and dishonest people are known: hard items that draw honest people to one wrong label included."""

from dataclasses import dataclass

import numpy as np

from assay.core.ports.answers import AnswerTable, Floats, Ints

HARD, DRAWN, DROP = 0.25, 0.7, 0.35
"""Share of hard items; share of the errors on them that go to one and the same label; what skill loses on them."""
GUESSER, ONE_LABEL, PATTERN = "guesses", "one label", "a pattern"


@dataclass(frozen=True)
class Crowd:
    """Answers in the order in which they were given, with times in seconds."""

    item: Ints
    person: Ints
    label: Ints
    seconds: Floats
    items: int
    people: int
    classes: int

    @property
    def table(self) -> AnswerTable:
        return AnswerTable(
            self.item, self.person, [str(one) for one in self.label.tolist()], self.items, self.people
        )


def crowd(
    seed: int,
    *,
    items: int,
    people: int,
    answers: int,
    classes: int,
    careless: str = "",
    bad: int = 0,
    copied: float = 0.0,
    slips: bool = False,
) -> Crowd:
    """Draw a crowd; the first `bad` people are careless, or copy the last one, or become worse half-way."""
    dice = np.random.default_rng((seed, items, people, answers, classes))
    true = dice.integers(classes, size=items)
    drawn = (true + dice.integers(1, classes, size=items)) % classes
    hard = dice.random(items) < HARD
    skill = np.clip(dice.normal(0.8, 0.08, people), 0.6, 0.97)
    item = np.repeat(dice.permutation(items), answers)
    person = np.concatenate([dice.permutation(people)[:answers] for _ in range(items)])
    level = skill[person]
    if slips:
        turn = np.zeros(people, dtype=np.int64)
        for place, who in enumerate(person.tolist()):
            turn[who] += 1
            if who < bad and turn[who] > items * answers / people / 2:
                level[place] -= 0.3
    chance = np.where(hard[item], np.maximum(level - DROP, 1.0 / classes), level + 0.05)
    right = dice.random(len(item)) < chance
    anywhere = (true[item] + dice.integers(1, classes, size=len(item))) % classes
    away = np.where(hard[item] & (dice.random(len(item)) < DRAWN), drawn[item], anywhere)
    label = np.where(right, true[item], away)
    if careless:
        _careless(label, person, careless=careless, bad=bad, classes=classes, dice=dice)
    if copied:
        said = {
            (i, p): int(x) for i, p, x in zip(item.tolist(), person.tolist(), label.tolist(), strict=True)
        }
        for place, (i, p) in enumerate(zip(item.tolist(), person.tolist(), strict=True)):
            if p < bad and (i, people - 1) in said and dice.random() < copied:
                label[place] = said[i, people - 1]
    speed, length = dice.normal(0.0, 0.35, people), dice.normal(1.8, 0.3, items)
    seconds = np.exp(length[item] + speed[person] + dice.normal(0.0, 0.5, len(item)))
    return Crowd(item, person, label, seconds, items, people, classes)


def by_program(one: Crowd, *, who: int, pause: float, seed: int) -> Crowd:
    """Return the crowd with one person's times a program's: a pause, give or take a tenth."""
    dice = np.random.default_rng((seed, 7))
    seconds = one.seconds.copy()
    mine = one.person == who
    seconds[mine] = pause * dice.uniform(0.9, 1.1, int(mine.sum()))
    return Crowd(one.item, one.person, one.label, seconds, one.items, one.people, one.classes)


def _careless(
    label: Ints, person: Ints, *, careless: str, bad: int, classes: int, dice: np.random.Generator
) -> None:
    for who in range(bad):
        mine = np.flatnonzero(person == who)
        if careless == GUESSER:
            label[mine] = dice.integers(classes, size=len(mine))
        elif careless == ONE_LABEL:
            label[mine] = np.where(dice.random(len(mine)) < 0.95, 0, dice.integers(classes, size=len(mine)))
        else:
            label[mine] = np.arange(len(mine)) % classes
