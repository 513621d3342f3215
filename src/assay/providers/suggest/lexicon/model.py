"""Sentiment of English texts by VADER's lexicon and rules.

Hutto and Gilbert, "VADER: a parsimonious rule-based model for sentiment analysis of social media text",
ICWSM 2014. Its compound score lies in [-1, 1]; near 0 the lexicon has found next to nothing, and abstains.
"""

import importlib
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from assay.core.errors import BadValue, NotInstalled
from assay.core.labels.label_values import Choice, LabelSchema, LabelValue
from assay.core.limits import TEXT_LOOKED_UP
from assay.core.ports.models import ModelPlan, Suggester, Unlabelled
from assay.core.ports.outbound import Outbound
from assay.core.ports.task_type import TaskType

DECIDES: Final = 0.3
"""The lexicon names a side from this distance to 0 on."""

NEUTRAL: Final = 0.05
"""Up to this distance to 0 a text counts as neutral, where the project has such a label."""

SIDES: Final[Mapping[str, tuple[str, ...]]] = {
    "positive": ("positive", "pos", "good", "+"),
    "negative": ("negative", "neg", "bad", "-"),
    "neutral": ("neutral", "neither", "none", "0"),
}
"""How projects name the sides."""

LONGEST: Final = TEXT_LOOKED_UP.most


class LexiconKind:
    """Opens the lexicon; implements `core.ports.models.SuggesterKind`."""

    media = frozenset({"text"})

    def open(self, plan: ModelPlan, *, outbound: Outbound) -> Suggester:
        """Return the lexicon.

        Raises:
            BadValue: if the intake names a url or a model: a lexicon has neither.
            NotInstalled: if the extra is not installed.
        """
        del outbound
        for key, value in (("url", plan.url), ("model", plan.model)):
            if value is not None:
                raise BadValue(
                    where="prelabel", key=key, found=f"'{value}'", expected="left out: a lexicon needs none"
                )
        try:
            module = importlib.import_module("vaderSentiment.vaderSentiment")
        except ModuleNotFoundError:
            raise NotInstalled(what="lexicon", package="vaderSentiment", extra="sentiment") from None
        scores: Callable[[str], Mapping[str, float]] = module.SentimentIntensityAnalyzer().polarity_scores
        return Lexicon(scores)


class Lexicon:
    """Proposes a side for each text; implements `core.ports.models.Suggester`."""

    name = "lexicon"

    def __init__(self, scores: Callable[[str], Mapping[str, float]]) -> None:
        """Keep the function that scores a text."""
        self._scores = scores

    def suggest(
        self, items: Sequence[Unlabelled], *, task: TaskType, schema: LabelSchema
    ) -> Sequence[LabelValue | None]:
        """Return one proposal per item; None without a text, near 0, and where no label names a side."""
        sides = _sides(schema) if task.produces is Choice else {}
        return [None if item.text is None else self._side(item.text, sides) for item in items]

    def _side(self, text: str, sides: Mapping[str, str]) -> Choice | None:
        compound = self._scores(text[:LONGEST])["compound"]
        side = "positive" if compound >= DECIDES else "negative" if compound <= -DECIDES else ""
        if abs(compound) <= NEUTRAL and "neutral" in sides:
            side = "neutral"
        return Choice(sides[side]) if side in sides else None


def _sides(schema: LabelSchema) -> dict[str, str]:
    """Return the project's label of each side that it has."""
    return {
        side: name
        for side, spellings in SIDES.items()
        for name in schema.names
        if name.strip().lower() in spellings
    }
