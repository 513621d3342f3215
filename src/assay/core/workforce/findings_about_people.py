"""What the answers of a batch say about the people who gave them, in sentences that these people can read.

Four questions, each in a module of its own: `careless_habits.py` (careless), `working_pace.py` (automated, and fast), `slipping_people.py` (slipping)
and `copied_or_one_person_twice.py` (alike). **Error rates**: of the people found careless or automated, and of the pairs found
alike, FALSE in expectation are honest at most, at every look (e-BH, `wager_evidence.py`); an honest person is called slipping or
fast with probability SLIPPED and TOO_FAST at most, at a look. Careless and automated work pauses a person. People who are
alike are linked: they never get the same item, and what they say of one counts once. Slipping and fast are told, and
have no consequence.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from assay.core.ports.answers import AnswerTable, Floats, Ints
from assay.core.workforce import wager_evidence
from assay.core.workforce.careless_habits import Habits, habits
from assay.core.workforce.copied_or_one_person_twice import Pair, copying
from assay.core.workforce.expected_answers import Foretold, different, foretell
from assay.core.workforce.slipping_people import drift
from assay.core.workforce.working_pace import REACTION, Pace, automated, pace

CARELESS, AUTOMATED, SLIPPING, FAST, ALIKE = "careless", "automated", "slipping", "fast", "alike"
PAUSES: Final = frozenset({CARELESS, AUTOMATED})
FALSE: Final = 0.05
STAKES: Final = np.array([0.8, 0.2])
"""How the stake is shared between answers and times; a program's times are soon certain."""
SLIPPED: Final = 0.001
NOTICEABLE: Final = 5.0
"""A fall by fewer points of agreement is not told."""
TOO_FAST: Final = 0.001
ONE_LABEL: Final = 0.9
"""From this share on, answers are said to be one and the same."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found about one person.

    Attributes:
        person: the person's position.
        kind: careless, automated, slipping, fast or alike.
        sentence: what was seen, with its numbers.
        other: the position of the other one of a pair, -1 elsewhere.
    """

    person: int
    kind: str
    sentence: str
    other: int = -1

    @property
    def pauses(self) -> bool:
        """Whether this is work that must not go on."""
        return self.kind in PAUSES


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything found; `groups` are the positions of people who count as one voice."""

    findings: Sequence[Finding]
    groups: Sequence[tuple[int, ...]]


def look_at_people(
    table: AnswerTable,
    *,
    seconds: Floats,
    known: Sequence[str | None],
    quoted: bool = True,
    suspected: Collection[tuple[int, int]] = (),
) -> Findings:
    """Return what answers and times say about people.

    Args:
        table: people's answers in the order in which they were given; of models there are none.
        seconds: shape (answers,), how long each took; 0 or less where nobody knows.
        known: length items, the label where it is known, else None.
        suspected: pairs of positions, the smaller first, who were seen on one device.
        quoted: whether an answer's text is a label's name, which a sentence may quote.
    """
    names = different(table)
    foretold = foretell(table, known=_positions(known, names))
    habit = habits(foretold)
    times = pace(table.item, table.person, seconds, people=table.people)
    pairs = copying(foretold, rate=FALSE, suspected=suspected)
    findings = [
        *_working_badly(habit, times, names if quoted and foretold.closed else ()),
        *_slipping(foretold),
        *_fast(times),
        *(one for pair in pairs.pairs for one in _alike(pair)),
    ]
    return Findings(findings=findings, groups=pairs.groups())


def _positions(known: Sequence[str | None], names: Sequence[str]) -> Ints:
    place: dict[str | None, int] = {name: position for position, name in enumerate(names)}
    return np.array([place.get(label, -1) for label in known], dtype=np.int64)


def _working_badly(habit: Habits, times: Pace, names: Sequence[str]) -> Iterator[Finding]:
    by_times = automated(times)
    logs = np.stack([habit.evidence, by_times], axis=1)
    seen = np.flatnonzero(np.maximum(habit.count, times.count) > 0)
    together = wager_evidence.mean_evidence(logs, weights=STAKES)
    for who in seen[wager_evidence.found(together[seen], rate=FALSE)].tolist():
        if by_times[who] > habit.evidence[who]:
            yield Finding(who, AUTOMATED, _automated(times, who))
        else:
            yield Finding(who, CARELESS, _careless(habit, who, names))


def _careless(habit: Habits, who: int, names: Sequence[str]) -> str:
    count, share = int(habit.count[who]), float(habit.share[who])
    label = f"'{names[habit.label[who]]}'" if names else "the same"
    if share >= ONE_LABEL:
        return f"{share:.0%} of {count} answers are {label}, whatever the item"
    if habit.pattern[who]:
        turns = int(habit.pattern[who])
        after = "the one before" if turns == 1 else f"those {turns} turns before"
        return f"{count} answers follow from {after} rather than from the items"
    return f"{count} answers do not follow the items more than guesses would ({share:.0%} are {label})"


def _automated(times: Pace, who: int) -> str:
    count, quick = int(times.count[who]), int(times.quick[who])
    if times.impossible[who] >= wager_evidence.from_p_value(times.even)[who]:
        return f"{quick} of {count} answers took less than {REACTION} seconds, which nobody can do who looks"
    return f"{count} answers took times as even as a clock's"


def _slipping(foretold: Foretold) -> Iterator[Finding]:
    use = foretold.others > 0
    person, gain = foretold.coded.person[use], (foretold.hit - foretold.usual)[use]
    order = np.argsort(person, kind="stable")
    ends = np.cumsum(np.bincount(person, minlength=foretold.coded.people))
    for who, values in enumerate(np.split(gain[order], ends[:-1])):
        found = drift(values)
        fewer = 100.0 * (found.before - found.after)
        if found.p <= SLIPPED and fewer >= NOTICEABLE:
            yield Finding(
                who,
                SLIPPING,
                f"the last {len(values) - found.since} answers agree with others {fewer:.0f} points less than "
                f"the {found.since} before",
            )


def _fast(times: Pace) -> Iterator[Finding]:
    chosen: NDArray[np.int64] = np.flatnonzero(times.fast <= TOO_FAST)
    for who in chosen.tolist():
        yield Finding(
            who,
            FAST,
            f"{int(times.count[who])} answers took {times.factor[who]:.0%} of the time that others need for the items",
        )


def _alike(pair: Pair) -> tuple[Finding, Finding]:
    said = (
        f"on {pair.common} items of both, {pair.same} answers were the same, among them {pair.unexpected} that "
        f"nobody else's answers would lead one to expect, against {pair.apart} on which the two were apart"
    )
    return Finding(pair.one, ALIKE, said, pair.other), Finding(pair.other, ALIKE, said, pair.one)
