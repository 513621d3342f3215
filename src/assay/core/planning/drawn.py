"""Answers that were drawn from what a pilot tells, behind those that it had."""

import numpy as np

from assay.core.planning.scene import Given
from assay.core.planning.sources import RecordedSource
from assay.core.ports import Floats, Ints


class DrawnSource:
    """Gives the pilot's real answers first, then drawn ones."""

    def __init__(self, real: RecordedSource, drawn: RecordedSource, *, best_first: bool) -> None:
        """Take the pilot's answers and the drawn ones; `best_first`: the most skilled are asked first."""
        self.people = drawn.people
        self._real, self._drawn, self._best_first = real, drawn, best_first

    def more(self, items: Ints, *, skill: Floats) -> Given:
        """Return one more answer for each of these items that has one left."""
        level = skill if self._best_first else np.zeros(self.people)
        first = self._real.more(items, skill=level)
        second = self._drawn.more(np.setdiff1d(items, first.item), skill=level)
        return Given(
            item=np.concatenate([first.item, second.item]),
            person=np.concatenate([first.person, second.person]),
            value=first.value + second.value,
        )

    def prospect(self, items: Ints, *, skill: Floats) -> float:
        """Return the mean skill of those who would be asked next about these items (0 if nobody)."""
        return self._drawn.prospect(items, skill=skill) if self._best_first else float(skill.mean())


def who_could_be_asked(dice: np.random.Generator, share: Floats, *, items: int, depth: int) -> Ints:
    """Draw who could be asked about each item, shape (items, depth), as often as they answered in the pilot.

    The exponential race of Efraimidis and Spirakis (2006) draws without replacement.
    """
    active = np.flatnonzero(share > 0)
    width = min(depth, len(active))
    race = dice.standard_exponential((items, len(active))) / share[active]
    first: Ints = np.argpartition(race, width - 1, axis=1)[:, :width]
    return active[first]
