"""Control items among the items that a person is served: how many, which, and when a newcomer has seen enough of them."""

from collections.abc import Sequence
from typing import Final

from assay.core import chance
from assay.core.review.control_and_pilot_sizes import CONTROL_SHARE, CONTROL_SHARE_FIRST, FIRST_ITEMS
from assay.service.working_set.label_queues import LABEL, Rules
from assay.store.labelling import next_task_for_a_person, wanted_answers
from assay.store.labelling.project_people import PersonRow

NEWCOMER_ITEMS: Final = 25
NEWCOMER_CONTROLS: Final = 5
"""So many items go to somebody who has not seen so many control items: whoever guesses guesses fast, and
would have answered half of a small batch before anybody noticed."""


def wants_control(rules: Rules, *, person: PersonRow, cursor: next_task_for_a_person.CursorRow) -> bool:
    """Say whether a person's next item is to be a control item, by keyed chance."""
    share = CONTROL_SHARE_FIRST if cursor.served < FIRST_ITEMS else CONTROL_SHARE
    return chance.uniform(rules.seed, "control item", f"{person.code}/{cursor.served}") < share


def next_control(
    rules: Rules, *, person: PersonRow, cursor: next_task_for_a_person.CursorRow, linked: Sequence[int]
) -> tuple[None, int] | None:
    """Return a control item that a person has not seen, without a task; None where nothing else is open or none is left."""
    if not wanted_answers.has_open(rules.batch, LABEL):
        return None  # control items ride along with ordinary work; alone they would stand out
    salt = chance.pick(rules.seed, "which control item", f"{person.code}/{cursor.served}", below=10_007)
    item = next_task_for_a_person.pick_control(rules.batch, person=person.id, salt=salt, linked=linked)
    return None if item is None else (None, item)
