"""Simulated people at work: what one of them does with one item.

Every draw is keyed by (seed, person, item), so the same question gets the same answer however often
and in whatever order it is asked. Items differ in difficulty: a hard item lowers everybody's skill and
has a likely wrong answer of its own, so that people err together, as they do in real crowds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from assay.core import chance
from assay.core.errors import InvalidLabel
from assay.core.labels.label_text import check_answered
from assay.core.labels.label_values import LabelSchema, LabelValue
from assay.core.labels.loss_rules import Frame
from assay.core.ports.task_type import Ability, TaskType
from assay.core.ports.workforce import GivenAnswer, SimulatedPerson
from assay.providers.workforce.simulated.people import draw_people

NO_TRUTH = "There is no truth to look at for this item."
SKIPS = 0.004
ABANDONS = 0.003
SKIP_REASONS = (
    "I cannot tell what this is.",
    "None of the labels fits.",
    "It does not load on my screen.",
)
HARDEST_LOSS = 0.3
"""The share of the skill that is lost on the hardest item."""

SECONDS_SPREAD = 0.45
"""The sigma of the lognormal time per answer around the person's median."""


class SimulatedWorkforce:
    """Labellers and experts who look at the truth and err; implements `core.ports.workforce.Workforce`.

    Args:
        seed: keys every draw.
        people: how many labellers.
        experts: how many experts.
        truth: the true label as text, by item key; items without one are skipped by everybody.
        schema: the project's labels.
        task: says how a person of some ability answers where a value is true.
    """

    def __init__(
        self,
        *,
        seed: int | str,
        people: int,
        experts: int,
        truth: Mapping[str, str],
        schema: LabelSchema,
        task: TaskType,
    ) -> None:
        """Draw the people; the truth is read item by item when somebody looks at it."""
        self._seed = seed
        self._truth = truth
        self._schema = schema
        self._task = task
        self._people = draw_people(seed=seed, people=people, experts=experts)
        self._by_code = {person.code: person for person in self._people}

    def people(self) -> Sequence[SimulatedPerson]:
        """Return everybody: labellers first, then experts."""
        return self._people

    def able(self, key: str) -> None:
        """Return None: simulated people can answer anything."""

    def give(self, person: str, key: str, *, expert: bool) -> GivenAnswer:
        """Return what the person says; the same for the same arguments.

        An expert judgement is thorough: it is never abandoned, and skipped only where there is no
        truth to look at.

        Raises:
            InvalidLabel: if the truth of this item is not a label of the project.
        """
        ability = self._by_code[person].ability
        draw = chance.generator(self._seed, f"answer {expert}", f"{person}\x1f{key}")
        seconds = round(ability.seconds * float(np.exp(SECONDS_SPREAD * draw.standard_normal())), 3)
        if key not in self._truth:
            return GivenAnswer(value=None, seconds=seconds, skip_reason=NO_TRUTH)
        fate = draw.random()
        reason = SKIP_REASONS[int(draw.integers(len(SKIP_REASONS)))]
        if not expert and not ability.spam and fate < SKIPS:
            return GivenAnswer(value=None, seconds=seconds, skip_reason=reason)
        if not expert and fate >= 1.0 - ABANDONS:
            return GivenAnswer(value=None, seconds=seconds, abandons=True)
        try:
            truth = self._task.parse(self._truth[key], schema=self._schema)
            check_answered(truth, schema=self._schema)
        except InvalidLabel as problem:
            reason = f"of item '{key}' in the truth, {problem.reason}"
            raise InvalidLabel(label=problem.label, reason=reason) from None
        if self._by_code[person].expert:
            value = self._task.draw(truth, schema=self._schema, person=ability, chance=draw)
        else:
            value = self._labeller_says(truth, key=key, ability=ability, draw=draw)
        return GivenAnswer(value=self._task.text(value), seconds=seconds)

    def _labeller_says(
        self, truth: LabelValue, *, key: str, ability: Ability, draw: np.random.Generator
    ) -> LabelValue:
        """On a hard item the skill is lower, and who errs errs the way the item invites to."""
        hard = difficulty(self._seed, key)
        shaken = replace(ability, skill=ability.skill * (1.0 - HARDEST_LOSS * hard))
        misled = draw.random() < hard
        said = self._task.draw(truth, schema=self._schema, person=shaken, chance=draw)
        if ability.spam or not misled or self._task.compare(said, truth, frame=Frame(self._schema)) == 0.0:
            return said
        lost = Ability(skill=0.0, confusion=0.0, care=1.0, spam=False, seconds=1.0)
        invitation = chance.generator(self._seed, "likely wrong answer", key)
        return self._task.draw(truth, schema=self._schema, person=lost, chance=invitation)


def difficulty(seed: int | str, key: str) -> float:
    """Return an item's difficulty in [0, 1): u^6 of a uniform u, so one item in ten is above 0.5."""
    return chance.uniform(seed, "difficulty", key) ** 6
