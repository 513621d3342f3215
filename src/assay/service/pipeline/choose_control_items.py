"""Control items are chosen: the items whose label the intake tells, else some for experts to label."""

from collections.abc import Mapping, Sequence

from assay.core import chance
from assay.core.errors import BadValue, InvalidLabel
from assay.core.labels.label_text import LabelGone, check_answered
from assay.core.project import lifecycle
from assay.core.review.control_and_pilot_sizes import control_count
from assay.service.intake.answer_files import read_truth
from assay.service.intake.worked_examples import worked_examples
from assay.service.working_set.batch_at_hand import Work
from assay.store.items import items
from assay.store.projects.further_batches import earlier_batches, keys_used


def known_labels(work: Work) -> dict[str, str]:
    """Return the labels that the intake tells, by item; raises `BadValue` for one that is none of the project's."""
    if work.intake.known is None:
        return {}
    path = work.folder / work.intake.known
    found: dict[str, str] = {}
    for key, label in read_truth(path).items():
        try:
            value = work.task.parse(label, schema=work.intake.schema)
            check_answered(value, schema=work.intake.schema)
            found[key] = work.task.text(value)
        except LabelGone:
            continue  # it was split or retired since the intake was filed: the item is an ordinary one
        except InvalidLabel as problem:
            raise BadValue(
                where=str(work.intake.known),
                key=key,
                found=f"no label: {problem}",
                expected="a label of the project",
            ) from None
    return found


def choose_controls(
    work: Work, rows: Sequence[items.ItemRow], known: Mapping[str, str]
) -> list[tuple[int, str, str]]:
    """Return control items as (item, known label or "", state): the intake's, else some for experts.

    Worked examples are none of them: everybody has seen their labels. A label that the intake tells of an id that an
    earlier batch used is about that batch's item; those items are control items for whoever has not seen them.
    """
    shown = worked_examples(work.folder, work.intake)
    rows = [row for row in rows if row.key not in shown]
    if known:
        used = _used_before(work, list(known))
        return [
            (row.id, known[row.key], lifecycle.SETTLED)
            for row in rows
            if row.key in known and row.key not in used
        ]
    count = control_count(len(rows))
    order = chance.order(work.project.seed, "control items", [row.key for row in rows])
    state = lifecycle.move("item", lifecycle.WAITING, "ask an expert")
    return [(rows[position].id, "", state) for position in order[:count]]


def _used_before(work: Work, keys: Sequence[str]) -> frozenset[str]:
    """Return which of these ids earlier batches of the project used."""
    if work.project.further is None:
        return frozenset()
    earlier = earlier_batches(work.scope, project=work.project.id, before=work.batch.id)
    return keys_used([batch for batch, _ in earlier], keys)
