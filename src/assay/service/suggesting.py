"""What proposes whole labels: earlier labels that came with the data, and models that do not learn.

Their proposals are weighed beside the people's answers, as the word of one more person whose reliability
shows by itself; but they count as nobody's answer, so every item still gets a look.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from assay.core.errors import BadValue
from assay.core.ports import ModelPlan, Outbound, Suggester
from assay.core.project.intake import AUTO, NONE, Intake
from assay.providers.suggest import SUGGESTERS
from assay.tasktypes import TASK_TYPES

EARLIER_LABELS: Final = "earlier labels"


def sources(intake: Intake) -> tuple[str, ...]:
    """Return what suggests labels in a project, in a fixed order: a suggestion's `source` is its place."""
    found = [EARLIER_LABELS] if intake.data.labels is not None else []
    if intake.prelabel.kind not in (AUTO, NONE):
        found.append(intake.prelabel.kind)
    return tuple(found)


def learns(intake: Intake) -> bool:
    """Whether a model may learn from the labels as they come."""
    return intake.prelabel.kind != NONE


def suggester_of(intake: Intake, *, folder: Path, outbound: Outbound) -> Suggester | None:
    """Return the suggesting model that an intake names, or None.

    Raises:
        UnknownMember: if there is no such kind of model.
        BadValue: if the intake lacks something that the model needs, or the model cannot see the items.
    """
    plan = intake.prelabel
    if plan.kind in (AUTO, NONE):
        return None
    kind = SUGGESTERS.get(plan.kind)
    media = TASK_TYPES.get(intake.task).media
    if media is not None and media not in kind.media:
        raise BadValue(
            where="prelabel",
            key="kind",
            found=f"'{plan.kind}', which cannot look at {media}s",
            expected=f"one that can: {', '.join(_able(media)) or 'there is none'}",
        )
    key_file = None if plan.key_file is None else folder / plan.key_file
    found = ModelPlan(kind=plan.kind, url=plan.url, model=plan.model, key_file=key_file)
    return kind.open(found, outbound=outbound)


def _able(media: str) -> Sequence[str]:
    return [name for name, kind in SUGGESTERS.all().items() if media in kind.media]
