"""The book of a rehearsal: answers in columns, what experts judged, and what is believed from both."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from assay.core import chance
from assay.core.planning.rehearsal.rehearsal_scene import AnswerSource, Scene
from assay.core.ports.answers import AnswerTable, Consensus, Consolidator, Floats, Ints
from assay.core.quality.label_loss import loss_of
from assay.core.quality.trust_in_models import sharpened
from assay.core.review.control_and_pilot_sizes import FIRST_TRAINING, REFIT_GROWTH, TRAINING_GROWTH
from assay.core.review.known_item_lessons import Lessons, learn, told
from assay.core.review.words_of_models import only_models, where_alone


class Book:
    """The state of one rehearsal.

    Attributes:
        control: shape (items,), control items, outside the batch.
        batch: positions of the N items of the batch.
        in_pilot: positions of the pilot's items.
        judged: shape (items,), whether an expert has judged the item.
        by_chance: shape (items,), whether it was judged because a draw said so.
        exhausted: shape (items,), whether nobody is left to ask.
        answers: how many were given.
        alone: shape (items,), where the model alone says what is believed, nobody having answered.
    """

    def __init__(self, scene: Scene, source: AnswerSource) -> None:
        """Draw control items and pilot."""
        self.scene, self.source = scene, source
        self._loss = loss_of(scene.task, scene.schema)
        self.items = len(scene.keys)
        shuffled = np.array(chance.order(scene.seed, "control items", scene.keys), dtype=np.int64)
        self.control = self._none()
        self.control[shuffled[: scene.controls]] = True
        self.batch = np.sort(shuffled[scene.controls :])
        self.in_pilot = shuffled[scene.controls : scene.controls + scene.pilot]
        self.judged = self.control.copy()
        self.by_chance = self.control.copy()
        self.exhausted = self._none()
        self.answers = 0
        self.alone = self._none()
        self.model: Consolidator | None = None
        self.prior: Floats | None = None
        self._item: list[Ints] = []
        self._person: list[Ints] = []
        self._value: list[str] = []
        self._owed = 0.0
        self._fit_at = self._judged_at = 0.0
        self._train_at = float(FIRST_TRAINING)
        self._lessons: tuple[tuple[int, int], Lessons] | None = None

    # --- asking ---

    def ask_once(self, items: Ints) -> None:
        """Ask one more person about each of these items; control items ride along at the scene's rate."""
        self._ask(items)
        self._owed += len(items) * self.scene.control_stream
        riding = int(self._owed)
        controls = np.flatnonzero(self.control & ~self.exhausted)
        while riding > 0 and len(controls):
            # The lowest counts first, as the queue hands control items out evenly.
            given = np.bincount(self.table().item, minlength=self.items)[controls]
            chosen = controls[np.argsort(given, kind="stable")][:riding]
            self._ask(np.sort(chosen))
            riding -= len(chosen)
            self._owed -= len(chosen)
            controls = np.flatnonzero(self.control & ~self.exhausted)

    def take(self, table: AnswerTable) -> None:
        """Take answers that were given before, in their order."""
        self._item.append(table.item)
        self._person.append(table.person)
        self._value.extend(table.value)
        self.answers += len(table.value)

    def judge(self, items: Ints, *, by_chance: bool = False) -> None:
        """Let experts judge items."""
        self.judged[items] = True
        if by_chance:
            self.by_chance[items] = True

    def _ask(self, items: Ints) -> None:
        skill = np.full(self.source.people, 0.5) if self.model is None else self.model.skill()
        given = self.source.more(items, skill=skill)
        self._item.append(given.item)
        self._person.append(given.person)
        self._value.extend(given.value)
        self.answers += len(given.value)
        missing = np.ones(self.items, dtype=np.bool_)
        missing[given.item] = False
        self.exhausted[items[missing[items]]] = True

    # --- believing ---

    def believe(self) -> tuple[Consensus, Floats]:
        """Return the consensus of all items and its calibrated probability of being right."""
        if not self.answers:
            nothing = np.zeros(self.items)
            empty = Consensus([""] * self.items, nothing, nothing, nothing.astype(np.int64))
            return empty, nothing
        model, lessons = self._up_to_date(), self.lessons()
        prior = None
        if self.prior is not None and lessons.models:
            prior = sharpened(self.prior, lessons.sharpness, rows=self.scene.task.rows)
        learnt = told(self._known(), task=self.scene.task)
        consensus = model.consensus(self.table(), prior=prior, known=learnt)
        right = lessons.calibration.apply(consensus)
        if not self.scene.automatic or lessons.alone is None:
            self.alone = self._none()
            return consensus, right
        word = model.consensus(only_models(self.table()), prior=self.prior, known=learnt)
        consensus, right, self.alone = where_alone(consensus, right, word=word, alone=lessons.alone)
        return consensus, right

    def lessons(self) -> Lessons:
        """Return what known items teach now."""
        state = (self.answers, int(self.judged.sum()))
        if self._lessons is None or self._lessons[0] != state:
            found = learn(
                table=self.table(),
                model=self._up_to_date(),
                prior=self.prior,
                known=self._known(),
                by_chance=self.by_chance,
                task=self.scene.task,
                schema=self.scene.schema,
                most=self.scene.limits.most,
            )
            self._lessons = (state, found)
        return self._lessons[1]

    def table(self) -> AnswerTable:
        """Return all answers in the order in which they came."""
        if len(self._item) != 1:
            self._item = [np.concatenate([*self._item, np.zeros(0, np.int64)])]
            self._person = [np.concatenate([*self._person, np.zeros(0, np.int64)])]
        return AnswerTable(self._item[0], self._person[0], self._value, self.items, self.source.people)

    def _up_to_date(self) -> Consolidator:
        """Learn people and train the model anew where answers grew enough."""
        task, judged = self.scene.task, int(self.judged.sum()) * self.scene.task.learns_from_known
        if self.model is None or self.answers >= self._fit_at or judged >= self._judged_at:
            learnt = told(self._known(), task=task)
            self.model = task.fit(self.table(), schema=self.scene.schema, known=learnt)
            self._fit_at = self.answers * REFIT_GROWTH
            self._judged_at = judged * REFIT_GROWTH + 1
        if self.scene.proposer is not None and self.answers >= self._train_at:
            answered = np.bincount(self.table().item, minlength=self.items) > 0
            soft = self.model.posteriors(self.table())
            assert soft is not None, "a scene with a proposer has a task type with rows"
            self.prior = self.scene.proposer.propose(soft, answered=answered)
            self._train_at = self.answers * TRAINING_GROWTH
        return self.model

    def _known(self) -> list[str | None]:
        """Return the labels of judged items, None elsewhere; length items."""
        truth = zip(self.scene.truth, self.judged.tolist(), strict=True)
        return [label if judged else None for label, judged in truth]

    # --- errors ---

    def frozen(self, values: Sequence[str]) -> list[str]:
        """Return the batch's labels: an expert's where there is one, else the consensus."""
        truth = self.scene.truth
        return [truth[item] if self.judged[item] else values[item] for item in self.batch.tolist()]

    def losses(self, values: Sequence[str]) -> Floats:
        """Return the loss of every item's label, shape (items,); an expert's label is right."""
        compared = zip(values, self.scene.truth, self.judged.tolist(), strict=True)
        return np.array([0.0 if judged else self._loss(value, truth) for value, truth, judged in compared])

    def wrong_share(self, values: Sequence[str]) -> float:
        """Return the batch's mean loss before experts redid any of it."""
        truth = self.scene.truth
        wrong = [self._loss(values[item], truth[item]) for item in self.batch.tolist()]
        return float(np.mean(wrong)) if wrong else 0.0

    def _none(self) -> NDArray[np.bool_]:
        return np.zeros(self.items, dtype=np.bool_)
