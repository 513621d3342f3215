"""The rehearsal: a batch from its first answer to its certificate, in memory, with the real decisions.

It serves the plan (synthetic answers) and the replay (recorded ones). Asking, calibrating, settling,
going to experts, freezing, drawing and testing are the functions that a real batch uses; only the
people and the clock are missing. The order of things:

1. a pilot gets full redundancy and expert judgements: what do answers here tell, and do they pay?
2. people are asked about the other items for as long as one more answer pays (`review.worth`);
3. experts redo the riskiest items, as deep as makes review and audit together cheapest;
4. labels are frozen, a sample is drawn, the betting martingale tests it; errors found are corrected;
5. a failed attempt leaves judged items that teach the calibration, and goes deeper.

Everything ends with a certificate: what experts have judged is right by definition here.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from assay.core import chance
from assay.core.ids import digest_of_labels
from assay.core.planning.scene import AnswerSource, Rehearsal, Scene
from assay.core.ports import AnswerTable, Consensus, Consolidator, Floats, Ints
from assay.core.quality.audit import delta_of_attempt, give_up
from assay.core.quality.betting import Outcome, standing, upper_total
from assay.core.quality.calibration import IDENTITY, Calibration, fit_calibration
from assay.core.quality.draw import draw_order, draw_seed
from assay.core.review.depth import choose_for_experts, costs_by_depth
from assay.core.review.redundancy import Limits, Next, decide
from assay.core.review.worth import Evidence, worth_asking

_REFIT_GROWTH = 1.25
_MOST_ATTEMPTS = 4
"""The last attempt is a census: experts judge all but what the ledger allows."""

_CHOSEN_WEIGHT = 0.25
_HOPE = 0.3
"""How much of the difference between the people asked next and the pilot's is believed: the skill of
people about whom little is known flatters those who stand at the top."""

_CLEARLY_CHEAPER = 0.7
"""People are asked only while that is expected to cost at most this share of the experts alone: what a
pilot of a few dozen items expects is uncertain, and the audit comes on top."""

_INDEPENDENCE = 40.0


def rehearse(scene: Scene, *, source: AnswerSource) -> Rehearsal:
    """Run a batch from its first answer to its certificate."""
    run = _Run(scene, source)
    evidence = run.pilot()
    if evidence is not None:
        run.ask(evidence)
    return run.certify()


class _Run:
    """The state of one rehearsal: answers in columns, what experts judged, the model of people."""

    def __init__(self, scene: Scene, source: AnswerSource) -> None:
        self.scene = scene
        self.source = source
        self.items = len(scene.keys)
        controls = min(scene.control_most, int(self.items * scene.control_share))
        shuffled = np.array(chance.order(scene.seed, "control items", scene.keys), dtype=np.int64)
        self.control = np.zeros(self.items, dtype=np.bool_)
        self.control[shuffled[:controls]] = True
        self.batch = np.sort(shuffled[controls:])
        pilot = min(scene.pilot_most, max(10, int(self.items * scene.pilot_share)), self.items - controls)
        self.in_pilot = shuffled[controls : controls + pilot]
        self.judged = self.control.copy()
        self.by_chance = self.control.copy()
        self.audited = 0
        self.item: list[Ints] = []
        self.person: list[Ints] = []
        self.value: list[str] = []
        self.answers = 0
        self.model: Consolidator | None = None
        self.fitted_on = 0
        self.threshold = 0.0
        self.pilot_rate = 0.0
        self.pilot_answers = 0
        self.exhausted = np.zeros(self.items, dtype=np.bool_)

    # --- asking ---

    def pilot(self) -> Evidence | None:
        """Ask often about a few items, have experts judge them, and see what answers tell there."""
        asked = np.concatenate([self.in_pilot, np.flatnonzero(self.control)])
        ends: list[int] = []
        for _ in range(min(self.scene.limits.most, self.scene.pilot_depth)):
            before = self.answers
            self._ask_once(asked)
            if self.answers == before:
                break
            ends.append(self.answers)
        self.judged[asked] = True
        self.by_chance[asked] = True
        if not ends:
            return None
        model = self._fit()
        table = self._table()
        prefixes = [model.consensus(_prefix(table, end)) for end in ends]
        calibration = self._calibrate_on(prefixes, asked)
        return self._evidence(table, prefixes, ends, first=calibration.apply(prefixes[0])[asked])

    def ask(self, evidence: Evidence) -> None:
        """Ask, one round after another, about every item where one more answer pays."""
        scene = self.scene
        skips = np.zeros(self.items, dtype=np.int64)
        # An item that took as many answers as an expert costs should have gone to the expert.
        most = max(scene.limits.least, min(scene.limits.most, int(scene.expert_price)))
        while True:
            consensus, right = self.believe()
            open_items = np.flatnonzero(~self.judged)
            evidence = self._with_better_people(evidence, open_items)
            worth = worth_asking(
                right=right[open_items],
                count=consensus.count[open_items],
                most=most,
                evidence=evidence,
                allowed=scene.quality.allowed * len(self.batch),
                expert_price=scene.expert_price,
            )
            self.threshold = worth.threshold
            spent = self.answers - self.pilot_answers
            if spent + worth.cost > _CLEARLY_CHEAPER * worth.experts_alone:
                return
            todo = decide(
                right=right[open_items],
                count=consensus.count[open_items],
                available=~self.exhausted[open_items],
                skips=skips[open_items],
                limits=Limits(scene.limits.least, most, worth.threshold),
                pays=worth.pays,
            )
            wanted = open_items[todo == Next.ASK]
            if not len(wanted):
                return
            self._ask_once(wanted)

    def _with_better_people(self, evidence: Evidence, items: Ints) -> Evidence:
        """Raise the rates by as much as the people who would be asked next are better than the pilot's."""
        assert self.model is not None
        skill = self.model.skill()
        usual = float(skill[self.person[0][: self.pilot_answers]].mean())
        gain = _HOPE * max(0.0, self.source.prospect(items, skill=skill) - usual)
        rate = min(self.pilot_rate + gain, 0.98)
        return replace(
            evidence,
            support_right=max(evidence.support_right, rate),
            support_wrong=min(evidence.support_wrong, 1.0 - rate),
        )

    def _evidence(
        self, table: AnswerTable, prefixes: list[Consensus], ends: list[int], *, first: Floats
    ) -> Evidence:
        """Count how often the next answer supported a right and a wrong consensus, and told the truth."""
        right = [
            said == self.scene.truth[item]
            for item, said in zip(table.item.tolist(), table.value, strict=True)
        ]
        rate = (sum(right) + 4.0) / (len(right) + 5.0)
        # Independent answers are the prior: on a wrong consensus few answers are seen, and those of a
        # model that knows nobody yet.
        self.pilot_rate, self.pilot_answers = rate, len(right)
        seen = _INDEPENDENCE * np.array([[rate, 1.0 - rate], [1.0 - rate, rate]])
        told = np.array([1.0, 1.0])
        for consensus, start, end in zip(prefixes, ends, ends[1:], strict=False):
            for row in range(start, end):
                item, said = int(table.item[row]), table.value[row]
                truth = self.scene.truth[item]
                wrong = int(consensus.value[item] != truth)
                opposes = int(said != consensus.value[item])
                seen[wrong, opposes] += 1.0
                if wrong and opposes:
                    told[int(said != truth)] += 1.0
        rates = seen[:, 0] / seen.sum(axis=1)
        return Evidence(
            support_right=float(max(rates[0], rates[1] + 0.01)),
            support_wrong=float(rates[1]),
            truth_in_opposition=float(told[0] / told.sum()) if len(self.scene.schema.names) > 2 else 1.0,
            first=first,
        )

    def _ask_once(self, items: Ints) -> None:
        skill = np.full(self.source.people, 0.5) if self.model is None else self.model.skill()
        given = self.source.more(items, skill=skill)
        self.item.append(given.item)
        self.person.append(given.person)
        self.value.extend(given.value)
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
        if self.model is None or self.answers >= self.fitted_on * _REFIT_GROWTH:
            self._fit()
        assert self.model is not None
        consensus = self.model.consensus(self._table())
        calibration = self._calibrate_on([consensus], np.flatnonzero(self.judged))
        return consensus, calibration.apply(consensus)

    def _fit(self) -> Consolidator:
        # Judged items do not enter as known: their consensus is what calibration looks at, and a model
        # that had been told would look better on them than on all others.
        self.model = self.scene.task.fit(self._table(), schema=self.scene.schema, known=[None] * self.items)
        self.fitted_on = self.answers
        return self.model

    def _calibrate_on(self, consensuses: list[Consensus], items: Ints) -> Calibration:
        if not len(items):
            return IDENTITY
        parts = [_rows(consensus, items) for consensus in consensuses]
        together = Consensus(
            value=[value for part in parts for value in part.value],
            right=np.concatenate([part.right for part in parts]),
            agreement=np.concatenate([part.agreement for part in parts]),
            count=np.concatenate([part.count for part in parts]),
        )
        truth = [self.scene.truth[item] for item in items.tolist()] * len(parts)
        was_right = np.array([a == b for a, b in zip(together.value, truth, strict=True)], dtype=np.bool_)
        weight = np.tile(np.where(self.by_chance[items], 1.0, _CHOSEN_WEIGHT), len(parts)) / len(parts)
        return fit_calibration(consensus=together, was_right=was_right, weight=weight)

    def _table(self) -> AnswerTable:
        if len(self.item) > 1:
            self.item, self.person = [np.concatenate(self.item)], [np.concatenate(self.person)]
        return AnswerTable(
            item=self.item[0],
            person=self.person[0],
            value=self.value,
            items=self.items,
            people=self.source.people,
        )

    # --- certifying ---

    def certify(self) -> Rehearsal:
        """Let experts redo, freeze, draw, test and correct until the target is proven."""
        consensus, _ = self.believe()
        before = self._loss(consensus.value)
        delta = self.scene.quality.delta
        for attempt in range(1, _MOST_ATTEMPTS + 1):
            risk_delta = delta_of_attempt(delta, attempt)
            if attempt == _MOST_ATTEMPTS:
                self._census()
            self._review(delta=risk_delta)
            consensus, right = self._answer_the_rest()
            bounds = self._attempt(consensus, right, attempt=attempt, delta=risk_delta)
            if bounds is not None:
                return self._result(before=before, consensus=consensus, bounds=bounds, attempt=attempt)
        return self._result(before=before, consensus=consensus, bounds=None, attempt=_MOST_ATTEMPTS)

    def _review(self, *, delta: float) -> None:
        """Let experts redo the riskiest items, in parts, so that each part teaches the calibration."""
        for part in (0.4, 0.7, 1.0):
            consensus, right = self.believe()
            positions = choose_for_experts(
                right=right[self.batch],
                judged=self.judged[self.batch],
                allowed=self.scene.quality.allowed,
                delta=delta,
                spread=self._spread(consensus),
            )
            self.judged[self.batch[positions[: int(np.ceil(part * len(positions)))]]] = True

    def _answer_the_rest(self) -> tuple[Consensus, Floats]:
        """Ask once about what nobody has looked at, so that nothing is delivered without a label."""
        consensus, right = self.believe()
        blank = np.flatnonzero(~self.judged & (consensus.count == 0))
        if not len(blank):
            return consensus, right
        self._ask_once(blank)
        if self.model is None:
            self._fit()
        consensus, right = self.believe()
        still = np.flatnonzero(~self.judged & (consensus.count == 0))
        self.judged[still] = True  # no answer is left: an expert looks
        return consensus, right

    def _census(self) -> None:
        _, right = self.believe()
        open_items = self.batch[~self.judged[self.batch]]
        spared = int(np.floor(self.scene.quality.allowed * len(self.batch) + 1e-9))
        riskiest = open_items[np.argsort(right[open_items], kind="stable")]
        self.judged[riskiest[: max(0, len(riskiest) - spared)]] = True

    def _attempt(
        self, consensus: Consensus, right: Floats, *, attempt: int, delta: float
    ) -> tuple[float, float] | None:
        """Freeze and audit once; return the bounds after and before correction, None if it failed."""
        scene, allowed, N = self.scene, self.scene.quality.allowed, len(self.batch)
        losses = self._losses(consensus.value)
        open_items = int((~self.judged[self.batch]).sum())
        if open_items <= np.floor(allowed * N + 1e-9):
            return open_items / N, open_items / N  # a census: everything else is an expert's
        frozen = self._frozen(consensus.value)
        keys = [scene.keys[item] for item in self.batch.tolist()]
        nonce = chance.digest(scene.seed, "nonce", str(attempt))
        seed = draw_seed(nonce=nonce, labels_digest=digest_of_labels(zip(keys, frozen, strict=True)))
        place = {key: position for position, key in enumerate(keys)}
        order = np.array([place[key] for key in draw_order(keys, seed=seed)], dtype=np.int64)
        drawn = losses[self.batch][order]
        rate = float((1.0 - right[self.batch])[~self.judged[self.batch]].sum() / N)
        seen = self._walk(drawn, rate=rate, delta=delta, spread=self._spread(consensus))
        sample = self.batch[order[:seen]]
        fresh = sample[~self.judged[sample]]
        self.audited += len(fresh)
        self.judged[fresh] = True
        self.by_chance[fresh] = True
        test = standing(drawn[:seen].tolist(), items=N, allowed=allowed, delta=delta)
        if not test.certified:
            return None
        total = upper_total(drawn[:seen].tolist(), items=N, delta=delta, whole=True)
        return (total - float(drawn[:seen].sum())) / N, total / N

    def _walk(self, drawn: Floats, *, rate: float, delta: float, spread: float) -> int:
        """Return after how many draws the audit ends, with or without a certificate."""
        N, allowed = len(drawn), self.scene.quality.allowed
        full = standing(drawn.tolist(), items=N, allowed=allowed, delta=delta)
        end = full.checks
        step = max(10, N // 200)
        for checks in range(step, end, step):
            now = standing(drawn[:checks].tolist(), items=N, allowed=allowed, delta=delta)
            if now.loss and give_up(
                now,
                items=N,
                allowed=allowed,
                delta=delta,
                rate=rate,
                paid=float((~self.judged[self.batch]).mean()),
                spread=spread,
                alternative=self._alternative(
                    _believed(now.loss, now.checks, rate=rate, spread=spread), rate=rate, delta=delta / 4
                ),
            ):
                return checks
        return end if full.outcome is not Outcome.IMPOSSIBLE else max(1, end)

    def _alternative(self, found: float, *, rate: float, delta: float) -> float:
        """Return what another attempt would take if the batch errs as the audit has found so far."""
        _, right = self.believe()
        open_items = self.batch[~self.judged[self.batch]]
        factor = found / max(rate, 1e-3)
        risk = np.sort(np.minimum((1.0 - right[open_items]) * max(factor, 1.0), 1.0))[::-1]
        _, costs = costs_by_depth(
            risk=risk,
            items=len(self.batch),
            allowed=self.scene.quality.allowed,
            delta=delta,
            spread=0.3,
        )
        return float(costs.min()) + 20.0

    def _spread(self, consensus: Consensus) -> float:
        known = np.flatnonzero(self.judged & (consensus.count > 0))
        errors = float(sum(consensus.value[item] != self.scene.truth[item] for item in known.tolist()))
        return float(1.0 / np.sqrt(max(errors, 1.0) + 1.0))

    def _frozen(self, values: Sequence[str]) -> list[str]:
        return [self.scene.truth[item] if self.judged[item] else values[item] for item in self.batch.tolist()]

    def _losses(self, values: Sequence[str]) -> Floats:
        """Return the loss of every item's frozen label, shape (items,); an expert's label is right."""
        return np.array(
            [
                0.0 if judged or value == truth else self._compare(value, truth)
                for value, truth, judged in zip(values, self.scene.truth, self.judged.tolist(), strict=True)
            ]
        )

    def _loss(self, values: Sequence[str]) -> float:
        wrong = [self._compare(values[item], self.scene.truth[item]) for item in self.batch.tolist()]
        return float(np.mean(wrong)) if wrong else 0.0

    def _compare(self, value: str, truth: str) -> float:
        if value == truth:
            return 0.0
        if not value:
            return 1.0
        task, schema = self.scene.task, self.scene.schema
        return task.compare(task.parse(value, schema=schema), task.parse(truth, schema=schema))

    def _result(
        self,
        *,
        before: float,
        consensus: Consensus,
        bounds: tuple[float, float] | None,
        attempt: int,
    ) -> Rehearsal:
        judgements = int(self.judged.sum())
        left = self._losses(consensus.value)[self.batch]
        return Rehearsal(
            items=len(self.batch),
            answers=self.answers,
            judgements=judgements,
            audit=self.audited,
            control=int(self.control.sum()),
            right_before=1.0 - before,
            right=1.0 - float(left.mean()),
            certified=bounds is not None,
            bound=1.0 if bounds is None else bounds[0],
            process_bound=1.0 if bounds is None else bounds[1],
            attempts=attempt,
            threshold=self.threshold,
            cost=self.answers + self.scene.expert_price * judgements,
            reason="" if bounds is not None else f"no attempt of {attempt} reached the proof",
        )


def _believed(loss: float, checks: int, *, rate: float, spread: float) -> float:
    belief = 1.0 / (max(spread, 0.05) ** 2 * max(rate, 1e-3))
    return (loss + belief * rate) / (checks + belief)


def _prefix(table: AnswerTable, end: int) -> AnswerTable:
    return AnswerTable(
        item=table.item[:end],
        person=table.person[:end],
        value=table.value[:end],
        items=table.items,
        people=table.people,
    )


def _rows(consensus: Consensus, items: Ints) -> Consensus:
    return Consensus(
        value=[consensus.value[item] for item in items.tolist()],
        right=consensus.right[items],
        agreement=consensus.agreement[items],
        count=consensus.count[items],
    )
