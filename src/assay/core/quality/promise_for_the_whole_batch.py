"""Automatic labels with a promise for the whole batch: which items a model may settle without people.

Learn-then-Test (Angelopoulos, Bates, Candes, Jordan and Lei, "Learn then Test", 2021, section 4: fixed-sequence
testing) in its finite-population form. The model is frozen, then an audit is drawn at random; experts say what
is right. A threshold t_j leaves to the model the items of at least that confidence, of which m_j were audited,
with k_j errors, and R_j were not; people label all others, and what was audited carries the expert's label.
Symbols: N items, alpha the share that may be wrong, delta the risk.

    U_j = upper bound at delta / 2 on the errors left in the human part (0 at no risk where experts label it)
    L_j = floor(alpha N) - U_j
    p_j = P(HyperGeom(m_j + R_j, k_j + L_j + 1, m_j) <= k_j)

If more than L_j errors were among the R_j, there were k_j + L_j + 1 or more among all m_j + R_j, and so few of them in
the audit has at most the probability p_j. Thresholds are walked downwards while p_j <= delta / 2 (delta where U_j costs
nothing). Each step alone errs with probability delta at most, the order is fixed before the audit, and the
walk ends at the first step that fails: so the last step that holds is false with probability delta at most.

Losses between 0 and 1 are tested by the betting martingale (`betting_martingale.py`) instead: with S_j the losses found, the
hypothesis "mean loss (L_j + S_j) / (m_j + R_j)"; its wealth grows with the hypothesised mean, so whatever S_j turns out
to be, a batch that breaks the promise is passed with probability delta at most.

The audit's items must have taught neither the model, nor its confidence, nor the choice of thresholds.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc, betaincinv
from scipy.stats import hypergeom

from assay.core.ports.answers import Floats, Ints
from assay.core.quality.betting_martingale import standing, upper_total
from assay.core.quality.fixed_size_audit import upper_errors
from assay.core.quality.logistic_calibration import fit_trust

CUTS: Final = 200
"""Thresholds that are tried at most: quantiles of the confidence."""

_SIZES, _LOOKS, _SMALLEST, _MOST_ERRORS = 24, 50, 20, 60
_SLACK = 1e-9


@dataclass(frozen=True, slots=True)
class Step:
    """One threshold of the walk.

    Attributes:
        threshold: the model labels items of at least this confidence.
        audited: m_j, the audit's items among them.
        lost: k_j, their losses together.
        rest: R_j, the others among them: what would be labelled automatically.
        human: U_j, the bound on losses left in the human part.
        allowed: L_j.
        p: the p-value; 1 where the human part alone may use up what is allowed.
        holds: whether p is small enough.
    """

    threshold: float
    audited: int
    lost: float
    rest: int
    human: float
    allowed: float
    p: float
    holds: bool


@dataclass(frozen=True, slots=True)
class AutoLabels:
    """What may be labelled automatically.

    Attributes:
        threshold: the lowest confidence that holds; None where nothing may be.
        automatic: shape (items,), the items that keep the model's label (audited ones have the expert's).
        steps: the walk, the step that failed included.
    """

    threshold: float | None
    automatic: NDArray[np.bool_]
    steps: tuple[Step, ...]

    @property
    def share(self) -> float:
        """The share of all items that is labelled automatically."""
        return float(self.automatic.mean()) if len(self.automatic) else 0.0


def settle_automatically(
    *,
    confidence: Floats,
    draw: Ints,
    model_loss: Floats,
    people_loss: Floats | None,
    allowed: float,
    delta: float,
    whole: bool = True,
) -> AutoLabels:
    """Walk down the thresholds and return what the model may label.

    Args:
        confidence: shape (items,), the frozen model's confidence in its label; NaN where people label in any
            case, for instance because the item taught the model.
        draw: shape (audits,), positions of the audited items in the order of the draw: at random from all
            items; where `people_loss` is None, at random from those that have a confidence.
        model_loss: shape (audits,), the loss in [0, 1] of the model's label; read where it has a confidence.
        people_loss: shape (audits,), the loss of the label that people give to the item, by the very procedure
            that the human part gets; None where experts label every item of the human part.
        allowed: alpha.
        delta: the risk.
        whole: whether losses are 0 or 1, so that the exact test applies.
    """
    items = len(confidence)
    risk = delta if people_loss is None else delta / 2.0
    places = confidence[draw]
    steps: list[Step] = []
    for cut in _cuts(confidence).tolist():
        above = places >= cut
        candidates = int((confidence >= cut).sum())
        found = model_loss[above]
        left = 0.0
        if people_loss is not None:
            left = losses_left(people_loss[~above], items=items - candidates, delta=risk, whole=whole)
        spare = allowed * items - left
        budget = math.floor(spare + _SLACK) if whole else spare
        p = p_value(found, rest=candidates - len(found), allowed=budget, whole=whole)
        holds = p <= risk
        steps.append(
            Step(
                threshold=cut,
                audited=len(found),
                lost=float(found.sum()),
                rest=candidates - len(found),
                human=left,
                allowed=budget,
                p=p,
                holds=holds,
            )
        )
        if not holds:
            break
    held = [step.threshold for step in steps if step.holds]
    automatic = np.zeros(items, dtype=np.bool_)
    if held:
        automatic = confidence >= held[-1]
        automatic[draw] = False
    return AutoLabels(threshold=held[-1] if held else None, automatic=automatic, steps=tuple(steps))


def p_value(losses: Floats | Sequence[float], *, rest: int, allowed: float, whole: bool = True) -> float:
    """Return p_j of the hypothesis that more than `allowed` is lost among `rest` items that were not audited.

    Args:
        losses: shape (m_j,), the audited items' in the order of the draw.
        rest: R_j.
        allowed: L_j; below 0 nothing can hold and the value is 1.
        whole: whether losses are 0 or 1.
    """
    audited, lost = len(losses), float(np.sum(losses))
    if allowed < 0:
        return 1.0
    if rest <= allowed + _SLACK:
        return 0.0
    if whole:
        errors, together = round(lost), audited + rest
        return float(hypergeom.cdf(errors, together, errors + int(allowed) + 1, audited))
    mean = (allowed + lost) / (audited + rest)
    if not 0.0 < mean < 1.0:
        return 1.0
    # The smallest risk at which the martingale has ended: one over the most that it was ever worth.
    found = standing(list(losses), items=audited + rest, allowed=mean, delta=1e-300)
    return min(1.0, 1.0 / found.best_wealth)


def losses_left(losses: Floats | Sequence[float], *, items: int, delta: float, whole: bool = True) -> float:
    """Return U_h: what is lost at most, at confidence 1 - delta, among the items that were not audited.

    Args:
        losses: those of a random sample of the items, in the order of the draw; they are corrected.
        items: how many items there are, the sample included.
        delta: the risk.
        whole: whether losses are 0 or 1.
    """
    lost = float(np.sum(losses))
    if whole:
        return float(upper_errors(items=items, checks=len(losses), errors=round(lost), delta=delta)) - lost
    return upper_total(list(losses), items=items, delta=delta, whole=False) - lost


@dataclass(frozen=True, slots=True)
class AuditPlan:
    """How large an audit is worth most.

    Attributes:
        audits: how many items to draw.
        share: the share of all items that is then expected to be labelled automatically.
    """

    audits: int
    share: float


def plan_audit(
    *, confidence: Floats, allowed: float, delta: float, people_risk: float | None = None
) -> AuditPlan:
    """Choose the size of the audit that makes the automatic share largest, before anything is drawn.

    What is believed of the model's errors (1 - confidence) says how many an audit of a size will find above each
    threshold; binomial tails stand for the exact test here, where nothing is promised yet.

    Args:
        confidence: shape (items,), calibrated; NaN where people label in any case.
        allowed: alpha.
        delta: the risk.
        people_risk: the rate at which people's labels are believed to be wrong; None: experts label the rest.
    """
    items = len(confidence)
    offered = np.sort(confidence[~np.isnan(confidence)])[::-1]
    pool = len(offered) if people_risk is None else items
    if len(offered) < _SMALLEST:
        return AuditPlan(0, 0.0)
    risk = delta if people_risk is None else delta / 2.0
    # Shapes: sizes along the first axis, cuts along the second, errors found along the third.
    ends = np.unique(np.linspace(1, len(offered), _LOOKS).astype(np.int64))
    wrong = (np.cumsum(1.0 - offered) / np.arange(1, len(offered) + 1))[ends - 1]
    sizes = np.unique(np.geomspace(_SMALLEST, max(pool // 2, _SMALLEST + 1), _SIZES).astype(np.int64))
    audited = sizes[:, None] * ends[None, :] / pool
    spare = np.full(audited.shape, allowed * items)
    if people_risk is not None:
        human = (items - ends)[None, :]
        seen = np.maximum(sizes[:, None] * human / pool, 1.0)
        slips = np.minimum(
            seen * people_risk + np.sqrt(seen * people_risk), 0.999 * seen
        )  # one deviation more
        spare = spare - np.where(human > 0, human * _upper_rate(slips, seen, risk=risk) - slips, 0.0)
    found = np.arange(_MOST_ERRORS)
    hypothesis = np.clip((np.floor(spare)[..., None] + found + 1.0) / ends[None, :, None], 0.0, 1.0)
    passes = (_tail(found, audited[..., None], hypothesis) <= risk) & (spare[..., None] >= 0)
    most = passes.sum(axis=-1) - 1  # so many errors may be found: the p-value grows with their number
    chance = np.where(most >= 0, _tail(np.maximum(most, 0), audited, wrong[None, :]), 0.0)
    # The walk reaches a cut only past those before it; what it gained until then it keeps.
    reaches = np.minimum.accumulate(chance, axis=1)
    gains = np.diff(ends[None, :] - audited, axis=1, prepend=0.0)
    share = (reaches * gains).sum(axis=1) / items
    best = int(share.argmax())
    return AuditPlan(int(sizes[best]), float(share[best]))


def _tail(errors: Floats | Ints, checks: Floats, rate: Floats) -> Floats:
    """Return P(Binomial(checks, rate) <= errors); checks need not be whole."""
    more = checks > errors
    tail: Floats = np.where(
        more, betainc(np.where(more, checks - errors, 1.0), errors + 1.0, 1.0 - rate), 1.0
    )
    return tail


def _upper_rate(errors: Floats, checks: Floats, *, risk: float) -> Floats:
    """Return the rate at which so few errors have the probability `risk` (Clopper and Pearson 1934)."""
    rate: Floats = 1.0 - betaincinv(checks - errors, errors + 1.0, risk)
    return rate


def believed_right(confidence: Floats, *, known: Floats, right: NDArray[np.bool_] | Floats) -> Floats:
    """Return how often a model's labels of these confidences are believed to be right; shape as `confidence`.

    Args:
        confidence: in (0, 1); NaN stays NaN.
        known: as `fit_trust` takes it.
        right: as `fit_trust` takes it.
    """
    return fit_trust(known=known, right=right).apply(confidence)


def _cuts(confidence: Floats) -> Floats:
    """Return the thresholds in falling order; they depend on nothing that the audit finds."""
    offered = np.unique(confidence[~np.isnan(confidence)])[::-1]
    if len(offered) <= CUTS:
        return offered
    return offered[np.unique(np.linspace(0, len(offered) - 1, CUTS).astype(np.int64))]
