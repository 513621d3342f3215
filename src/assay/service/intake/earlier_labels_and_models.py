"""What proposes whole labels: earlier labels that came with the data, and models that do not learn.

Their proposals are weighed beside the people's answers, as the word of one more person whose reliability
shows by itself; but they count as nobody's answer, so every item still gets a look.
"""

from collections.abc import Collection
from pathlib import Path
from typing import Final

from assay.core.errors import BadValue, UnknownMember
from assay.core.ports.models import ModelPlan, Prelabeller, Suggester
from assay.core.ports.outbound import Outbound
from assay.core.ports.task_type import Rows
from assay.core.project.intake import AUTO, NONE, Intake
from assay.providers.prelabel import PRELABELLERS
from assay.providers.suggest import SUGGESTERS
from assay.tasktypes import TASK_TYPES

EARLIER_LABELS: Final = "earlier labels"


def sources(intake: Intake) -> tuple[str, ...]:
    """Return what suggests labels in a project, in a fixed order: a suggestion's `source` is its place."""
    found = [EARLIER_LABELS] if intake.data.labels is not None else []
    if intake.prelabel.kind not in (AUTO, NONE, *PRELABELLERS.names()):
        found.append(intake.prelabel.kind)
    return tuple(found)


def learner_of(intake: Intake) -> Prelabeller | None:
    """Return the model that learns from the labels as they come: the one that the intake names, or ours.

    A task type whose answers are more than labels has none.
    """
    task = TASK_TYPES.get(intake.task)
    if intake.prelabel.kind == NONE or task.rows is Rows.NONE:
        return None
    if intake.prelabel.kind in PRELABELLERS.names():
        return PRELABELLERS.get(intake.prelabel.kind)
    fitting = [member for member in PRELABELLERS.all().values() if member.media == task.media and member.auto]
    return fitting[0] if fitting else None


def suggester_of(intake: Intake, *, folder: Path, outbound: Outbound) -> Suggester | None:
    """Return the suggesting model that an intake names, or None where it names none, or one that learns.

    Raises:
        UnknownMember: if there is no such kind of model.
        NotInstalled: if a package that it needs is not there.
        BadValue: if the intake lacks something that the model needs, or the model cannot see the items.
    """
    plan = intake.prelabel
    if plan.kind in (AUTO, NONE):
        return None
    if plan.kind in PRELABELLERS.names():
        learner = PRELABELLERS.get(plan.kind)
        _check_media(intake, able=(learner.media,))
        learner.check_installed()
        return None
    if plan.kind not in SUGGESTERS.names():
        known = sorted({AUTO, NONE, *PRELABELLERS.names(), *SUGGESTERS.names()})
        raise UnknownMember(kind="pre-labelling model", name=plan.kind, known=", ".join(known))
    kind = SUGGESTERS.get(plan.kind)
    _check_media(intake, able=kind.media)
    key_file = None if plan.key_file is None else folder / plan.key_file
    found = ModelPlan(kind=plan.kind, url=plan.url, model=plan.model, key_file=key_file)
    return kind.open(found, outbound=outbound)


def _check_media(intake: Intake, *, able: Collection[str]) -> None:
    media = TASK_TYPES.get(intake.task).media
    if media is None or media in able:
        return
    fitting = [name for name, kind in SUGGESTERS.all().items() if media in kind.media]
    fitting += [name for name, model in PRELABELLERS.all().items() if model.media == media]
    raise BadValue(
        where="prelabel",
        key="kind",
        found=f"'{intake.prelabel.kind}', which cannot look at {media}s",
        expected=f"one that can: {', '.join(sorted(fitting))}",
    )
