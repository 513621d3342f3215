"""Stating a project's figures anew where somebody's answers are no longer heard, or are heard again."""

from assay.core.errors import NotAllowed
from assay.core.project import lifecycle
from assay.service.access.permissions import Actor
from assay.service.working_set.batch_at_hand import AT_ONCE
from assay.store.labelling import answer_counts
from assay.store.labelling.project_people import PersonRow
from assay.store.projects import batches

OVER = frozenset({lifecycle.DATA_DELIVERED, lifecycle.DATA_TRANSFER_FAILED})
"""Batches in these statuses are what they are: a delivery does not change."""


def restate(actor: Actor, *, person: PersonRow, verb: str) -> int:
    """Have people learnt anew at once in every batch of the project that holds answers of this person.

    The next round of the worker then re-states every label and figure, and asks again about items that lost an
    answer (`pipeline/learn_people_anew.py`); inside the transaction of whoever changed the person. Delivered batches stay.

    Returns:
        How many answers it is about.

    Raises:
        NotAllowed: if the labels of a batch in work are frozen.
    """
    found = 0
    for batch in batches.list_batches(actor.scope):
        if batch.project_id != person.project or batch.status in OVER:
            continue
        answers = answer_counts.count_answers_of(batch.id, person=person.id)
        if not answers:
            continue
        if batch.frozen_digest:
            possible = (
                f"pause them: labels of {batch.name} that rest on their answers are frozen, and its certificate "
                "would no longer be about what is delivered; where it is not accepted or not certified, try again then"
            )
            raise NotAllowed(noun="batch", state=batch.status, verb=verb, possible=possible)
        batches.set_batch(actor.scope, batch.id, refit_at=AT_ONCE)
        found += answers
    return found
