"""What somebody said about the last items that they answered: those that they can go back to."""

from dataclasses import dataclass
from typing import Final

from assay.core.labels.label_text import value_to_json
from assay.service.access.permissions import Actor, require
from assay.service.installation import Installation
from assay.service.labelling.person_at_work import at_work
from assay.service.working_set.texts_as_now import texts_as_now
from assay.store.labelling import mended_answers

MOST_BACK: Final = 10
"""So many items one can go back: nobody finds out from afar what became of items."""


@dataclass(frozen=True, slots=True)
class LastAnswer:
    """One of the last answers of whoever asks: the item's key and what they said, as a JSON value; `at` in microseconds."""

    answer: int
    key: str
    label: object
    at: int


def last_answers(installation: Installation, actor: Actor, *, batch: str, now: int) -> list[LastAnswer]:
    """Return what the actor said about the last items that they answered, newest first; not whether it can be mended.

    Raises:
        NotPermitted: if the actor neither labels nor judges.
        NotFound: if the batch is not theirs.
    """
    require(actor, "mend an answer", now=now)
    found = at_work(installation, actor, batch=batch)
    last = mended_answers.last_answers(
        actor.scope, found.rules.batch, person=found.person.id, limit=MOST_BACK
    )
    task, schema = found.rules.task, found.rules.schema
    now_read = texts_as_now(task, schema)
    return [
        LastAnswer(
            answer=one.id,
            key=one.key,
            label=value_to_json(task.parse(label, schema=schema)),
            at=one.at,
        )
        for one in last
        if (label := now_read(one.value)) is not None
    ]
