"""Recorded people: they answer only what they once answered, and the truth plays the expert.

The truth never plays a labeller. Nothing is known about the people beforehand, so everyone's ability
is the same `UNKNOWN`, which must not steer any routing.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from assay.core import chance
from assay.core.ports.task_type import Ability
from assay.core.ports.workforce import GivenAnswer, SimulatedPerson

UNKNOWN = Ability(skill=0.5, confusion=0.0, care=1.0, spam=False, seconds=6.0)
TRUTH = Ability(skill=1.0, confusion=0.0, care=1.0, spam=False, seconds=18.0)
NO_TRUTH = "There is no truth for this item."
NOT_RECORDED = "There is no recorded answer of this person to this item."
SECONDS_SPREAD = 0.45


class RecordedWorkforce:
    """People who gave these answers once; implements `core.ports.workforce.Workforce`.

    Args:
        answers: (item, worker, label) as text; of a person's several answers to one item the first counts.
        truth: the true label as text, by item key, which the experts say.
        seed: keys the times that answers take.
        experts: how many experts there are; all of them say the truth.
    """

    def __init__(
        self,
        *,
        answers: Sequence[tuple[str, str, str]],
        truth: Mapping[str, str],
        seed: int | str,
        experts: int = 3,
    ) -> None:
        """Index the answers by person and item."""
        self._seed = seed
        self._truth = truth
        self._given: dict[tuple[str, str], str] = {}
        self._able: dict[str, list[str]] = {}
        for item, worker, label in answers:
            if (worker, item) not in self._given:
                self._given[worker, item] = label
                self._able.setdefault(item, []).append(worker)
        workers = sorted({worker for worker, _ in self._given})
        judges = [f"expert-{number:02d}" for number in range(1, experts + 1)]
        self._people = (
            *(SimulatedPerson(worker, expert=False, ability=UNKNOWN) for worker in workers),
            *(SimulatedPerson(_unlike(judge, workers), expert=True, ability=TRUTH) for judge in judges),
        )
        self._experts = {person.code for person in self._people if person.expert}

    def people(self) -> Sequence[SimulatedPerson]:
        """Return everybody: the recorded people in the order of their names, then the experts."""
        return self._people

    def able(self, key: str) -> Sequence[str]:
        """Return the people who once answered this item, in the order of the recording."""
        return self._able.get(key, ())

    def give(self, person: str, key: str, *, expert: bool) -> GivenAnswer:
        """Return the recorded answer, or the truth where an expert is asked; else a skip with the reason."""
        if person in self._experts:
            value, median, reason = self._truth.get(key), TRUTH.seconds, NO_TRUTH
        else:
            value, median, reason = self._given.get((person, key)), UNKNOWN.seconds, NOT_RECORDED
        draw = chance.generator(self._seed, f"seconds {expert}", f"{person}\x1f{key}")
        seconds = round(median * float(np.exp(SECONDS_SPREAD * draw.standard_normal())), 3)
        return GivenAnswer(value=value, seconds=seconds, skip_reason=reason if value is None else "")


def _unlike(code: str, workers: Sequence[str]) -> str:
    """Return the code, with dashes after it until no recorded person has it."""
    while code in workers:
        code += "-"
    return code
